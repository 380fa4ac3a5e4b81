"""Where a Python file calls what, by resolved names."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk

MOST_CALLS = 300
"""How many different calls of a unit are kept. With more, its facts are cut."""


class CallsOfUnits:
    """The resolved names of what each unit calls."""

    def __init__(self, walk: Walk) -> None:
        self.cut = False
        self._by_owner: dict[int, set[str]] = defaultdict(set)
        units = {id(one.node) for one in walk.definitions}
        units.update(id(one.node) for one in walk.free)
        for (_, scope, names), home in zip(walk.named_calls, walk.homes, strict=True):
            for around in _around(scope):
                self._by_owner[id(around)].update(names)
            # It stands in the head of a definition, or in no function at all.
            statement = _statement(home)
            if id(statement) in units:
                self._by_owner[id(statement)].update(names)

    def of(self, *owners: object) -> tuple[str, ...]:
        """The names that are called in scopes and in the own words of statements, sorted.

        What is not known has no name.
        """
        every = set().union(*(self._by_owner.get(id(owner), ()) for owner in owners))
        names = sorted({name[:LONGEST_NAME] for name in every} - {""})
        self.cut |= len(names) > MOST_CALLS
        return tuple(names[:MOST_CALLS])


def _statement(home: Any) -> ast.stmt:
    """The statement that a handler or case belongs to, or that it is."""
    while not isinstance(home, ast.stmt):
        home = home._bandit_parent  # noqa: SLF001 - the walk has put it there
    return home


def _around(scope: Scope | None) -> Iterator[Scope]:
    """A scope and those around it."""
    while scope is not None:
        yield scope
        scope = scope.outer
