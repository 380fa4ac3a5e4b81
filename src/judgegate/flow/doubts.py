"""Why the names of a Python file may mean something else than they seem to.

Most doubts end with a digest of the statements that they come from. So they stay the same for as
long as these do, and a finding is another one where a patch is replaced by a different one.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from msgspec import Struct

from judgegate.flow.changes import home_around
from judgegate.flow.scope_tables import ScopeTables, enclosing_modules
from judgegate.model.evidence_context import RELATIVE_IMPORT
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk

STAR_IMPORT = "star import"
GLOBALS = "globals"
MODULE_ATTRIBUTE = "module attribute"
MODULE_CONTENT = "module content"

_SPACES = frozenset({"globals", "locals", "vars"})
"""What gives, without an argument, the names themselves."""

_READING = frozenset({"copy", "get", "items", "keys", "values"})

_SETTERS = frozenset({"delattr", "setattr"})
_MOCK = "mock.patch"
_MOCK_OBJECT = "mock.patch.object"

DigestOf = Callable[[Any, Scope], str]
"""The digest of a statement in a scope, with all that it depends on."""


class Patch(Struct, frozen=True):
    """A statement that changes what belongs to another module.

    `name` is the full name of what is another one from then on. Where `only_fills`, it is the same
    container with another content, as in `os.environ["PATH"] = ...`.
    """

    name: str
    home: Any
    scope: Scope
    only_fills: bool = False


class NameDoubts:
    """Answers whether a name can be relied upon.

    Args:
        walk: what the walk over the tree has written down.
        tables: what it has written down, by scopes.
        digest_of: the digests of statements.
    """

    def __init__(self, walk: Walk, tables: ScopeTables, digest_of: DigestOf) -> None:
        self._walk = walk
        self._tables = tables
        self._digest_of = digest_of
        self._patched: dict[str, list[str]] = {}

    def about(self, name: str, scope: Scope) -> Iterator[str]:
        """The doubts about a name: where it comes from, and whether the file may bind it anew."""
        yield from self._relative.get(name, ())
        owner = self._tables.owner(name, scope)
        if owner is not None and owner.kind is not ScopeKind.FILE:
            return
        if self._walk.imported.stars:
            yield STAR_IMPORT
        yield from self._dynamic

    def of_patches(self, names: Iterable[str]) -> Iterator[str]:
        """The doubts about full names: the file changes what they mean, or what is in there."""
        if self._patches:
            wholes = chain.from_iterable(map(enclosing_modules, names))
            for whole in dict.fromkeys(wholes):
                yield from self._of_patched(whole)

    def _of_patched(self, name: str) -> Sequence[str]:
        """The doubts about a full name that is patched itself, one for each kind of patch."""
        known = self._patched.get(name)
        if known is None:
            known = self._patched[name] = []
            for doubt, only_fills in ((MODULE_ATTRIBUTE, False), (MODULE_CONTENT, True)):
                found = self._patches.get(name, ())
                homes = {
                    one.home: one.scope for one in found if one.only_fills == only_fills
                }
                known += [self._with_digest(doubt, homes)] if homes else []
        return known

    def _with_digest(self, doubt: str, homes: Mapping[Any, Scope]) -> str:
        """A doubt with the digest of the statements that it comes from, each with its scope."""
        digests = sorted(self._digest_of(*home) for home in homes.items())
        return f"{doubt} {self._walk.digest_all(''.join(digests).encode()).hex()}"

    @cached_property
    def _relative(self) -> Mapping[str, Sequence[str]]:
        """From which modules beside this one names are imported. Their full names do not say so."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, module, _ in relative_imports(self._walk):
            found[name].append(f"{RELATIVE_IMPORT} {module}")
        return found

    @cached_property
    def _patches(self) -> Mapping[str, list[Patch]]:
        """The patches by the full name of what they change."""
        found: dict[str, list[Patch]] = defaultdict(list)
        for patch in _find_patches(self._walk):
            found[patch.name].append(patch)
        return found

    @cached_property
    def _dynamic(self) -> tuple[str, ...]:
        """Whether the file may bind names by `globals()`, by `exec` and their like."""
        homes: dict[Any, Scope] = {}
        for (call, scope, names), home in zip(
            self._walk.named_calls, self._walk.homes, strict=True
        ):
            gives_names = not call.args and not _SPACES.isdisjoint(names)
            # It binds names where it is called, unless it gets a dictionary for them.
            is_run_here = scope.kind is ScopeKind.FILE and len(call.args) == 1
            may_give = gives_names and not _only_reads(call)
            if may_give or (is_run_here and "exec" in names):
                homes[home] = scope
        return (self._with_digest(GLOBALS, homes),) if homes else ()


def relative_imports(walk: Walk) -> Iterator[tuple[str, str, Scope]]:
    """The names that relative imports bind, each with the module, such as `.lib`, and the scope."""
    for node, scope in walk.statements.get(ast.ImportFrom, ()):
        if node.level:
            module = f"{'.' * node.level}{node.module or ''}"
            yield from ((one.asname or one.name, module, scope) for one in node.names)


def _only_reads(call: ast.Call) -> bool:
    """Whether what a call gives back is only looked into."""
    parent = call._bandit_parent  # type: ignore[attr-defined]  # noqa: SLF001 - the walk has put it there
    match parent:
        case ast.Subscript(ctx=ast.Load()) | ast.Compare():
            return True
        case ast.Attribute(attr=attr):
            return attr in _READING
    return False


def _find_patches(walk: Walk) -> Iterator[Patch]:
    """The patches of a file.

    shlex.quote = str
    setattr(shlex, "quote", str)
    vars(shlex)["quote"] = str
    mock.patch("shlex.quote", str).start()
    """
    for one in chain(_set_attributes(walk), _set_items(walk), _called(walk)):
        # What has no name is not known. What is done to `quote.__code__` is done to `quote`.
        name = one.name.partition(".__")[0]
        if name and not name.startswith("."):
            yield Patch(name, one.home, one.scope, one.only_fills)


def _set_attributes(walk: Walk) -> Iterator[Patch]:
    """`shlex.quote = ...`, and the use of `shlex.__dict__`."""
    for node, scope in walk.members:
        if _is_from_outside(node, scope, walk):
            for name in walk.names.of_callee(node, scope):
                yield Patch(name, home_around(node), scope)


def _set_items(walk: Walk) -> Iterator[Patch]:
    """`vars(shlex)["quote"] = ...`, and `settings.COMMANDS["list"] = ...`."""
    for node, scope in walk.statements.get(ast.Assign, ()):
        for target in node.targets:
            if isinstance(target, ast.Subscript) and _is_from_outside(target, scope, walk):
                for name in walk.names.of_callee(target, scope):
                    yield Patch(name, node, scope)
                for name in walk.names.of_callee(target.value, scope):
                    yield Patch(name, node, scope, only_fills=True)


def _called(walk: Walk) -> Iterator[Patch]:
    """`setattr(shlex, "quote", ...)`, `mock.patch("shlex.quote", ...)`.

    A patch by `with` or a decorator ends with its block, and stands around what it concerns.
    """
    for (call, scope, names), home in zip(walk.named_calls, walk.homes, strict=True):
        if not call.args or not isinstance(home, ast.Expr | ast.Assign):
            continue
        if any(name in _SETTERS or name.endswith(_MOCK_OBJECT) for name in names):
            if _is_from_outside(call.args[0], scope, walk):
                for owner in walk.names.of_callee(call.args[0], scope):
                    attr = _text_at(call, 1)
                    yield Patch(f"{owner}.{attr}" if attr else owner, home, scope)
        elif any(name.endswith(_MOCK) for name in names):
            yield Patch(_text_at(call, 0), home, scope)


def _text_at(call: ast.Call, place: int) -> str:
    """The text that a call gets at a place, empty where it is no plain text."""
    match call.args[place : place + 1]:
        case [ast.Constant(value=str(text))]:
            return text
    return ""


def _is_from_outside(node: ast.expr, scope: Scope, walk: Walk) -> bool:
    """Whether an expression begins with a name that an import brings.

    shlex.quote, sys.modules["shlex"].quote, vars(shlex)["quote"], import_module("shlex").quote
    """
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=value) | ast.Subscript(value=value):
                node = value
            case ast.Call(args=[ast.Name() | ast.Attribute() as value, *_]):
                node = value
            case ast.Call(func=func):
                node = func
            case _:
                return False
    return node.id in {"__builtins__", "__import__"} or walk.names.means_import(
        node.id, scope
    )
