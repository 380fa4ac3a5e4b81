"""What flows into the value of a Python expression: by its names, constants and calls."""

import ast
from collections.abc import Iterator, Sequence

from judgegate.model.evidence_context import MOST_CONSTANTS, RootKind
from judgegate.sources.flow_graph import LONGEST_PATH, Edge, Source, Step
from judgegate.sources.python_expressions import elements_of, is_large_literal, parts_of
from judgegate.sources.python_flow_file import FlowFile
from judgegate.sources.python_flow_keys import (
    Anytime,
    Elsewhere,
    Expression,
    Held,
    Returned,
)
from judgegate.sources.python_names import as_one_name
from judgegate.sources.python_places import CodePlace
from judgegate.sources.python_points import Asked
from judgegate.sources.python_scope_tables import frame_scope
from judgegate.sources.python_scopes import Scope, ScopeKind

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)

Steps = tuple[Step, ...]


def read_expression(file: FlowFile, key: Expression) -> Iterator[Source]:
    """What flows into an expression."""
    yield from _ExpressionReading(file, key).read()


class _ExpressionReading:
    """Reads one expression. What is still to be read waits in a list, so that depth costs nothing."""

    def __init__(self, file: FlowFile, key: Expression) -> None:
        self._file = file
        self._depth = key.depth
        place = file.places.of(key.node)
        self._home = place.home
        self._pending: list[tuple[ast.expr, Scope, Steps]] = [(key.node, place.scope, ())]

    def read(self) -> Iterator[Source]:
        """All that flows in."""
        while self._pending:
            node, scope, steps = self._pending.pop()
            if len(steps) > LONGEST_PATH:
                yield from self._file.graph.unknown
            elif isinstance(node, ast.Name | ast.Attribute):
                yield from self._read_dotted(node, scope, steps)
            elif isinstance(node, ast.Call):
                yield from self._read_call(node, scope, steps)
            elif isinstance(node, ast.Constant) or is_large_literal(node, MOST_CONSTANTS):
                yield self._file.constant(node)
            else:
                yield from self._read_other(node, scope, steps)

    def _read_other(self, node: ast.expr, scope: Scope, steps: Steps) -> Iterator[Source]:
        """An expression that is neither a name nor a call: its parts are read next."""
        if isinstance(node, ast.Lambda):
            self._pending.append((node.body, self._file.walk.inner[node], steps))
        elif isinstance(node, _COMPREHENSIONS):
            inner = self._file.walk.inner[node]
            self._pending += [(part, inner, steps) for part in elements_of(node)]
        else:
            if isinstance(node, ast.Yield):
                # Whoever runs the generator may send anything.
                yield self._file.root(RootKind.UNKNOWN, "yield")
            for part, step in parts_of(node):
                further = steps if step is None else (step, *steps)
                self._pending.append((part, scope, further))

    def _read_call(self, node: ast.Call, scope: Scope, steps: Steps) -> Iterator[Source]:
        """What a call gives back.

        Of a function of this file it is read what it returns. Anything else may give back all that it gets,
        and something of its own.
        """
        file = self._file
        called = file.callees.of(node, scope)
        yield from map(file.graph.doubt, called.doubts)
        inner = (called.callee, *steps)
        for function in called.functions if self._depth else ():
            place = CodePlace(scope, self._home)
            arguments = file.arguments(function, node, place, self._depth)
            yield Edge(Returned(function, self._depth - 1), inner, arguments)
        if called.functions and not self._depth:
            yield file.root(RootKind.UNKNOWN, called.callee.name)
        if called.is_outside or not (called.functions and self._depth):
            if called.is_outside and not called.effects.hands_on:
                yield file.root(RootKind.CALL, called.callee.name, steps)
            if called.is_value:
                self._pending.append((node.func, scope, inner))
            slots = file.slots_of(node, scope)
            self._pending += [(value, scope, inner) for _, value in slots]

    def _read_dotted(
        self, node: ast.Name | ast.Attribute, scope: Scope, steps: Steps
    ) -> Iterator[Source]:
        """A name, or an attribute of one, by the scope that the name belongs to."""
        attrs: list[str] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            attrs.append(base.attr)
            base = base.value
        attrs.reverse()
        if not isinstance(base, ast.Name):
            self._pending.append((base, scope, (*attrs, *steps)))
            return
        owners = self._file.tables.owners(base.id, scope)
        if not owners:
            yield from self._read_outside(node, base.id, scope, steps)
        elif owners[0].kind is ScopeKind.COMPREHENSION:
            yield from self._read_looped(base.id, owners[0], (*attrs, *steps))
        else:
            asked = Asked(base.id, attrs[0] if attrs else "")
            rest = (*attrs[1:], *steps)
            yield from self._read_here(base, frame_scope(scope), asked, rest)
            if asked.attr and self._file.definitions.is_object(base.id, owners[0]):
                yield self._file.root(RootKind.ATTRIBUTE, f"self.{asked.attr}", rest)
                held = Held(owners[0].outer or owners[0], asked.attr, self._depth)
                yield Edge(held, rest)
            else:
                if owners[0].kind is ScopeKind.FILE and owners[0] is not frame_scope(scope):
                    yield from self._read_outside(node, base.id, scope, steps)
                yield from self._read_owned(owners, scope, asked, rest)

    def _read_looped(self, name: str, scope: Scope, steps: Steps) -> Iterator[Source]:
        """A name that a comprehension binds."""
        for one in self._file.frames.run_over(scope, name):
            # A loop behind the first may run over what it binds itself.
            is_first = self._file.places.of(one).scope is not scope
            yield Edge(Expression(one, self._depth), steps, goes_back=not is_first)

    def _read_owned(
        self, owners: Sequence[Scope], scope: Scope, asked: Asked, steps: Steps
    ) -> Iterator[Source]:
        """What other frames do to a name, and its own where it is not the one that the name is read in."""
        frame = frame_scope(scope)
        if owners[0] is frame:
            if self._file.frames.elsewhere(frame, asked.name):
                yield Edge(Elsewhere(frame, asked, self._depth), steps)
        else:
            for owner in owners:
                yield Edge(Anytime(owner, asked, self._depth), steps)

    def _read_here(
        self, base: ast.Name, scope: Scope, asked: Asked, steps: Steps
    ) -> Iterator[Source]:
        """What reaches this place of all that its frame does to a name, its own or not."""
        file = self._file
        frame = file.frames.of(scope)
        if not frame.scope.binds(base.id) and base.id not in frame.by_name:
            return
        if frame.is_cut(base.id):
            yield from file.graph.unknown
        for reached in file.reaching(scope).at(base, self._home, asked):
            point = file.at_point(scope, reached.point, self._depth)
            yield Edge(point, steps, goes_back=reached.goes_back)

    def _read_outside(
        self, node: ast.expr, name: str, scope: Scope, steps: Steps
    ) -> Iterator[Source]:
        """A name from outside of the frame, with all that is known of what it means."""
        file = self._file
        yield from file.doubts_about(name, scope)
        if not file.tables.is_defined(name, scope):
            names = file.walk.names.of_callee(node, scope)
            yield file.root(RootKind.NAME, as_one_name(names), steps)
