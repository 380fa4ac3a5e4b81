"""Which unit of a base side is which unit of the head: a value, made by `matching`."""

from enum import Enum

from msgspec import Struct

from judgegate.model.facts import UnitKind
from judgegate.model.ranges import LineRange

WHOLE = 1000
"""The likeness of what is equal, and the share of all."""

MOST_TIED = 20
"""How many units of a side a tie holds. What would be tied with more counts as added and removed."""


class UnitPlace(Struct, frozen=True, order=True, array_like=True):
    """A unit, by where it stands on its side. `number` counts the units of its file, from 0."""

    path: str
    number: int
    kind: UnitKind
    name: str
    lines: LineRange


class Equality(Enum):
    """How much of two units is the same."""

    BYTES = "bytes"
    """The same lines, which no hunk meets."""
    FORM = "form"
    """Other lines, and the same normal form, header and body. Its decorators may be others."""
    BODY = "body"
    """The same body of a function, under another header."""
    NONE = "none"


class Pair(Struct, frozen=True):
    """A unit of the base and the unit of the head that it became.

    `likeness` is how much of their statements they share, in thousandths, `WHOLE` where their bodies are
    equal, and 0 for a class header or statement that is not. `same_path`: they stand in one file, or in a
    file and what it was renamed to; else both are functions of at least four statements and 40 tokens, or
    classes of at least four members. `same_exposure`: what decorates and encloses them is equal, too.
    `taken`: the head's name may have stood for something else in the base, so whoever used that name gets
    this one now. That holds for every method that has another name than before, since a base class or a
    framework may have known it.
    """

    base: UnitPlace
    head: UnitPlace
    equal: Equality
    likeness: int
    same_path: bool = True
    same_exposure: bool = True
    taken: bool = False

    @property
    def same_name(self) -> bool:
        """Whether the qualified name is the same."""
        return self.base.name == self.head.name

    @property
    def is_moved(self) -> bool:
        """Whether it stands in another file now."""
        return not self.same_path

    @property
    def is_reformatted(self) -> bool:
        """Whether it is only laid out in another way."""
        return self.equal is Equality.FORM and self.same_exposure

    @property
    def is_edited(self) -> bool:
        """Whether the code is another, be it only the header."""
        return self.equal in (Equality.BODY, Equality.NONE)


class Tie(Struct, frozen=True):
    """Units that are equally like each other: nobody can say which became which.

    A tie never excuses: what is in one of `heads` is old only if it would be with each of `bases`. `taken`:
    that would be so, as in `Pair`, for one of these pairs.
    """

    bases: tuple[UnitPlace, ...]
    heads: tuple[UnitPlace, ...]
    taken: bool = False


class UnitShare(Struct, frozen=True):
    """A part of a unit that went into another one, or came out of it, beside the pairs.

    `thousandths` is how much of the smaller one's statements the larger one has, weighted by tokens.
    """

    base: UnitPlace
    head: UnitPlace
    thousandths: int


class DefinitionMap(Struct, frozen=True):
    """The map of one base side: every unit is in one pair, or in one tie, or it is added or removed.

    `shares` show what of the added and removed was split and merged. `cut`: a bound was met, and what is
    beyond it counts as added and removed. All lists are sorted by the head's places, then the base's.
    """

    pairs: tuple[Pair, ...] = ()
    ties: tuple[Tie, ...] = ()
    shares: tuple[UnitShare, ...] = ()
    added: tuple[UnitPlace, ...] = ()
    removed: tuple[UnitPlace, ...] = ()
    cut: bool = False
