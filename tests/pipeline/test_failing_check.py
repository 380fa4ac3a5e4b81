"""A check that fails on a file: the file is not analysed, and what was seen in it counts all the same."""

from pathlib import Path
from typing import Any

import pytest

from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Regex, Sought
from judgegate.model.ranges import LineRange
from judgegate.pipeline.analysed_file import assemble_file, is_accident
from judgegate.pipeline.file_sides import ReadableSide, Sides
from judgegate.workers.wire import Answer, Scanned
from tests.repositories import RepositoryBuilder
from tests.runs import check, run

SHELL = "import importlib\nimport os\nimport sys\n\nos.system(sys.argv[1])\n"
CRASH = "\n\ndef load(**options):\n    return importlib.import_module(**options)\n"
"""Bandit's own test for a name to import fails on it."""

REASON = "the check bandit failed on it (PluginCrashedError: bandit's test B001 crashed on line 9)"


def change(repository: RepositoryBuilder, before: str, after: str) -> RepositoryBuilder:
    repository.write("app.py", before).commit("Start")
    repository.branch("topic").write("app.py", after).commit("Change")
    return repository


def told(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["rule"], one["action"], one["origin"]) for one in report["findings"]]


SEEN = ("security/insecure-code", "block", "introduced")
UNANALYSED = ("oversight/unanalysed", "review", "introduced")


def test_a_crash_hides_nothing_that_blocks(repository: RepositoryBuilder) -> None:
    report = check("--base", "main", at=change(repository, "X = 1\n", SHELL + CRASH))
    assert report["outcome"] == "block"
    assert {SEEN, UNANALYSED} <= set(told(report))
    [file] = report["change"]["files"]
    assert (file["state"], file["reason"]) == ("unanalysed", REASON)


def test_a_crash_alone_needs_a_human(repository: RepositoryBuilder) -> None:
    harmless = SHELL.replace("os.system(sys.argv[1])", "X = 1")
    report = check("--base", "main", at=change(repository, harmless, harmless + CRASH))
    assert report["outcome"] == "review"
    assert told(report) == [UNANALYSED]


@pytest.mark.parametrize("after", [SHELL, SHELL + CRASH + "Y = 1\n"])
def test_what_was_seen_beside_a_crash_on_the_old_side_is_old(
    repository: RepositoryBuilder, after: str
) -> None:
    report = check("--base", "main", at=change(repository, SHELL + CRASH, after))
    assert SEEN not in told(report)
    assert report["outcome"] == ("review" if CRASH in after else "pass")
    assert (UNANALYSED in told(report)) == (CRASH in after)


def test_a_crash_on_the_old_side_excuses_nothing_that_was_not_seen_there(
    repository: RepositoryBuilder,
) -> None:
    before = CRASH.removeprefix("\n\n") + "\n"
    report = check("--base", "main", at=change(repository, before, before + SHELL))
    assert report["outcome"] == "block"
    assert SEEN in told(report)


def test_a_deleted_file_whose_check_crashed_needs_a_human(
    repository: RepositoryBuilder,
) -> None:
    repository.write("app.py", SHELL + CRASH).commit("Start")
    repository.branch("topic").remove("app.py").commit("Change")
    report = check("--base", "main", at=repository)
    assert told(report) == [UNANALYSED]


def test_what_a_crash_left_is_not_kept(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    change(repository, "X = 1\n", SHELL + CRASH)
    cached = ("check", "-f", "json", "--base", "main", "--cache", str(tmp_path / "cache"))
    first = run(*cached, at=repository)
    assert first.report["outcome"] == "block"
    assert run(*cached, at=repository).out == first.out
    info = run("cache", "info", "--cache", str(tmp_path / "cache"), at=tmp_path).out
    assert "answers   1\n" in info


def test_what_a_search_saw_before_it_failed_counts() -> None:
    seen = Observation(
        rule="security/word",
        code="",
        lines=LineRange(1, 1),
        subject="",
        message="",
        fingerprint="f",
        key="k",
        excerpt="",
        severity=Severity.LOW,
        confidence=Confidence.LOW,
    )
    new, old = (ReadableSide(Blob(0o100644, oid, 1), "prose") for oid in ("new", "old"))
    answers: dict[str, Answer] = {
        side.text_task: Scanned(side.text_task, (seen.rule,), (seen,), failure="it failed")
        for side in (new, old)
    }
    sides = Sides(FileChange("a.md", FileStatus.MODIFIED, old.blob, new.blob), new, (old,))
    file = assemble_file(
        sides,
        answers,
        (),
        (Sought(seen.rule, Regex("x", added=False)),),
        surveyed=(),
        lost=(),
        coverable=False,
    )
    assert (file.after, file.before, file.obstacle) == ((seen,), ((seen,),), "it failed")
    assert (file.rules, file.missed) == ((), (seen.rule,))
    assert all(map(is_accident, answers.values()))
