"""What a Python statement outside of every function is called."""

import ast
from collections.abc import Iterator

from judgegate.sources.calls_as_names import called

_LONGEST_CHAIN = 50
"""Attributes and calls that are followed from the end of an expression."""

_UNKNOWN = "*"
_KINDS = {
    "annassign": "assignment",
    "assign": "assignment",
    "asyncfor": "for",
    "asyncwith": "with",
    "augassign": "assignment",
    "delete": "del",
    "expr": "expression",
    "importfrom": "import",
    "trystar": "try",
    "typealias": "type",
}
"""Kinds whose class in the tree has another name than the statement."""


def statement_name(node: ast.stmt) -> str:
    """The first name that a statement binds, else what it calls, else its kind."""
    return next(filter(None, _bound(node)), "") or _call_in(node) or _kind_of(node)


def _kind_of(node: ast.stmt) -> str:
    kind = node.__class__.__name__.lower()
    return _KINDS.get(kind, kind)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement without a block binds, in its own words."""
    match node:
        case ast.Import(names=names):
            yield from (one.asname or one.name.partition(".")[0] for one in names)
        case ast.ImportFrom(names=names):
            yield from (one.asname or one.name for one in names if one.name != "*")
        case ast.Assign(targets=targets):
            yield from map(_target, targets)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            yield _target(target)
        case ast.Expr(value=ast.NamedExpr(target=target)):
            yield target.id
        case _ if _kind_of(node) == "type":
            # The class is not there before Python 3.12.
            yield _target(node.name)  # type: ignore[attr-defined]


def _target(node: ast.expr) -> str:
    """The first name in a target; of what is set by a key, the name of what holds it."""
    for _ in range(_LONGEST_CHAIN):
        match node:
            case ast.Tuple(elts=[first, *_]) | ast.List(elts=[first, *_]):
                node = first
            case ast.Starred(value=inner) | ast.Subscript(value=inner):
                node = inner
            case _:
                break
    name = _dotted(node)
    return "" if name.startswith(_UNKNOWN) else name


def _call_in(node: ast.stmt) -> str:
    """The call that a statement is, as a name."""
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return ""
    callee = _dotted(value.func)
    return called(callee, _first_text(value)) if callee != _UNKNOWN else ""


def _first_text(call: ast.Call) -> str:
    """The first text among a call's arguments by position, empty where there is none."""
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return ""


def _dotted(node: ast.expr) -> str:
    """An expression as a name, with `()` for a call in it, and `*` for what has no name."""
    parts: list[str] = []
    for _ in range(_LONGEST_CHAIN):
        match node:
            case ast.Attribute(value=value, attr=attr):
                parts.append(f".{attr}")
                node = value
            case ast.Call(func=value):
                parts.append("()")
                node = value
            case ast.Subscript(value=value):
                parts.append(f".{_UNKNOWN}")
                node = value
            case _:
                break
    parts.append(node.id if isinstance(node, ast.Name) else _UNKNOWN)
    return "".join(reversed(parts))
