"""A change that is too large for all of it to be analysed: what comes first, and what the rest is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.pipeline import budget
from judgegate.pipeline.budget import beyond_budget
from judgegate.pipeline.file_sides import ReadableSide, Sides
from judgegate.policy.resource_limits import LimitTerms
from judgegate.workers.wire import ScanTask
from tests.repositories import RepositoryBuilder
from tests.runs import check, run

INJECTION = "import subprocess\n\n\ndef run(word):\n    subprocess.call(word, shell=True)\n"
LIMITS = LimitTerms(files=3, bytes=100, source_bytes=1_000)


def file(path: str, *sizes: int, deleted: bool = False) -> Sides:
    """A Python file with its sides, the head's first; each has a content of its own."""
    blobs = [Blob(0o100644, f"{path}:{size}", size) for size in sizes]
    sides = [ReadableSide(blob, "python") for blob in blobs]
    new, *olds = [None, *sides] if deleted else sides
    change = FileChange(path, FileStatus.MODIFIED, None, new.blob if new else None)
    return Sides(change, new, tuple(olds))


def left_out(files: Sequence[Sides], limits: LimitTerms = LIMITS) -> list[str]:
    """The paths of the files that are beyond the budget, of which every side is scanned."""
    tasks = {
        side.task: ScanTask(side.task, "python", frozenset(), b"")
        for sides in files
        for side in (sides.new, *sides.olds)
        if side is not None
    }
    beyond = beyond_budget(list(tasks.values()), files, limits)
    return [
        sides.change.path
        for sides in files
        for side in (sides.new or sides.olds[0],)
        if side is not None and side.task in beyond
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param([file("a", 100)], [], id="all that is allowed"),
        pytest.param([file("a", 101)], ["a"], id="a byte more"),
        pytest.param([file("a", 90), file("b", 10), file("c", 2)], ["a"], id="smallest first"),
        pytest.param([file(x, 1) for x in "dbca"], ["d"], id="of equal ones by path"),
        pytest.param([file("a", 9), *(file(x, 1) for x in "bcd")], ["a"], id="too many files"),
        pytest.param([file("a", 50, 51)], ["a"], id="both sides count"),
        pytest.param([file("a", 101, deleted=True)], ["a"], id="a deleted file counts"),
        pytest.param([file("a", 2_000), file("b", 99)], [], id="what no worker reads is free"),
        pytest.param([], [], id="nothing"),
    ],
)  # fmt: skip
def test_the_smallest_files_are_analysed(files: list[Sides], expected: list[str]) -> None:
    assert left_out(files) == expected


def test_a_file_whose_content_is_analysed_for_another_one_is_analysed_too() -> None:
    small = file("a", 60)
    same = replace(small, change=replace(small.change, path="b"))
    assert left_out([small, same]) == []


def copies(of: Sides, *paths: str) -> list[Sides]:
    """The same contents at other paths."""
    return [replace(of, change=replace(of.change, path=path)) for path in paths]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param([file("z", 9), *copies(file("x", 0), *"abcdef")], [], id="many copies of an empty file"),
        pytest.param(copies(file("x", 60), *"abcd"), [], id="their bytes count once"),
        pytest.param(
            [file("z", 9), *copies(file("x", 1), *"abcd"), file("v", 2), file("w", 3)],
            ["z"],
            id="another content counts",
        ),
        pytest.param(
            [file("x", 30, 1), replace(file("x", 30, 2), new=file("x", 30).new), file("z", 67)],
            [],
            id="what two files share counts once",
        ),
    ],
)  # fmt: skip
def test_what_is_equal_counts_once(files: list[Sides], expected: list[str]) -> None:
    assert left_out(files) == expected
    assert left_out(files[::-1]) == expected[::-1]


def test_what_has_no_task_takes_no_room() -> None:
    prose = file("prose", 90)
    code = file("code", 90)
    assert code.new is not None
    task = ScanTask(code.new.task, "python", frozenset(), b"")
    assert beyond_budget([task], [prose, code], LIMITS) == {}


@given(st.lists(st.integers(0, 60), max_size=8), st.randoms(use_true_random=False))
def test_only_the_sizes_and_paths_decide(sizes: list[int], random: Any) -> None:
    files = [file(f"{number}.py", size) for number, size in enumerate(sizes)]
    shuffled = random.sample(files, len(files))
    beyond = set(left_out(files))
    assert set(left_out(shuffled)) == beyond
    kept = [
        size
        for one, size in zip(files, sizes, strict=True)
        if one.change.path not in beyond
    ]
    assert len(kept) <= LIMITS.files
    assert sum(kept) <= LIMITS.bytes
    assert sorted(sizes)[: len(kept)] == sorted(kept)


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write(".judgegate.yml", policy("files: 100")).commit("Start")
    return repository.branch("topic")


def policy(limits: str) -> str:
    return f"version: 1\nextends: [default]\nlimits: {{{limits}}}\n"


def with_small_files(topic: RepositoryBuilder, count: int) -> None:
    for number in range(count):
        topic.write(f"small/part_{number:03}.py", f"value_{number:03} = 1\n")


def states(report: dict[str, Any]) -> dict[str, str | None]:
    """Why each file that is not analysed is not."""
    return {
        one["path"]: one["reason"]
        for one in report["change"]["files"]
        if one["state"] != "analysed"
    }


def test_what_is_beyond_the_policys_count_needs_a_human(topic: RepositoryBuilder) -> None:
    with_small_files(topic, 100)
    topic.write("a.py", INJECTION).write("README.md", "Prose.\n").commit("Change")
    report = check("--base", "main", at=topic)
    assert states(report) == {
        "README.md": "prose",
        "a.py": "the change has 101 files to analyse, the policy's limit is 100, and smaller files come first",
    }
    assert report["outcome"] == "review"
    assert [one["rule"] for one in report["findings"]] == ["oversight/unanalysed"]


def test_copies_of_a_small_file_push_no_other_one_out(topic: RepositoryBuilder) -> None:
    for number in range(101):
        topic.write(f"package_{number}/__init__.py")
    topic.write("a.py", INJECTION).commit("Change")
    report = check("--base", "main", at=topic)
    assert states(report) == {}
    assert report["outcome"] == "block"


def test_large_files_push_no_small_one_out(repository: RepositoryBuilder) -> None:
    repository.write(".judgegate.yml", policy("bytes: 1000000")).commit("Start")
    repository.branch("topic")
    for name in "abc":
        repository.write(f"{name}.py", f"# {name * 77}\n" * 5_000)
    repository.write("small.py", INJECTION).commit("Change")
    report = check("--base", "main", at=repository)
    assert list(states(report)) == ["c.py"]
    assert report["outcome"] == "block"


def test_the_same_change_is_always_cut_off_in_the_same_place(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    with_small_files(topic, 101)
    topic.commit("Change")
    cached = ["check", "-f", "json", "--base", "main", "--cache", str(tmp_path / "cache")]
    first, second = run(*cached, at=topic), run(*cached, at=topic)
    assert list(states(first.report)) == ["small/part_100.py"]
    assert first.out == second.out


def test_a_run_that_used_its_cpu_time_says_so_and_the_rest_is_unanalysed(
    topic: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.write("app.py", INJECTION).write("README.md", "Prose.\n").commit("Change")
    cached = ["check", "-f", "json", "--base", "main", "--cache", str(tmp_path / "cache")]
    with monkeypatch.context() as patch:
        patch.setattr(budget, "MOST_CPU", 0)
        stopped = run(*cached, at=topic).report
    assert stopped["outcome"] == "review"
    assert states(stopped) == {
        "README.md": "prose",
        "app.py": "judgegate stopped after 0 seconds of CPU time, before it was its turn",
    }
    assert [one["code"] for one in stopped["notices"]] == ["analysis-stopped"]
    # Nothing of it is kept: the next run, with time enough, finds what there is.
    assert run(*cached, at=topic).report["outcome"] == "block"
