"""Where an expression of a Python file stands: the scope of its names, and the statement."""

import ast
from functools import cached_property
from typing import Any

from msgspec import Struct

from judgegate.flow.changes import HOMES, home_around
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class CodePlace(Struct, frozen=True, eq=False):
    """Where an expression stands. `home` is the statement, handler or case in whose own words it is."""

    scope: Scope
    home: Any


class Places:
    """Answers where expressions stand. What has been asked about is remembered."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._known: dict[ast.AST, CodePlace] = {}

    def of(self, node: ast.AST) -> CodePlace:
        """Where an expression stands."""
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = self._find(node)
        return known

    def keep(self, node: ast.AST, place: CodePlace) -> None:
        """Remember where an expression stands, for who has just met it."""
        self._known.setdefault(node, place)

    @cached_property
    def _calls(self) -> dict[ast.AST, CodePlace]:
        """Where calls stand, which the walk has written down."""
        pairs = zip(self._walk.calls, self._walk.homes, strict=True)
        return {call: CodePlace(scope, home) for (call, scope), home in pairs}

    def _find(self, node: Any) -> CodePlace:
        """Climb until something is met of which it is known.

        Decorators, defaults and bases belong to the scope around a definition, and so does the
        first sequence of a comprehension.
        """
        inner: Any = None
        home: Any = None
        while not isinstance(node, ast.Module):
            if node in self._calls:
                found = self._calls[node]
                return CodePlace(found.scope, home or found.home)
            if home is None and isinstance(node, HOMES):
                home = node
            parent = node._bandit_parent  # noqa: SLF001 - the walk has put it there
            scope = self._walk.inner.get(parent)
            if scope is not None and _is_inside(inner, node, parent):
                return CodePlace(scope, home or home_around(parent))
            inner, node = node, parent
        return CodePlace(self._walk.scopes[0], home)


def _is_inside(inner: Any, child: Any, parent: Any) -> bool:
    """Whether a node is looked up in the scope that its parent opens; `inner` is the node below it."""
    if isinstance(parent, _COMPREHENSIONS):
        # The first sequence is read before there is anything else.
        first = parent.generators[0]
        return not (child is first and inner is first.iter)
    if isinstance(parent, ast.Lambda):
        return child is parent.body
    return isinstance(child, ast.stmt)
