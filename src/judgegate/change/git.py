"""The one place that runs git."""

import os
import re
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from types import MappingProxyType, TracebackType
from typing import IO, Self

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.change.paths import decode_path
from judgegate.model.errors_and_exit_codes import IncompleteError

CLEAN: Mapping[str, str] = MappingProxyType(
    {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_GRAFT_FILE": os.devnull,
        # Neither is enough alone: git before 2.45 may not know the first, and with the second the
        # attempt to fetch still costs time.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
)
"""The environment of every git that runs.

The same answer on every machine, no question asked, nothing fetched.
"""


class Inherited(Struct, frozen=True):
    """What a git hook hands down and judgegate keeps; every path absolute."""

    index: Path | None = None
    objects: Mapping[str, str] = field(default_factory=dict)
    """Where objects are, as variables: a push under way keeps its objects in quarantine."""


@cache
def take_inherited() -> Inherited:
    """Take every `GIT_*` variable out of this process, once, and keep the few that a hook needs.

    A variable such as `GIT_DIR` or `GIT_EXTERNAL_DIFF` bends every later call. So they are removed
    from the process itself, when the first repository is opened, and no child sees any of them.
    """
    taken = {
        name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")
    }
    objects = {}
    for name in ("GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"):
        if value := taken.get(name):
            objects[name] = str(Path(value).absolute())
    if value := taken.get("GIT_ALTERNATE_OBJECT_DIRECTORIES"):
        objects["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(
            _absolute(part) for part in value.split(os.pathsep)
        )
    index = taken.get("GIT_INDEX_FILE")
    return Inherited(
        index=Path(index).absolute() if index else None, objects=MappingProxyType(objects)
    )


def _absolute(part: str) -> str:
    # A quoted entry is git's own way to write a path with a colon in it, and git writes absolute ones.
    return part if not part or part.startswith('"') else str(Path(part).absolute())


OLDEST_GIT = (2, 38)
"""The first git with `safe.bareRepository`.

It keeps a repository hidden among the change's files from being obeyed.
"""

SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.bigFileThreshold=512m",
    "core.splitIndex=false",
    "core.untrackedCache=false",
    "core.useReplaceRefs=false",
    "core.warnAmbiguousRefs=true",
    "index.sparse=false",
    "advice.graftFileDeprecated=false",
    "color.ui=false",
    "diff.suppressBlankEmpty=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
    "submodule.recurse=false",
)
"""Settings that outrank the repository's own.

Nothing is run, fetched or hidden because a configuration says so.
"""


class GitError(IncompleteError):
    """Git ended with an error.

    Args:
        arguments: what git was asked, without the options that every call has.
        status: its exit code.
        message: what it said, as bytes; an attacker may have had a hand in it.
        output: what it had printed until then.
    """

    code = "git"

    def __init__(
        self, arguments: tuple[str, ...], status: int, message: bytes, output: bytes = b""
    ) -> None:
        self.status = status
        self.output = output
        self.message = message.decode("utf-8", "backslashreplace").strip()
        super().__init__(
            f"git {' '.join(arguments[:2])} failed ({status}): {self.message or 'it gave no reason'}"
        )


@cache
def find_git() -> str:
    """The absolute path of git. A relative entry in PATH is passed over: it could name a file of the change.

    Raises:
        IncompleteError: there is no git, or it is older than `OLDEST_GIT`.
    """
    places = [place for place in os.get_exec_path() if Path(place).is_absolute()]
    executable = shutil.which("git", path=os.pathsep.join(places)) if places else None
    if executable is None:
        raise IncompleteError(
            "git is not installed, or not on the PATH.",
            "Install git and run judgegate again.",
        )
    said = (
        GitRunner(executable, Path(os.sep))
        .run("version")
        .decode("utf-8", "replace")
        .strip()
    )
    found = re.search(r"(\d+)\.(\d+)[\w.]*", said)
    needed = ".".join(map(str, OLDEST_GIT))
    if found is None:
        raise IncompleteError(
            f"Cannot read the version of {executable} from its output: {said!r}.",
            f"Install git {needed} or newer.",
        )
    if (int(found[1]), int(found[2])) < OLDEST_GIT:
        raise IncompleteError(
            f"{executable} is git {found[0]}; judgegate needs git {needed} or newer.",
            "Install a newer git.",
        )
    return executable


class GitRunner(Struct, frozen=True):
    """How git is started: which one, from where, for which repository."""

    executable: str
    directory: Path
    git_dir: Path | None = None
    work_tree: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: CLEAN)

    def with_environment(self, more: Mapping[str, str]) -> Self:
        """The same git, with these variables too."""
        return replace(self, environment={**self.environment, **more})

    def in_work_tree(self, work_tree: Path) -> Self:
        """The same git, with a work tree to read.

        It starts there: elsewhere git would read a part of it, or refuse.
        """
        return replace(self, work_tree=work_tree, directory=work_tree)

    def start(self, *arguments: str, piped: bool = False) -> "GitProcess":
        """Start git. `piped`: it reads standard input.

        Raises:
            IncompleteError: git cannot be started.
        """
        command = [self.executable, "--no-replace-objects", "--no-pager"]
        for setting in SETTINGS:
            command += ["-c", setting]
        if self.git_dir is not None:
            command.append(f"--git-dir={self.git_dir}")
        if self.work_tree is not None:
            command.append(f"--work-tree={self.work_tree}")
        # Where the directory cannot be entered, git must not start in the current one: that may be
        # in another repository.
        place = self.directory if os.access(self.directory, os.X_OK) else Path(os.sep)
        try:
            process = subprocess.Popen(
                [*command, *arguments],
                cwd=place,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except (OSError, ValueError) as error:  # the second: an argument holds a NUL
            raise IncompleteError(f"git cannot be started: {error}") from error
        return GitProcess(process, arguments)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What git prints.

        Raises:
            GitError: git failed.
        """
        return self.run_verbosely(*arguments, stdin=stdin)[0]

    def run_verbosely(self, *arguments: str, stdin: bytes = b"") -> tuple[bytes, bytes]:
        """What git prints, and what it says beside that on standard error."""
        with self.start(*arguments, piped=bool(stdin)) as process:
            output, said = process.popen.communicate(stdin or None)
            if process.popen.returncode:
                raise GitError(arguments, process.popen.returncode, said, output)
            return output, said

    def stream(
        self, *arguments: str, stdin: bytes = b"", longest: int = -1
    ) -> Iterator[bytes]:
        """What git prints, line by line with the newline kept.

        Lines over `longest` bytes come in pieces, if that is given.
        """
        with self.start(*arguments, piped=bool(stdin)) as process, process.feeding(stdin):
            while line := process.stdout.readline(longest):
                yield line
            process.finish()


class GitProcess:
    """A running git, whose standard error is read along so that it never stalls."""

    def __init__(self, popen: subprocess.Popen[bytes], arguments: tuple[str, ...]) -> None:
        if popen.stdout is None or popen.stderr is None:
            raise IncompleteError("git was started without its pipes")
        self.popen = popen
        self.arguments = arguments
        self.stdout: IO[bytes] = popen.stdout
        self._stderr: IO[bytes] = popen.stderr
        self._said: list[bytes] = []
        self._said_lock = Lock()
        self._listener: Thread | None = None

    def listen(self) -> None:
        """Begin to read what git says on standard error."""
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        pipe = select.poll()
        pipe.register(self._stderr, select.POLLIN)
        is_open = True
        while is_open:
            # Waits outside of the lock: whoever asks what was said so far must not wait for more.
            pipe.poll()
            is_open = self._read_said()

    def _read_said(self) -> bool:
        """Read what stands in the pipe; False: it has ended."""
        pipe = select.poll()
        pipe.register(self._stderr, select.POLLIN)
        with self._said_lock:
            while pipe.poll(0):
                piece = os.read(self._stderr.fileno(), 1 << 16)
                if not piece:
                    return False
                self._said.append(piece)
        return True

    def said_so_far(self) -> bytes:
        """What git has said on standard error until now.

        What it says before an answer is there when the answer is.
        """
        self._read_said()
        return b"".join(self._said)

    @contextmanager
    def feeding(self, stdin: bytes) -> Iterator[None]:
        """Write standard input beside the reading, so that neither side waits for the other."""
        self.listen()
        feeder = Thread(target=self._feed, args=(stdin,), daemon=True)
        feeder.start()
        try:
            yield
        finally:
            if self.popen.poll() is None:
                self.popen.kill()
            feeder.join()

    def _feed(self, stdin: bytes) -> None:
        if self.popen.stdin is None:
            return
        try:
            with self.popen.stdin as pipe:
                pipe.write(stdin)
        except BrokenPipeError:
            return  # git ended early; its exit code says why

    def finish(self) -> None:
        """Wait for the end.

        Raises:
            GitError: git failed.
        """
        status = self.popen.wait()
        if status:
            raise GitError(self.arguments, status, self.said())

    def said(self) -> bytes:
        """All that git said on standard error; waits until it ends."""
        if self._listener is not None:
            self._listener.join()
        return b"".join(self._said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        if self._listener is not None:
            self._listener.join()
        for pipe in (self.popen.stdin, self.stdout, self._stderr):
            if pipe is not None and not pipe.closed:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return  # what was still to be written has no reader any more


Configuration = tuple[tuple[str, str], ...]
"""Every setting in git's order, as its name and its value.

The name is section and variable in lower case; one may be there more than once.
"""

_FILTER_SETTING = re.compile(r"filter\..*\.(?:clean|smudge|process|required)", re.DOTALL)


def read_configuration(launcher: GitRunner) -> Configuration:
    """What the repository's configuration says, with what it includes; nothing if git cannot read it."""
    try:
        listing = launcher.run("config", "-z", "--list")
    except GitError:
        return ()
    pairs = (decode_path(entry).partition("\n") for entry in listing.split(b"\0") if entry)
    return tuple((name, value) for name, _, value in pairs)


def switch_filters_off(launcher: GitRunner, configuration: Configuration) -> GitRunner:
    """The same git, for which every filter is empty.

    Variables carry it, because a filter's name may hold what `-c` cannot.
    """
    names = list(
        dict.fromkeys(name for name, _ in configuration if _FILTER_SETTING.fullmatch(name))
    )
    if not names:
        return launcher
    variables = {"GIT_CONFIG_COUNT": str(len(names))}
    for number, name in enumerate(names):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = (
            "false" if name.endswith(".required") else ""
        )
    return launcher.with_environment(variables)
