"""The points of a frame at which it is asked what a name stands for."""

from typing import Any, NamedTuple

from judgegate.flow.changes import NameChange


class Asked(NamedTuple):
    """What is asked for: a name, or an attribute of it."""

    name: str
    attr: str


class State(NamedTuple):
    """What a name stands for once a change has happened."""

    change: NameChange
    asked: Asked


class Meeting(NamedTuple):
    """What a name stands for where paths meet.

    `place` is `after` behind a statement, `head` at the start of a loop and `exit` where it ends by
    itself, `handlers`, `final` and `cases` in front of these blocks.
    """

    place: str
    node: Any
    asked: Asked


class Start(NamedTuple):
    """What a name stands for where its frame begins."""

    asked: Asked


Point = State | Meeting | Start


class Reached(NamedTuple):
    """A point that is read. `goes_back`: the way from there leads back to the start of a loop."""

    point: Point
    goes_back: bool = False
