"""Which bindings and changes of a name reach a place in a frame, read backwards.

Where paths meet there is a point, such as what follows an `if`, or the start of a loop. A point
reads the points before it. So what is known of a place need not be worked out again for those
behind it.
"""

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from judgegate.flow.changes import LAST, NameChange, end_of, position_of
from judgegate.flow.frames import CodeFrame
from judgegate.flow.jumps import (
    LOOPS,
    TRIES,
    WITHS,
    Jump,
    Jumps,
    always_runs,
    has_default,
    may_swallow,
)
from judgegate.flow.points import (
    END,
    Asked,
    Meeting,
    Point,
    Reached,
    Start,
    State,
    TextOrder,
)

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_FOR = (ast.For, ast.AsyncFor)
_MANY = getattr(ast, "TryStar", ())


class Reaching:
    """Answers what reaches a place in one frame."""

    def __init__(self, frame: CodeFrame, jumps: Jumps) -> None:
        self._frame = frame
        self._jumps = jumps
        self._places: dict[ast.AST, tuple[Any, str, int]] = {}
        self._starts: dict[tuple[Any, str, Asked], Point] = {}
        self._order = TextOrder()
        self._touched = cache(self._find_touched)
        self._readers: Mapping[str, Callable[[Any, Asked], Iterator[Reached]]] = {
            "after": self._read_after,
            "cases": self._read_cases,
            "exit": self._read_exit,
            "final": self._read_final,
            "handlers": self._read_handlers,
            "head": self._read_head,
        }
        self._readers_after: Mapping[type, Callable[[Any, Asked], Iterator[Reached]]] = {
            ast.If: self._read_after_if,
            ast.Match: self._read_after_match,
            **dict.fromkeys(LOOPS, self._read_after_loop),
            **dict.fromkeys(TRIES, self._read_after_try),
            **dict.fromkeys(WITHS, self._read_after_with),
        }

    def at(self, use: Any, home: Any, asked: Asked) -> Iterator[Reached]:
        """What reaches a use of a name in a statement's own words.

        What stands before the use in the same statement has happened, as in `fill(cmd) or
        sink(cmd)`. What an assignment binds has not.
        """
        own = self._frame.own_changes(home, *asked)
        before = bisect_right(own, (use.lineno, use.col_offset), key=END)
        yield Reached(self._after_words(home, asked, before))
        for change in self._order.earlier(use, home, own):
            yield Reached(State(change, asked), goes_back=True)

    def before(self, point: Point) -> Iterator[Reached]:
        """The points that a point reads."""
        if isinstance(point, Meeting):
            yield from self._readers[point.place](point.node, point.asked)
        elif isinstance(point, State) and not point.change.replaces(*point.asked):
            change, asked = point
            home = change.home
            own = self._frame.own_changes(home, *asked)
            first = bisect_left(own, change.end, key=END)
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
        """The point in front of a statement's own words.

        Those of a `while` are read in every round. A lambda has no statements, so its own start is
        in front.
        """
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
        if node.__class__ in self._readers_after:
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

        From there the way goes up, past all blocks in which nothing changes. The answer is kept for
        each of them, because a chain of `elif` can be thousands of blocks deep.
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
        """The point at the start of a block, None where it is that in front of the statement.

        if cmd:
            sink(cmd)        # the same as in front of the `if`
        for cmd in commands:
            sink(cmd)        # what the `for` has bound
        """
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
        """The point behind a statement's own words.

        A `while` reads them in every round. A `for` does so with its target, and with nothing else:

            for one in take(cmd):
                sink(cmd)        # also what an earlier round made of it
        """
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
        """The states behind each change in statements, handlers or cases, from the first to the last.

        This is where an exception may come from: at any time, so that each of the changes may be
        the last.
        """
        changes = self._frame.changes(*asked)
        start = bisect_left(changes, position_of(first), key=_home_position)
        end = bisect_right(changes, end_of(last), key=_home_position)
        for change in changes[start:end]:
            yield Reached(State(change, asked))

    def _read_after(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a statement with blocks."""
        yield from self._readers_after[node.__class__](node, asked)

    def _read_after_if(self, node: ast.If, asked: Asked) -> Iterator[Reached]:
        """Behind an `if`: both ways, but for one that leaves.

            if a:
                cmd = b      # does not reach what follows
                return
            else:
                cmd = c      # reaches it

        Without an `else`, the other way is what was there before.
        """
        yield from self._ends(node, ("body", "orelse"), asked)

    def _read_after_match(self, node: ast.Match, asked: Asked) -> Iterator[Reached]:
        """Behind a `match`: each case, and no case where none of them takes whatever is left."""
        for case in node.cases:
            yield from self._ends(case, ("body",), asked)
        if not has_default(node):
            yield Reached(Meeting("cases", node, asked))

    def _ends(self, node: Any, fields: tuple[str, ...], asked: Asked) -> Iterator[Reached]:
        """The ends of blocks from which what follows is reached.

        A block that ends with a `return` or its like is none of them.
        """
        for field in fields:
            if not self._jumps.leaves(getattr(node, field)):
                yield Reached(self._end_of(node, field, asked))

    def _read_after_loop(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a loop: where it ended by itself, and where a `break` left it.

        while True:          # never ends by itself
            cmd = a
            if ok:
                break        # so this is all that reaches what follows
        """
        if not always_runs(node):
            yield from self._ends(node, ("orelse",), asked)
        for jump in self._jumps.breaks(node):
            yield Reached(self._at_jump(jump, asked))

    def _read_exit(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Where a loop ends by itself: before its first round, or behind any other.

        The `else` of a loop begins here. A `break` passes it.
        """
        own = self._frame.own_changes(node, *asked)
        if own and isinstance(node, ast.While):
            yield Reached(State(own[-1], asked))
        else:
            yield Reached(self._base_of(node, asked))
            yield from self._rounds(node, asked)

    def _base_of(self, node: Any, asked: Asked) -> Point:
        """The point in front of the first round of a loop."""
        own = self._frame.own_changes(node, *asked)
        early = bisect_left(own, LAST, key=END) if isinstance(node, _FOR) else 0
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
        """The point at a `break` or `continue`, or behind the last blocks that run on its way.

        try:
            cmd = a
            break
        finally:
            cmd = b          # this is what reaches the end of the loop
        """
        if jump.final is not None:
            return self._end_of(jump.final, "finalbody", asked)
        return self._before(jump.node, asked)

    def _read_after_try(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a `try`: its body or a handler came to an end, and then the last block.

        try:
            cmd = a
        except ValueError:
            cmd = b          # both reach what follows,
        finally:
            cmd = c          # unless the last block has the last word
        """
        if self._is_touched(node, "finalbody", asked):
            yield from self._ends(node, ("finalbody",), asked)
            return
        if not self._jumps.leaves(node.body):
            yield from self._ends(node, ("orelse",), asked)
        for handler in node.handlers:
            yield from self._ends(handler, ("body",), asked)

    def _read_after_with(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """Behind a `with`, which may have ended anywhere in its block.

        with suppress(ValueError):
            cmd = a
            cmd = check(b)   # where this raises, `a` is what is left
        """
        yield from self._ends(node, ("body",), asked)
        if may_swallow(node):
            yield Reached(self._start_of(node, "body", asked))
            yield from self._between(node.body[0], node.body[-1], asked)

    def _read_handlers(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """In front of the handlers of a `try`: an exception may come before and behind each change.

        Of `except*` several handlers may run, one after the other.
        """
        last = node.handlers[-1] if isinstance(node, _MANY) else node.body[-1]
        yield Reached(self._before(node, asked))
        yield from self._between(node.body[0], last, asked)

    def _read_final(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """In front of the last block of a `try`, which runs after anything: an end, a jump, an exception."""
        last = (node.orelse or node.handlers or node.body)[-1]
        yield Reached(self._before(node, asked))
        yield from self._between(node.body[0], last, asked)

    def _read_cases(self, node: Any, asked: Asked) -> Iterator[Reached]:
        """In front of the cases of a `match`: a pattern may have bound names, and then its guard said no.

        match a:
            case [cmd] if ok(cmd):
                ...
            case _:
                sink(cmd)    # the first case may have bound it
        """
        yield Reached(self._after_words(node, asked))
        for case in node.cases:
            for change in self._frame.own_changes(case, *asked):
                yield Reached(State(change, asked))


def _home_position(change: NameChange) -> tuple[int, int]:
    """Where the statement of a change stands."""
    return position_of(change.home)
