"""What the definitions of a Python file do, with all in the file that this depends on.

A function that checks something is worth as much as the list that it asks, the function that it calls, and
the module that it has a name from. So one digest has all of these, however far away they are.
"""

import ast
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

from msgspec import Struct

from judgegate.flow.known_calls import effects_of_method
from judgegate.flow.scope_tables import ScopeTables
from judgegate.sources.python_names import written
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode

MOST_DEPENDENCIES = 64
"""So many definitions and statements are in one digest. With more of them it is that of the whole file."""

FARTHEST_METHOD = 2
"""So many calls away methods are followed of which only the name is known."""

_ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign)

CalledIn = Callable[[DefinitionNode], Iterable[tuple[DefinitionNode, bool]]]
Family = Callable[[Scope], Sequence[Scope]]
_Key = tuple[Scope, str]


class Dependency(Struct, frozen=True):
    """A definition, or a statement that gives something to a name. Its names are looked up in `scope`."""

    node: Any
    scope: Scope


class _Read(Struct, frozen=True):
    """What a definition or statement reads: others, and what the names of imports mean in it.

    `unsure` are methods that it may call.
    """

    sure: Sequence[Dependency] = ()
    unsure: Sequence[Dependency] = ()
    meanings: Sequence[str] = ()

    def within(self, steps: int) -> Sequence[Dependency]:
        """What is followed after so many steps."""
        if steps > FARTHEST_METHOD:
            return self.sure
        return (*self.sure, *self.unsure)


class Dependencies:
    """Makes the digests of definitions, with all that these depend on.

    Args:
        walk: what the walk over the tree has written down.
        tables: what it has written down, by scopes.
        called_in: the definitions that a definition calls, each with whether it surely does.
        family: the classes that a class is joined to by inheritance, itself with them.
    """

    def __init__(
        self, walk: Walk, tables: ScopeTables, called_in: CalledIn, family: Family
    ) -> None:
        self._walk = walk
        self._tables = tables
        self._called_in = called_in
        self._family = family
        self._read: dict[ast.AST, _Read] = {}
        self._digests: dict[DefinitionNode, str] = {}

    def of_definition(self, node: DefinitionNode) -> str:
        """The digest of what a function or class does. Its own name does not count."""
        known = self._digests.get(node)
        if known is None:
            own = Dependency(node, self._walk.inner[node])
            known = self._digests[node] = self._digest(own)
        return known

    def of_statement(self, node: Any, scope: Scope) -> str:
        """The digest of a statement, for one with blocks that of its own words."""
        form = self._walk.forms[node]
        return form.own.hex() if form.body else self._digest(Dependency(node, scope))

    def of_definitions(self, nodes: Iterable[DefinitionNode]) -> str:
        """One digest of all definitions that may be meant, empty where there are none."""
        bodies = sorted(set(map(self.of_definition, nodes)))
        joined = "".join(bodies)
        if len(bodies) <= 1:
            return joined
        return self._walk.digest_all(joined.encode()).hex()

    def _digest(self, start: Dependency) -> str:
        """The digest of a dependency, and of all that it depends on."""
        found = self._closure(start)
        if found is None:
            return self._walk.form.hex()
        texts: set[str] = set()
        for one in found:
            # A definition may get another name, and stay the same. Of a statement, the body is empty.
            form = self._walk.forms[one.node]
            texts.add(self._walk.digest_all(form.own, form.surface, form.body).hex())
            texts.update(self._read_by(one).meanings)
        encoded = [f"{text}\0".encode("utf-8", "surrogatepass") for text in sorted(texts)]
        return self._walk.digest_all(*encoded).hex()

    def _closure(self, start: Dependency) -> Iterable[Dependency] | None:
        """All that a dependency depends on, itself first; None if it is too much."""
        found = {start: 0}
        pending = deque(found)
        while pending and len(found) <= MOST_DEPENDENCIES:
            one = pending.popleft()
            steps = found[one] + 1
            for other in self._read_by(one).within(steps):
                if other not in found:
                    found[other] = steps
                    pending.append(other)
        return found if len(found) <= MOST_DEPENDENCIES else None

    def _read_by(self, one: Dependency) -> _Read:
        """What a definition or statement reads."""
        known = self._read.get(one.node)
        if known is None:
            names, attributes = _names_in(one.node)
            read = self._read_names(names, one.scope)
            known = self._read[one.node] = self._with_members(one, read, attributes)
        return known

    def _with_members(
        self, one: Dependency, read: _Read, attributes: Iterable[str]
    ) -> _Read:
        """What else a definition reads: by what it calls, and by the attributes of its class."""
        if not isinstance(one.node, DefinitionNode):
            return read
        sure = [*read.sure, *self._given_to(one)]
        unsure: list[Dependency] = []
        for node, is_sure in self._called_in(one.node):
            called = Dependency(node, self._walk.inner[node])
            (sure if is_sure else unsure).append(called)
        holder = one.scope.outer
        if holder is not None and holder.kind is ScopeKind.CLASS:
            for related, name in product(self._family(holder), sorted(attributes)):
                sure += self._given.get((related, name), ())
        return _Read(sure, unsure, read.meanings)

    def _given_to(self, one: Dependency) -> Iterator[Dependency]:
        """What is given to a definition's name and attributes, and to those of the classes around it."""
        scope: Scope | None = one.scope
        while scope is not None and scope.outer is not None:
            node = self._tables.nodes[scope]
            if isinstance(node, DefinitionNode):
                owner = scope.outer.elsewhere.get(node.name, scope.outer)
                yield from self._given.get((owner, node.name), ())
            scope = scope.outer if scope.outer.kind is ScopeKind.CLASS else None

    def _read_names(self, names: Iterable[str], scope: Scope) -> _Read:
        """What names stand for, as far as it is outside of a scope that binds them for all of its lines."""
        sure: list[Dependency] = []
        meanings: list[str] = []
        for name in sorted(names):
            for owner in self._tables.owners(name, scope):
                sure += self._given.get((owner, name), ())
                if owner is scope and scope.kind is ScopeKind.FUNCTION:
                    continue
                given = self._walk.names.given(owner, name)
                meanings += [f"{name}={'|'.join(sorted(given))}"] if given else []
                for node in self._tables.bound(name, owner).definitions:
                    sure.append(Dependency(node, self._walk.inner[node]))
        return _Read(sure, (), meanings)

    @cached_property
    def _given(self) -> Mapping[_Key, Sequence[Dependency]]:
        """The statements that give something to a name, or that fill what it stands for.

        What a function gives to its own names is a part of its body.
        """
        found: dict[_Key, list[Dependency]] = defaultdict(list)
        for node, scope, names in self._giving():
            for name in names:
                owner = self._tables.owner(name, scope)
                if owner is not None and not (
                    owner is scope and scope.kind is ScopeKind.FUNCTION
                ):
                    found[owner, name].append(Dependency(node, scope))
        for (node, scope), name in self._held():
            holder = scope.outer
            if holder is not None and holder.kind is ScopeKind.CLASS:
                found[holder, name].append(Dependency(node, scope))
        return found

    def _held(self) -> Iterator[tuple[tuple[Any, Scope], str]]:
        """The assignments to attributes of the object that a method belongs to, each with the attribute."""
        for one in self._assignments():
            for target in _targets(one[0]):
                is_attribute = isinstance(target, ast.Attribute)
                if is_attribute and written(target.value) == one[1].receiver:
                    yield one, target.attr

    def _assignments(self) -> Iterator[tuple[Any, Scope]]:
        for kind in _ASSIGNING:
            yield from self._walk.statements.get(kind, ())

    def _giving(self) -> Iterator[tuple[Any, Scope, Iterable[str]]]:
        """The assignments and the calls that fill something, each with the names that it concerns."""
        for node, scope in self._assignments():
            yield node, scope, {name for one in _targets(node) for name in _roots(one)}
        for (call, scope), home in zip(self._walk.calls, self._walk.homes, strict=True):
            is_statement = isinstance(home, ast.Expr) and home.value is call
            filled = _filled_by(call) if is_statement else None
            if filled is not None:
                yield home, scope, set(_roots(filled))


def _filled_by(call: ast.Call) -> ast.expr | None:
    """What is filled by a call: the object of its method, or that of `setattr`."""
    match call:
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return value if effects_of_method(attr).filled else None
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[value, *_]):
            return value
    return None


def _names_in(node: ast.AST) -> tuple[set[str], set[str]]:
    """The names that a definition or statement reads, and the attributes."""
    names: set[str] = set()
    attributes: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name, ctx=ast.Load()):
                names.add(name)
            case ast.Attribute(attr=name, ctx=ast.Load()):
                attributes.add(name)
    return names, attributes


def _targets(node: Any) -> list[Any]:
    """The targets of an assignment."""
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _roots(target: ast.expr) -> Iterator[str]:
    """The names that an assignment to a target binds, or changes what they stand for."""
    pending = [target]
    while pending:
        one = pending.pop()
        if isinstance(one, ast.Tuple | ast.List):
            pending += one.elts
        elif isinstance(one, ast.Attribute | ast.Subscript | ast.Starred):
            pending.append(one.value)
        elif isinstance(one, ast.Name):
            yield one.id
