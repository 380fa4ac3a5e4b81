"""What cannot be read whole: objects that are not there, files that are too large, a system that refuses."""

import os
from pathlib import Path

import pytest

from judgegate.change import comparison
from judgegate.change import worktree as worktree_module
from judgegate.change.objects import MissingObjectError
from judgegate.change.paths import decode_path, show_path
from judgegate.change.repository import Repository
from judgegate.change.worktree_files import UnreadableError, WorkTree
from judgegate.model.errors_and_exit_codes import IncompleteError
from tests.change.reading import by_path, committed, opened, worktree
from tests.repositories import RepositoryBuilder


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("a.py", "one\n").write("dir/b.py", "two\n").commit()
    return repository.branch("topic")


def test_a_partial_clone_says_what_it_lacks_and_goes_on(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    started.git("config", "uploadpack.allowFilter", "true")
    clone = started.clone(tmp_path / "clone.git", "--bare", "--filter=blob:none")
    with opened(clone) as repository:
        head = repository.resolve("topic")
        lacking = [blob.oid for _, blob in repository.list_tree(head)]
        for oid in lacking:
            with pytest.raises(MissingObjectError):
                repository.read(oid)
        assert repository.read(head).startswith(b"tree ")
        assert set(repository.sizes(lacking).values()) == {None}


def test_a_file_too_large_to_compare_is_an_obstacle(
    started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "LARGEST_COMPARED", 10)
    started.write("a.py", "x" * 11).write("c.py", "x\n").commit()
    files = by_path(committed(started))
    assert files["a.py"].obstacle == "11 bytes are too many for a comparison line by line"
    assert (files["c.py"].obstacle, files["c.py"].added_lines) == (None, 1)


def test_a_file_of_the_work_tree_that_is_too_large_is_an_obstacle(
    started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree_module, "LARGEST_STORED", 10)
    started.write("a.py", "x" * 11).write("new.py", "x" * 12)
    assert {path: file.obstacle for path, file in by_path(worktree(started)).items()} == {
        "a.py": "11 bytes are too many to judge",
        "new.py": "12 bytes are too many to judge",
    }


@pytest.mark.parametrize("refused", ["a.py", "dir", "new.py"])
def test_what_the_system_refuses_is_an_obstacle(
    started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    started.write("new.py", "new\n").write("a.py", "changed\n").write(
        "dir/b.py", "changed\n"
    )
    real = os.open

    def guarded(
        path: bytes | str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        if path == refused.encode():
            raise PermissionError(13, "Permission denied")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", guarded)
    files = by_path(worktree(started))
    assert set(files) == {"a.py", "dir/b.py", "new.py"}
    hidden = {
        path
        for path, file in files.items()
        if file.obstacle == "it cannot be read: Permission denied"
    }
    assert hidden == {path for path in files if path.startswith(refused)}


def test_a_file_that_vanishes_is_unreadable(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path, "sha1")
    with pytest.raises(UnreadableError, match="disappeared"):
        tree.read("gone.py")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UnreadableError, match="neither"):
        tree.read("fifo")
    assert not tree.is_directory("gone/below")


def test_a_broken_configuration_is_said(started: RepositoryBuilder) -> None:
    (started.path / ".git" / "config").write_text("[core\n")
    with pytest.raises(IncompleteError, match="bad config"):
        Repository.open(started.path)


def test_a_merge_base_that_git_cannot_find_is_an_error_of_its_own(
    started: RepositoryBuilder,
) -> None:
    parent = started.head()
    started.write("c.py").commit()
    lost = started.path / ".git" / "objects" / parent[:2] / parent[2:]
    started.git("update-ref", "refs/heads/main", started.head())
    started.write("d.py").commit()
    lost.unlink()
    with pytest.raises(IncompleteError):
        committed(started)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"plain caf\xc3\xa9.py", "plain caf\u00e9.py"),
        (b"a\n\x1b[31m", "a\\n\\x1b[31m"),
        (b"\xff", "\\xff"),
        ("\u202e".encode(), "\\u202e"),
    ],
)
def test_a_path_in_a_message_cannot_forge_a_line(path: bytes, shown: str) -> None:
    assert show_path(decode_path(path)) == shown
