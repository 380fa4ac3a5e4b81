"""Which bindings and changes of a name reach a place in a frame, read backwards.

Where paths meet there is a point, such as what follows an `if`, or the start of a loop. A point reads the
points before it. So what is known of a place need not be worked out again for those behind it.
"""

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from judgegate.sources.python_changes import LAST, NameChange, end_of, position_of
from judgegate.sources.python_frames import CodeFrame
from judgegate.sources.python_jumps import (
    LOOPS,
    TRIES,
    WITHS,
    Jump,
    Jumps,
    always_runs,
    has_default,
    may_swallow,
)
from judgegate.sources.python_points import Asked, Meeting, Point, Reached, Start, State

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_FOR = (ast.For, ast.AsyncFor)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_END = attrgetter("end")


class Reaching:
    """Answers what reaches a place in one frame."""

    def __init__(self, frame: CodeFrame, jumps: Jumps) -> None:
        self._frame = frame
        self._jumps = jumps
        self._places: dict[ast.AST, tuple[Any, str, int]] = {}
        self._starts: dict[tuple[Any, str, Asked], Point] = {}
        self._odd: dict[ast.AST, Any] = {}
        self._touched = cache(self._find_touched)
        self._readers: Mapping[str, Callable[[Any, Asked], Iterator[Reached]]] = {
            "after": self._read_after,
            "cases": self._read_cases,
            "exit": self._read_exit,
            "final": self._read_final,
            "handlers": self._read_handlers,
            "head": self._read_head,
        }

    def at(self, use: Any, home: Any, asked: Asked) -> Iterator[Reached]:
        """What reaches a use of a name in a statement's own words."""
        own = self._frame.own_changes(home, *asked)
        before = bisect_right(own, (use.lineno, use.col_offset), key=_END)
        yield Reached(self._after_words(home, asked, before))
        if own:
            yield from self._out_of_order(use, home, asked)

    def before(self, point: Point) -> Iterator[Reached]:
        """The points that a point reads."""
        if isinstance(point, Meeting):
            yield from self._readers[point.place](point.node, point.asked)
        elif isinstance(point, State) and not point.change.replaces(*point.asked):
            change, asked = point
            home = change.home
            own = self._frame.own_changes(home, *asked)
            first = bisect_left(own, change.end, key=_END)
            number = own.index(change, first)
            # The target of a loop is bound once in each round.
            is_target = isinstance(home, _FOR) and change.end == LAST and number == first
            if is_target and self._is_touched(home, "body", asked):
                yield Reached(Meeting("head", home, asked))
            else:
                yield Reached(self._after_words(home, asked, number))

    def _after_words(self, home: Any, asked: Asked, number: int | None = None) -> Point:
        """The point behind the first so many changes in a statement's own words, without it behind all."""
        own = self._frame.own_changes(home, *asked)
        before = len(own) if number is None else number
        return State(own[before - 1], asked) if before else self._before_words(home, asked)

    def _before_words(self, home: Any, asked: Asked) -> Point:
        """The point in front of a statement's own words. Those of a `while` are read in every round."""
        if isinstance(self._frame.node, ast.Lambda):
            return Start(asked)
        own = self._frame.own_changes(home, *asked)
        if isinstance(home, ast.While) and (own or self._is_touched(home, "body", asked)):
            return Meeting("head", home, asked)
        return self._before(home, asked)

    def _before(self, node: Any, asked: Asked) -> Point:
        """The point in front of a statement, handler or case."""
        parent, field, number = self._place_of(node)
        if field in {"handlers", "cases"}:
            return Meeting(field, parent, asked)
        numbers = self._touched(asked).get((parent, field), ())
        before = bisect_left(numbers, number)
        if before:
            return self._after(getattr(parent, field)[numbers[before - 1]], asked)
        return self._start_of(parent, field, asked)

    def _after(self, node: Any, asked: Asked) -> Point:
        """The point behind a statement that changes what is asked for, itself or in its blocks."""
        if isinstance(node, (*LOOPS, *TRIES, *WITHS, ast.If, ast.Match)):
            return Meeting("after", node, asked)
        return self._after_words(node, asked)

    def _end_of(self, parent: Any, field: str, asked: Asked) -> Point:
        """The point at the end of a block."""
        numbers = self._touched(asked).get((parent, field))
        if numbers:
            return self._after(getattr(parent, field)[numbers[-1]], asked)
        return self._start_of(parent, field, asked)

    def _start_of(self, parent: Any, field: str, asked: Asked) -> Point:
        """The point at the start of a block.

        From there the way goes up, past all blocks in which nothing changes. The answer is kept for each of
        them, because a chain of `elif` can be thousands of blocks deep.
        """
        passed = []
        point: Point | None = None
        while point is None:
            passed.append((parent, field, asked))
            point = self._starts.get(passed[-1]) or self._entry(parent, field, asked)
            if point is None:
                node = parent
                parent, field, number = self._place_of(node)
                numbers = self._touched(asked).get((parent, field), ())
                if field in {"handlers", "cases"} or bisect_left(numbers, number):
                    point = self._before(node, asked)
        self._starts.update(dict.fromkeys(passed, point))
        return point

    def _entry(self, parent: Any, field: str, asked: Asked) -> Point | None:
        """The point at the start of a block, None where it is that in front of the statement."""
        if self._is_outermost(parent):
            return Start(asked)
        if field == "finalbody":
            return Meeting("final", parent, asked)
        if field == "orelse" and isinstance(parent, TRIES):
            return self._end_of(parent, "body", asked)
        if field == "orelse" and isinstance(parent, LOOPS):
            return Meeting("exit", parent, asked)
        return self._entry_of_body(parent, asked)

    def _entry_of_body(self, parent: Any, asked: Asked) -> Point | None:
        """The point behind a statement's own words, which a loop reads in every round."""
        own = self._frame.own_changes(parent, *asked)
        is_again = isinstance(parent, LOOPS) and self._is_touched(parent, "body", asked)
        # Those of a `for` are read once, but for its target.
        is_once = isinstance(parent, _FOR) and own and own[-1].end != LAST
        if is_again and (is_once or not own):
            return Meeting("head", parent, asked)
        return State(own[-1], asked) if own else None

    def _is_outermost(self, node: Any) -> bool:
        """Whether a node is what the frame is the body of."""
        return node is self._frame.node or isinstance(node, ast.Module)

    def _is_touched(self, parent: Any, field: str, asked: Asked) -> bool:
        """Whether something changes in a block."""
        return (parent, field) in self._touched(asked)

    def _find_touched(self, asked: Asked) -> dict[tuple[Any, str], list[int]]:
        """The numbers of the statements in each block in which something changes."""
        found: dict[tuple[Any, str], list[int]] = defaultdict(list)
        for change in self._frame.changes(*asked):
            node = change.home
            while not self._is_outermost(node):
                parent, field, number = self._place_of(node)
                numbers = found[parent, field]
                if numbers and numbers[-1] == number:
                    break
                numbers.append(number)
                node = parent
        return dict(found)

    def _place_of(self, node: Any) -> tuple[Any, str, int]:
        """The node, the field of it, and the number in there, where a statement, handler or case stands."""
        if node not in self._places:
            parent = node._bandit_parent  # noqa: SLF001 - the walk has put it there
            for field in _BLOCKS:
                for number, one in enumerate(getattr(parent, field, ())):
                    self._places[one] = (parent, field, number)
        return self._places[node]

    def _between(self, first: Any, last: Any, asked: Asked) -> Iterator[Reached]:
        """The states behind each change in statements, handlers or cases, from the first to the last."""
        changes = self._frame.changes(*asked)
        start = bisect_left(changes, position_of(first), key=_home_position)
        end = bisect_right(changes, end_of(last), key=_home_position)
        for change in changes[start:end]:
            yield Reached(State(change, asked))

    def _out_of_order(self, use: Any, home: Any, asked: Asked) -> Iterator[Reached]:
        """What happens before a use, though it stands behind it in the text.

        That is what a comprehension does in an earlier round, and what the test of `a if b else c` does.
        """
        node = self._odd_around(use, home)
        while node is not None:
            own = self._frame.own_changes(home, *asked)
            first = node.test if isinstance(node, ast.IfExp) else node
            start = bisect_right(own, (first.lineno, first.col_offset), key=_END)
            end = bisect_right(own, end_of(first), key=_END)
            for change in own[start:end]:
                yield Reached(State(change, asked), goes_back=True)
            node = self._odd_around(node, home)

    def _odd_around(self, node: Any, home: Any) -> Any:
        """The nearest comprehension around a node, or `a if b else c` in whose `a` it stands."""
        passed = []
        found = None
        while node is not home and found is None:
            if node in self._odd:
                found = self._odd[node]
                break
            passed.append(node)
            parent = node._bandit_parent  # noqa: SLF001 - the walk has put it there
            is_body = isinstance(parent, ast.IfExp) and node is parent.body
            if is_body or isinstance(parent, _COMPREHENSIONS):
                found = parent
            node = parent
        self._odd.update(dict.fromkeys(passed, found))
        return found

    def _read_after(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a statement with blocks."""
        if isinstance(node, LOOPS):
            yield from self._read_after_loop(node, asked)
        elif isinstance(node, TRIES):
            yield from self._read_after_try(node, asked)
        elif isinstance(node, WITHS):
            yield from self._read_after_with(node, asked)
        elif isinstance(node, ast.If):
            yield from self._ends(node, ("body", "orelse"), asked)
        else:
            for case in node.cases:
                yield from self._ends(case, ("body",), asked)
            if not has_default(node):
                yield Reached(Meeting("cases", node, asked))

    def _ends(self, node: Any, fields: tuple[str, ...], asked: Asked) -> Iterator[Reached]:
        """The ends of blocks from which what follows is reached."""
        for field in fields:
            if not self._jumps.leaves(getattr(node, field)):
                yield Reached(self._end_of(node, field, asked))

    def _read_after_loop(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a loop: where it ended by itself, and where a `break` left it."""
        if not always_runs(node):
            yield from self._ends(node, ("orelse",), asked)
        for jump in self._jumps.breaks(node):
            yield Reached(self._at_jump(jump, asked))

    def _read_exit(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """A loop may come to its end before its first round and after any."""
        own = self._frame.own_changes(node, *asked)
        if own and isinstance(node, ast.While):
            yield Reached(State(own[-1], asked))
        else:
            yield Reached(self._base_of(node, asked))
            yield from self._rounds(node, asked)

    def _base_of(self, node: Any, asked: Asked) -> Point:
        """The point in front of the first round of a loop."""
        own = self._frame.own_changes(node, *asked)
        early = bisect_left(own, LAST, key=_END) if isinstance(node, _FOR) else 0
        return State(own[early - 1], asked) if early else self._before(node, asked)

    def _read_head(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """At the start of a round: before the first one, and behind any other."""
        yield Reached(self._base_of(node, asked))
        for reached in self._rounds(node, asked):
            yield Reached(reached.point, goes_back=True)

    def _rounds(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """The points from which a loop goes on."""
        yield from self._ends(node, ("body",), asked)
        for jump in self._jumps.continues(node):
            yield Reached(self._at_jump(jump, asked))

    def _at_jump(self, jump: Jump, asked: Asked) -> Point:
        """The point at a `break` or `continue`, or behind what runs on its way."""
        if jump.final is not None:
            return self._end_of(jump.final, "finalbody", asked)
        return self._before(jump.node, asked)

    def _read_after_try(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a `try`: its body or a handler came to an end, and then the last block."""
        if self._is_touched(node, "finalbody", asked):
            yield from self._ends(node, ("finalbody",), asked)
            return
        if not self._jumps.leaves(node.body):
            yield from self._ends(node, ("orelse",), asked)
        for handler in node.handlers:
            yield from self._ends(handler, ("body",), asked)

    def _read_after_with(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a `with`, which may have ended anywhere in its block."""
        yield from self._ends(node, ("body",), asked)
        if may_swallow(node):
            yield Reached(self._start_of(node, "body", asked))
            yield from self._between(node.body[0], node.body[-1], asked)

    def _read_handlers(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """An exception may come before and behind each change in the body."""
        yield Reached(self._before(node, asked))
        yield from self._between(node.body[0], node.body[-1], asked)

    def _read_final(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """In front of the last block of a `try`, which runs after anything."""
        last = [*node.body, *node.handlers, *node.orelse][-1]
        yield Reached(self._before(node, asked))
        yield from self._between(node.body[0], last, asked)

    def _read_cases(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """A pattern may bind names, and then its guard says no."""
        yield Reached(self._after_words(node, asked))
        for case in node.cases:
            for change in self._frame.own_changes(case, *asked):
                yield Reached(State(change, asked))


def _home_position(change: NameChange) -> tuple[int, int]:
    """Where the statement of a change stands."""
    return position_of(change.home)
