import os
from pathlib import Path

import pytest

from judgegate.change.index import count_uncommitted
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.change.worktree import read_worktree
from judgegate.model.change import LINK_MODE, SUBMODULE_MODE, FileStatus
from judgegate.model.errors_and_exit_codes import UsageError
from tests.change.reading import by_path, only, opened, worktree
from tests.repositories import GitFailed, RepositoryBuilder

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com")


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("a.py", "one\ntwo\n").write("dir/b.py", "b\n").write(
        ".gitignore", "*.log\n"
    ).commit()
    return repository


def test_everything_down_to_untracked_files_is_judged(started: RepositoryBuilder) -> None:
    started.branch("topic").write("committed.py", "1\n").commit()
    started.write("staged.py", "2\n").stage()
    started.write("a.py", "one\n2\n").write("untracked/c.py", "3\n").write(
        "noise.log", "x"
    ).remove("dir/b.py")
    change = worktree(started, "main")
    files = by_path(change)
    assert {path: file.status.value for path, file in files.items()} == {
        "a.py": "modified",
        "committed.py": "added",
        "dir/b.py": "deleted",
        "staged.py": "added",
        "untracked/c.py": "added",
    }
    assert (change.head, len(change.commits), change.branch) == (None, 1, "topic")
    assert [notice.code for notice in change.notices] == ["uncommitted"]
    assert set(by_path(worktree(started, "HEAD"))) == set(files) - {"committed.py"}


def test_the_repository_is_not_written(started: RepositoryBuilder) -> None:
    started.write("a.py", "new\n").write("c.py", "new\n")
    before = {
        str(path): path.read_bytes()
        for path in (started.path / ".git").rglob("*")
        if path.is_file()
    }
    worktree(started)
    assert {
        str(path): path.read_bytes()
        for path in (started.path / ".git").rglob("*")
        if path.is_file()
    } == before


def test_the_trees_can_be_read_with_the_same_repository(started: RepositoryBuilder) -> None:
    started.write("c.py", "new\n")
    with opened(started) as repository:
        change = read_worktree(repository, choose_base(repository, "HEAD"))
        blob = repository.blob_at(change.head_tree, "c.py")
        assert blob is not None
        assert repository.read(blob.oid) == b"new\n"


def test_a_clean_work_tree_says_so(started: RepositoryBuilder) -> None:
    change = worktree(started)
    assert (change.files, [notice.code for notice in change.notices]) == (
        (),
        ["nothing-differs"],
    )


def test_committed_changes_alone_carry_no_notice(started: RepositoryBuilder) -> None:
    started.branch("topic").write("c.py", "1\n").commit()
    assert worktree(started, "main").notices == ()


def test_before_the_first_commit_everything_is_added(repository: RepositoryBuilder) -> None:
    repository.write("a.py", "x\n")
    with opened(repository) as found:
        change = read_worktree(found)
    assert (change.base, change.merge_bases, only(change).path) == (None, (), "a.py")


def test_a_base_is_chosen_if_none_is_given(started: RepositoryBuilder) -> None:
    started.branch("topic").write("c.py", "1\n")
    with opened(started) as repository:
        change = read_worktree(repository)
    assert change.base is not None
    assert change.base.name == "main"


def test_a_bare_repository_has_no_work_tree(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    with opened(started.clone(tmp_path / "bare.git", "--bare")) as repository:
        assert count_uncommitted(repository) == 0
        with pytest.raises(UsageError, match="no work tree"):
            read_worktree(repository)


def test_flags_that_hide_a_file_hide_nothing(started: RepositoryBuilder) -> None:
    started.git("update-index", "--assume-unchanged", "a.py")
    started.git("update-index", "--skip-worktree", "dir/b.py")
    started.write("a.py", "changed\n").write("dir/b.py", "changed\n")
    assert set(by_path(worktree(started))) == {"a.py", "dir/b.py"}


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(
    started: RepositoryBuilder,
) -> None:
    started.git("sparse-checkout", "set", "--sparse-index", "other")
    assert not (started.path / "dir").exists()
    assert worktree(started).files == ()


def test_links_are_not_followed(started: RepositoryBuilder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.py").write_text("secret\n")
    started.link("a.py", "/etc/passwd").remove("dir").link(
        "dir", str(tmp_path / "outside")
    ).link("broken", "nowhere")
    files = by_path(worktree(started))
    assert {path: file.status.value for path, file in files.items()} == {
        "a.py": "type_changed",
        "broken": "added",
        "dir": "added",
        "dir/b.py": "deleted",
    }
    assert all(file.new is None or file.new.mode == LINK_MODE for file in files.values())
    assert files["a.py"].new is not None
    assert files["a.py"].new.size == len("/etc/passwd")


def test_what_is_no_file_is_never_opened(started: RepositoryBuilder) -> None:
    started.remove("a.py")
    os.mkfifo(started.path / "a.py")
    os.mkfifo(started.path / "untracked")
    file = only(worktree(started))
    assert (file.path, file.obstacle) == ("a.py", "it is neither a file nor a link")
    assert file.old is not None
    assert file.new is not None
    assert file.new.size is None


def test_a_file_that_becomes_a_directory_and_the_other_way_round(
    started: RepositoryBuilder,
) -> None:
    started.remove("a.py").write("a.py/inner.py", "x\n").remove("dir").write("dir", "x\n")
    files = by_path(worktree(started))
    assert {path: file.status.value for path, file in files.items()} == {
        "a.py": "deleted",
        "a.py/inner.py": "added",
        "dir": "added",
        "dir/b.py": "deleted",
    }


def test_modes_are_read_unless_the_file_system_knows_none(
    started: RepositoryBuilder,
) -> None:
    started.link("link", "a.py").stage()
    started.git(*IDENTITY, "commit", "-qm", "x")
    started.chmod("a.py").write("run", "x").chmod("run")
    assert {
        path: oct(file.new.mode)
        for path, file in by_path(worktree(started)).items()
        if file.new
    } == {
        "a.py": "0o100755",
        "run": "0o100755",
    }
    started.git("config", "core.fileMode", "false")
    assert {
        path: oct(file.new.mode)
        for path, file in by_path(worktree(started)).items()
        if file.new
    } == {"run": "0o100644"}
    started.git("config", "core.symlinks", "false")
    started.remove("link").write("link", "a.py")
    assert set(by_path(worktree(started))) == {"run"}


def test_an_unfinished_merge_is_judged_as_it_stands(started: RepositoryBuilder) -> None:
    started.branch("topic").write("a.py", "topic\n").commit()
    started.switch("main").write("a.py", "main\n").commit()
    with pytest.raises(GitFailed):
        started.merge("topic")
    file = only(worktree(started))
    assert (file.path, file.added_lines) == ("a.py", 4)


class TestRepositoriesWithin:
    def test_a_submodule_is_the_commit_that_it_has_checked_out(
        self, started: RepositoryBuilder
    ) -> None:
        inner = RepositoryBuilder(started.path / "vendor")
        first = inner.write("x.py", "1\n").commit()
        started.submodule("vendor", first).git(*IDENTITY, "commit", "-qm", "vendor")
        assert worktree(started).files == ()
        second = inner.write("x.py", "2\n").commit()
        file = only(worktree(started))
        assert file.new is not None
        assert (file.path, file.new.oid, file.added_lines) == ("vendor", second, 1)
        with opened(started) as repository:
            assert count_uncommitted(repository) == 1

    def test_a_submodule_that_is_not_checked_out_is_unchanged(
        self, started: RepositoryBuilder
    ) -> None:
        started.submodule("vendor", started.head()).git(
            *IDENTITY, "commit", "-qm", "vendor"
        )
        assert worktree(started).files == ()
        started.remove("vendor")
        assert only(worktree(started)).status is FileStatus.DELETED

    def test_an_embedded_repository_is_a_submodule_to_be(
        self, started: RepositoryBuilder
    ) -> None:
        commit = RepositoryBuilder(started.path / "inner").write("x.py", "1\n").commit()
        file = only(worktree(started))
        assert file.new is not None
        assert (file.path, file.new.mode, file.new.oid) == ("inner", SUBMODULE_MODE, commit)

    def test_an_embedded_repository_without_a_commit_is_an_obstacle(
        self, started: RepositoryBuilder
    ) -> None:
        RepositoryBuilder(started.path / "inner").write("x.py", "1\n")
        file = only(worktree(started))
        assert (file.path, file.obstacle) == (
            "inner",
            "it is a repository of its own, without a commit",
        )


class TestConversion:
    """Line ends are undone as git would; nothing else is, and no program runs."""

    @pytest.mark.parametrize(
        ("attributes", "settings", "stored", "shown", "differs"),
        [
            ("", {}, b"a\nb\n", b"a\r\nb\r\n", True),
            ("", {"core.autocrlf": "true"}, b"a\nb\n", b"a\r\nb\r\n", False),
            ("", {"core.autocrlf": "input"}, b"a\nb\n", b"a\r\nb\r\n", False),
            ("", {"core.autocrlf": "true"}, b"a\0\n", b"a\0\r\n", True),
            ("", {"core.autocrlf": "true"}, b"a\rb\n", b"a\rb\r\n", True),
            ("", {"core.autocrlf": "true"}, b"a\r\nb\r\n", b"a\r\nb\r\n", False),
            ("* text=auto", {}, b"a\nb\n", b"a\r\nb\r\n", False),
            ("* text", {}, b"a\0\n", b"a\0\r\n", False),
            ("* -text", {"core.autocrlf": "true"}, b"a\nb\n", b"a\r\nb\r\n", True),
            ("* eol=crlf", {}, b"a\nb\n", b"a\r\nb\r\n", False),
            ("* crlf", {}, b"a\nb\n", b"a\r\nb\r\n", False),
            ("* binary", {"core.autocrlf": "true"}, b"a\nb\n", b"a\r\nb\r\n", True),
            ("* text=auto", {}, b"\x01" * 9 + b"a\n", b"\x01" * 9 + b"a\r\n", True),
            ("* text=auto", {}, b"a\n\x1a", b"a\r\n\x1a", False),
        ],
    )
    def test_line_ends(
        self,
        repository: RepositoryBuilder,
        *,
        attributes: str,
        settings: dict[str, str],
        stored: bytes,
        shown: bytes,
        differs: bool,
    ) -> None:
        repository.write(".gitattributes", attributes).write("file", stored)
        repository.git("add", ".gitattributes")
        oid = repository.git(
            "hash-object", "-w", "--stdin", "--no-filters", stdin=stored
        ).strip()
        repository.git("update-index", "--add", "--cacheinfo", f"100644,{oid},file")
        repository.git(*IDENTITY, "commit", "-qm", "x")
        for key, value in settings.items():
            repository.git("config", key, value)
        repository.write("file", shown)
        assert bool(worktree(repository).files) is differs
        # What git itself would store is the authority.
        assert (
            repository.git("hash-object", "--path=file", "file").strip() != oid
        ) is differs or stored == shown

    def test_the_changes_own_attributes_are_not_obeyed(
        self, started: RepositoryBuilder
    ) -> None:
        started.write(".gitattributes", "* text filter=evil\n").write("c.py", "x\r\n")
        with opened(started) as repository:
            change = read_worktree(repository, choose_base(repository, "HEAD"))
            blob = by_path(change)["c.py"].new
            assert blob is not None
            assert repository.read(blob.oid) == b"x\r\n"

    @pytest.mark.parametrize(
        "attribute", ["filter=evil", "working-tree-encoding=UTF-16", "ident"]
    )
    def test_what_passes_through_a_filter_is_an_obstacle_if_it_was_touched(
        self, started: RepositoryBuilder, attribute: str, tmp_path: Path
    ) -> None:
        started.write(".gitattributes", f"*.bin {attribute}\n").stage()
        stored = started.git("hash-object", "-w", "--stdin", stdin=b"pointer\n").strip()
        started.write("a.bin", "pointer\n").write("b.bin", "pointer\n")
        for name in ("a.bin", "b.bin"):
            started.git("update-index", "--add", "--cacheinfo", f"100644,{stored},{name}")
        started.git(*IDENTITY, "commit", "-qm", "x")
        for key in ("clean", "smudge", "process"):
            started.git("config", f"filter.evil.{key}", f"touch {tmp_path}/obeyed")
        started.git("config", "filter.evil.required", "true")
        started.write("a.bin", "other\n").write("new.bin", "new\n")
        files = by_path(worktree(started))
        assert set(files) == {"a.bin", "new.bin"}
        assert all(
            "which judgegate does not run" in str(file.obstacle) for file in files.values()
        )
        with opened(started) as repository:
            assert count_uncommitted(repository) >= 2
        assert not (tmp_path / "obeyed").exists()

    def test_a_smudged_file_that_was_not_touched_is_unchanged(
        self, started: RepositoryBuilder
    ) -> None:
        started.write(".gitattributes", "*.bin filter=big\n").write("a.bin", "huge\n")
        started.git("-c", "filter.big.clean=echo pointer", "add", ".")
        started.git(*IDENTITY, "-c", "filter.big.clean=echo pointer", "commit", "-qm", "x")
        old = (1_000_000_000, 1_000_000_000)
        os.utime(started.path / "a.bin", old)
        started.git("-c", "filter.big.clean=echo pointer", "update-index", "--refresh")
        started.git("update-index", "--assume-unchanged", "a.bin")
        assert worktree(started).files == ()
        started.write("a.bin", "more\n")
        assert only(worktree(started)).path == "a.bin"


class TestCountingWhatIsNotCommitted:
    def test_every_kind_counts_once(self, started: RepositoryBuilder) -> None:
        with opened(started) as repository:
            assert count_uncommitted(repository) == 0
            started.write("a.py", "staged\n").stage()
            started.write("a.py", "and touched\n").write("new.py", "x").write(
                "noise.log", "x"
            )
            assert count_uncommitted(repository) == 2

    def test_another_clock_alone_is_no_change(self, started: RepositoryBuilder) -> None:
        os.utime(started.path / "a.py", (1_000_000_000, 1_000_000_000))
        index = (started.path / ".git" / "index").read_bytes()
        with opened(started) as repository:
            assert count_uncommitted(repository) == 0
            started.write("a.py", "changed\n")
            assert count_uncommitted(repository) == 1
        assert (started.path / ".git" / "index").read_bytes() == index

    def test_nothing_is_run_for_it(
        self, started: RepositoryBuilder, tmp_path: Path
    ) -> None:
        started.write(".gitattributes", "* filter=evil\n").commit()
        trap = f"touch {tmp_path}/obeyed"
        for key in (
            "filter.evil.clean",
            "filter.evil.process",
            "core.fsmonitor",
            "diff.external",
        ):
            started.git("config", key, trap)
        started.write("a.py", "changed\n")
        os.utime(started.path / ".gitattributes", (1_000_000_000, 1_000_000_000))
        with Repository.open(started.path) as repository:
            assert count_uncommitted(repository) == 1
        assert not (tmp_path / "obeyed").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_an_obstacle(started: RepositoryBuilder) -> None:
    (started.path / "a.py").chmod(0)
    assert "cannot be read" in str(only(worktree(started)).obstacle)
