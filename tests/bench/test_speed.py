"""The script that measures the speed: it runs, and its changes are what its page says."""

import ast

import pytest

from bench.changes import CHANGED_LINES, CHANGES, HUNKS
from bench.speed import CASES, ENGINE_RULES, choose_rules, main
from judgegate.checks.registry import RULES


def test_a_case_is_measured_and_shown_with_its_ratio(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--runs", "1", "--case", "small"]) in {0, 1}
    [_, row] = capsys.readouterr().out.splitlines()
    assert row.split()[:2] == ["small", "300"]


def test_cases_of_one_change_are_measured_together_with_and_without_a_cache(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(
        ["--rules", "engines", "--runs", "1", "--case", "modified", "--case", "warm"]
    ) in {
        0,
        1,
    }
    [_, *rows] = capsys.readouterr().out.splitlines()
    cold, warm = (row.split() for row in rows)
    assert [cold[0], warm[0]] == ["modified", "warm"]
    assert cold[1] == warm[1]
    assert cold[3] == warm[3], "the engines ran once for both"


def test_a_case_of_other_rules_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--rules", "engines", "--case", "small"])
    assert "no case of engines: small" in capsys.readouterr().err


def test_the_rules_of_the_engines_are_those_with_a_check_and_all_others_are_off() -> None:
    policy = choose_rules("engines")
    assert policy is not None
    assert {rule.id for rule in RULES} == ENGINE_RULES
    assert "  reliability/bare-except: {action: off}\n" in policy
    assert not [rule for rule in ENGINE_RULES if rule in policy]


def test_every_case_measures_a_change_that_there_is() -> None:
    used = {case.change for cases in CASES.values() for case in cases.values()}
    assert used == CHANGES.keys()


def test_ten_lines_are_changed_in_each_modified_file_and_no_meaning() -> None:
    change = CHANGES["modified"]()
    for path, text in change.new.items():
        pairs = zip(change.old[path].split("\n"), text.split("\n"), strict=True)
        assert sum(old != new for old, new in pairs) == CHANGED_LINES
        ast.parse(text)


def test_the_small_files_are_fourteen_modules_of_three_hundred_lines() -> None:
    texts = CHANGES["small"]().new.values()
    assert (len(texts), sum(text.count("\n") for text in texts)) == (14, 300)
    assert all(ast.parse(text) for text in texts)


def test_every_second_line_of_the_long_file_is_changed() -> None:
    change = CHANGES["hunks"]()
    lines = zip(
        *(side["table.py"].split("\n") for side in (change.old, change.new)), strict=True
    )
    changed = [number for number, (old, new) in enumerate(lines) if old != new]
    assert changed == list(range(2, 2 * HUNKS + 1, 2))


def test_the_standard_library_comes_without_its_tests() -> None:
    paths = CHANGES["stdlib"]().new.keys()
    assert {"argparse.py", "json/decoder.py"} <= paths
    assert not [path for path in paths if path.startswith(("test/", "idlelib/idle_test/"))]
