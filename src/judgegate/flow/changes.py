"""What the statements of a Python file do to names: what they bind them to, and what they store in them."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from judgegate.sources.python_scopes import Scope

Position = tuple[int, int]
LAST: Position = (1 << 40, 0)
ALL_ATTRIBUTES = "__dict__"
"""The attribute that holds all others."""

_SEQUENCES = (ast.Tuple, ast.List)


HOMES = (ast.stmt, ast.ExceptHandler, ast.match_case)
"""What an expression stands in the own words of."""


class ChangeKind(Enum):
    """How a name is changed."""

    MORE = "more"
    """An `+=` or its like: values flow in, and what was there stays."""
    VALUE = "value"
    """Values flow in: by an assignment, a loop, a `with`, a pattern ..."""
    CALL = "call"
    """A call got it, and may have changed what it stands for."""
    IMPORT = "import"
    DEFINITION = "definition"
    RAISED = "raised"
    """An `except ... as` binds it."""
    GONE = "gone"
    """A `del` unbinds it."""


class NameChange(Struct, frozen=True, eq=False, kw_only=True):
    """A place where a name is bound, or where what it stands for may change.

    `attr` is not empty where only that attribute changes. `home` is the statement, handler or case
    in whose own words it stands, `scope` where its values are looked up. `keys` say under what the
    values are stored; they flow in, too. `node` is the call,
    definition or handler, or for an import the full name; `slot` is the argument by which a call
    got it, as in `Root`. `is_certain`: nothing is left of what was there before. `is_element`: the
    name gets what is in its values. `is_store`: it does not bind the name, but changes what is in
    it; `is_deep`: or what is in that. `end` is where it stands in its statement; what happens after
    everything else there comes last.
    """

    name: str
    kind: ChangeKind
    home: Any
    scope: Scope
    values: Sequence[ast.expr] = ()
    keys: Sequence[ast.expr] = ()
    attr: str = ""
    node: Any = None
    slot: str = ""
    is_certain: bool = True
    is_store: bool = False
    is_deep: bool = False
    is_element: bool = False
    end: Position = LAST

    @property
    def has_values(self) -> bool:
        """Whether it binds a name to values that can be read."""
        return self.kind in {ChangeKind.VALUE, ChangeKind.MORE} and len(self.values) > 0

    def replaces(self, name: str, attr: str) -> bool:
        """Whether nothing is left of what a name, or an attribute of it, stood for before."""
        return self.is_certain and self.name == name and self.attr in {"", attr}

    def concerns(self, attr: str) -> bool:
        """Whether it changes an attribute; the empty one stands for all."""
        return not attr or self.attr in {"", attr, ALL_ATTRIBUTES}

    def fills(self, *, only_deep: bool) -> bool:
        """Whether it changes what a name stands for, and not what it is bound to."""
        is_filling = self.is_store or self.kind is ChangeKind.MORE
        return is_filling and (self.is_deep or not only_deep)

    @property
    def value_home(self) -> Any:
        """Where its values stand: those of a `case` in the statement around it."""
        is_case = isinstance(self.home, ast.match_case)
        return self.home._bandit_parent if is_case else self.home  # noqa: SLF001

    @property
    def order(self) -> tuple[Position, Position]:
        """By this, changes stand as they happen where the code has no branches."""
        return position_of(self.home), self.end


def position_of(home: Any) -> Position:
    """Where a statement, handler or case stands. A case begins with its pattern."""
    node = home.pattern if isinstance(home, ast.match_case) else home
    return node.lineno, node.col_offset


def home_around(node: Any) -> Any:
    """The statement, handler or case that a node stands in."""
    while not isinstance(node, HOMES):
        node = node._bandit_parent  # noqa: SLF001 - the walk has put it there
    return node


def end_of(node: Any) -> Position:
    """Where a node ends."""
    return node.end_lineno, node.end_col_offset


def changes_of(node: Any, scope: Scope) -> Iterator[NameChange]:
    """What the own words of a statement, handler or case change, calls apart."""
    binder = BINDERS.get(node.__class__)
    return iter(()) if binder is None else binder(node, scope)


def _assign(node: ast.Assign, scope: Scope) -> Iterator[NameChange]:
    """`a = b = ...`: every target gets the value.

    Of `a, b = x, y` each gets its own element.
    """
    for target in node.targets:
        yield from _bind(target, (node.value,), node, scope)


def _assign_annotated(node: ast.AnnAssign, scope: Scope) -> Iterator[NameChange]:
    """`a: int = ...`; without a value nothing is bound."""
    if node.value is not None:
        yield from _bind(node.target, (node.value,), node, scope)


def _assign_more(node: ast.AugAssign, scope: Scope) -> Iterator[NameChange]:
    """`a += ...` keeps what was there.

    It may change the thing itself, which other names can stand for, too.
    """
    for change in _bind(node.target, (node.value,), node, scope):
        yield replace(change, kind=ChangeKind.MORE, is_certain=False)


def _loop(node: ast.For | ast.AsyncFor, scope: Scope) -> Iterator[NameChange]:
    """`for a in ...`: the target gets what is in the sequence.

    It is bound anew in each round, after all that the loop runs over was read once.
    """
    for change in _bind(node.target, (node.iter,), node, scope, takes_apart=False):
        yield replace(change, is_element=True)


def _enter(node: ast.With | ast.AsyncWith, scope: Scope) -> Iterator[NameChange]:
    """`with ... as a`: managers are entered one after the other.

    So the second one of `with open(a) as b, wrap(b) as c` sees what the first has bound.
    """
    for item in node.items:
        target = item.optional_vars
        if target is not None:
            end = end_of(target)
            values = (item.context_expr,)
            yield from _bind(target, values, node, scope, takes_apart=False, end=end)


def _import(node: ast.Import, scope: Scope) -> Iterator[NameChange]:
    """`import a.b` binds `a`, and `import a.b as c` binds `a.b` to `c`.

    What it brings is a root by its full name.
    """
    for alias in node.names:
        top = alias.name.partition(".")[0]
        name, module = (alias.asname, alias.name) if alias.asname else (top, top)
        yield NameChange(
            name=name,
            kind=ChangeKind.IMPORT,
            home=node,
            scope=scope,
            node=module,
        )


def _import_from(node: ast.ImportFrom, scope: Scope) -> Iterator[NameChange]:
    """`from a import b`. The dots of a relative import are left out, as the names leave them out."""
    start = f"{node.module}." if node.module else ""
    for alias in node.names:
        if alias.name != "*":
            yield NameChange(
                name=alias.asname or alias.name,
                kind=ChangeKind.IMPORT,
                home=node,
                scope=scope,
                node=f"{start}{alias.name}",
            )


def _catch(node: ast.ExceptHandler, scope: Scope) -> Iterator[NameChange]:
    """`except ... as a`.

    What such a name stands for is read from all that may have been raised.
    """
    if node.name:
        yield NameChange(
            name=node.name,
            kind=ChangeKind.RAISED,
            home=node,
            scope=scope,
            node=node,
        )


def _delete(node: ast.Delete, scope: Scope) -> Iterator[NameChange]:
    """`del a` and `del a.b`. What `del a[b]` takes away adds nothing."""
    for target in node.targets:
        match target:
            case ast.Name(id=name):
                yield NameChange(
                    name=name,
                    kind=ChangeKind.GONE,
                    home=node,
                    scope=scope,
                )
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                yield NameChange(
                    name=name,
                    attr=attr,
                    kind=ChangeKind.GONE,
                    home=node,
                    scope=scope,
                    is_store=True,
                )


def _capture(node: ast.match_case, scope: Scope) -> Iterator[NameChange]:
    """The names in the pattern of a `case`.

    They are bound behind the pattern, before the guard is asked.
    """
    subject = node._bandit_parent.subject  # type: ignore[attr-defined]  # noqa: SLF001 - the walk has put it there
    end = end_of(node.pattern)
    for part in ast.walk(node.pattern):
        name = getattr(part, "name", None) or getattr(part, "rest", None)
        if isinstance(name, str):
            yield NameChange(
                name=name,
                kind=ChangeKind.VALUE,
                home=node,
                scope=scope,
                values=(subject,),
                is_element=True,
                end=end,
            )


def _name_type(node: Any, scope: Scope) -> Iterator[NameChange]:
    """`type a = ...`."""
    yield NameChange(
        name=node.name.id,
        kind=ChangeKind.VALUE,
        home=node,
        scope=scope,
        values=(node.value,),
    )


BINDERS: Mapping[type, Callable[[Any, Scope], Iterator[NameChange]]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _assign_annotated,
    ast.AugAssign: _assign_more,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.With: _enter,
    ast.AsyncWith: _enter,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.ExceptHandler: _catch,
    ast.Delete: _delete,
    ast.match_case: _capture,
    # Only newer Pythons have type aliases.
    getattr(ast, "TypeAlias", type(None)): _name_type,
}


def _bind(
    target: ast.expr,
    values: tuple[ast.expr, ...],
    home: Any,
    scope: Scope,
    *,
    takes_apart: bool = True,
    end: Position = LAST,
) -> Iterator[NameChange]:
    """What the left side of an assignment changes.

    `takes_apart`: of a sequence that is written down, each target gets its own element.
    """
    pending = [(target, values)]
    while pending:
        one, given = pending.pop()
        if isinstance(one, ast.Name):
            yield NameChange(
                name=one.id,
                kind=ChangeKind.VALUE,
                home=home,
                scope=scope,
                values=given,
                is_element=given is values and one is not target,
                end=end,
            )
        elif isinstance(one, ast.Starred):
            pending.append((one.value, given))
        elif isinstance(one, _SEQUENCES):
            value = given[0] if takes_apart and len(given) == 1 else None
            # The targets are bound from left to right.
            pending += reversed(list(_taken_apart(one.elts, value, given)))
        else:
            yield from _store(one, given, home, scope)


def _taken_apart(
    targets: Sequence[ast.expr], value: ast.expr | None, given: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.expr, tuple[ast.expr, ...]]]:
    """Each of the targets with what flows in: its own element, or, where that is not known, all.

    a, *b, c = 1, 2, 3, 4    # b gets 2 and 3
    a, b = pair              # both may get anything
    """
    elements = value.elts if isinstance(value, _SEQUENCES) else None
    if elements is None or any(isinstance(one, ast.Starred) for one in elements):
        yield from ((target, given) for target in targets)
        return
    rest = len(elements) - len(targets) + 1
    place = 0
    for target in targets:
        size = rest if isinstance(target, ast.Starred) else 1
        yield target, tuple(elements[place : place + size])
        place += size


def _store(
    target: ast.expr, values: tuple[ast.expr, ...], home: Any, scope: Scope
) -> Iterator[NameChange]:
    """What `x.a = ...` and `x[k] = ...` change: the key is in there as well.

    job.cmd = a          # nothing is left of the attribute
    job.one.two = a      # something in the attribute is another
    jobs[k] = a          # something in the whole is another
    """
    if not isinstance(target, ast.Attribute | ast.Subscript):
        return
    keys = (target.slice,) if isinstance(target, ast.Subscript) else ()
    is_plain = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
    found = holder_of(target)
    if found is not None:
        name, attr = found
        yield NameChange(
            name=name,
            attr=attr,
            kind=ChangeKind.VALUE,
            home=home,
            scope=scope,
            values=values,
            keys=keys,
            is_certain=is_plain,
            is_store=True,
            is_deep=not isinstance(target.value, ast.Name),
        )


def holder_of(node: ast.expr) -> tuple[str, str] | None:
    """The name that an expression is a part of, and the attribute of it, empty where it is not only that.

    job.cmd[0]           # job, cmd jobs[0].cmd          # jobs, and nothing that has a name
    """
    attr = ""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        attr = node.attr if isinstance(node, ast.Attribute) else ""
        node = node.value
    return (node.id, attr) if isinstance(node, ast.Name) else None
