"""The functions and classes of a Python file: which of them a call means, and the digests of what they do."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeGuard

from msgspec import Struct

from judgegate.flow.scope_tables import BoundName, ScopeTables
from judgegate.sources.python_names import written
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode, FunctionNode, WalkedDefinition

DEPTH = 2
"""So many functions are entered, one from the other."""


class Meant(Struct, frozen=True, eq=False):
    """The definitions of this file that may be called. `is_sure`: nothing else may be meant."""

    nodes: Sequence[DefinitionNode] = ()
    is_sure: bool = False


NOTHING = Meant()


class Definitions:
    """Answers which definitions are meant.

    Args:
        walk: what the walk over the tree has written down.
        tables: what it has written down, by scopes.
    """

    def __init__(self, walk: Walk, tables: ScopeTables) -> None:
        self._walk = walk
        self._tables = tables
        self._meant: dict[tuple[object, str], Meant] = {}

    def meant_by(self, func: ast.expr, scope: Scope) -> Meant:
        """The definitions that are meant by what is called in a scope.

        A method of something that is not known may be any method of this name. Then its digest
        counts, because it may be what makes a value safe.
        """
        match func:
            case ast.Name(id=name):
                return self._by_name(self._tables.owners(name, scope), name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                holder = self.class_of(name, scope)
                if holder is not None:
                    return self._method(holder, attr)
                # A module's functions are not methods of this file.
                is_imported = self._tables.is_imported(name, scope)
                return NOTHING if is_imported else self._any_method(attr)
            case ast.Attribute(attr=attr):
                return self._any_method(attr)
        return NOTHING

    def class_of(self, name: str, scope: Scope) -> Scope | None:
        """The scope of the class that a name means, or, in a method, whose object it is.

        Of several classes with one name it is the last.
        """
        owner = self._tables.owner(name, scope)
        if owner is None:
            return None
        if self.is_receiver(name, owner):
            return owner.outer
        bound = self._tables.bound(name, owner)
        if bound.is_defined and isinstance(bound.definitions[-1], ast.ClassDef):
            return self._walk.inner[bound.definitions[-1]]
        return None

    def is_receiver(self, name: str, owner: Scope) -> bool:
        """Whether a name that belongs to a scope is the object of the method."""
        if owner.receiver != name:
            return False
        decorators = getattr(self._tables.nodes[owner], "decorator_list", ())
        return "staticmethod" not in map(written, decorators)

    def is_object(self, name: str, owner: Scope) -> bool:
        """Whether a name is the object of a method for all of its lines."""
        return owner.bound.get(name) == 1 and self.is_receiver(name, owner)

    def family(self, holder: Scope) -> Sequence[Scope]:
        """The classes of this file that a class inherits from or that inherit from it, itself with them.

        A method of one may be called on an object of the other, and see its attributes.
        """
        return self._families.get(holder, (holder,))

    def properties(self, holder: Scope, name: str) -> list[FunctionNode]:
        """The methods of a class that are read as attributes."""
        nodes = self._tables.bound(name, holder).definitions
        return [node for node in nodes if _is_property(node)]

    def holders_of(self, holder: Scope) -> Sequence[tuple[Scope, str]]:
        """The names by which a class and its objects are held, each with the frame that it belongs to."""
        return self._holders.get(holder, ())

    def called_in(self, node: DefinitionNode) -> Iterator[tuple[DefinitionNode, bool]]:
        """The definitions of this file that a definition may call, each with whether it surely does."""
        known = {NOTHING}
        for call, scope, _ in self._tables.calls_under(self._walk.inner[node]):
            meant = self.meant_by(call.func, scope)
            if meant not in known:
                known.add(meant)
                yield from ((one, meant.is_sure) for one in meant.nodes)

    def _by_name(self, owners: Sequence[Scope], name: str) -> Meant:
        """The definitions that a plain name means."""
        key = (owners, name)
        known = self._meant.get(key)
        if known is None:
            bound = [self._tables.bound(name, owner) for owner in owners]
            is_sure = all(one.is_defined for one in bound)
            known = self._meant[key] = _meant(bound, is_sure=is_sure)
        return known

    def _method(self, holder: Scope, attr: str) -> Meant:
        """The methods that a name means in a class, or in one that is related to it."""
        key = (holder, attr)
        known = self._meant.get(key)
        if known is None:
            family = self.family(holder)
            bound = [self._tables.bound(attr, scope) for scope in family]
            is_sure = all(one.is_defined or one.count == 0 for one in bound)
            is_set = any(attr in scope.members for scope in family)
            known = self._meant[key] = _meant(bound, is_sure=is_sure and not is_set)
        return known

    def _any_method(self, attr: str) -> Meant:
        """The methods that may be meant where it is not known whose method it is."""
        key = (None, attr)
        known = self._meant.get(key)
        if known is None:
            known = self._meant[key] = Meant(self._methods.get(attr, ()))
        return known

    @cached_property
    def _holders(self) -> dict[Scope, list[tuple[Scope, str]]]:
        """For each class the names that it and its objects are held by."""
        found: dict[Scope, list[tuple[Scope, str]]] = defaultdict(list)
        for walked, outer in self._inner_definitions():
            scope = walked.scope
            if scope.kind is ScopeKind.CLASS:
                found[scope].append((outer, walked.node.name))
            elif scope.receiver is not None:
                found[outer].append((scope, scope.receiver))
        return found

    @cached_property
    def _methods(self) -> dict[str, list[DefinitionNode]]:
        """The methods of all classes, by their names."""
        found: dict[str, list[DefinitionNode]] = defaultdict(list)
        for walked, outer in self._inner_definitions():
            if outer.kind is ScopeKind.CLASS and isinstance(walked.node, FunctionNode):
                found[walked.node.name].append(walked.node)
        return found

    def _inner_definitions(self) -> Iterator[tuple[WalkedDefinition, Scope]]:
        """The definitions, each with the scope around it."""
        for walked in self._walk.definitions:
            if walked.scope.outer is not None:
                yield walked, walked.scope.outer

    @cached_property
    def _families(self) -> dict[Scope, list[Scope]]:
        """For each class all that are joined to it by inheritance, as far as bases have a name."""
        classes = self._classes
        families = {scope: [scope] for scopes in classes.values() for scope in scopes}
        for scope in list(families):
            for base in self._tables.nodes[scope].bases:
                for other in classes.get(_last_part(base), ()):
                    _join(families, scope, other)
        return families

    @cached_property
    def _classes(self) -> dict[str, list[Scope]]:
        """The scopes of the classes, by their plain names."""
        found: dict[str, list[Scope]] = defaultdict(list)
        for scope in self._walk.scopes:
            if scope.kind is ScopeKind.CLASS:
                found[self._tables.nodes[scope].name].append(scope)
        return found


def _last_part(node: ast.expr) -> str:
    """The last part of a dotted name, empty where it is none."""
    return (written(node) or "").rpartition(".")[2]


def _meant(bound: Iterable[BoundName], *, is_sure: bool) -> Meant:
    """All definitions of a name, in whatever scope."""
    nodes = [node for one in bound for node in one.definitions]
    return Meant(nodes, is_sure and bool(nodes))


def _is_property(node: DefinitionNode) -> TypeGuard[FunctionNode]:
    """Whether a decorator makes an attribute of a function."""
    if not isinstance(node, FunctionNode):
        return False
    names = map(_last_part, node.decorator_list)
    return any(name.endswith("property") for name in names)


def _join(families: dict[Scope, list[Scope]], one: Scope, other: Scope) -> None:
    """Make one family of those of two classes."""
    smaller, larger = sorted((families[one], families[other]), key=len)
    if smaller is not larger:
        larger += smaller
        families.update(dict.fromkeys(smaller, larger))
