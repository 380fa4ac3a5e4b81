"""What the names of a Python file may mean, scope by scope.

Every binding of the file is known before a name is looked up, whatever the order in which the lines
run. A name is all that it may be: each module or function that a binding gives it, and itself,
since it may come from where nothing here can see. Only where an import that comes before everything
else is all that binds it, it is that and nothing else.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

from judgegate.model.evidence_context import UNKNOWN as UNKNOWN_NAME
from judgegate.model.facts import ANYTHING, LONGEST_NAME
from judgegate.sources.python_scopes import Alias, Given, Scope, ScopeKind, owners_of

MOST_READ = 64
"""So many meanings of an expression are told apart. Beyond that it may be anything of their modules."""

_DEEPEST = 8
"""Dots in a name that an alias gives: no name that matters has more, and `node = node.next` has no end."""

_MOST_ROUNDS = 1000
"""How often aliases of aliases are followed. Honest files need three rounds."""

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

_SIGNS = {"": "", ANYTHING: ANYTHING}
"""Parts of a name that are no words: one that is not known, and one that may be anything."""

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

Meanings = frozenset[str]
UNKNOWN: Meanings = frozenset({""})
NOTHING: Meanings = frozenset()
_Key = tuple[int, str]
"""A scope, by its id, and a name in it."""


class Names:
    """Answers what an expression may stand for, once all bindings of a file are known.

    Args:
        scopes: those of the file, itself first.
        stars: the modules that it imports all names of.
        is_dynamic: whether it may bind names in a way that cannot be read, as by `globals()`.
    """

    def __init__(
        self, scopes: Sequence[Scope], stars: Iterable[str], *, is_dynamic: bool = False
    ) -> None:
        self._scopes = scopes
        self._stars = tuple(sorted(stars))
        self._is_dynamic = is_dynamic
        self._classes = {
            scope.name: scope for scope in scopes if scope.kind is ScopeKind.CLASS
        }
        self._starred: dict[str, Meanings] = {}
        self._meanings: dict[_Key, Meanings] = {}
        self._settle()
        self._everywhere: dict[str, Meanings] = {}
        if is_dynamic:
            for (_, name), found in self._meanings.items():
                self._everywhere[name] = _bounded(found | self.smuggled(name))
        given = [name for (_, name), found in self._meanings.items() if found]
        self._names = {part for name in given for part in name.split(".")}

    def of_callee(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """The full dotted names that what is called may have, sorted; never empty.

        A part that is not known is empty, as in `.run` for `make().run`; one that may be anything is
        `ANYTHING`.
        """
        plain = written(node)
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
            for name in (*scope.given, *dict(self._members_of(scope))):
                yield scope.name, name, self.given(scope, name)

    def is_settled(self, name: str, owners: Sequence[Scope]) -> bool:
        """Whether a name is what one import makes it, and nothing else."""
        if self._stars or self._is_dynamic or len(owners) != 1:
            return False
        return owners[0].is_settled(name)

    def means_import(self, name: str, scope: Scope) -> bool:
        """Whether a name may stand for something from outside of the file."""
        return any(self.given(owner, name) for owner in owners_of(name, scope))

    def starred(self, name: str) -> Meanings:
        """What a name may be that nothing in the file binds, as far as stars bring it in."""
        if len(self._stars) > MOST_READ:
            return frozenset({ANYTHING})
        known = self._starred.get(name)
        if known is None:
            known = frozenset(f"{module}.{name}" for module in self._stars)
            self._starred[name] = known
        return known

    def smuggled(self, name: str) -> Meanings:
        """What a name may be because of bindings that cannot be read: what it is anywhere in the file."""
        return self._everywhere.get(name, NOTHING)

    def attribute_of(self, name: str, attr: str, scope: Scope) -> Meanings:
        """What the file itself gives to `name.attr`: in the body of a class, in a method, or by that name."""
        found = self.given(self._scopes[0], f"{name}.{attr}")
        method = scope.method()
        owner = self._classes.get(name)
        if method is not None and name == method.receiver:
            owner = method.outer
        return found if owner is None else found | self.given(owner, attr)

    def _settle(self) -> None:
        """Find what every binding means: again and again, until aliases of aliases add nothing."""
        aliases: list[tuple[_Key, Alias]] = []
        for scope in self._scopes:
            for name, given in (*scope.given.items(), *self._members_of(scope)):
                expressions = self._take_texts(scope, name, given)
                aliases += [((id(scope), name), one) for one in expressions]
        reading = _Reading(self, itself=False)
        for _ in range(_MOST_ROUNDS):
            if not [alias for alias in aliases if self._follow(reading, *alias)]:
                return
            # A chain whose last link comes first is followed in one round as well.
            aliases.reverse()
        for key, _ in aliases:
            self._meanings[key] = frozenset({ANYTHING})

    def _members_of(self, scope: Scope) -> Iterator[tuple[str, list[Given]]]:
        """The attributes that are set in a scope, as far as it is known what on."""
        for name, given in scope.members.items():
            owner, dot, _ = name.partition(".")
            # `thing.run = ...` says nothing of the next thing. A class or module is the same everywhere.
            if not dot or owner in self._classes or owner in scope.given:
                yield name, given

    def _take_texts(self, scope: Scope, name: str, given: Iterable[Given]) -> list[Alias]:
        """Take in what a name is given that needs no other name; the expressions that do.

        `model = model.Model` needs none: it would grow each time that it is read.
        """
        texts = _bounded({one for one in given if isinstance(one, str)})
        expressions: list[Alias] = []
        rests: set[str] = set()
        for one in given:
            if isinstance(one, str):
                continue
            rest = _rest_of_itself(name, scope, one)
            if rest is None:
                expressions.append(one)
            else:
                rests.add(rest)
        # Beyond the bound it is of no interest which.
        more = {text + rest for text, rest in product(texts, sorted(rests)[:MOST_READ])}
        known = self._meanings.get((id(scope), name), NOTHING)
        self._meanings[id(scope), name] = _bounded(known | texts | more)
        return expressions

    def _follow(self, reading: "_Reading", key: _Key, alias: Alias) -> bool:
        """Add to an alias what it stands for by now. Whether that was anything new."""
        before = self._meanings.get(key, NOTHING)
        more = [one for one in reading.of(*alias) if _is_known(one)]
        self._meanings[key] = _bounded(before.union(more))
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
        owners = list(owners_of(name, scope))
        found = NOTHING.union(*(self._names.given(owner, name) for owner in owners))
        if not owners:
            found = found.union(self._names.starred(name))
        if self._itself:
            found = found.union(self._names.smuggled(name))
        if not owners or (self._itself and not self._names.is_settled(name, owners)):
            found |= {name}
        return _bounded(found)

    def _of_attribute(self, value: ast.expr, attr: str, scope: Scope) -> Meanings:
        bases = self.of(value, scope)
        found = {f"{base}.{attr}" for base in bases}
        if isinstance(value, ast.Name):
            found |= self._names.attribute_of(value.id, attr, scope)
        # To call a function's `__call__` is to call it.
        return _bounded(found | bases if attr == "__call__" else found)

    def _of_call(self, node: ast.Call, scope: Scope) -> Meanings:
        """What a call gives back, where that can be read: an attribute, a module, a wrapped function."""
        # Without this, a long chain of calls would be read once for each of its links.
        if written(node.func) is None:
            return UNKNOWN
        callee = {name for one in self.of(node.func, scope) for name in _spelt(one)}
        arguments = [*node.args, *_named(node.keywords, "name")]
        match arguments:
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


def written(node: ast.expr) -> str | None:
    """The dotted name as it is written, or None where it is more than that."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def as_one_name(names: Iterable[str]) -> str:
    """The names that something may have as a single one: sorted, bounded, and names all the same.

    A name that the code gives as a text may be anything: half a character, or a secret.
    """
    return "|".join(sorted({_shown(name) for name in names}))[:LONGEST_NAME]


def _shown(name: str) -> str:
    """A dotted name, with `?` for each part that is none."""
    if not name:
        return UNKNOWN_NAME
    parts = name[: LONGEST_NAME + 1].split(".")
    return ".".join(
        part if part.isidentifier() else _SIGNS.get(part, UNKNOWN_NAME) for part in parts
    )


def _rest_of_itself(name: str, scope: Scope, alias: Alias) -> str | None:
    """What follows the name where it is given itself or an attribute of itself, else None."""
    node, place = alias
    # In the body of a class the same name is at first that of the file.
    if scope.kind is ScopeKind.CLASS:
        return None
    root, dot, rest = (written(node) or "").partition(".")
    if root != name or scope not in owners_of(name, place):
        return None
    return dot + rest


def _named(keywords: Iterable[ast.keyword], name: str) -> Iterator[ast.expr]:
    return (keyword.value for keyword in keywords if keyword.arg == name)


def _is_known(name: str) -> bool:
    """Whether all parts of a name are known, and it is none that only grows."""
    return name != "" and name.strip(".") == name and name.count(".") <= _DEEPEST


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
    """The meanings, or, where they are too many, anything of the modules that they are of."""
    # What may be anything stays so: else each further meaning would look like something new.
    if ANYTHING in meanings:
        return frozenset({ANYTHING})
    open_roots = {_root(one) for one in meanings if one.endswith(f".{ANYTHING}")}
    if open_roots:
        meanings = {one for one in meanings if _root(one) not in open_roots}
        meanings |= {f"{root}.{ANYTHING}" for root in open_roots}
    if len(meanings) <= MOST_READ:
        return frozenset(meanings)
    # A name without dots is a builtin, and in no module.
    fewer = {f"{_root(one)}.{ANYTHING}" if "." in one else one for one in meanings}
    return frozenset(fewer) if len(fewer) <= MOST_READ else frozenset({ANYTHING})


def _root(name: str) -> str:
    return name.partition(".")[0]
