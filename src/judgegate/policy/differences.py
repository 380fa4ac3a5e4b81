"""What a difference between two policies is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

MOST_NAMED = 4
"""Examples that a sentence names before it only counts them."""


class Direction(Enum):
    """Which way a difference goes. `UNCLEAR`: it cannot be told, so it must be looked at as if it were weaker."""

    WEAKER = "weaker"
    UNCLEAR = "unclear"
    TIGHTER = "tighter"
    NEUTRAL = "neutral"


ORDER = tuple(Direction)
"""What a reader should see first comes first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference in words. `subject` is a rule's id or a block's name, and the message's first word."""

    direction: Direction
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.direction.value}: {self.message}"


@dataclass(frozen=True, slots=True)
class AspectDifference:
    """One aspect in which two values differ, from what to what; `direction` is the new one's."""

    aspect: str
    before: str
    after: str
    direction: Direction

    def of(self, subject: str) -> Difference:
        """The difference in words."""
        return Difference(self.direction, subject, f"{self.aspect} is {self.after} instead of {self.before}")


def way(*, stricter: bool, laxer: bool) -> Direction:
    """The direction of something that is stricter, laxer, or neither."""
    if stricter == laxer:
        return Direction.UNCLEAR
    return Direction.TIGHTER if stricter else Direction.WEAKER


def compare_sets(
    name: str, was: Iterable[str], now: Iterable[str], *, more: Direction
) -> Iterator[Difference]:
    """What one list has and the other has not; `more` is the direction in which it grows."""
    less = Direction.WEAKER if more is Direction.TIGHTER else Direction.TIGHTER
    for word in sorted(set(now) - set(was)):
        yield Difference(more, name, f"{name} now has {word}")
    for word in sorted(set(was) - set(now)):
        yield Difference(less, name, f"{name} no longer has {word}")
