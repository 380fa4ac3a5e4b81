"""What each kind of node in a Python tree holds, and what the statements bind names to."""

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from msgspec import Struct

from judgegate.sources.python_scopes import Given, Scope, ScopeKind

_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_BLOCKS = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)
_COUNTED = frozenset(
    {
        "Assert",
        "AsyncFor",
        "BoolOp",
        "For",
        "If",
        "IfExp",
        "Match",
        "Try",
        "TryStar",
        "While",
        "comprehension",
    }
)
"""What radon counts."""

_MARKS = (ast.boolop, ast.operator, ast.unaryop, ast.cmpop)


class NodeRow(Struct, frozen=True):
    """How a kind of node is walked: the fields with its own words, each with its mark, and its blocks."""

    tag: str
    fields: tuple[tuple[str, str], ...]
    blocks: tuple[str, ...]
    counted: bool


def _row(kind: type[ast.AST]) -> NodeRow:
    names = [name for name in kind._fields if name not in _LEFT_OUT]
    # A lambda and a conditional expression have a `body` that is no block.
    blocks = (
        [name for name in names if name in _BLOCKS] if issubclass(kind, _STATEMENTS) else []
    )
    fields = [(name, f":{name}") for name in names if name not in blocks]
    return NodeRow(
        f"({kind.__name__}", tuple(fields), tuple(blocks), kind.__name__ in _COUNTED
    )


def _is_node(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, ast.AST)


_KINDS: list[type[ast.AST]] = list(filter(_is_node, vars(ast).values()))
ROWS: Mapping[type, NodeRow] = {
    kind: _row(kind) for kind in _KINDS if not issubclass(kind, _MARKS)
}
MARK_NAMES: Mapping[type, str] = {
    kind: kind.__name__ for kind in _KINDS if issubclass(kind, _MARKS)
}


def constant_word(value: object) -> str:
    """A constant as a word of a form, the same on every Python."""
    if value.__class__ is int:
        # In hexadecimal, since Python refuses to write very long numbers in decimal.
        return f"={value:#x}"
    # Not by `repr`: which characters it shows as they are depends on Python's version of Unicode.
    return ascii(value) if isinstance(value, str | bytes) else f"={value!r}"


def join_texts(node: ast.JoinedStr) -> None:
    """Put texts beside each other together, and leave out empty ones, as not every Python does."""
    parts: list[ast.expr] = []
    for kind, group in groupby(node.values, type):
        same = list(group)
        parts += _joined(same) if kind is ast.Constant else same
    node.values = parts


def _joined(texts: Sequence[Any]) -> list[ast.expr]:
    """Constants as one, and as none where they are empty."""
    text = "".join(one.value for one in texts)
    joined = ast.copy_location(ast.Constant(text), texts[0])
    joined.end_lineno, joined.end_col_offset = (
        texts[-1].end_lineno,
        texts[-1].end_col_offset,
    )
    return [joined] if text else []


_ALIASES = (
    ast.Attribute,
    ast.Name,
    ast.Call,
    ast.IfExp,
    ast.BoolOp,
    ast.Subscript,
    ast.NamedExpr,
)
"""Expressions that may stand for a function or a module."""

_SEQUENCES = (ast.Tuple, ast.List, ast.Set)


class Imported:
    """What a file imports, wherever the statement stands.

    `names` are written as bandit writes them, `stars` are the modules that all names are taken of.
    """

    __slots__ = ("names", "stars")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.stars: set[str] = set()

    @property
    def modules(self) -> frozenset[str]:
        """The packages and modules at the beginning of the names."""
        return frozenset(name.partition(".")[0] for name in self.names)


def bind_statement(node: Any, scope: Scope, imported: Imported) -> None:
    """Bind what a statement's own words bind, as far as it can be read what to.

    Plain names that are stored to are bound where they are walked over.
    """
    binder = _BINDERS.get(node.__class__)
    if binder is not None:
        binder(node, scope, imported)


def opens_file(node: ast.stmt) -> bool:
    """Whether a statement may stand before imports, because nothing is called in it.

    Annotations and subscripts run, too.
    """
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            values = value.elts if isinstance(value, _SEQUENCES) else [value]
            plain = all(isinstance(target, ast.Name) for target in targets)
            return plain and all(isinstance(one, ast.Constant) for one in values)
    return False


def bind_parameters(arguments: ast.arguments, scope: Scope) -> None:
    """Bind the parameters of a function in its own scope.

    Each may be its default, which is an expression of the scope around it.
    """
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    for parameter, default in chain(
        zip(positional, defaults, strict=True),
        zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ):
        scope.bind(parameter.arg, _given(default, scope.outer or scope))
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            scope.bind(rest.arg)


def bind_walrus(node: ast.NamedExpr, scope: Scope) -> None:
    """Bind the name of an assignment expression: in a comprehension, where the comprehension stands."""
    owner = scope
    while owner.kind is ScopeKind.COMPREHENSION and owner.outer is not None:
        owner = owner.outer
    owner.bind(node.target.id, _given(node.value, scope))


def _given(value: ast.expr | None, scope: Scope) -> Given | None:
    """What is bound by a value, None where nothing can be read from it."""
    return (value, scope) if isinstance(value, _ALIASES) else None


def _import(node: ast.Import, scope: Scope, imported: Imported) -> None:
    _note_top_imports(node, scope)
    for alias in node.names:
        imported.names.add(alias.name)
        if alias.asname:
            scope.bind(alias.asname, alias.name)
        else:
            top = alias.name.partition(".")[0]
            scope.bind(top, top)


def _import_from(node: ast.ImportFrom, scope: Scope, imported: Imported) -> None:
    _note_top_imports(node, scope)
    # The dots of a relative import are left out, as bandit leaves them out.
    start = f"{node.module}." if node.module else ""
    for alias in node.names:
        imported.names.add(f"{start}{alias.name}")
        if alias.name != "*":
            scope.bind(alias.asname or alias.name, f"{start}{alias.name}")
        elif node.module and not node.level:
            imported.stars.add(node.module)


def _note_top_imports(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    """Take in the names of an import that runs before everything else, and under no condition."""
    if scope.is_opening and isinstance(node._bandit_parent, ast.Module):  # type: ignore[union-attr]  # noqa: SLF001 - the walk has put it there
        names = (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        scope.top_imports.update(names)


def _assign(node: ast.Assign, scope: Scope, _: Imported) -> None:
    for target in node.targets:
        _bind_target(target, node.value, scope)


def _assign_annotated(node: ast.AnnAssign, scope: Scope, _: Imported) -> None:
    if node.value is not None:
        _bind_target(node.target, node.value, scope)
    elif isinstance(node.target, ast.Name) and not node.simple:
        # `(name): int` binds nothing. The name is taken for bound when it is walked over.
        scope.unbind(node.target.id)


def bind_loop(node: ast.For | ast.AsyncFor | ast.comprehension, scope: Scope) -> None:
    """Bind what a loop over a literal sequence binds, to each of its elements."""
    if isinstance(node.iter, _SEQUENCES):
        for value in node.iter.elts:
            _bind_target(node.target, value, scope)


def _loop(node: ast.For | ast.AsyncFor, scope: Scope, _: Imported) -> None:
    bind_loop(node, scope)


def _bind_target(target: ast.expr, value: ast.expr, scope: Scope) -> None:
    """Bind what is on the left of an assignment to what is on its right."""
    given = _given(value, scope)
    match target:
        case ast.Name(id=name):
            scope.bind(name, given)
        case ast.Tuple() | ast.List() if isinstance(value, _SEQUENCES):
            for one, part in zip(target.elts, value.elts, strict=False):
                _bind_target(one, part, scope)
        case ast.Attribute(value=ast.Name(id=owner), attr=attr) if given is not None:
            _bind_member(owner, attr, given, scope)
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="globals")), slice=ast.Constant(value=str(name))
        ):
            scope.file().bind(name, given)


def _bind_member(owner: str, attr: str, given: Given, scope: Scope) -> None:
    """Bind an attribute that a method sets on its object, or that is set on a class by its name."""
    method = scope.method()
    holder = scope.file()
    if method is not None and method.receiver == owner and method.outer is not None:
        holder, name = method.outer, attr
    else:
        name = f"{owner}.{attr}"
    holder.members.setdefault(name, []).append(given)


def _declare_global(node: ast.Global, scope: Scope, _: Imported) -> None:
    scope.declare_global(node.names)


def _declare_nonlocal(node: ast.Nonlocal, scope: Scope, _: Imported) -> None:
    scope.declare_nonlocal(node.names)


def _handler(node: ast.ExceptHandler, scope: Scope, _: Imported) -> None:
    if node.name:
        scope.bind(node.name)


_BINDERS: Mapping[type, Callable[[Any, Scope, Imported], None]] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _assign,
    ast.AnnAssign: _assign_annotated,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.Global: _declare_global,
    ast.Nonlocal: _declare_nonlocal,
    ast.ExceptHandler: _handler,
}
