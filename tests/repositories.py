"""Real git repositories, built in a few words.

>>> repository = RepositoryBuilder(tmp_path / "work")
>>> base = repository.write("app.py", "print(1)\n").commit("Start")
>>> head = repository.branch("topic").remove("app.py").commit("Drop it", trailers=["Co-authored-by:
Bob <bob@example.com>"])

What `write`, `remove`, `rename`, `link` and `chmod` do, they do to the work tree; `commit` stages
all of it first, as `stage` does. Every clock is fixed, so the same words give the same object ids.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Self

ALICE = "Alice <alice@example.com>"
BOB = "Bob <bob@example.com>"
CAROL = "Carol <carol@example.com>"

FIRST_COMMIT = 1_767_614_400
"""2026-01-05 12:00 UTC, in seconds since 1970; each commit comes a minute after the one before."""

_COMMITTED = re.compile(r"\[.*?\b([0-9a-f]{40}(?:[0-9a-f]{24})?)\] ")
_SETTINGS = {"core.fsync": "none", "gc.auto": "0", "maintenance.auto": "false"}
_HASTE = {"GIT_CONFIG_COUNT": str(len(_SETTINGS))} | {
    f"GIT_CONFIG_{part}_{number}": text
    for number, setting in enumerate(_SETTINGS.items())
    for part, text in zip(("KEY", "VALUE"), setting, strict=True)
}
"""A test's repository need not outlive a power cut, and is too small to be packed."""

Name = str | bytes
"""A path in the repository; bytes for one that is not UTF-8."""


class GitFailed(Exception):  # noqa: N818 - reads as what happened
    """Git said no; a test that expects it asks for it."""


class RepositoryBuilder:
    """A repository at `path`, made with `git init` unless `path` holds one already (a clone, a linked worktree)."""

    def __init__(
        self,
        path: Path,
        *,
        branch: str = "main",
        object_format: str = "sha1",
        bare: bool = False,
    ) -> None:
        self.path = path
        self._commits = 0
        path.mkdir(parents=True, exist_ok=True)
        if not (path / ".git").exists() and not (path / "HEAD").exists():
            _initialise(path, branch, object_format, bare=bare)

    # the work tree

    def write(self, name: Name, content: str | bytes = "") -> Self:
        """Text is written as UTF-8 with the line ends it has."""
        file = self._at(name)
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120 - a path may be bytes
        with open(file, "wb") as stream:  # noqa: PTH123 - a path may be bytes
            stream.write(content.encode() if isinstance(content, str) else content)
        return self

    def remove(self, name: Name) -> Self:
        file = self._at(name)
        if os.path.isdir(file) and not os.path.islink(file):  # noqa: PTH112, PTH114 - a path may be bytes
            shutil.rmtree(file)
        else:
            os.remove(file)  # noqa: PTH107 - a path may be bytes
        return self

    def rename(self, old: Name, new: Name) -> Self:
        target = self._at(new)
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - a path may be bytes
        os.rename(self._at(old), target)  # noqa: PTH104 - a path may be bytes
        return self

    def link(self, name: Name, target: str) -> Self:
        """A symbolic link; whatever stood there before goes."""
        file = self._at(name)
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120 - a path may be bytes
        if os.path.lexists(file):
            self.remove(name)
        os.symlink(os.fsencode(target), file)  # noqa: PTH211 - a path may be bytes
        return self

    def chmod(self, name: Name, *, executable: bool = True) -> Self:
        os.chmod(self._at(name), 0o755 if executable else 0o644)  # noqa: PTH101 - a path may be bytes
        return self

    def submodule(self, name: str, commit: str) -> Self:
        """A submodule's entry in the index, without the submodule; the directory stays empty, as in a clone that did not ask for it."""
        (self.path / name).mkdir(parents=True, exist_ok=True)
        self.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{name}")
        return self

    # history

    def stage(self) -> Self:
        """All of the work tree, except what `.gitignore` names."""
        self.git("add", "--all")
        return self

    def commit(
        self,
        message: str = "Change",
        *,
        author: str = ALICE,
        committer: str | None = None,
        trailers: Iterable[str] = (),
        date: int | None = None,
    ) -> str:
        """Commit all of the work tree, changed or not, and return the commit's id.

        Args:
            message: as it will stand in the commit, final line end apart.
            author: `Name <address>`.
            committer: likewise; the author if none is given.
            trailers: whole lines (`Key: value`), put after the message and a blank line.
            date: seconds since 1970, for author and committer.
        """
        self.stage()
        lines = "\n".join(trailers)
        text = f"{message}\n\n{lines}" if lines else message
        who = (
            self._clock(date)
            | _identity("AUTHOR", author)
            | _identity("COMMITTER", committer or author)
        )
        printed = self.git(
            "-c",
            "core.abbrev=no",
            "commit",
            "--allow-empty",
            "--cleanup=verbatim",
            "--file=-",
            stdin=text.encode() + b"\n",
            environment=who,
        )
        # The first line names the commit (`[main (root-commit) 1f3a...] Start`), which saves asking
        # git once more.
        named = _COMMITTED.match(printed)
        return named[1] if named else self.head()

    def merge(
        self,
        *branches: str,
        message: str = "Merge",
        author: str = ALICE,
        trailers: Iterable[str] = (),
    ) -> str:
        """Merge without fast-forward, and return the merge's id.

        Where git finds a conflict, `GitFailed` is raised.
        """
        lines = "\n".join(trailers)
        text = f"{message}\n\n{lines}" if lines else message
        who = (
            self._clock(None) | _identity("AUTHOR", author) | _identity("COMMITTER", author)
        )
        self.git(
            "merge",
            "--quiet",
            "--no-ff",
            "--allow-unrelated-histories",
            "-m",
            text,
            *branches,
            environment=who,
        )
        return self.head()

    def branch(self, name: str, at: str = "HEAD") -> Self:
        """Start a branch and switch to it."""
        self.git("switch", "--quiet", "--create", name, at)
        return self

    def orphan(self, name: str) -> Self:
        """Start a branch with no past and an empty work tree."""
        self.git("switch", "--quiet", "--orphan", name)
        return self

    def switch(self, revision: str) -> Self:
        """Go to a branch, or detach at a commit."""
        self.git("checkout", "--quiet", revision)
        return self

    def head(self, revision: str = "HEAD") -> str:
        """The id of the commit that the revision names."""
        return self.git("rev-parse", "--verify", f"{revision}^{{commit}}").strip()

    def clone(self, path: Path, *options: str) -> "RepositoryBuilder":
        """A clone at `path`, over `file://` so that `--depth` and `--filter` mean what they say."""
        self.git("clone", "--quiet", *options, self.path.absolute().as_uri(), str(path))
        return RepositoryBuilder(path)

    def worktree(self, path: Path, revision: str = "HEAD") -> "RepositoryBuilder":
        """A linked worktree at `path`, detached at the revision."""
        self.git("worktree", "add", "--quiet", "--detach", str(path), revision)
        return RepositoryBuilder(path)

    def git(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run git here and return what it printed; what is not UTF-8 becomes lone surrogates.

        Raises:
            GitFailed: git's exit code was not 0.
        """
        return _run_git(self.path, arguments, stdin, environment or {})

    def _at(self, name: Name) -> bytes:
        return os.path.join(os.fsencode(self.path), os.fsencode(name))  # noqa: PTH118 - a path may be bytes

    def _clock(self, date: int | None) -> dict[str, str]:
        when = FIRST_COMMIT + 60 * self._commits if date is None else date
        self._commits += 1
        return {"GIT_AUTHOR_DATE": f"@{when} +0000", "GIT_COMMITTER_DATE": f"@{when} +0000"}


@cache
def _new_repository(
    branch: str, object_format: str, *, bare: bool
) -> tuple[tuple[str, bytes | None], ...]:
    """What `git init` makes: files with their content, and folders."""
    with tempfile.TemporaryDirectory() as folder:
        options = [
            f"--initial-branch={branch}",
            f"--object-format={object_format}",
            *["--bare"] * bare,
        ]
        _run_git(Path(folder), ["init", "--quiet", *options], b"", {})
        return tuple(
            (str(path.relative_to(folder)), None if path.is_dir() else path.read_bytes())
            for path in sorted(Path(folder).rglob("*"))
            if path.suffix != ".sample"  # of hooks, which no test runs
        )


def _initialise(path: Path, branch: str, object_format: str, *, bare: bool) -> None:
    for name, content in _new_repository(branch, object_format, bare=bare):
        if content is None:
            (path / name).mkdir(exist_ok=True)
        else:
            (path / name).write_bytes(content)


def _run_git(
    folder: Path, arguments: Iterable[str], stdin: bytes, environment: Mapping[str, str]
) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever git the tests are run with
        cwd=folder,
        env=clean_environment() | _HASTE | dict(environment),
        input=stdin,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        message = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise GitFailed(f"git {' '.join(arguments)}: {message}")
    return done.stdout.decode(errors="surrogateescape")


def clean_environment() -> dict[str, str]:
    """The caller's environment without what steers git, and without the machine's and the user's git settings.

    Local repositories may be cloned and fetched from, which newer versions of git refuse for submodules only.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "XDG_"))
    }
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def _identity(role: str, person: str) -> dict[str, str]:
    name, _, address = person.removesuffix(">").partition(" <")
    return {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": address}
