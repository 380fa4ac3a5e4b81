"""What the doctor reports: findings of known kinds, and what could not be checked."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from judgegate.model.levels import Scale

T = TypeVar("T")


class Gravity(Scale):
    """How much it matters. Only a hole lets a change pass that the gate would have stopped."""

    NOTE = "note"
    WEAKNESS = "weakness"
    HOLE = "hole"


class FindingLocation(Struct, frozen=True):
    """Where it is: a file with its line (0: the file as a whole), or a setting of the repository."""

    place: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.place}:{self.line}" if self.line else self.place


class FindingKind(Struct, frozen=True):
    """One thing that can be wrong: its id, how grave it is, why it matters and how to fix it.

    `why` and `remedy` are sentences. `milder` is how grave it is where something else stops the
    change anyway, and `unless` says where, as a clause.
    """

    id: str
    gravity: Gravity
    why: str
    remedy: str
    milder: Gravity | None = None
    unless: str = ""


class DoctorFinding(Struct, frozen=True):
    """A kind, seen in a place; `what` is a sentence that says what is there."""

    kind: FindingKind
    location: FindingLocation
    what: str
    gravity: Gravity

    @property
    def order(self) -> tuple[int, str, int, str, str]:
        """The gravest first, then by place."""
        return (
            -self.gravity.rank,
            self.location.place,
            self.location.line,
            self.kind.id,
            self.what,
        )


class NotExamined(Struct, frozen=True, order=True):
    """What could not be looked at, and why; `grave`: a hole could hide there."""

    what: str
    why: str
    remedy: str
    grave: bool = True


def new_finding(
    kind: FindingKind, location: FindingLocation, what: str, *, milder: bool = False
) -> DoctorFinding:
    """The finding; `milder` if what the kind's `unless` says is so."""
    gravity = kind.gravity
    if milder and kind.milder is not None:
        gravity = kind.milder
    return DoctorFinding(kind, location, what, gravity)


class FindingGroup(Struct, Generic[T], frozen=True):
    """Kinds that are looked for together."""

    kinds: tuple[FindingKind, ...]
    check: Callable[[T], Iterable[DoctorFinding]]
