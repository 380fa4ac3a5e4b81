"""What a report is rendered with besides the verdict, and what is rendered where there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from judgegate.model.notices import Notice
from judgegate.model.rules import RuleSpec
from judgegate.report.links import Links
from judgegate.report.record import Posted, Record


class Audience(Enum):
    """Where the reader is: before a push, or looking at a pull request on a forge."""

    LOCAL = "local"
    FORGE = "forge"


@dataclass(frozen=True, slots=True)
class ReportOptions:
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


@dataclass(frozen=True, slots=True)
class Failure:
    """The gate could not complete, and there is no verdict: only why. A message may hold several lines."""

    errors: tuple[Notice, ...]
