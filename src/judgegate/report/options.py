"""What a report is rendered with besides the verdict, and what is rendered where there is none."""

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from msgspec import Struct, field

from judgegate.model.evidence import Evidence
from judgegate.model.levels import Outcome
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange
from judgegate.model.rules import RuleSpec


class Links(Protocol):
    """Where the change can be looked at. None: there is no link."""

    def to_added(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the head."""

    def to_removed(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the merge base."""

    def to_diff(self, path: str) -> str | None:
        """The file among those of the pull request."""


class Audience(Enum):
    """Where the reader is: before a push, or looking at a pull request on a forge."""

    LOCAL = "local"
    FORGE = "forge"


class Posted(Struct, frozen=True):
    """What was last said of the change elsewhere: a status, and the labels that were put on it."""

    context: str
    state: str
    description: str
    labels: tuple[str, ...] = ()


class Record(Struct, frozen=True):
    """What is remembered.

    `approvals` are logins with the commit that each approved; `left_out` counts the evidence that
    had no room.
    """

    head: str | None
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    approvals: tuple[tuple[str, str], ...] = ()
    posted: Posted | None = None
    left_out: int = 0


class ReportOptions(Struct, frozen=True):
    """How a report is rendered. `width` counts terminal columns; `colour` is never guessed here."""

    show_all: bool = False
    quiet: bool = False
    verbose: bool = False
    colour: bool = False
    width: int = 80
    place: Audience = Audience.LOCAL
    rules: Mapping[str, RuleSpec] = field(default_factory=dict)
    """The rules' rows by id, for formats that carry documentation."""
    links: Links | None = None
    """Where the lines can be looked at; None: nowhere but here."""
    posted: Posted | None = None
    """What is said of the change elsewhere, to be remembered with the brief."""
    record: Record | None = None
    """What a brief remembers where there is no verdict to remember: what the one before it did."""


class Failure(Struct, frozen=True):
    """The gate could not complete, and there is no verdict: only why.

    A message may have several lines.
    """

    errors: tuple[Notice, ...]
