"""The scopes of a Python file, and which of them a name can belong to."""

import ast
from collections.abc import Iterable, Iterator
from enum import Enum

Alias = tuple[ast.expr, "Scope"]
"""An expression and the scope that it stands in."""

Given = str | Alias
"""What a name is bound to: a full dotted name, or an expression."""


class ScopeKind(Enum):
    """How names are looked up."""

    FILE = "file"
    CLASS = "class"
    FUNCTION = "function"
    """A lambda, too."""
    COMPREHENSION = "comprehension"


class Scope:
    """A stretch of code with names of its own. It is filled while the tree is walked.

    `bound` counts how often each name is bound here, `given` is what they are bound to, as far as that
    can be read, and `members` the same for the attributes of a class that are set from outside of its
    body. `elsewhere` is where the names of `global` and `nonlocal` belong. `name` is the qualified
    name of the definition. `receiver` is the first parameter of a method, such as `self`.
    `is_opening`: so far nothing in the file has run but imports and constants.
    """

    __slots__ = (
        "_waiting",
        "bound",
        "elsewhere",
        "given",
        "is_opening",
        "kind",
        "members",
        "name",
        "outer",
        "receiver",
        "top_imports",
    )

    def __init__(self, kind: ScopeKind, outer: "Scope | None", name: str) -> None:
        self.kind = kind
        self.outer = outer
        self.name = name
        self.bound: dict[str, int] = {}
        self.given: dict[str, list[Given]] = {}
        self.members: dict[str, list[Given]] = {}
        self.elsewhere: dict[str, Scope] = {}
        self.receiver: str | None = None
        self.is_opening = True
        self.top_imports: set[str] = set()
        self._waiting: dict[str, list[Given | None]] = {}

    def bind(self, name: str, given: Given | None = None) -> None:
        """Bind a name here, or where `global` and `nonlocal` say that it belongs."""
        if name in self._waiting:
            self._waiting[name].append(given)
            return
        scope = self.elsewhere.get(name, self)
        scope.bound[name] = scope.bound.get(name, 0) + 1
        if given is not None:
            scope.given.setdefault(name, []).append(given)

    def unbind(self, name: str) -> None:
        """Take one binding back."""
        self.bound[name] = self.bound.get(name, 0) - 1

    def binds(self, name: str) -> bool:
        """Whether the name is bound here."""
        return self.bound.get(name, 0) > 0

    def is_settled(self, name: str) -> bool:
        """Whether an import that runs before everything else is all that binds the name."""
        return name in self.top_imports and self.bound[name] == 1

    def declare_global(self, names: Iterable[str]) -> None:
        """Take in a `global` statement."""
        owner = self.file()
        if owner is not self:
            self.elsewhere.update(dict.fromkeys(names, owner))

    def declare_nonlocal(self, names: Iterable[str]) -> None:
        """Take in a `nonlocal` statement. Whose names these are is known once the file is walked."""
        for name in names:
            self._waiting.setdefault(name, [])

    def settle_nonlocals(self) -> None:
        """Bind the names of `nonlocal` statements where they belong."""
        waiting, self._waiting = self._waiting, {}
        for name, given in waiting.items():
            owner = self._function_that_binds(name)
            if owner is not None:
                self.elsewhere[name] = owner
            for one in given:
                self.bind(name, one)

    def _function_that_binds(self, name: str) -> "Scope | None":
        scope = self.outer
        while scope is not None:
            if scope.kind is ScopeKind.FUNCTION and name in scope.elsewhere:
                return scope.elsewhere[name]
            if scope.kind is ScopeKind.FUNCTION and scope.binds(name):
                return scope
            scope = scope.outer
        return None

    def file(self) -> "Scope":
        """The scope of the whole file."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def method(self) -> "Scope | None":
        """The scope of the method that this one is in, or is."""
        scope: Scope | None = self
        while scope is not None and scope.receiver is None:
            scope = scope.outer
        return scope


def owners_of(name: str, scope: Scope) -> Iterator[Scope]:
    """The scopes whose bindings of a name can be meant in a scope, the innermost first."""
    current: Scope | None = scope
    sees_class = True
    in_class = False
    while current is not None:
        is_class = current.kind is ScopeKind.CLASS
        # What a function inside of a class does not see are the names of the class.
        if sees_class or not is_class:
            if name in current.elsewhere:
                yield from _as_owner(name, current.elsewhere[name])
                return
            if current.binds(name):
                yield current
                in_class |= is_class
                # Only a function binds a name for all of its lines. What a class or a comprehension binds
                # may not be bound yet, or any more.
                if current.kind is ScopeKind.FUNCTION:
                    break
        sees_class &= current.kind is not ScopeKind.FUNCTION
        current = current.outer
    # A name that the body of a class binds is, before that, the file's, and not that of a function around.
    if in_class and current is not None:
        yield from _as_owner(name, scope.file())


def _as_owner(name: str, scope: Scope) -> Iterator[Scope]:
    if scope.binds(name):
        yield scope
