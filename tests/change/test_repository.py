import os
import subprocess
import sys
from pathlib import Path

import pytest

from judgegate.change import git as git_room
from judgegate.change.git import GitError, GitRunner, find_git, take_inherited
from judgegate.change.objects import MissingObjectError
from judgegate.change.repository import Repository
from judgegate.model.change import LINK_MODE, SUBMODULE_MODE
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from tests.change.reading import opened
from tests.repositories import RepositoryBuilder


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing is remembered of the environment or of git, before the test and after it."""
    for remembered in (take_inherited, find_git):
        remembered.cache_clear()
    monkeypatch.setenv("UNUSED", "")
    return monkeypatch


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    take_inherited.cache_clear()
    find_git.cache_clear()


def test_it_is_found_from_a_directory_below(repository: RepositoryBuilder) -> None:
    repository.write("a/b/c.py").commit()
    with Repository.open(repository.path / "a" / "b") as found:
        assert (found.git_dir, found.work_tree) == (
            repository.path / ".git",
            repository.path,
        )
        assert (found.is_shallow, found.object_format, found.is_partial) == (
            False,
            "sha1",
            False,
        )


def test_a_linked_work_tree_is_its_own(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.write("a.py").commit()
    linked = repository.worktree(tmp_path / "linked")
    with opened(linked) as found:
        assert found.work_tree == linked.path
        assert found.git_dir.parent == repository.path / ".git" / "worktrees"


def test_a_bare_repository_that_stands_alone_is_opened(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    commit = repository.write("a.py").commit()
    with opened(repository.clone(tmp_path / "bare.git", "--bare")) as found:
        assert found.work_tree is None
        assert found.resolve("HEAD") == commit


def test_a_bare_repository_among_the_files_is_not_obeyed(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py").commit()
    evil = RepositoryBuilder(repository.path / "docs" / "evil.git", bare=True)
    evil.git("config", "core.worktree", "/")
    with pytest.raises(UsageError, match="does not use it"):
        Repository.open(evil.path)
    with pytest.raises(UsageError, match="inside a bare repository"):
        Repository.open(evil.path / "objects")


@pytest.mark.parametrize("inside", [".git", ".git/objects"])
def test_the_git_directory_leads_to_its_repository(
    repository: RepositoryBuilder, inside: str
) -> None:
    with Repository.open(repository.path / inside) as found:
        assert (found.git_dir, found.work_tree) == (
            repository.path / ".git",
            repository.path,
        )


@pytest.mark.parametrize("below", [".", "deep/er"])
def test_a_work_tree_below_a_git_directory_is_its_own(
    repository: RepositoryBuilder, below: str
) -> None:
    repository.write("a.py").commit()
    linked = repository.worktree(repository.path / ".git" / "wt" / "linked")
    clone = repository.clone(repository.path / ".git" / "x" / "clone")
    for builder in (linked, clone):
        (builder.path / below).mkdir(parents=True, exist_ok=True)
        with Repository.open(builder.path / below) as found:
            assert found.work_tree == builder.path
            assert found.git_dir == Path(
                builder.git("rev-parse", "--absolute-git-dir").strip()
            )


def test_a_git_directory_whose_work_tree_is_elsewhere_does_not_lead_to_another_one(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.write("a.py").commit()
    repository.worktree(tmp_path / "linked")
    with pytest.raises(UsageError, match="without a work tree"):
        Repository.open(repository.path / ".git" / "worktrees" / "linked")


@pytest.mark.parametrize(
    "settings",
    [
        b'[includeIf "onbranch:main"]\n\tpath = more\n',
        b"[user]\n\tname = M\xfcller\n",
        b'[x "%(y)s"]\n\ta = %(z)s\n',
    ],
)
def test_whatever_git_takes_for_a_configuration_is_one(
    repository: RepositoryBuilder, settings: bytes
) -> None:
    head = repository.write("a.py").commit()
    with (repository.path / ".git" / "config").open("ab") as file:
        file.write(settings)
    with opened(repository) as found:
        assert found.resolve("HEAD") == head


@pytest.mark.parametrize(
    ("place", "said"), [(".", "not inside a git repository"), ("gone", "not a directory")]
)
def test_no_repository_is_a_wrong_use(tmp_path: Path, place: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Repository.open(tmp_path / place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_another_owners_repository_is_refused_until_the_user_trusts_it(
    repository: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (repository.path, repository.path / ".git"):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"git config --global --add safe.directory"):
        Repository.open(repository.path)
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {repository.path}\n")
    with Repository.open(repository.path) as found:
        assert found.work_tree == repository.path


def test_a_missing_git_is_said(
    repository: RepositoryBuilder, fresh: pytest.MonkeyPatch
) -> None:
    fresh.setenv("PATH", "")
    with pytest.raises(IncompleteError, match="git is not installed"):
        Repository.open(repository.path)


def test_git_is_not_looked_for_among_the_files(
    repository: RepositoryBuilder, fresh: pytest.MonkeyPatch
) -> None:
    _fake_git(repository.path, "git version 99.0.0")
    fresh.chdir(repository.path)
    fresh.setenv("PATH", ".")
    with pytest.raises(IncompleteError, match="git is not installed"):
        Repository.open(repository.path)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("git version 2.37.7", r"git 2\.37\.7; judgegate needs git 2\.38"),
        ("none of your business", "Cannot read the version of"),
    ],
)
def test_an_old_git_is_said_with_both_versions(
    repository: RepositoryBuilder,
    tmp_path: Path,
    fresh: pytest.MonkeyPatch,
    version: str,
    said: str,
) -> None:
    _fake_git(tmp_path / "bin", version)
    fresh.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(IncompleteError, match=said):
        Repository.open(repository.path)


def test_a_git_that_cannot_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="cannot be started"):
        GitRunner(str(tmp_path), tmp_path).run("version")


def test_git_is_imported_only_when_it_is_needed() -> None:
    code = "import sys, judgegate.change.comparison; sys.exit('git' in sys.modules or 'unidiff' in sys.modules or 'email' in sys.modules)"
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0


def test_inherited_variables_are_taken_away_and_the_useful_ones_kept(
    fresh: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fresh.chdir(tmp_path)
    given = {
        "GIT_DIR": "/elsewhere",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_INDEX_FILE": "some/index",
        "GIT_OBJECT_DIRECTORY": "incoming",
        "GIT_QUARANTINE_PATH": "incoming",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": 'objects:"/odd\\072path"',
    }
    for name, value in given.items():
        fresh.setenv(name, value)
    inherited = take_inherited()
    assert not [name for name in os.environ if name.startswith("GIT_")]
    assert inherited.index == tmp_path / "some/index"
    assert inherited.objects == {
        "GIT_OBJECT_DIRECTORY": f"{tmp_path}/incoming",
        "GIT_QUARANTINE_PATH": f"{tmp_path}/incoming",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'{tmp_path}/objects:"/odd\\072path"',
    }


def test_objects_in_quarantine_are_read(
    repository: RepositoryBuilder, tmp_path: Path, fresh: pytest.MonkeyPatch
) -> None:
    repository.write("a.py", "1\n").commit()
    (tmp_path / "incoming").mkdir()
    quarantine = {
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "incoming"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repository.path / ".git" / "objects"),
    }
    oid = repository.git(
        "hash-object", "-w", "--stdin", stdin=b"pushed\n", environment=quarantine
    ).strip()
    for name, value in quarantine.items():
        fresh.setenv(name, value)
    with opened(repository) as found:
        assert found.read(oid) == b"pushed\n"


def test_objects_are_read_one_after_the_other(repository: RepositoryBuilder) -> None:
    repository.write("a.py", "one\n").write("b.py", b"\0two").commit()
    with opened(repository) as found:
        blobs = dict(found.list_tree(found.resolve("HEAD")))
        assert [found.read(blob.oid) for blob in blobs.values()] == [b"one\n", b"\0two"]
        assert [blob.size for blob in blobs.values()] == [4, 4]
        missing = "1" * 40
        assert found.sizes([missing, blobs["a.py"].oid]) == {
            missing: None,
            blobs["a.py"].oid: 4,
        }
        with pytest.raises(MissingObjectError):
            found.read(missing)
        assert found.read(blobs["a.py"].oid) == b"one\n"
        with pytest.raises(ValueError, match="not a full object id"):
            found.read("HEAD")


def test_a_damaged_object_is_an_error_and_the_next_one_is_read(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py", "one\n").write("b.py", "two\n").commit()
    with opened(repository) as found:
        first, second = (blob.oid for _, blob in found.list_tree(found.resolve("HEAD")))
        damaged = repository.path / ".git" / "objects" / first[:2] / first[2:]
        damaged.chmod(0o644)
        damaged.write_bytes(b"rubbish")
        with pytest.raises(IncompleteError):
            found.read(first)
        assert found.read(second) == b"two\n"


def test_an_entry_is_found_by_its_path(repository: RepositoryBuilder) -> None:
    commit = (
        repository.write("src/a*.py", "x")
        .link("link", "/etc/passwd")
        .write(":(top)b", "y")
        .commit()
    )
    repository.submodule("vendor", commit)
    repository.git(
        "commit",
        "-qm",
        "vendor",
        environment=dict.fromkeys(
            (
                "GIT_AUTHOR_NAME",
                "GIT_AUTHOR_EMAIL",
                "GIT_COMMITTER_NAME",
                "GIT_COMMITTER_EMAIL",
            ),
            "a",
        ),
    )
    with opened(repository) as found:
        head = found.resolve("HEAD")
        modes = {
            path: found.blob_at(head, path)
            for path in ("src/a*.py", "link", "vendor", ":(top)b", "src", "src/a.py", "*")
        }
        assert {path: blob and blob.mode for path, blob in modes.items()} == {
            "src/a*.py": 0o100644,
            "link": LINK_MODE,
            "vendor": SUBMODULE_MODE,
            ":(top)b": 0o100644,
            "src": None,
            "src/a.py": None,
            "*": None,
        }
        assert [path for path, _ in found.list_tree(head, "src/")] == ["src/a*.py"]
        assert [path for path, _ in found.list_tree(head, "sr")] == []


@pytest.mark.parametrize(
    "revision",
    ["", "-x", "--output=x", "nope", "a\nb", "main..main", "0000", "1" * 40, "HEAD:a.py"],
)
def test_what_names_no_commit_is_refused(
    repository: RepositoryBuilder, revision: str
) -> None:
    repository.write("a.py", "x").commit()
    with opened(repository) as found, pytest.raises(UsageError):
        found.resolve(revision)


def test_an_ambiguous_name_is_refused(repository: RepositoryBuilder) -> None:
    first = repository.write("a.py", "x").commit()
    repository.write("a.py", "y").commit()
    repository.git("tag", "main", first)
    with opened(repository) as found:
        with pytest.raises(UsageError, match="ambiguous"):
            found.resolve("main")
        assert found.resolve("refs/tags/main") == first


def test_an_ambiguous_abbreviation_is_refused(repository: RepositoryBuilder) -> None:
    commits = [repository.commit(f"{number}") for number in range(40)]
    shared = next(
        start
        for start in {oid[:1] for oid in commits}
        if sum(oid.startswith(start) for oid in commits) > 1
    )
    twins = [oid for oid in commits if oid.startswith(shared)]
    with opened(repository) as found:
        with pytest.raises(UsageError):
            found.resolve(shared)
        assert found.resolve(twins[0]) == twins[0]


def test_a_tag_is_its_commit_and_a_forgotten_remote_is_suggested(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    commit = repository.write("a.py").commit()
    repository.git("tag", "v1")
    repository.branch("topic")
    clone = repository.clone(tmp_path / "clone")
    with opened(clone) as found:
        assert found.resolve("v1") == commit
        with pytest.raises(UsageError, match="origin/main"):
            found.resolve("main")


def test_what_git_complains_of_is_in_the_error(repository: RepositoryBuilder) -> None:
    with (
        opened(repository) as found,
        pytest.raises(GitError, match="not a git command") as error,
    ):
        found.run("frobnicate")
    assert error.value.status == 1


def test_a_stream_that_is_left_early_leaves_nothing_behind(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.txt", "line\n" * 200_000).commit()
    with opened(repository) as found:
        blob = found.blob_at(found.resolve("HEAD"), "a.txt")
        assert blob is not None
        lines = found.stream("cat-file", "blob", blob.oid)
        assert next(lines) == b"line\n"
        lines.close()  # type: ignore[attr-defined]  # a generator, behind the interface of an iterator


def test_a_failing_stream_is_an_error(repository: RepositoryBuilder) -> None:
    with opened(repository) as found, pytest.raises(GitError):
        list(found.stream("cat-file", "blob", "1" * 40))


def test_one_place_only_starts_git() -> None:
    room = Path(git_room.__file__).parent
    starters = {
        path.name
        for path in room.rglob("*.py")
        if "subprocess" in path.read_text() or "import git" in path.read_text()
    }
    assert starters == {"git.py"}


def _fake_git(directory: Path, version: str) -> None:
    directory.mkdir(exist_ok=True)
    script = directory / "git"
    script.write_text(f"#!/bin/sh\necho '{version}'\n")
    script.chmod(0o755)


def test_judging_does_not_import_gitpython(repository: RepositoryBuilder) -> None:
    repository.write("a.py", "x = 1\n").commit()
    repository.branch("topic").write("a.py", "x = 2\n").commit()
    code = "import sys; from judgegate.cli.app import run; code = run(); print(code, 'git' in sys.modules)"
    command = [sys.executable, "-c", code, "check", "-q"]
    done = subprocess.run(command, cwd=repository.path, capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "0 False"


def test_a_small_change_is_read_with_few_starts_of_git(
    repository: RepositoryBuilder, tmp_path: Path, fresh: pytest.MonkeyPatch
) -> None:
    repository.write("a.py", "x = 1\n").commit()
    repository.branch("topic").write("a.py", "x = 2\n").commit()
    log, folder = tmp_path / "log", tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {find_git()} "$@"\n')
    (folder / "git").chmod(0o755)
    fresh.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    command = [
        sys.executable,
        "-c",
        "from judgegate.cli.app import main; main()",
        "check",
        "-q",
    ]
    subprocess.run(command, cwd=repository.path, capture_output=True, check=True)
    expected = ["version", "rev-parse", "config", "for-each-ref", "cat-file"]
    expected += ["diff-tree", "diff-tree", "diff-index", "diff-files", "ls-files"]
    calls = log.read_text().splitlines()
    assert [
        next(word for word in call.split() if word in expected) for call in calls
    ] == expected
