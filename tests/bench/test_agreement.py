"""The script that holds the gate against git, bandit and radon: it runs, and it would notice."""

from pathlib import Path

import pytest

from bench.agreement import Expected, expect
from bench.history import find_pairs
from bench.plain_engines import Issue, look
from bench.real_changes.__main__ import main
from bench.real_changes.agree import check_counts, spell
from tests.repositories import RepositoryBuilder

BEFORE = "import os\n\n\ndef run(word):\n    os.system(word)\n"
AFTER = (
    BEFORE
    + "\n\ndef fetch(word):\n    class Inner:\n        def go(self):\n            return eval(word) if word else None\n\n    return Inner\n"
)


@pytest.fixture
def merged(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A repository with one merge that adds to a file, moves a function to another, and brings a picture."""
    repository.write("app.py", BEFORE).write(
        "old.py", "def moved(a):\n    return exec(a)\n"
    ).commit("Start")
    repository.branch("topic").write("app.py", AFTER).rename(
        "old.py", "new/place.py"
    ).write(b"odd\xff.bin", b"\0\n\1\n").commit("Add")
    repository.switch("main").write("README.md", "Read me.\n").commit("Tell")
    repository.merge("topic")
    return repository


def test_a_change_that_the_gate_sees_as_git_and_the_engines_do_gives_no_difference(
    merged: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agree", "--changes", "1", "--engines", "1", str(merged.path)]) == 0
    told = capsys.readouterr().out
    gate, engines = (
        line.split() for line in told.splitlines() if line.startswith("repository")
    )
    assert "DIFFERENCE" not in told
    assert gate[1:9] == ["1", "0", "1", "0", "4", "3", "0", "1"]
    assert engines[1:] == ["1", "3", "5", "1", "0", "6", "0"]


def test_a_file_that_is_missing_and_a_line_that_is_not_counted_are_differences(
    merged: RepositoryBuilder,
) -> None:
    [pair] = find_pairs(merged.path, 1)
    change = {
        "files": [{"path": "app.py", "added": 1, "removed": 0}],
        "counts": {"analysed": 1, "exempt": 0, "unanalysed": 1},
        "added_lines": 1,
        "removed_lines": 0,
    }
    assert [difference.partition(" ")[0] for difference in check_counts(pair, change)] == [
        "files:",
        "the",
        "lines",
        "lines",
    ]


def test_the_functions_of_a_class_inside_a_function_are_counted_although_the_command_leaves_them_out(
    tmp_path: Path,
) -> None:
    seen = look({"app.py": AFTER.encode()}, tmp_path)
    assert sorted((block.line, block.complexity) for block in seen.blocks) == [
        (4, 1),
        (8, 1),
        (10, 2),
    ]
    assert [issue.key for issue in seen.issues if issue.code == "B307"] == [
        ("B307", "fetch.Inner.go", "return eval(word) if word else None")
    ]


def test_a_file_that_bandit_or_radon_cannot_read_is_named(tmp_path: Path) -> None:
    seen = look({"broken.py": b"def (:\n"}, tmp_path)
    assert (set(seen.bandit_unread), set(seen.radon_unread)) == (
        {"broken.py"},
        {"broken.py"},
    )


def issue(path: str, text: str, severity: str = "LOW") -> Issue:
    return Issue(path, "B602", (severity, "HIGH"), 1, ("B602", "", text))


@pytest.mark.parametrize(
    ("before", "after", "introduced", "total"),
    [
        ([], [issue("a.py", "x")], {"a.py": 1}, 1),
        ([issue("a.py", "x")], [issue("a.py", "x")], {}, 0),
        ([issue("a.py", "x")], [issue("a.py", "x"), issue("a.py", "x")], {"a.py": 1}, 1),
        ([issue("a.py", "x")], [issue("a.py", "x", "HIGH")], {"a.py": 1}, 1),
        ([issue("a.py", "x", "HIGH")], [issue("a.py", "x")], {}, 0),
        ([issue("a.py", "x")], [issue("b.py", "x")], {"b.py": 1}, 0),
        (
            [issue("a.py", "x")],
            [issue("b.py", "x"), issue("c.py", "x")],
            {"b.py": 1, "c.py": 1},
            1,
        ),
    ],
)
def test_introduced_is_what_the_base_lacks(
    before: list[Issue], after: list[Issue], introduced: dict[str, int], total: int
) -> None:
    expected: Expected = expect(before, after)
    assert expected.introduced == {
        (path, "B602"): count for path, count in introduced.items()
    }
    assert expected.totals["B602",] == total


def test_an_odd_byte_in_a_path_is_spelt_as_reports_do() -> None:
    assert spell(b"odd\xff".decode(errors="surrogateescape")) == "odd\\xff"
