"""Answers that are kept by content: the second run scans nothing, and says the same in every byte."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from judgegate.pipeline import kept_answers
from judgegate.pipeline.answer_store import DATABASE, KEY_FILE
from judgegate.report.formats import FORMATS
from judgegate.workers.scheduler import Scheduler
from tests.repositories import RepositoryBuilder
from tests.runs import Run, run

SECRET = "hunter2hunter2"
BASE = "def double(number):\n    return 2 * number\n"
INJECTION = "import os\n\n\ndef run(word):\n    os.system(word)\n"
CODE = f'{BASE}\n\nPASSWORD = "{SECRET}"\n\n\ndef evaluate(word):\n    return eval(word)\n'


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A change with findings, one of them a secret, a removed file, and one that nobody can parse."""
    repository.write("app.py", BASE).write("old.py", INJECTION).commit("Start")
    repository.branch("topic").write("app.py", CODE).write("broken.py", "def (:\n").write(
        "new.py", INJECTION
    )
    repository.git("rm", "--quiet", "old.py")
    repository.commit("Change")
    return repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def check(topic: RepositoryBuilder, folder: Path, *more: str) -> Run:
    done = run("check", "-f", "json", "--all", "--cache", str(folder), *more, at=topic)
    assert done.code in {0, 1, 3}, done.err
    return done


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many contents each round of the workers got."""
    given: list[int] = []
    give = Scheduler.give

    def count(scheduler: Scheduler, job: object) -> None:
        given.append(1)
        give(scheduler, job)  # type: ignore[arg-type]  # it is handed on as it is

    grow = Scheduler.grow

    def count_workers(scheduler: Scheduler, size: int) -> None:
        given.append(0)
        grow(scheduler, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scheduler, "give", count)
        patch.setattr(Scheduler, "grow", count_workers)
        yield given


def scans(topic: RepositoryBuilder, folder: Path, *more: str) -> int:
    """How many contents another run scans."""
    with counted() as given:
        check(topic, folder, *more)
    return sum(given)


def codes(done: Run) -> set[str]:
    return {
        notice["code"]
        for notice in done.report["notices"]
        if notice["code"].startswith("cache")
    }


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_the_same_cold_and_warm_and_without_a_store(
    topic: RepositoryBuilder, folder: Path, form: str
) -> None:
    command = ("check", "-f", form, "--all")
    plain = run(*command, at=topic)
    cold = run(*command, "--cache", str(folder), at=topic)
    with counted() as given:
        warm = run(*command, "--cache", str(folder), at=topic)
    assert plain == cold == warm
    assert given == []


def test_only_what_is_new_is_scanned(topic: RepositoryBuilder, folder: Path) -> None:
    assert scans(topic, folder) == 4  # new.py and old.py have one content
    assert scans(topic, folder) == 0
    topic.write("app.py", CODE + "# more\n").commit("Again")
    assert scans(topic, folder) == 1
    topic.git("mv", "new.py", "newer.py")
    topic.write("copy.py", CODE + "# more\n").commit("Copy and rename")
    assert scans(topic, folder) == 0


def test_another_repository_with_the_same_content_finds_it(
    topic: RepositoryBuilder, folder: Path, tmp_path: Path
) -> None:
    check(topic, folder)
    other = RepositoryBuilder(tmp_path / "other")
    other.write("app.py", BASE).commit("Start")
    other.branch("topic").write("lib/app.py", CODE).commit("Add")
    assert scans(other, folder) == 0


def test_what_the_plan_asks_of_a_content_counts_and_nothing_else(
    topic: RepositoryBuilder, folder: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yml"
    plan = ("--policy", str(policy))
    policy.write_text("version: 1\nextends: [default]\n")
    assert scans(topic, folder, *plan) == 4
    policy.write_text(
        "version: 1\nextends: [default]\nrules:\n  oversight/ai-assisted: {action: off}\n"
    )
    assert scans(topic, folder, *plan) == 0
    policy.write_text(
        "version: 1\nextends: [default]\nrules:\n  reliability/x:\n"
        "    {pattern: {language: python, code: input($$$)}, message: No., action: warn}\n"
    )
    assert scans(topic, folder, *plan) == 4
    policy.write_text("version: 1\nextends: [default]\nlimits: {cpu_seconds: 9}\n")
    assert scans(topic, folder, *plan) == 4
    policy.write_text(
        "version: 1\nextends: [default]\nrules:\n  reliability/x: {regex: eval, message: No., action: warn}\n"
    )
    assert scans(topic, folder, *plan) == 4  # the text alone, the code is known
    assert scans(topic, folder, *plan) == 0


def test_another_version_of_a_tool_scans_again(
    topic: RepositoryBuilder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(topic, folder)
    monkeypatch.setattr(kept_answers, "name_tools", lambda *_: {"bandit": "another"})
    assert scans(topic, folder) == 4


def test_an_accident_is_not_kept(topic: RepositoryBuilder, folder: Path) -> None:
    check(topic, folder)
    topic.write("deep.py", "x = " + "-" * 200_000 + "1\n").commit("Nest")
    assert scans(topic, folder) == 1
    assert scans(topic, folder) == 1


def test_a_secret_is_masked_in_what_is_kept_and_pairs_with_a_fresh_one(
    repository: RepositoryBuilder, folder: Path
) -> None:
    repository.write("app.py", CODE).commit("Start")
    repository.branch("topic").write("app.py", CODE + "# more\n").commit("Change")
    assert (check(repository, folder).report["findings"][0]["origin"]) == "existing"
    assert SECRET.encode() not in (folder / DATABASE).read_bytes()
    # Now one side is from the store, and the other one fresh.
    repository.write("app.py", CODE + "# and more\n").commit("Again")
    found = check(repository, folder).report["findings"]
    assert {one["origin"] for one in found if one["code"] == "B105"} == {"existing"}


def test_the_files_are_the_users_own(topic: RepositoryBuilder, folder: Path) -> None:
    check(topic, folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {DATABASE: 0o600, KEY_FILE: 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
