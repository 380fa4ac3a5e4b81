"""A cache of analyses, so that nothing is scanned again when only the people's answers are new.

It holds what was observed in the files. Who wrote them and what the base's tip says is found out
anew; nothing that was decided is kept.
"""

import hashlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

import judgegate
from judgegate.change.repository import Repository
from judgegate.model.analysis import AnalysedFile, Analysis
from judgegate.model.change import Change
from judgegate.model.codec import DecodeError, decode, encode
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice
from judgegate.pipeline.pool_scaling import Background
from judgegate.workers.installation import engine_versions

LARGEST_FILE = 16 << 20
"""Bytes. What is larger is not kept."""

LARGEST_FOLDER = 64 << 20
"""Bytes of all files together. Beyond that the oldest go."""

COLLECTING_ROOMS = ("change", "checks", "model", "pipeline", "sources", "workers")
"""The rooms that an analysis goes through.

Their code counts by its bytes: between two releases the version stays the same.
"""

_MAGIC = b"judgegate analysis 1\n"
_DIGEST = 64
_UNUSED = "The cached analysis was not used, and the change was analysed again"
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OURS = re.compile(r"[0-9a-f]{64}(?:\.[0-9a-f]{16}\.part)?")


class UntrustedError(Exception):
    """A file that somebody else could have written, or that is none; the message is a clause."""


class _Entry(Struct, frozen=True):
    """What is kept of an analysis. `key` is its own: a file that was renamed is no other change's."""

    key: str
    files: tuple[AnalysedFile, ...]
    elsewhere: tuple[AnalysedFile, ...]
    notices: tuple[Notice, ...]


class CacheDirectory(Struct, frozen=True):
    """The folder, by the path that it really has."""

    path: Path

    def read(self, name: str) -> bytes | None:
        """A file's bytes, or None where there is none.

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
            _check_file(os.fstat(descriptor))
            return file.read(LARGEST_FILE + 1)

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole or not at all, and let the oldest go if the folder has become too large.

        Raises:
            UntrustedError: meanwhile others can write to the folder.
            OSError: it cannot be written.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = f"{name}.{secrets.token_hex(8)}.part"
        with _opened(self.path) as folder:
            if _is_open_to_others(os.fstat(folder)):
                raise UntrustedError("other users can write to the folder")
            descriptor = os.open(
                part,
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
                0o600,
                dir_fd=folder,
            )
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(part, dir_fd=folder)
                raise
            _trim(folder, name)


def open_cache_directory(
    path: Path, work_tree: Path | None, git_dir: Path | None
) -> CacheDirectory:
    """The folder, which need not be there yet.

    Links on the way to it are followed before anything is asked of it.

    Raises:
        UsageError: others can write there, or what is judged could have brought it.
    """
    real = path.resolve()
    if work_tree is not None:
        forbid_inside(real, work_tree, git_dir)
    if real.exists():
        _check_owner(real)
    return CacheDirectory(real)


def forbid_inside(path: Path, work_tree: Path, git_dir: Path | None = None) -> None:
    """Refuse a folder that files of a change may lie in.

    Raises:
        UsageError: it is one.
    """
    real, tree = path.resolve(), work_tree.resolve()
    if real.is_relative_to(tree) and not (
        git_dir is not None and real.is_relative_to(git_dir.resolve())
    ):
        raise UsageError(
            f"The cache {path} is in the work tree {tree}, where a change could add analyses of its own.",
            "Use a folder outside of it, or one under its .git.",
        )


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


def _check_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UntrustedError("it is not a regular file")
    if _is_open_to_others(status):
        raise UntrustedError("other users can write to it")
    if status.st_size > LARGEST_FILE:
        raise UntrustedError(f"it is larger than {LARGEST_FILE >> 20} MiB")


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


def key_of(change: Change, plan: str, tools: Mapping[str, str]) -> str:
    """The key, in hexadecimal.

    `plan` is the digest of what is searched, limits included; `tools` are what searches.

    Merge bases count by their commits, and so by their trees. Neither the base's tip nor the
    commits between count: they are read anew.
    """
    sides = [
        change.source.value,
        change.assurance.value,
        change.base_tree,
        change.head_tree,
        list(change.merge_bases),
    ]
    return hashlib.sha256(
        encode([sides, list(change.files), plan, sorted(tools.items())])
    ).hexdigest()


def name_tools(untrusted: Iterable[Path]) -> Mapping[str, str] | None:
    """Every tool that scans, with its version; None where one does not say which it is.

    `untrusted`: as for the workers.
    """
    engines = engine_versions(untrusted)
    if engines is None:
        return None
    return {
        "judgegate": f"{judgegate.__version__} {_digest_of_code()}",
        "python": f"{sys.version} {sys.platform}",
        **engines,
    }


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for file in sorted(_files()):
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[str]:
    """The files of the rooms, tables included. The compiled ones follow from these."""
    home = os.path.dirname(judgegate.__file__)  # noqa: PTH120 - the walk gives text
    for room in COLLECTING_ROOMS:
        for folder, _, names in os.walk(os.path.join(home, room)):  # noqa: PTH118 - as above
            for name in names:
                if not name.endswith(".pyc"):
                    yield os.path.join(folder, name)  # noqa: PTH118 - as above


def open_cache(path: Path, repository: Repository) -> "AnalysisCache":
    """The cache in a folder.

    Raises:
        UsageError: others can write into the folder, or the judged repository could have brought it.
    """
    folder = open_cache_directory(path, repository.work_tree, repository.git_dir)
    # Reading all of judgegate's own code for the key takes a while, so it starts before the key is asked for.
    return AnalysisCache(
        folder,
        Background(lambda: name_tools([repository.work_tree or repository.git_dir])).result,
    )


class AnalysisCache(Struct, frozen=True):
    """Keeps analyses in a folder.

    `tools` names what scans, or says None where that is not known: then nothing is kept.
    """

    folder: CacheDirectory
    tools: Callable[[], Mapping[str, str] | None]

    def analyse_once(
        self, change: Change, plan: str, collect: Callable[[], Analysis]
    ) -> Analysis:
        """The analysis that is kept, or else what `collect` gives, which is kept from then on.

        Trouble with the folder is a notice.

        `plan` is the digest of what is searched.
        """
        tools = self.tools()
        if tools is None:
            why = "It is not known which engines are installed, so the analysis is not cached."
            return _with(collect(), Notice("cache-unused", why))
        key = key_of(change, plan, tools)
        try:
            known = self._find(key, change, plan)
        except (OSError, UntrustedError, DecodeError) as error:
            analysis = self._keep(key, collect())
            return _with(
                analysis, Notice("cache-unusable", f"{_UNUSED} ({_reason(error)}).")
            )
        return known or self._keep(key, collect())

    def _find(self, key: str, change: Change, plan: str) -> Analysis | None:
        data = self.folder.read(key)
        if data is None:
            return None
        entry = _unpack(data)
        if entry.key != key or [file.change for file in entry.files] != list(change.files):
            raise DecodeError("it belongs to another change")
        return Analysis(
            change, plan, entry.files, elsewhere=entry.elsewhere, notices=entry.notices
        )

    def _keep(self, key: str, analysis: Analysis) -> Analysis:
        """The same analysis. One that may come out otherwise the next time is not kept."""
        if not analysis.lasting:
            return analysis
        data = _pack(_Entry(key, analysis.files, analysis.elsewhere, analysis.notices))
        if len(data) > LARGEST_FILE:
            why = f"The analysis is larger than {LARGEST_FILE >> 20} MiB, so it is not cached."
            return _with(analysis, Notice("cache-not-written", why))
        try:
            self.folder.write(key, data)
        except (OSError, UntrustedError) as error:
            why = f"The analysis could not be cached ({_reason(error)})."
            return _with(analysis, Notice("cache-not-written", why))
        return analysis


def _pack(entry: _Entry) -> bytes:
    body = encode(entry)
    return _MAGIC + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def _unpack(data: bytes) -> _Entry:
    """What was packed.

    Raises:
        DecodeError: it was not packed here, or not all of it is there.
    """
    start = len(_MAGIC) + _DIGEST + 1
    head, body = data[:start], data[start:]
    if head != _MAGIC + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n":
        raise DecodeError("it is damaged")
    return decode(_Entry, body)


def _reason(error: Exception) -> str:
    return (
        error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)
    )


def _with(analysis: Analysis, notice: Notice) -> Analysis:
    return replace(analysis, notices=(*analysis.notices, notice))
