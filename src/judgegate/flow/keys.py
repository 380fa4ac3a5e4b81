"""The nodes of the flow in a Python file, by what they stand for.

In each, `depth` says how many functions may still be entered.
"""

import ast

from msgspec import Struct

from judgegate.flow.changes import NameChange
from judgegate.flow.points import Asked, Point
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walked import FunctionNode


class Expression(Struct, frozen=True):
    """What flows into the value of an expression."""

    node: ast.expr
    depth: int


class AtPoint(Struct, frozen=True):
    """What a name may stand for at a point of its frame."""

    frame: Scope
    point: Point
    depth: int


class Given(Struct, frozen=True):
    """What one change gives to a name."""

    change: NameChange
    asked: Asked
    depth: int


class _NameOfFrame(Struct, frozen=True):
    """A name of a frame, or an attribute of it."""

    frame: Scope
    asked: Asked
    depth: int


class Anytime(_NameOfFrame, frozen=True):
    """What a name of a frame may stand for at any time."""


class Elsewhere(_NameOfFrame, frozen=True):
    """What a name of a frame gets from the functions inside of it."""


class Stored(_NameOfFrame, frozen=True):
    """What a function stores in one of its parameters."""


class Held(Struct, frozen=True):
    """What an attribute of the objects of a class may hold."""

    holder: Scope
    attr: str
    depth: int


class Returned(Struct, frozen=True):
    """What a function gives back."""

    function: FunctionNode
    depth: int
