"""What a Python file calls, by resolved names, and why these cannot be relied upon."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk

MOST_CALLS = 300
"""How many different calls of a unit are kept. With more, its facts are cut."""


_DYNAMIC = frozenset({"globals", "locals", "exec", "eval", "setattr", "vars"})

_ENDING = re.compile(
    r"quit|sys\.exit|os\._exit|os\.abort|(?:.*\.)?(?:abort|exit|fail)|(?:.*[._])?parser\.error"
    r"|pytest\.(?:skip|xfail)|self\.skipTest"
)
"""What ends the program or raises whatever it gets, as `flask.abort`, `ctx.exit` and `pytest.fail`.

What argparse calls `error` ends the program.
"""


def never_returns(names: Iterable[str]) -> bool:
    """Whether a call of one of these names ends the program, or raises whatever it gets."""
    return any(map(_ENDING.fullmatch, names))


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


def doubts_of_names(walk: Walk) -> Iterator[str]:
    """Why names cannot be relied upon, sorted."""
    called = {name for _, _, names in walk.named_calls for name in names}
    if called & _DYNAMIC:
        yield "globals"
    if any(_is_imported(walk, *one) for one in walk.members):
        yield "module attribute"
    if any(name.endswith("*") for name in walk.imported.names):
        yield "star import"


def _is_imported(walk: Walk, node: ast.Attribute, scope: Scope) -> bool:
    """Whether an attribute is one of something that the file imports."""
    owner = node.value
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and walk.names.means_import(owner.id, scope)
