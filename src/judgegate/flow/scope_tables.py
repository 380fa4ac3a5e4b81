"""What the walk over a Python file has written down, by scopes: what binds a name, and what is called where.

The scopes of the walk answer for any name where it may belong. Here the answers are kept, because
the flow asks for the same names again and again.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from msgspec import Struct

from judgegate.sources.python_names import written
from judgegate.sources.python_scopes import Scope, ScopeKind, owners_of
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode

_NO_IMPORT = frozenset({"os.path"})
"""Modules that need no `import` of their own."""

_Key = tuple[Scope, str]


class BoundName(Struct, frozen=True, eq=False):
    """What binds a name in a scope.

    `definitions` are the functions and classes, `modules` what `import` statements bring. `imports`
    counts what any import brings, and `count` everything that binds the name.
    """

    definitions: tuple[DefinitionNode, ...]
    modules: tuple[str, ...]
    imports: int
    count: int

    @property
    def is_defined(self) -> bool:
        """Whether definitions are all that binds it."""
        return 0 < len(self.definitions) == self.count

    @property
    def is_imported(self) -> bool:
        """Whether imports are all that binds it."""
        return 0 < self.imports == self.count

    @property
    def is_module(self) -> bool:
        """Whether `import` statements, and not those with `from`, are all that binds it."""
        return 0 < len(self.modules) == self.count

    @property
    def is_variable(self) -> bool:
        """Whether something else binds it, too."""
        return self.count > 0 and not (self.is_defined or self.is_imported)


class ScopeTables:
    """The names and calls of a file.

    A frame is what runs as one: the body of a function, lambda or class, or the file.
    Comprehensions belong to the frame around them.

    Args:
        walk: what the walk over its tree has written down.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._owners: dict[_Key, tuple[Scope, ...]] = {}
        self._bound: dict[_Key, BoundName] = {}

    def owners(self, name: str, scope: Scope) -> tuple[Scope, ...]:
        """The scopes that a name can belong to where it is used in a scope, the innermost first."""
        key = (scope, name)
        known = self._owners.get(key)
        if known is None:
            known = self._owners[key] = tuple(owners_of(name, scope))
        return known

    def owner(self, name: str, scope: Scope) -> Scope | None:
        """The first of these scopes, None where nothing in the file binds the name."""
        owners = self.owners(name, scope)
        return owners[0] if owners else None

    def bound(self, name: str, owner: Scope) -> BoundName:
        """What binds a name in the scope that it belongs to.

        It counts bindings, because only where definitions are all of them a name surely means one.
        """
        key = (owner, name)
        known = self._bound.get(key)
        if known is None:
            given = owner.given.get(name, ())
            known = self._bound[key] = BoundName(
                definitions=tuple(self._definitions.get(key, ())),
                modules=tuple(self._modules.get(key, ())),
                imports=sum(isinstance(one, str) for one in given),
                count=owner.bound.get(name, 0),
            )
        return known

    def all_bound(self, name: str, scope: Scope) -> list[BoundName]:
        """What binds a name in each of the scopes that it can belong to."""
        return [self.bound(name, owner) for owner in self.owners(name, scope)]

    def is_imported(self, name: str, scope: Scope) -> bool:
        """Whether imports are all that binds a name."""
        found = self.all_bound(name, scope)
        return bool(found) and all(one.is_imported for one in found)

    def is_defined(self, name: str, scope: Scope) -> bool:
        """Whether definitions are all that binds a name."""
        found = self.all_bound(name, scope)
        return bool(found) and all(one.is_defined for one in found)

    def is_variable(self, name: str, scope: Scope) -> bool:
        """Whether something else than imports or definitions binds a name."""
        return any(one.is_variable for one in self.all_bound(name, scope))

    def is_local(self, name: str, scope: Scope) -> bool:
        """Whether a name is a variable of a function, so that it could have any other name."""
        owner = self.owner(name, scope)
        if owner is None or owner.kind in {ScopeKind.FILE, ScopeKind.CLASS}:
            return False
        return self.is_variable(name, scope)

    def is_module(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is a module, as far as the imports show."""
        name, dot, rest = (written(node) or "").partition(".")
        owner = self.owner(name, scope)
        if owner is None:
            return False
        bound = self.bound(name, owner)
        full = {f"{module}{dot}{rest}" for module in bound.modules}
        return bound.is_module and full <= self._module_names

    def calls_in(self, scope: Scope) -> Sequence[tuple[ast.Call, Scope, Any]]:
        """The calls in a frame, each with its scope and the statement that it stands in."""
        return self._calls.get(scope, ())

    def calls_under(self, scope: Scope) -> Iterator[tuple[ast.Call, Scope, Any]]:
        """The calls in a frame and in those inside of it.

        What an inner function calls counts for the one around it, which may call it.
        """
        for one in (scope, *self.inner_frames.get(scope, ())):
            yield from self.calls_in(one)

    @cached_property
    def nodes(self) -> dict[Scope, Any]:
        """The node that opens each scope; that of the file has none."""
        nodes: dict[Scope, Any] = {scope: node for node, scope in self._walk.inner.items()}
        nodes[self._walk.scopes[0]] = None
        return nodes

    @cached_property
    def _calls(self) -> dict[Scope, list[tuple[ast.Call, Scope, Any]]]:
        """The calls by their frame."""
        found: dict[Scope, list[tuple[ast.Call, Scope, Any]]] = defaultdict(list)
        for (call, scope), home in zip(self._walk.calls, self._walk.homes, strict=True):
            found[frame_scope(scope)].append((call, scope, home))
        return found

    @cached_property
    def inner_frames(self) -> dict[Scope, list[Scope]]:
        """The frames inside of each frame, at any depth."""
        found: dict[Scope, list[Scope]] = defaultdict(list)
        for scope in self._walk.scopes:
            outer = scope.outer
            while outer is not None and scope.kind is not ScopeKind.COMPREHENSION:
                found[outer].append(scope)
                outer = outer.outer
        return found

    @cached_property
    def _definitions(self) -> dict[_Key, list[DefinitionNode]]:
        """The functions and classes by the scope that their name belongs to."""
        found: dict[_Key, list[DefinitionNode]] = defaultdict(list)
        for walked in self._walk.definitions:
            name, outer = walked.node.name, walked.scope.outer
            if outer is not None:
                found[outer.elsewhere.get(name, outer), name].append(walked.node)
        return found

    @cached_property
    def _modules(self) -> dict[_Key, list[str]]:
        """The modules that `import` statements bind names to."""
        found: dict[_Key, list[str]] = defaultdict(list)
        for node, scope in self._walk.statements.get(ast.Import, ()):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                name = alias.asname or top
                module = alias.name if alias.asname else top
                found[scope.elsewhere.get(name, scope), name].append(module)
        return found

    @cached_property
    def _module_names(self) -> frozenset[str]:
        """The names of modules: what `import` statements name, and all that encloses it."""
        found = set(_NO_IMPORT)
        for node, _ in self._walk.statements.get(ast.Import, ()):
            for alias in node.names:
                found.update(enclosing_modules(alias.name))
        return frozenset(found)


def frame_scope(scope: Scope) -> Scope:
    """The scope of the frame that a scope belongs to."""
    while scope.kind is ScopeKind.COMPREHENSION and scope.outer is not None:
        scope = scope.outer
    return scope


def enclosing_modules(name: str) -> Sequence[str]:
    """A module and those that it is in: `a`, `a.b` and `a.b.c`."""
    return list(accumulate(name.split("."), "{}.{}".format))
