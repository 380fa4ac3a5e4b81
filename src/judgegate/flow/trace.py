"""What flows into the expressions of a Python file, followed backwards as far as the file shows.

Sinks first: nothing is read before an expression is asked about, and then only the functions that
it hangs on. What is found stays, so that the next expression costs only what is new.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import merge
from typing import Any

from msgspec import Struct

from judgegate.flow.callees import Called
from judgegate.flow.change_values import read_change
from judgegate.flow.changes import ChangeKind, position_of
from judgegate.flow.definitions import DEPTH
from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.expression_values import read_expression
from judgegate.flow.file import FlowFile
from judgegate.flow.frames import Frames
from judgegate.flow.graph import Edge, Key, Source, Value
from judgegate.flow.keys import (
    Anytime,
    AtPoint,
    Elsewhere,
    Expression,
    Given,
    Held,
    Returned,
    Stored,
)
from judgegate.flow.points import Asked, Start, State
from judgegate.flow.scope_tables import frame_scope
from judgegate.model.evidence_context import MOST_STEPS, Callee, Constant, Root
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode, FunctionNode

Holder = tuple[Scope, str]
"""A frame, and the name by which it knows a class or one of its objects."""


class ClassHolders:
    """Those who hold the objects of one class, by the attributes that they may change.

    A class may have as many attributes as methods, and each is asked about: so the methods are looked
    through once.

    Args:
        holders: the frames, and the names by which they know the class or its objects.
        frames: those of the file.
    """

    def __init__(self, holders: Sequence[Holder], frames: Frames) -> None:
        self._holders = holders
        self._by_attr: dict[str, list[int]] = defaultdict(list)
        self.with_inner: list[Holder] = []
        """Those in whose frame inner functions change the object."""
        for number, (frame, name) in enumerate(holders):
            for attr in frames.of(frame).changed_attributes(name):
                self._by_attr[attr].append(number)
            if frames.elsewhere(frame, name):
                self.with_inner.append((frame, name))

    def changing(self, attr: str) -> Iterator[Holder]:
        """Those who may change an attribute, each once, in their own order."""
        by_attr = self._by_attr
        numbers = merge(by_attr.get(attr, ()), by_attr.get("", ()))
        for number in dict.fromkeys(numbers):
            yield self._holders[number]


class Traced(Struct, frozen=True):
    """What flows into expressions: roots and constants, sorted, and why they may be wrong."""

    roots: tuple[Root, ...] = ()
    constants: tuple[Constant, ...] = ()
    doubts: frozenset[str] = frozenset()


class Flow:
    """Follows what flows into the expressions of a file.

    Args:
        walk: what the walk over its tree has written down.
        forms: the digests of its expressions.
    """

    def __init__(self, walk: Walk, forms: ExpressionForms) -> None:
        nodes = _FlowNodes(walk, forms)
        self._file = nodes.file

    def trace(self, expression: ast.expr, slot: str = "") -> Traced:
        """What flows into an expression; `slot` says where that flows in."""
        return _traced([(slot, self._values(expression))])

    def trace_call(self, call: ast.Call) -> Traced:
        """What flows into a call: by its arguments, and by the object whose method it is."""
        slots = self._file.slots_of(call, self.scope_of(call))
        return _traced((slot, self._values(value)) for slot, value in slots)

    def callee(self, call: ast.Call) -> Callee:
        """What a call calls."""
        return self.called(call).callee

    def called(self, call: ast.Call) -> Called:
        """What a call calls, and what else is known of it."""
        return self._file.callees.of(call, self.scope_of(call))

    def body_of(self, name: ast.expr, scope: Scope) -> str:
        """The digest of what a name does that a function or class of this file has, else an empty text."""
        meant = self._file.definitions.meant_by(name, scope)
        return self._file.callees.body_of(meant)

    def binds_between(self, name: str, first: ast.AST, last: ast.AST) -> bool:
        """Whether a name is bound anew between two nodes of a function."""
        frame = self._file.frames.of(self.scope_of(last))
        return frame.binds_between(name, position_of(first), position_of(last))

    def definitions_meant(self, name: ast.expr, scope: Scope) -> Sequence[DefinitionNode]:
        """The functions and classes of this file that a name may mean."""
        return self._file.definitions.meant_by(name, scope).nodes

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that the names of a node are looked up in."""
        return self._file.places.of(node).scope

    def _values(self, expression: ast.expr) -> Iterable[Value]:
        """What arrives at an expression."""
        return self._file.graph.values(Expression(expression, DEPTH))


def _traced(slots: Iterable[tuple[str, Iterable[Value]]]) -> Traced:
    """What flows into slots, as values without a tree."""
    roots: set[Root] = set()
    constants: set[Constant] = set()
    doubts: set[str] = set()
    for slot, values in slots:
        for origin, path in values:
            if origin.kind is not None:
                roots.add(Root(slot, origin.kind, origin.name, path.callees, origin.detail))
            elif origin.name:
                constants.add(Constant(slot, origin.name))
            else:
                doubts.add(origin.detail)
    return Traced(
        tuple(sorted(roots, key=_root_order)),
        tuple(sorted(constants, key=lambda one: (one.slot, one.digest))),
        frozenset(doubts),
    )


def _root_order(root: Root) -> tuple[object, ...]:
    """By this, roots are sorted."""
    through = [(callee.name, callee.body) for callee in root.through]
    return (root.slot, root.kind.value, root.name, through, root.detail)


class _FlowNodes:
    """The nodes of a file, for its graph to open.

    Args:
        walk: what the walk over its tree has written down.
        forms: the digests of its expressions.
    """

    def __init__(self, walk: Walk, forms: ExpressionForms) -> None:
        self.file = FlowFile(walk, forms, self._expand)
        self._holders: dict[Scope, ClassHolders] = {}
        self._steps: dict[Scope | None, int] = defaultdict(int)
        self._readers: Mapping[type, Callable[[Any], Iterator[Source]]] = {
            Anytime: self._read_anytime,
            AtPoint: self._at_point,
            Elsewhere: self._elsewhere,
            Expression: self._read_expression,
            Given: self._read_given,
            Held: self._held,
            Returned: self._returned,
            Stored: self._read_stored,
        }

    def _expand(self, key: Key) -> Iterator[Source]:
        """What a node reads."""
        if self._is_beyond(key):
            yield from self.file.graph.unknown
        else:
            yield from self._readers[key.__class__](key)

    def _read_expression(self, key: Expression) -> Iterator[Source]:
        """What flows into an expression."""
        yield from read_expression(self.file, key)

    def _read_given(self, key: Given) -> Iterator[Source]:
        """What a change gives to a name."""
        yield from read_change(self.file, key)

    def _read_anytime(self, key: Anytime) -> Iterator[Source]:
        """What a name of a frame stands for at any time: its parameter, and every change."""
        frame, asked = key.frame, key.asked
        yield from self.file.parameter(frame, asked)
        for change in self.file.frames.of(frame).changes(*asked):
            # What a name of the file means by its imports is read where it is used.
            if change.kind is not ChangeKind.IMPORT or frame.kind is not ScopeKind.FILE:
                yield Edge(Given(change, asked, key.depth), goes_back=True)
        yield from self._changed_elsewhere(key)

    def _read_stored(self, key: Stored) -> Iterator[Source]:
        """What is stored in a parameter. What it is bound to is no matter of whoever gave it."""
        frame, asked = key.frame, key.asked
        for change in self.file.frames.of(frame).changes(*asked):
            if change.is_store and self.file.contents.may_fill_given(change):
                yield Edge(Given(change, asked, key.depth), goes_back=True)
        yield from self._changed_elsewhere(key)

    def _changed_elsewhere(self, key: Anytime | Stored) -> Iterator[Source]:
        """What is done to a name by the functions inside of its frame, and that its aliases are too many."""
        if self.file.frames.of(key.frame).is_cut(*key.asked):
            yield from self.file.graph.unknown
        yield from self._elsewhere(Elsewhere(key.frame, key.asked, key.depth))

    def _is_beyond(self, key: Key) -> bool:
        """Whether more is asked of a frame than is followed.

        Each value that is followed is a step. They are counted for the whole file, so that ten
        thousand calls in a function cost no more than its statements.
        """
        frame = None
        if isinstance(key, Expression):
            frame = frame_scope(self.file.places.of(key.node).scope)
        elif isinstance(key, Given):
            frame = frame_scope(key.change.scope)
        self._steps[frame] += frame is not None
        return self._steps[frame] > MOST_STEPS

    def _at_point(self, key: AtPoint) -> Iterator[Source]:
        """What a change gives, and what was there before it."""
        frame, point, depth = key.frame, key.point, key.depth
        if isinstance(point, Start):
            yield from self._at_start(frame, point.asked, depth)
            return
        reaching = self.file.reaching(frame)
        if isinstance(point, State):
            given = Given(point.change, point.asked, depth)
            if point.change.kind is not ChangeKind.CALL:
                yield from read_change(self.file, given)
            elif self._may_fill(frame, point):
                yield Edge(given)
        for reached in reaching.before(point):
            before = self.file.at_point(frame, reached.point, depth)
            yield Edge(before, goes_back=reached.goes_back)

    def _may_fill(self, frame: Scope, state: State) -> bool:
        """Whether the call behind which a name is in this state may have filled what it stands for.

        The object of a method is given to many. It is filled by those that can be read, or are known.
        """
        contents, change = self.file.contents, state.change
        is_whole = change.name == state.asked.name and not change.attr
        if is_whole and self.file.definitions.is_object(change.name, frame):
            return contents.surely_fills(change)
        return contents.may_fill(state, self.file.reaching(frame).before)

    def _at_start(self, frame: Scope, asked: Asked, depth: int) -> Iterator[Source]:
        """What a name stands for before anything in its frame has run.

        In a function that is its parameter. What a class or a file binds later may be one of
        Python's own names before, or, for a class, a name of the file.
        """
        # What its object holds is read for all methods at once.
        if not (asked.attr and self.file.definitions.is_object(asked.name, frame)):
            yield from self.file.parameter(frame, asked)
        if frame.kind is ScopeKind.FUNCTION:
            return
        # What a class or a file binds later may be one of Python's own names before, or one of the file.
        outer = frame.file()
        yield from self.file.doubts_about(asked.name, outer)
        yield self.file.outside(asked)
        if frame is not outer and outer.binds(asked.name):
            yield Edge(Anytime(outer, asked, depth))

    def _elsewhere(self, key: Elsewhere) -> Iterator[Source]:
        """What the functions inside of a frame surely do to a name of it.

        What comes to the parameters of such a function is known of those calls that are in the
        file. Others may call it, too, so the parameter itself stays a root.
        """
        for change in self.file.frames.elsewhere(key.frame, key.asked.name):
            is_meant = change.concerns(key.asked.attr)
            if is_meant and self.file.contents.surely_fills(change):
                given = Given(change, key.asked, key.depth)
                yield Edge(given, goes_back=True)
                function = self.file.tables.nodes[frame_scope(change.scope)]
                if isinstance(function, FunctionNode):
                    arguments = self.file.arguments_of_all(function, key.depth)
                    yield Edge(given, arguments=arguments, goes_back=True)

    def _held(self, key: Held) -> Iterator[Source]:
        """All that any method of a class, or of one that it is related to, stores in an attribute.

        Also what is stored by the name of the class, as in `Runner.cmd = ...`. It is not known
        which method runs first, so all of this counts at any time.
        """
        definitions = self.file.definitions
        for scope in definitions.family(key.holder):
            yield from self._held_by_class(scope, key)
            holders = self._holders_of(scope)
            for frame, name in holders.changing(key.attr):
                asked = Asked(name, key.attr)
                for change in self.file.frames.of(frame).changes(*asked):
                    if change.is_store and self.file.contents.surely_fills(change):
                        yield Edge(Given(change, asked, key.depth), goes_back=True)
            for frame, name in holders.with_inner:
                asked = Asked(name, key.attr)
                yield from self._elsewhere(Elsewhere(frame, asked, key.depth))

    def _holders_of(self, scope: Scope) -> ClassHolders:
        """Those who hold the objects of a class."""
        known = self._holders.get(scope)
        if known is None:
            holders = self.file.definitions.holders_of(scope)
            known = self._holders[scope] = ClassHolders(holders, self.file.frames)
        return known

    def _held_by_class(self, scope: Scope, key: Held) -> Iterator[Source]:
        """What the body of a class stores in an attribute.

        A property is no value: what it gives back is.
        """
        properties = self.file.definitions.properties(scope, key.attr)
        if key.depth:
            for function in properties:
                yield Edge(Returned(function, key.depth - 1), goes_back=True)
        asked = Asked(key.attr, "")
        for change in self.file.frames.of(scope).changes(*asked):
            if change.node not in properties:
                yield Edge(Given(change, asked, key.depth), goes_back=True)

    def _returned(self, key: Returned) -> Iterator[Source]:
        """What the `return` and `yield` of a function give back."""
        for value in self._results.get(self.file.walk.inner[key.function], ()):
            yield Edge(Expression(value, key.depth))

    @cached_property
    def _results(self) -> Mapping[Scope, Sequence[ast.expr]]:
        """What each function returns or yields."""
        found: dict[Scope, list[ast.expr]] = defaultdict(list)
        for node, scope in self.file.walk.statements.get(ast.Return, ()):
            if node.value is not None:
                found[scope].append(node.value)
        for node, scope in self.file.walk.yields:
            value: Any = node
            if value.value is not None:
                found[frame_scope(scope)].append(value.value)
        return found
