"""What the names of a Python file may mean, scope by scope.

Every binding of the file is known before a name is looked up, whatever the order in which the lines
run. A name is all that it may be: each module or function that a binding gives it, and itself,
since it may come from where nothing here can see. Only where an import at the top of the file is
all that binds it, it is that and nothing else.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from itertools import product

from judgegate.model.facts import ANYTHING, MOST_MEANINGS

_MOST_ROUNDS = 20
"""How often aliases of aliases are followed; honest files need three rounds.

What has not settled by then may be anything.
"""

_BUILTINS = ("builtins.", "__builtins__.", "__builtin__.")
_COPIES = (
    "gevent.",
    "eventlet.green.",
    "six.moves.",
    "future.moves.",
    "pip._vendor.",
    "botocore.vendored.",
)
"""Packages with copies of other modules, or with modules that do the same under the same name."""

_IMPORTING = frozenset({"__import__", "importlib.import_module", "importlib.__import__"})
_WRAPPERS = frozenset(
    {
        "functools.partial",
        "functools.partialmethod",
        "staticmethod",
        "classmethod",
        "functools.wraps",
    }
)
"""What gives back a function that it was given."""

Alias = tuple[ast.expr, "Scope"]
"""An expression and the scope that it stands in."""

Given = str | Alias
"""What a name is bound to: a full dotted name, or an expression."""

Meanings = frozenset[str]
UNKNOWN: Meanings = frozenset({""})
NOTHING: Meanings = frozenset()


class ScopeKind(Enum):
    """How names are looked up."""

    FILE = "file"
    CLASS = "class"
    FUNCTION = "function"
    """A lambda, too."""
    COMPREHENSION = "comprehension"


class Scope:
    """A stretch of code with names of its own. It is filled while the tree is walked.

    `bound` counts how often each name is bound here, `given` is what they are bound to, as far as that can be
    read, and `members` the same for the attributes that a class's methods set. `name` is the qualified
    name of the definition. `receiver` is the first parameter of a method, such as `self`.
    """

    __slots__ = (
        "bound",
        "elsewhere",
        "given",
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
        self.top_imports: set[str] = set()

    def bind(self, name: str, given: Given | None = None) -> None:
        """Bind a name here, or where `global` and `nonlocal` say that it belongs."""
        scope = self.elsewhere.get(name, self)
        scope.bound[name] = scope.bound.get(name, 0) + 1
        if given is not None:
            scope.given.setdefault(name, []).append(given)

    def is_settled(self, name: str) -> bool:
        """Whether an import that always runs is all that binds the name."""
        return name in self.top_imports and self.bound[name] == 1

    def declare(self, names: Iterable[str], *, in_file: bool) -> None:
        """Take in a `global` or `nonlocal` statement."""
        for name in names:
            owner = self.file() if in_file else self._enclosing_function(name)
            if owner is not self:
                self.elsewhere[name] = owner

    def file(self) -> "Scope":
        """The scope of the whole file."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def _enclosing_function(self, name: str) -> "Scope":
        """The scope whose name a `nonlocal` statement means."""
        scope = self.outer
        while scope is not None and scope.outer is not None:
            if scope.kind is ScopeKind.FUNCTION:
                return scope.elsewhere.get(name, scope)
            scope = scope.outer
        return self

    def method(self) -> "Scope | None":
        """The scope of the method that this one is in, or is."""
        scope: Scope | None = self
        while scope is not None and scope.receiver is None:
            scope = scope.outer
        return scope


class Names:
    """Answers what an expression may stand for, once all bindings of a file are known.

    Args:
        scopes: those of the file, itself first.
        stars: the modules that it imports all names of.
    """

    def __init__(self, scopes: Sequence[Scope], stars: Iterable[str]) -> None:
        self._scopes = scopes
        self._stars = tuple(sorted(stars))
        self._classes = {
            scope.name: scope for scope in scopes if scope.kind is ScopeKind.CLASS
        }
        self._meanings: dict[tuple[int, str], Meanings] = {}
        self._settle(scopes)
        self._names = {name for (_, name), found in self._meanings.items() if found}

    def of_callee(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """The full dotted names that what is called may have, sorted; never empty.

        A part that is not known is empty, as in `.run` for `make().run`; one that may be anything is
        `ANYTHING`.
        """
        plain = _written(node)
        # Most names are given nothing anywhere in the file: then they are what is written.
        if (
            plain is not None
            and self._names.isdisjoint(plain.split("."))
            and not self._stars
        ):
            return tuple(_spelt(plain))
        found = _Reading(self, itself=True).of(node, scope)
        return tuple(sorted({name for one in found for name in _spelt(one)}))

    def given(self, scope: Scope, name: str) -> Meanings:
        """What the bindings in a scope give to a name."""
        return self._meanings.get((id(scope), name), NOTHING)

    def bindings(self) -> Iterator[tuple[str, str, Meanings]]:
        """What is given to each name, with the qualified name of the scope."""
        for scope in self._scopes:
            for name in (*scope.given, *scope.members):
                yield scope.name, name, self.given(scope, name)

    def is_settled(self, name: str, owners: Sequence[Scope]) -> bool:
        """Whether a name is what one import makes it, and nothing else."""
        return not self._stars and len(owners) == 1 and owners[0].is_settled(name)

    def means_import(self, name: str, scope: Scope) -> bool:
        """Whether a name may stand for something from outside of the file."""
        return any(self.given(owner, name) for owner in _owners(name, scope))

    def starred(self, name: str) -> Iterator[str]:
        """What a name may be that nothing in the file binds, as far as stars bring it in."""
        return (f"{module}.{name}" for module in self._stars)

    def class_of(self, name: str, scope: Scope) -> Scope | None:
        """The class of the file whose attribute is meant by `name.attribute`."""
        method = scope.method()
        if method is not None and name == method.receiver:
            return method.outer
        return self._classes.get(name)

    def _settle(self, scopes: Iterable[Scope]) -> None:
        """Find what every binding means: again and again, until aliases of aliases add nothing."""
        aliases: list[tuple[tuple[int, str], Alias]] = []
        for scope in scopes:
            for name, given in (*scope.given.items(), *scope.members.items()):
                key = (id(scope), name)
                expressions = self._take_texts(key, given)
                aliases += [(key, one) for one in expressions]
        reading = _Reading(self, itself=False)
        for _ in range(_MOST_ROUNDS):
            if not [alias for alias in aliases if self._follow(reading, *alias)]:
                return
        for key, _ in aliases:
            self._meanings[key] = frozenset({ANYTHING})

    def _take_texts(self, key: tuple[int, str], given: Iterable[Given]) -> list[Alias]:
        """Take in what a name is given that needs no other name; the expressions that do."""
        texts = {one for one in given if isinstance(one, str)}
        expressions = [one for one in given if not isinstance(one, str)]
        rests = _rests(key[1], expressions)
        more = {text + rest for rest, text in product(rests, texts)}
        self._meanings[key] = _bounded(self._meanings.get(key, NOTHING) | texts | more)
        return expressions

    def _follow(self, reading: "_Reading", key: tuple[int, str], alias: Alias) -> bool:
        """Add to an alias what it stands for by now. Whether that was anything new."""
        before = self._meanings[key]
        node, scope = alias
        # `model = model.Model` is in already, and would grow each time that it is read.
        if (_written(node) or "").partition(".")[0] == key[1]:
            return False
        more = frozenset(
            one for one in reading.of(node, scope) if one.strip(".") == one != ""
        )
        self._meanings[key] = _bounded(before | more)
        return self._meanings[key] != before


class _Reading:
    """Reads what an expression may stand for.

    `itself`: a name that is bound in the file also stands for itself. Without that, what is given to
    another name is only what comes from outside of the file.
    """

    def __init__(self, names: Names, *, itself: bool) -> None:
        self._names = names
        self._itself = itself

    def of(self, node: ast.expr, scope: Scope) -> Meanings:
        """The meanings of an expression. An unknown one has an empty name."""
        found = UNKNOWN
        match node:
            case ast.Name(id=name):
                found = self._of_name(name, scope)
            case ast.Attribute(value=value, attr=attr):
                found = self._of_attribute(value, attr, scope)
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                found = self.of(value, scope)
            case ast.IfExp(body=body, orelse=orelse):
                found = self._of_any((body, orelse), scope)
            case ast.BoolOp(values=values):
                found = self._of_any(values, scope)
            case ast.Call():
                found = self._of_call(node, scope)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                found = self._of_item(value, key, scope)
        return found

    def _of_any(self, nodes: Iterable[ast.expr], scope: Scope) -> Meanings:
        return _bounded(NOTHING.union(*(self.of(node, scope) for node in nodes)))

    def _of_name(self, name: str, scope: Scope) -> Meanings:
        owners = list(_owners(name, scope))
        found = NOTHING.union(*(self._names.given(owner, name) for owner in owners))
        if not owners:
            found = found.union(self._names.starred(name))
        if not owners or (self._itself and not self._names.is_settled(name, owners)):
            found |= {name}
        return _bounded(found)

    def _of_attribute(self, value: ast.expr, attr: str, scope: Scope) -> Meanings:
        bases = self.of(value, scope)
        found = {f"{base}.{attr}" for base in bases}
        if isinstance(value, ast.Name):
            owner = self._names.class_of(value.id, scope)
            if owner is not None:
                found |= self._names.given(owner, attr)
        # To call a function's `__call__` is to call it.
        return _bounded(found | bases if attr == "__call__" else found)

    def _of_call(self, node: ast.Call, scope: Scope) -> Meanings:
        """What a call gives back, where that can be read: an attribute, a module, a wrapped function."""
        # Without this, a long chain of calls would be read once for each of its links.
        if _written(node.func) is None:
            return UNKNOWN
        callee = self.of(node.func, scope)
        match node.args:
            case [value, ast.Constant(value=str(attr)), *_] if "getattr" in callee:
                return self._of_attribute(value, attr, scope)
            case [ast.Constant(value=str(module)), *_] if callee & _IMPORTING:
                # `__import__("a.b")` gives `a`, unless it is asked for a name of it.
                return frozenset({module, module.partition(".")[0]})
            case [value, *_] if callee & _WRAPPERS:
                return self.of(value, scope)
        return UNKNOWN

    def _of_item(self, value: ast.expr, key: str, scope: Scope) -> Meanings:
        """What a dictionary of names holds: `sys.modules`, a `__dict__`, `vars()`, `globals()`."""
        found = UNKNOWN
        match value:
            case ast.Attribute(value=owner, attr="__dict__"):
                found = self._of_attribute(owner, key, scope)
            case ast.Call(func=ast.Name(id="vars"), args=[owner]):
                found = self._of_attribute(owner, key, scope)
            case ast.Call(func=ast.Name(id="globals" | "locals" | "vars"), args=[]):
                found = self._of_name(key, scope)
            case ast.Name(id="__builtins__"):
                found = frozenset({key})
            case ast.Attribute() | ast.Name() if "sys.modules" in self.of(value, scope):
                found = frozenset({key})
        return found


def _owners(name: str, scope: Scope) -> Iterator[Scope]:
    """The scopes whose bindings of a name can be meant in a scope, the innermost first."""
    scope = scope.elsewhere.get(name, scope)
    current: Scope | None = scope
    sees_class = True
    while current is not None:
        # What a function inside of a class does not see are the names of the class.
        if name in current.bound and (sees_class or current.kind is not ScopeKind.CLASS):
            yield current
            # Only a function binds a name for all of its lines. What a class or a comprehension binds may not
            # be bound yet, or any more.
            if current.kind is ScopeKind.FUNCTION:
                return
        if current.kind is ScopeKind.FUNCTION:
            sees_class = False
        current = current.outer


def _rests(name: str, aliases: Iterable[Alias]) -> Iterator[str]:
    """What follows the name where it is given an attribute of itself: `.Model` for `model = model.Model`."""
    for node, _ in aliases:
        written = _written(node) or ""
        if written.startswith(f"{name}."):
            yield written[len(name) :]


def _written(node: ast.expr) -> str | None:
    """The dotted name as it is written, or None where it is more than that."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def _spelt(name: str) -> Iterator[str]:
    """The full name, and what it is a copy of: of a builtin, or of a module of another package."""
    for module in _BUILTINS:
        if name.startswith(module):
            yield name[len(module) :]
            return
    yield name
    for package in _COPIES:
        if name.startswith(package):
            yield name[len(package) :]


def _bounded(meanings: AbstractSet[str]) -> Meanings:
    """The meanings, or `ANYTHING` where they are too many."""
    return frozenset(meanings) if len(meanings) <= MOST_MEANINGS else frozenset({ANYTHING})
