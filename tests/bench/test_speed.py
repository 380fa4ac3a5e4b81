"""The script that measures the speed: it runs, and its cases are what its page says."""

import ast

import pytest

from bench.speed import CASES, CHANGED_LINES, main


def test_a_case_is_measured_and_told_with_its_ratio(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--runs", "1", "--case", "small"]) in {0, 1}
    [_, row] = capsys.readouterr().out.splitlines()
    assert row.split()[:2] == ["small", "300"]


def test_ten_lines_are_changed_in_each_modified_file_and_no_meaning() -> None:
    case = CASES["modified"]()
    for path, text in case.new.items():
        pairs = zip(case.old[path].split("\n"), text.split("\n"), strict=True)
        assert sum(old != new for old, new in pairs) == CHANGED_LINES
        ast.parse(text)


def test_the_small_files_are_fourteen_modules_of_three_hundred_lines() -> None:
    texts = CASES["small"]().new.values()
    assert (len(texts), sum(text.count("\n") for text in texts)) == (14, 300)
    assert all(ast.parse(text) for text in texts)
