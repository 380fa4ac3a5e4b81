"""Which names an expression hands out, so that whoever gets it can change what they stand for."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from judgegate.sources.python_changes import holder_of

_PARTS = (ast.Attribute, ast.Subscript)
_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
_READERS = frozenset({"items", "values", "get", "copy", "pop", "popitem", "setdefault"})
"""Methods that give back what is in their object."""

_COPIES = frozenset(
    {
        "cast",
        "enumerate",
        "filter",
        "iter",
        "list",
        "next",
        "reversed",
        "sorted",
        "tuple",
        "zip",
    }
)
"""Functions whose result holds what is in their arguments."""


class Alias(Struct, frozen=True):
    """A name in an expression. `is_same`: the value is what the name stands for, and not a part of it."""

    name: str
    attr: str
    is_same: bool


def aliases_in(expression: ast.expr) -> Iterator[Alias]:
    """The names whose objects an expression hands out. What a call makes of them is new."""
    pending = [(expression, True)]
    while pending:
        node, is_same = pending.pop()
        if isinstance(node, ast.Name):
            yield Alias(node.id, "", is_same)
        elif isinstance(node, _PARTS):
            found = holder_of(node)
            if found is not None:
                yield Alias(*found, is_same=False)
            elif isinstance(node.value, ast.Call):
                pending.append((node.value, False))
        else:
            pending += _parts_of(node, is_same)


def _parts_of(node: ast.expr, is_same: bool) -> list[tuple[ast.expr, bool]]:
    """The parts of an expression that are handed out with it."""
    parts: list[ast.expr] = []
    match node:
        case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.Starred(value=value):
            parts = [value]
        case ast.IfExp(body=body, orelse=orelse):
            parts = [body, orelse]
        case ast.BoolOp(values=values):
            parts = values
        case ast.Call():
            parts, is_same = _handed_on(node), False
        case ast.List() | ast.Tuple() | ast.Set():
            parts, is_same = node.elts, False
        case ast.Dict(values=values):
            parts, is_same = values, False
    return [(part, is_same) for part in parts]


def _handed_on(call: ast.Call) -> list[ast.expr]:
    """What is still in the result of a call."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _COPIES:
            return call.args
        case ast.Attribute(value=value, attr=attr) if attr in _READERS:
            return [value]
    return []
