"""A worker's process as the parent sees it: bytes go in and come out without ever blocking the parent."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from msgspec import Struct

from judgegate.model.codec import DecodeError
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.workers.installation import environment
from judgegate.workers.wire import LENGTH_SIZE, Greeting, Reply, pack, unpack_reply

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_CHUNK = 1 << 18
_LAST_BREATH = 5.0
_PROC = Path("/proc")
_PS = "/bin/ps"
_KIB = 1024


class Launch(Struct, frozen=True):
    """All that it takes to start a worker.

    Where it finds its modules, the folder that it works in, and its first message.
    """

    paths: tuple[str, ...]
    directory: Path
    greeting: Greeting
    longest_answer: int


class Process:
    """One worker. `ready` once it has prepared itself; `broken` holds its words if it could not."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._outgoing = bytearray()
        self._incoming = bytearray()
        self.ready = False
        self._process = _start(launch)
        self.source = self._pipe(self._process.stdout)
        self.sink = self._pipe(self._process.stdin)
        self.send(launch.greeting)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_outgoing(self) -> bool:
        """Whether something is queued that the pipe did not take yet."""
        return bool(self._outgoing)

    def send(self, message: Struct) -> None:
        """Queue a message and write what the pipe takes now."""
        self._outgoing += pack(message)
        self.write()

    def write(self) -> None:
        """Write what the pipe takes now.

        A worker that is gone takes everything; its silence shows when it is read from.
        """
        try:
            while self._outgoing:
                written = os.write(self.sink, memoryview(self._outgoing)[:_CHUNK])
                del self._outgoing[:written]
        except BlockingIOError:
            return
        except OSError:
            self._outgoing.clear()

    def read(self) -> list[Reply] | None:
        """The messages that are complete now, or None if the worker has ended.

        Raises:
            DecodeError: it sent what is not a message, or a longer one than it may.
        """
        try:
            part = os.read(self.source, _CHUNK)
        except BlockingIOError:
            return []
        if not part:
            return None
        self._incoming += part
        return list(self._messages())

    def _messages(self) -> list[Reply]:
        """Take out the messages that are complete.

        Raises:
            DecodeError: as `read` says.
        """
        messages = []
        while len(self._incoming) >= LENGTH_SIZE:
            length = int.from_bytes(self._incoming[:LENGTH_SIZE], "big")
            # Before its body has come, so that no worker can fill the parent's memory.
            if length > self._launch.longest_answer:
                raise DecodeError("longer than an answer may be")
            if len(self._incoming) < LENGTH_SIZE + length:
                break
            body = bytes(self._incoming[LENGTH_SIZE : LENGTH_SIZE + length])
            messages.append(unpack_reply(body))
            del self._incoming[: LENGTH_SIZE + length]
        return messages

    def end(self) -> int:
        """End the worker if it still runs; how it ended, as `subprocess` counts.

        That is minus a signal, or an exit status.
        """
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return status

    def wait(self) -> None:
        """Let a worker that has closed its side end by itself, so that `end` can say how; not for long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_LAST_BREATH)

    @staticmethod
    def _pipe(pipe: Any) -> int:
        """The number of a pipe, which from now on blocks nothing."""
        os.set_blocking(pipe.fileno(), False)
        descriptor: int = pipe.fileno()
        return descriptor


def _start(launch: Launch) -> subprocess.Popen[bytes]:
    """Start a worker.

    Raises:
        IncompleteError: the system does not let it be started.
    """
    if not sys.executable:
        raise IncompleteError(
            "Python does not report the path of its own program, so no worker can be started."
        )
    # `-I` and `-S` keep the variables, the working folder and the site's packages out of the path.
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(_BOOTSTRAP), *launch.paths]
    try:
        return subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=launch.directory,
            env=environment(),
        )
    except OSError as error:
        raise IncompleteError(
            f"A worker could not be started: {error.strerror or error}."
        ) from error


def resident_bytes(pid: int) -> int:
    """The resident memory of a process, 0 if it is gone."""
    return _from_proc(_PROC / str(pid) / "statm") if _PROC.exists() else _from_ps(pid)


def _from_proc(status: Path) -> int:
    """As Linux has it."""
    try:
        return int(status.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _from_ps(pid: int) -> int:
    """As other systems tell it, for a process that may be gone."""
    answer = subprocess.run(
        [_PS, "-o", "rss=", "-p", str(pid)], capture_output=True, check=False, env={}
    )
    words = answer.stdout.split()
    return int(words[0]) * _KIB if words and words[0].isdigit() else 0
