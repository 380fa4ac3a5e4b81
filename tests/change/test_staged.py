import sys

import pytest

from judgegate.change.git import take_inherited
from judgegate.change.repository import Repository
from judgegate.model.change import ChangeSource, FileStatus
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.ranges import LineRange
from tests.change.reading import by_path, only, opened, staged
from tests.repositories import GitFailed, RepositoryBuilder


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("a.py", "one\n").write("b.py", "one\n").commit()
    return repository


@pytest.fixture(autouse=True)
def _forget() -> object:
    take_inherited.cache_clear()
    yield
    take_inherited.cache_clear()


def test_what_is_staged_is_judged_and_nothing_else(started: RepositoryBuilder) -> None:
    started.write("a.py", "staged\n").stage().write("a.py", "later\n").write(
        "untracked.py", "x\n"
    )
    change = staged(started)
    assert (change.source, change.head, change.commits, change.branch) == (
        ChangeSource.STAGED,
        None,
        (),
        "main",
    )
    assert change.base is not None
    assert change.base.oid == started.head()
    assert only(change).added == (LineRange(1, 1),)
    assert [notice.code for notice in change.notices] == ["uncommitted"]
    with opened(started) as repository:
        blob = by_path(change)["a.py"].new
        assert blob is not None
        assert repository.read(blob.oid) == b"staged\n"


def test_the_repository_is_not_written(started: RepositoryBuilder) -> None:
    started.write("a.py", "staged\n").stage()
    before = _snapshot(started)
    staged(started)
    assert _snapshot(started) == before


def test_what_is_only_intended_to_be_added_is_not_part_of_it(
    started: RepositoryBuilder,
) -> None:
    started.write("new.py", "x\n").git("add", "--intent-to-add", "new.py")
    change = staged(started)
    assert (change.files, [notice.code for notice in change.notices]) == (
        (),
        ["nothing-staged"],
    )


def test_before_the_first_commit_everything_staged_is_added(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py", "x\n").stage()
    change = staged(repository)
    assert (change.base, change.merge_bases) == (None, ())
    assert only(change).status is FileStatus.ADDED


def test_without_an_index_nothing_is_staged(repository: RepositoryBuilder) -> None:
    assert staged(repository).files == ()


def test_the_index_that_a_hook_hands_down_is_the_one(
    started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"GIT_INDEX_FILE": str(started.path / ".git" / "next-index")}
    started.write("b.py", "two\n").git("add", "a.py", "b.py", environment=other)
    started.git("read-tree", "HEAD")
    monkeypatch.chdir(started.path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert set(by_path(staged(started))) == {"b.py"}


def test_inside_a_real_hook_the_commit_that_is_being_made_is_judged(
    started: RepositoryBuilder,
) -> None:
    hook = started.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    code = (
        "from pathlib import Path; from judgegate.change.repository import Repository;"
        "from judgegate.change.index import read_staged;"
        "r = Repository.open(Path()); print(*(f.path for f in read_staged(r).files)); r.close()"
    )
    hook.write_text(f"#!/bin/sh\n{sys.executable} -W error -c '{code}' > judged\nexit 1\n")
    hook.chmod(0o755)
    started.write("a.py", "two\n").write("b.py", "two\n")
    with pytest.raises(GitFailed):
        started.git(
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "commit",
            "-m",
            "x",
            "b.py",
        )
    assert (started.path / "judged").read_text() == "b.py\n"


def test_an_unfinished_merge_is_a_wrong_use(started: RepositoryBuilder) -> None:
    started.branch("topic").write("a.py", "topic\n").commit()
    started.switch("main").write("a.py", "main\n").commit()
    with pytest.raises(GitFailed):
        started.merge("topic")
    with pytest.raises(UsageError, match=r"unfinished merge, at a\.py"):
        staged(started)


def test_a_bare_repository_has_nothing_staged(started: RepositoryBuilder) -> None:
    bare = started.clone(started.path.parent / "bare.git", "--bare")
    with pytest.raises(UsageError, match="bare"):
        staged(bare)


def test_a_split_index_is_read(started: RepositoryBuilder) -> None:
    started.git("update-index", "--split-index")
    started.write("a.py", "two\n").stage()
    before = _snapshot(started)
    assert set(by_path(staged(started))) == {"a.py"}
    assert _snapshot(started) == before


def test_a_linked_work_tree_has_its_own_index(started: RepositoryBuilder) -> None:
    linked = started.worktree(started.path.parent / "linked")
    linked.write("a.py", "two\n").stage()
    assert set(by_path(staged(linked))) == {"a.py"}
    assert staged(started).files == ()


def test_temporary_files_are_gone_after_closing(started: RepositoryBuilder) -> None:
    with Repository.open(started.path) as repository:
        place = repository.lay_scratch().path
        assert place.is_dir()
    assert not place.exists()


def _snapshot(builder: RepositoryBuilder) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in (builder.path / ".git").rglob("*")
        if path.is_file()
    }
