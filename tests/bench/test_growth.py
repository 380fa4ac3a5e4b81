"""The growing changes are what their descriptions say: Python that compiles, and twice as much of it at twice the size."""

from pathlib import Path

import pytest

from bench.growth import CASES, build
from bench.history import git


def changed_lines(folder: Path, case: str, size: int) -> int:
    repository = folder / str(size)
    build(repository, CASES[case](size))
    for file in repository.rglob("*.py"):
        compile(file.read_text(), str(file), "exec", dont_inherit=True)
    rows = git(repository, "diff", "--numstat", "--no-renames", "main", "topic")
    return sum(int(number) for row in rows.splitlines() for number in row.split(b"\t")[:2])


@pytest.mark.parametrize("case", CASES)
def test_twice_the_size_is_twice_the_change(tmp_path: Path, case: str) -> None:
    one, two = changed_lines(tmp_path, case, 40), changed_lines(tmp_path, case, 80)
    assert one > 0
    assert two == pytest.approx(2 * one, rel=0.1)
