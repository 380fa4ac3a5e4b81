"""`judgegate cache`: what it says of the store, and what it removes."""

import re
from pathlib import Path

import pytest

from judgegate.pipeline.answer_store import DATABASE, KEY_FILE
from judgegate.pipeline.answer_tables import StoreBusyError
from tests.repositories import RepositoryBuilder
from tests.runs import run


@pytest.fixture
def filled(repository: RepositoryBuilder, tmp_path: Path) -> Path:
    """A folder that a run has filled."""
    repository.write("README", "Start.\n").commit("Start")
    repository.branch("topic").write("app.py", "X = 1\n").commit("Change")
    folder = tmp_path / "cache"
    assert run("check", "--cache", str(folder), at=repository).code == 0
    return folder


def test_it_says_where_it_is_and_how_much_it_holds(filled: Path) -> None:
    told = run("cache", "info", "--cache", str(filled), at=filled).out
    assert re.fullmatch(
        rf"folder    {re.escape(str(filled))}\nanswers   1\nsize      0\.0 MiB, at most 512\n"
        r"used      on \d{4}-\d\d-\d\d or later\n",
        told,
    )


def test_it_removes_what_is_ours(filled: Path) -> None:
    (filled / "notes").touch()
    told = run("cache", "clear", "--cache", str(filled), at=filled).out
    assert told == f"The cache in {filled} is removed.\n"
    assert [path.name for path in filled.iterdir()] == ["notes"]


@pytest.mark.parametrize("command", ["info", "clear"])
def test_where_there_is_none_it_says_so_and_makes_none(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    done = run("cache", command, at=tmp_path)
    assert (done.code, done.out) == (
        0,
        f"There is no cache in {tmp_path}/caches/judgegate.\n",
    )
    assert not (tmp_path / "caches").exists()


def test_a_damaged_one_is_told_with_what_to_do(filled: Path) -> None:
    (filled / DATABASE).write_bytes(b"noise" * 1000)
    done = run("cache", "info", "--cache", str(filled), at=filled)
    assert done.code == 2
    assert "cannot be used: it is damaged" in done.err
    assert f"judgegate cache clear --cache {filled}" in done.err
    assert run("cache", "clear", "--cache", str(filled), at=filled).code == 0
    assert not (filled / KEY_FILE).exists()


def test_a_folder_that_others_may_write_to_is_refused(filled: Path) -> None:
    filled.chmod(0o777)
    done = run("cache", "clear", "--cache", str(filled), at=filled)
    assert done.code == 2
    assert (filled / DATABASE).exists()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StoreBusyError("locked"), "Another run writes to the cache. Try again."),
        (PermissionError(13, "Permission denied"), "cannot be reached: Permission denied."),
    ],
)
def test_what_stands_in_the_way_is_told(
    filled: Path, error: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("judgegate.pipeline.answer_store.open_store", fail)
    done = run("cache", "info", "--cache", str(filled), at=filled)
    assert done.code == 2
    assert told in done.err


def test_without_a_home_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "")
    done = run("cache", "info", at=tmp_path)
    assert done.code == 2
    assert "You have no home folder" in done.err
