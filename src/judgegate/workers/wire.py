"""Tasks, answers, and how they travel: behind their length, four bytes, the highest first.

Orders are JSON. Replies are MessagePack, since a file can have thousands of observations and facts. What
a worker says is checked on arrival.
"""

import sys
from collections.abc import Callable

from msgspec import Struct

from judgegate.checks.check_types import Sighting
from judgegate.model.codec import (
    DecodeError,
    decode,
    decode_binary,
    encode,
    encode_binary,
)
from judgegate.model.facts import FileFacts
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Sought

LENGTH_SIZE = 4


Content = bytes | Callable[[], bytes]
"""A file's bytes, or a function that reads them when a worker is free for them."""


class ScanTask(Struct, frozen=True):
    """Scan one side of one file.

    `id` is the caller's; `rules` are those that are wanted, `searches` what the own ones search.
    """

    id: str
    language: str
    rules: frozenset[str]
    content: Content
    searches: tuple[Sought, ...] = ()
    facts: bool = False
    """Whether the facts of the content are asked for as well."""


class CompareTask(Struct, frozen=True):
    """Look at both sides of one file; a side that the change does not have is None."""

    id: str
    language: str
    rules: frozenset[str]
    before: Content | None
    after: Content | None


Task = ScanTask | CompareTask


class Scanned(Struct, frozen=True):
    """Every check that applies ran, to its end if there is no `failure`.

    `rules` are the ids that they observe for, of those that were wanted, sorted. `facts` is None where
    they were not asked for, and where the content has none. `failure` is a sentence without a full
    stop that says which check failed: the file is not analysed, but what was seen was seen.
    """

    id: str
    rules: tuple[str, ...]
    observations: tuple[Observation, ...]
    facts: FileFacts | None = None
    failure: str | None = None


class Compared(Struct, frozen=True):
    """Every comparison that applies ran to its end."""

    id: str
    rules: tuple[str, ...]
    sightings: tuple[Sighting, ...]


class Failed(Struct, frozen=True):
    """The file could not be checked; `reason` is a sentence without a full stop.

    `lasting`: it is the file's content, and would be the same wherever and whenever it is tried; a
    crash or a limit may not be.
    """

    id: str
    reason: str
    lasting: bool = False


Answer = Scanned | Compared | Failed


class Limits(Struct, frozen=True):
    """Sizes in bytes, times in seconds.

    `memory` is counted beyond the stack of the thread that scans. `answer` bounds what a worker may
    send back. `watch_memory`: the system cannot limit a process's address space, so the parent
    watches what it holds.
    """

    source: int = 1_000_000
    cpu: int = 10
    memory: int = 1 << 30
    clock: float = 60.0
    answer: int = 32 << 20
    stack: int = 512 << 20
    recursion: int = 50_000
    watch_memory: bool = sys.platform == "darwin"


class Greeting(Struct, frozen=True):
    """A worker's first message.

    Where its checks are (`module:name`), the run's salt, and what of the limits it keeps itself.
    """

    checks: str
    salt: bytes
    stack: int
    recursion: int
    memory: int | None
    answer: int
    cpu: int


class Expect(Struct, frozen=True, tag=True):
    """Files in these languages are to come: the worker prepares the checks that read them."""

    languages: tuple[str, ...]


class CheckJob(Struct, frozen=True, tag=True):
    """A task as a worker gets it.

    `compares`: `sides` are both sides of the file, else it is the one that is scanned.
    """

    number: int
    compares: bool
    language: str
    rules: tuple[str, ...]
    sides: tuple[bytes | None, ...]
    searches: tuple[Sought, ...] = ()
    facts: bool = False

    @property
    def size(self) -> int:
        """Bytes of source."""
        return sum(len(side) for side in self.sides if side is not None)


class Ready(Struct, frozen=True, tag=True):
    """The worker has prepared checks for the first time."""


class Broken(Struct, frozen=True, tag=True):
    """The worker cannot prepare its checks; `why` is the exception."""

    why: str


class Done(Struct, frozen=True, tag=True):
    """Every check that applies ran.

    `rules` are the ids that they observe for, sorted. `failure`: as in `Scanned`.
    """

    number: int
    rules: tuple[str, ...]
    sightings: tuple[Sighting, ...]
    facts: FileFacts | None = None
    failure: str | None = None


class NotDone(Struct, frozen=True, tag=True):
    """The file could not be checked. `spent`: the process is not to be trusted with another one.

    `lasting`: as in `Failed`.
    """

    number: int
    reason: str
    spent: bool = False
    lasting: bool = False


Order = Expect | CheckJob
"""What the parent sends after the greeting."""

Reply = Ready | Broken | Done | NotDone


def pack(message: Struct) -> bytes:
    """A message with its length in front."""
    body = encode(message)
    return len(body).to_bytes(LENGTH_SIZE, "big") + body


def unpack_order(body: bytes) -> Order:
    """What the parent says, without its length.

    Raises:
        DecodeError: it is no order.
    """
    return decode(Order, body)  # type: ignore[arg-type]  # a union is no `type` for mypy


def pack_reply(reply: Reply) -> bytes:
    """A reply with its length in front.

    Raises:
        ValueError: it has a text that is not Unicode.
        OverflowError: it has a number of more than 64 bits.
    """
    body = encode_binary(reply)
    return len(body).to_bytes(LENGTH_SIZE, "big") + body


def unpack_reply(body: bytes) -> Reply:
    """What a worker says, without its length.

    Raises:
        DecodeError: no honest worker says this.
    """
    reply: Reply = decode_binary(Reply, body)  # type: ignore[arg-type]  # a union is no `type` for mypy
    # Keys that the type does not have are ignored: of all that it accepts, only one form is ours.
    if encode_binary(reply) != body:
        raise DecodeError("not written here")
    return reply


def observes(reply: Done, rules: frozenset[str]) -> bool:
    """Whether the worker says nothing of other rules than it was asked for.

    Nor of another file than the one that it was given.
    """
    seen = {one.observation.rule for one in reply.sightings}
    if not rules.issuperset(reply.rules) or not seen.issubset(reply.rules):
        return False
    return all(one.path is None for one in reply.sightings)
