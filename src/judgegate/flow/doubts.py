"""Why the names of a Python file may mean something else than they seem to."""

import ast
from collections.abc import Iterator
from functools import cached_property

from judgegate.flow.scope_tables import ScopeTables
from judgegate.sources.python_names import written
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk

STAR_IMPORT = "star import"
GLOBALS = "globals"
MODULE_ATTRIBUTE = "module attribute"

_SPACES = frozenset({"globals", "locals", "vars"})
"""What gives, without an argument, the names themselves."""

_READING = frozenset({"copy", "get", "items", "keys", "values"})


class NameDoubts:
    """Answers whether a name can be relied upon.

    Args:
        walk: what the walk over the tree has written down.
        tables: what it has written down, by scopes.
    """

    def __init__(self, walk: Walk, tables: ScopeTables) -> None:
        self._walk = walk
        self._tables = tables

    def about(self, name: str, scope: Scope) -> Iterator[str]:
        """The doubts about a name that belongs to no function."""
        owner = self._tables.owner(name, scope)
        if owner is not None and owner.kind is not ScopeKind.FILE:
            return
        if self._walk.imported.stars:
            yield STAR_IMPORT
        if self._is_dynamic:
            yield GLOBALS

    def is_patched(self, name: str) -> bool:
        """Whether a full name belongs to a module to whose attributes the file assigns."""
        return name.startswith(self._patched)

    @cached_property
    def _patched(self) -> tuple[str, ...]:
        """The full names of these modules, each with a dot."""
        found: set[str] = set()
        for owner, scope in self._assigned_to():
            base = (written(owner) or "").partition(".")[0]
            if self._walk.names.means_import(base, scope):
                found.update(self._walk.names.of_callee(owner, scope))
        found.discard("")
        return tuple(f"{name}." for name in sorted(found))

    def _assigned_to(self) -> Iterator[tuple[ast.expr, Scope]]:
        """What attributes are assigned of, by a statement or by `setattr`."""
        for node, scope in self._walk.members:
            yield node.value, scope
        for call, scope, names in self._walk.named_calls:
            if "setattr" in names and call.args:
                yield call.args[0], scope

    @cached_property
    def _is_dynamic(self) -> bool:
        """Whether the file may bind names by `globals()` and its like."""
        for call, _, names in self._walk.named_calls:
            gives_names = not call.args and not _SPACES.isdisjoint(names)
            if gives_names and not _only_reads(call):
                return True
        return False


def _only_reads(call: ast.Call) -> bool:
    """Whether what a call gives back is only looked into."""
    parent = call._bandit_parent  # type: ignore[attr-defined]  # noqa: SLF001 - the walk has put it there
    match parent:
        case ast.Subscript(ctx=ast.Load()) | ast.Compare():
            return True
        case ast.Attribute(attr=attr):
            return attr in _READING
    return False
