"""The points of a frame at which it is asked what a name stands for, and their order in a statement."""

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from judgegate.flow.changes import NameChange, end_of

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
END = attrgetter("end")


class Asked(NamedTuple):
    """What is asked for: a name, or an attribute of it."""

    name: str
    attr: str


class State(NamedTuple):
    """What a name stands for once a change has happened."""

    change: NameChange
    asked: Asked


class Meeting(NamedTuple):
    """What a name stands for where paths meet.

    `place` is `after` behind a statement, `head` at the start of a loop and `exit` where it ends by
    itself, `handlers`, `final` and `cases` in front of these blocks.
    """

    place: str
    node: Any
    asked: Asked


class Start(NamedTuple):
    """What a name stands for where its frame begins."""

    asked: Asked


Point = State | Meeting | Start


class Reached(NamedTuple):
    """A point that is read. `goes_back`: the way from there leads back to the start of a loop."""

    point: Point
    goes_back: bool = False


class TextOrder:
    """Answers what comes earlier than the text says. What has been asked about is remembered."""

    def __init__(self) -> None:
        self._around: dict[ast.AST, Any] = {}

    def earlier(
        self, use: Any, home: Any, own: Sequence[NameChange]
    ) -> Iterator[NameChange]:
        """Those of a statement's own changes that may come before a use of the name in it.

        [sink(cmd) or cmd.append(one) for one in more]   # in an earlier round
        sink(cmd) if fill(cmd, more) else None           # the test comes first
        """
        node = self._odd_around(use, home)
        while node is not None:
            first = node.test if isinstance(node, ast.IfExp) else node
            start = bisect_right(own, (first.lineno, first.col_offset), key=END)
            end = bisect_right(own, end_of(first), key=END)
            yield from own[start:end]
            node = self._odd_around(node, home)

    def _odd_around(self, node: Any, home: Any) -> Any:
        """The nearest comprehension around a node, or `a if b else c` in whose `a` it stands."""
        passed = []
        found = None
        while node is not home and found is None:
            if node in self._around:
                found = self._around[node]
                break
            passed.append(node)
            parent = node._bandit_parent  # noqa: SLF001 - the walk has put it there
            if _is_odd(parent, node):
                found = parent
            node = parent
        self._around.update(dict.fromkeys(passed, found))
        return found


def _is_odd(parent: ast.AST, child: ast.AST) -> bool:
    """Whether what stands in a parent behind a child may come before it."""
    if isinstance(parent, ast.IfExp):
        return child is parent.body
    return isinstance(parent, _COMPREHENSIONS)
