"""What a report is told besides the verdict, and what is told where there is no verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from judgegate.model.notices import Notice
from judgegate.model.rules import RuleSpec


class Place(Enum):
    """Where the reader is: before a push, or looking at a pull request on a forge."""

    LOCAL = "local"
    FORGE = "forge"


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How a report is told. `width` counts terminal columns; `colour` is never guessed here."""

    show_all: bool = False
    quiet: bool = False
    verbose: bool = False
    colour: bool = False
    width: int = 80
    place: Place = Place.LOCAL
    rules: Mapping[str, RuleSpec] = field(default_factory=dict)
    """The rules' rows by id, for formats that carry documentation."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The gate could not complete, and there is no verdict to tell: only why. A message may hold several lines."""

    errors: tuple[Notice, ...]
