"""What a difference between two policies is."""

from dataclasses import dataclass
from enum import Enum


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


def way(*, stricter: bool, laxer: bool) -> Direction:
    """The direction of something that is stricter, laxer, or neither."""
    if stricter == laxer:
        return Direction.UNCLEAR
    return Direction.TIGHTER if stricter else Direction.WEAKER
