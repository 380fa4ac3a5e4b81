"""What a Python statement outside of every function is called."""

import ast

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
    kind = node.__class__.__name__.lower()
    return _bound(node) or _KINDS.get(kind, kind)


def bound_names(node: ast.stmt) -> list[str]:
    """The names that a statement binds or deletes by its targets, with dots where they are attributes."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        named = [(one.asname or one.name).partition(".")[0] for one in node.names]
        return [name for name in named if name != _UNKNOWN]
    found = []
    pending = _targets(node)
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Tuple | ast.List):
            pending += target.elts
        elif isinstance(target, ast.Starred):
            pending.append(target.value)
        elif isinstance(target, ast.Name | ast.Attribute):
            found.append(_dotted(target))
    return [name for name in found if not name.startswith(_UNKNOWN)]


def _targets(node: ast.stmt) -> list[ast.expr]:
    """The targets in a statement's own words."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return list(targets)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [one.optional_vars for one in items if one.optional_vars is not None]
        case ast.Expr(value=ast.NamedExpr(target=target)):
            return [target]
    only = getattr(node, "target", None)
    return [] if only is None else [only]


def _bound(node: ast.stmt) -> str:
    """The first name that a statement binds in its own words, or the call that it is."""
    match node:
        case ast.Import(names=[first, *_]) | ast.ImportFrom(names=[first, *_]):
            # A star is no name.
            return (first.asname or first.name.strip("*")).partition(".")[0]
        case (
            ast.Assign(targets=[target, *_])
            | ast.AnnAssign(target=target)
            | ast.AugAssign(target=target)
            | ast.Expr(value=ast.NamedExpr(target=target))
        ):
            return _first_name(target)
        case (
            ast.Expr(value=ast.Call() as call)
            | ast.Expr(value=ast.Await(value=ast.Call() as call))
        ):
            return _call(call)
    # A type that is named so: there is no class for it before Python 3.12.
    return _first_name(getattr(node, "name", node))


def _first_name(node: ast.AST) -> str:
    """The first name in a target; of what is set by a key, the name of what holds it."""
    for _ in range(_LONGEST_CHAIN):
        match node:
            case (
                ast.Tuple(elts=[first, *_])
                | ast.List(elts=[first, *_])
                | ast.Starred(value=first)
                | ast.Subscript(value=first)
            ):
                node = first
            case _:
                break
    name = _dotted(node)
    return "" if name.startswith(_UNKNOWN) else name


def _call(call: ast.Call) -> str:
    """A call as a name: what is called, and the first text that it gets by position."""
    callee = _dotted(call.func)
    text = next(filter(None, map(_text, call.args)), "")
    return called(callee, text) if callee != _UNKNOWN else ""


def _text(argument: ast.expr) -> str:
    """The text that an argument is, empty if it is none."""
    value = argument.value if isinstance(argument, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def _dotted(node: ast.AST) -> str:
    """An expression as a name, with `()` for a call in it, and `*` for what has no name."""
    parts: list[str] = []
    for _ in range(_LONGEST_CHAIN):
        match node:
            case ast.Attribute(value=inner, attr=attr):
                parts.append(f".{attr}")
            case ast.Call(func=inner):
                parts.append("()")
            case ast.Subscript(value=inner):
                parts.append(f".{_UNKNOWN}")
            case _:
                break
        node = inner
    parts.append(node.id if isinstance(node, ast.Name) else _UNKNOWN)
    return "".join(reversed(parts))
