"""The folder that keeps analyses: what is not this user's own is not used, and it does not grow without end."""

import os
from pathlib import Path

import pytest

from judgegate.change.repository import Repository
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.pipeline import cache_folder
from judgegate.pipeline.cache_folder import (
    CacheDirectory,
    UntrustedError,
    forbid_inside,
    open_cache_directory,
)
from tests.repositories import RepositoryBuilder

NAME, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def folder(tmp_path: Path) -> CacheDirectory:
    return open_cache_directory(tmp_path / "not" / "there", None, None)


def names_in(folder: CacheDirectory) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir())


def test_what_is_written_is_read_and_only_its_owner_may(folder: CacheDirectory) -> None:
    assert folder.read(NAME) is None
    folder.write(NAME, b"old")
    folder.write(NAME, b"new")
    assert folder.read(NAME) == b"new"
    assert folder.read(OTHER) is None
    assert names_in(folder) == [NAME]
    assert [
        oct(path.stat().st_mode)[-3:] for path in (folder.path, folder.path / NAME)
    ] == ["700", "600"]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_used(
    folder: CacheDirectory, mode: int
) -> None:
    folder.write(NAME, b"x")
    (folder.path / NAME).chmod(mode)
    with pytest.raises(UntrustedError, match="other users"):
        folder.read(NAME)


def test_a_link_is_not_followed(folder: CacheDirectory) -> None:
    folder.write(OTHER, b"x")
    (folder.path / NAME).symlink_to(folder.path / OTHER)
    with pytest.raises(OSError, match="symbolic link"):
        folder.read(NAME)
    folder.write(NAME, b"mine")
    assert (folder.read(NAME), folder.read(OTHER)) == (b"mine", b"x")


def test_what_is_no_file_is_not_waited_for(folder: CacheDirectory) -> None:
    folder.write(OTHER, b"x")
    os.mkfifo(folder.path / NAME)
    with pytest.raises(UntrustedError, match="regular"):
        folder.read(NAME)


def test_a_file_that_is_too_large_is_not_read(folder: CacheDirectory) -> None:
    folder.write(NAME, b"x")
    os.truncate(folder.path / NAME, cache_folder.LARGEST_FILE + 1)
    with pytest.raises(UntrustedError, match="larger than 16 MiB"):
        folder.read(NAME)


def test_a_file_of_another_user_is_not_used(
    folder: CacheDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(NAME, b"x")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(UntrustedError, match="other users"):
        folder.read(NAME)
    with pytest.raises(UntrustedError, match="other users"):
        folder.write(NAME, b"y")
    with pytest.raises(UsageError, match="Other users can write"):
        open_cache_directory(folder.path, None, None)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    with pytest.raises(UsageError, match="Other users can write") as refused:
        open_cache_directory(tmp_path / "open", None, None)
    assert "chmod go-w" in refused.value.remedy


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not a folder"):
        open_cache_directory(tmp_path / "file", None, None)


@pytest.mark.parametrize(
    "name",
    [
        "tree",
        "tree/cache",
        "tree/not/../there",
        "tree/.github",
        "other/../tree/x",
        "link",
        "link/x",
    ],
)
def test_a_folder_in_the_work_tree_is_refused_however_it_is_named(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to("tree")
    with pytest.raises(UsageError, match="a change could add entries"):
        forbid_inside(tmp_path / name, tmp_path / "tree", tmp_path / "tree" / ".git")


@pytest.mark.parametrize("name", ["tree/.git/cache", "treehouse", "other"])
def test_a_folder_beside_it_or_in_its_git_directory_is_not(
    tmp_path: Path, name: str
) -> None:
    forbid_inside(tmp_path / name, tmp_path / "tree", tmp_path / "tree" / ".git")


class TestTheTreesOfARepository:
    """A change can be checked out in each of them, whichever of them is judged."""

    @pytest.mark.parametrize("at", ["main", "linked", "main/nested", "main/.git/hidden"])
    @pytest.mark.parametrize("judged", ["main", "linked"])
    def test_all_of_them_are_refused(
        self, repository: RepositoryBuilder, tmp_path: Path, judged: str, at: str
    ) -> None:
        repository.write("a").commit("Start")
        trees = {"main": repository.path, "linked": tmp_path / "linked"}
        for name in ("main/nested", "main/.git/hidden"):
            trees[name] = repository.path / name.removeprefix("main/")
        for name in trees.keys() - {"main"}:
            repository.worktree(trees[name])
        with Repository.open(trees[judged]) as opened:
            git_dir, work_tree = opened.git_dir, opened.work_tree
        with pytest.raises(UsageError, match="a change could add entries"):
            forbid_inside(trees[at] / "cache", work_tree, git_dir)
        forbid_inside(repository.path / ".git" / "cache", work_tree, git_dir)
        forbid_inside(tmp_path / "other", work_tree, git_dir)

    def test_a_repository_without_a_work_tree_has_linked_ones(
        self, repository: RepositoryBuilder, tmp_path: Path
    ) -> None:
        repository.write("a").commit("Start")
        bare = repository.clone(tmp_path / "bare.git", "--bare")
        linked = bare.worktree(tmp_path / "linked", "main")
        with pytest.raises(UsageError, match="a change could add entries"):
            forbid_inside(linked.path / "cache", None, bare.path)
        forbid_inside(bare.path / "cache", None, bare.path)

    def test_what_the_tree_is_in_is_refused(
        self, repository: RepositoryBuilder, tmp_path: Path
    ) -> None:
        repository.write("a").commit("Start")
        outer = RepositoryBuilder(tmp_path / "outer")
        inner = repository.clone(outer.path / "deep" / "inner")
        with pytest.raises(UsageError, match="a change could add entries"):
            forbid_inside(outer.path / "cache", inner.path, inner.path / ".git")


def test_beyond_the_bound_the_oldest_go_and_what_is_not_ours_stays(
    folder: CacheDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number:064x}" for number in range(4)]
    for age, name in enumerate(names):
        folder.write(name, b"0123456789")
        os.utime(folder.path / name, (age, age))
    (folder.path / "notes").write_bytes(b"x" * 1000)
    left_over = folder.path / f"{OTHER}.{'0' * 16}.part"
    left_over.write_bytes(b"cut off")
    os.utime(left_over, (0, 0))
    monkeypatch.setattr(cache_folder, "LARGEST_FOLDER", 35)
    folder.write(NAME, b"0123456789")
    assert names_in(folder) == sorted([NAME, *names[2:], "notes"])


def test_a_write_that_fails_leaves_nothing_behind(
    folder: CacheDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(OTHER, b"x")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        folder.write(NAME, b"y")
    assert names_in(folder) == [OTHER]
