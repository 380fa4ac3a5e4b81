"""The folder in which something is kept from one run to the next.

What somebody else than this user could have put there is not used.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from judgegate.model.errors_and_exit_codes import UsageError

LARGEST_FILE = 16 << 20
"""Bytes. What is larger is not kept."""

LARGEST_FOLDER = 64 << 20
"""Bytes of all files together. Beyond that the oldest go."""

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_MAY_DO_ANYTHING = stat.S_IRWXG | stat.S_IRWXO
_OURS = re.compile(r"[0-9a-f]{64}(?:\.[0-9a-f]{16}\.part)?")


class UntrustedError(Exception):
    """A file that somebody else could have written, or that is none; the message is a clause."""


class CacheDirectory(Struct, frozen=True):
    """The folder, by the path that it really has."""

    path: Path

    def read(self, name: str, *, is_secret: bool = False) -> bytes | None:
        """A file's bytes, or None where there is none. Nobody else may read one that is secret.

        Raises:
            UntrustedError: it is not to be relied upon.
            OSError: it cannot be read.
        """
        try:
            with _opened(self.path) as folder:
                descriptor = os.open(
                    name,
                    os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
                    dir_fd=folder,
                )
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            _check_file(status)
            if is_secret and status.st_mode & _OTHERS_MAY_DO_ANYTHING:
                raise UntrustedError("other users can read it")
            if status.st_size > LARGEST_FILE:
                raise UntrustedError(f"it is larger than {LARGEST_FILE >> 20} MiB")
            return file.read(LARGEST_FILE + 1)

    def holds(self, name: str) -> bool:
        """Whether there is such a file.

        Raises:
            UntrustedError: it is not to be relied upon.
            OSError: it cannot be asked about.
        """
        try:
            status = (self.path / name).lstat()
        except FileNotFoundError:
            return False
        _check_file(status)
        return True

    def prepare(self) -> None:
        """Make the folder, if it is not there.

        Raises:
            UntrustedError: others can write to it.
            OSError: it cannot be made.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened(self.path) as folder:
            _check_folder(folder)

    def create(self, name: str, data: bytes = b"") -> None:
        """Put a file there, whole, unless it is there already.

        Raises:
            FileExistsError: it is.
            OSError: it cannot be written.
        """
        with _opened(self.path) as folder, _written(folder, name, data) as part:
            os.link(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.unlink(part, dir_fd=folder)

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole or not at all, and let the oldest go if the folder has become too large.

        Raises:
            UntrustedError: meanwhile others can write to the folder.
            OSError: it cannot be written.
        """
        self.prepare()
        with _opened(self.path) as folder:
            with _written(folder, name, data) as part:
                os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            _trim(folder, name)


@contextmanager
def _written(folder: int, name: str, data: bytes) -> Iterator[str]:
    """The name of a new file with these bytes, which goes if it does not get to its place."""
    part = f"{name}.{os.urandom(8).hex()}.part"
    descriptor = os.open(
        part,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
        0o600,
        dir_fd=folder,
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        yield part
    except BaseException:
        with suppress(OSError):
            os.unlink(part, dir_fd=folder)
        raise


def open_cache_directory(
    path: Path, work_tree: Path | None, git_dir: Path | None
) -> CacheDirectory:
    """The folder, which need not be there yet.

    Links on the way to it are followed before anything is asked of it.

    Raises:
        UsageError: others can write there, or what is judged could have brought it.
        OSError: it cannot be reached.
    """
    try:
        real = path.resolve()
    except RuntimeError as error:
        raise UsageError(
            f"The cache {path} is a link that leads back to itself."
        ) from error
    forbid_inside(real, work_tree, git_dir)
    if real.exists():
        _check_owner(real)
    return CacheDirectory(real)


def forbid_inside(path: Path, work_tree: Path | None, git_dir: Path | None = None) -> None:
    """Refuse a folder that files of a change may lie in.

    Raises:
        UsageError: it is one.
    """
    real = path.resolve()
    git_dirs = _git_dirs(git_dir) if git_dir is not None else ()
    for tree in _work_trees(work_tree, git_dirs):
        # Nothing is checked out into a git directory.
        apart = [folder for folder in git_dirs if folder.is_relative_to(tree)]
        if real.is_relative_to(tree) and not any(map(real.is_relative_to, apart)):
            raise UsageError(
                f"The cache {path} is in the work tree {tree}, where a change could add entries of its own.",
                "Use a folder outside of it, or one under its .git.",
            )


def _git_dirs(git_dir: Path) -> tuple[Path, ...]:
    """The git directory and, if it is a linked work tree's, the one that it shares with others."""
    own = git_dir.resolve()
    try:
        shared = os.fsdecode((own / "commondir").read_bytes()).removesuffix("\n")
    except FileNotFoundError:
        return (own,)
    return own, (own / shared).resolve()


def _work_trees(work_tree: Path | None, git_dirs: tuple[Path, ...]) -> Iterator[Path]:
    """The work trees of a repository, and those that they are in: a superproject's, for example."""
    trees = [] if work_tree is None else [work_tree.resolve()]
    for folder in git_dirs:
        trees += [
            above.parent for above in (folder, *folder.parents) if above.name == ".git"
        ]
        for linked in folder.glob("worktrees/*/gitdir"):
            place = linked.parent / os.fsdecode(linked.read_bytes())
            trees.append(place.parent.resolve())
    yield from trees
    for tree in trees:
        yield from (above for above in tree.parents if os.path.lexists(above / ".git"))


def _check_owner(path: Path) -> None:
    """Refuse a folder that somebody else could write into.

    Raises:
        UsageError: it is one, or no folder.
    """
    status = path.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise UsageError(f"The cache {path} is not a folder.")
    if _is_open_to_others(status):
        raise UsageError(
            f"Other users can write to the cache {path}, and anyone who can write there can change verdicts.",
            f"Use a folder of your own, or remove their write permission: chmod go-w {path}",
        )


def _is_open_to_others(status: os.stat_result) -> bool:
    return status.st_uid != os.geteuid() or bool(status.st_mode & _OTHERS_MAY_WRITE)


def _check_folder(descriptor: int) -> None:
    if _is_open_to_others(os.fstat(descriptor)):
        raise UntrustedError("other users can write to the folder")


def _check_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UntrustedError("it is not a regular file")
    if _is_open_to_others(status):
        raise UntrustedError("other users can write to it")


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _trim(folder: int, newest: str) -> None:
    """Remove the oldest of our files until the rest is small enough; the newest stays.

    What is not ours is left alone.
    """
    found = []
    for name in os.listdir(folder):
        if _OURS.fullmatch(name) and name != newest:
            with suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                found.append((status.st_mtime_ns, name, status.st_size))
    room = LARGEST_FOLDER - os.stat(newest, dir_fd=folder, follow_symlinks=False).st_size
    for _, name, size in sorted(found, reverse=True):
        room -= size
        if room < 0:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)


def reason(error: Exception) -> str:
    """Why something went wrong, as a clause."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
