"""All that the flow in a Python file is read from, each part made when it is needed."""

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from judgegate.flow.arguments import (
    RECEIVER,
    match_arguments,
    parameters_of,
    slots_of,
)
from judgegate.flow.callees import Callees
from judgegate.flow.changes import ChangeKind, end_of, position_of
from judgegate.flow.contents import Contents
from judgegate.flow.definitions import Definitions
from judgegate.flow.dependencies import Dependencies
from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.frames import Frames
from judgegate.flow.graph import Arguments, FlowGraph, Key, Source, Step, Value
from judgegate.flow.jumps import Jumps
from judgegate.flow.keys import AtPoint, Expression
from judgegate.flow.known_calls import CallEffects
from judgegate.flow.places import CodePlace, Places
from judgegate.flow.points import Asked, Point, State
from judgegate.flow.reaching import Reaching
from judgegate.flow.scope_tables import ScopeTables, frame_scope
from judgegate.model.evidence_context import RootKind
from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python_names import written
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode, FunctionNode


class FlowFile:
    """What is known of a file, and the graph of what flows in it.

    Args:
        walk: what the walk over its tree has written down.
        forms: the digests of its expressions.
        expand: what a node of the graph reads.
    """

    def __init__(
        self, walk: Walk, forms: ExpressionForms, expand: Callable[[Key], Iterable[Source]]
    ) -> None:
        self.walk = walk
        self.forms = forms
        self.graph = FlowGraph(expand)
        self.places = Places(walk)
        self.tables = ScopeTables(walk)
        self.frames = Frames(walk, self.tables)
        self.definitions = Definitions(walk, self.tables)
        self.dependencies = Dependencies(
            walk, self.tables, self.definitions.called_in, self.definitions.family
        )
        self.callees = Callees(walk, self.tables, self.definitions, self.dependencies)
        self.contents = Contents(self._effects_of)
        self.steps: dict[Scope, int] = defaultdict(int)
        """How many changes were followed in each frame."""
        self._jumps = Jumps(walk)
        self._reaching: dict[Scope, Reaching] = {}
        self._parameters: dict[Scope, dict[str, str]] = {}
        self._arguments: dict[tuple[FunctionNode, int], Arguments] = {}

    def reaching(self, scope: Scope) -> Reaching:
        """What reaches the places of a frame."""
        known = self._reaching.get(scope)
        if known is None:
            known = Reaching(self.frames.of(scope), self._jumps)
            self._reaching[scope] = known
        return known

    def constant(self, node: ast.expr) -> Value:
        """A constant that flows."""
        return self.graph.value(self.graph.origin(None, self.forms.digest(node)))

    def root(
        self, kind: RootKind, name: str, steps: Iterable[Step] = (), detail: str = ""
    ) -> Value:
        """A root that flows, taken through steps."""
        return self.graph.value(self.graph.origin(kind, name[:LONGEST_NAME], detail), steps)

    def outside(self, asked: Asked) -> Value:
        """A name that nothing in the file binds before it is used."""
        name = f"{asked.name}.{asked.attr}" if asked.attr else asked.name
        return self.root(RootKind.NAME, name)

    def doubts_about(self, name: str, scope: Scope) -> Iterator[Value]:
        """Why it is not sure what a name stands for."""
        return map(self.graph.doubt, self.callees.doubts.about(name, scope))

    def doubts_of_patches(self, names: tuple[str, ...]) -> Iterator[Value]:
        """Why it is not sure what full names mean: the file changes what belongs to other modules."""
        return map(self.graph.doubt, self.callees.doubts.of_patches(names))

    def at_point(self, frame: Scope, point: Point, depth: int) -> Key:
        """The node of a point: where a single value is all that reaches it, the node of that value.

        So the many names that are bound once and used once need no node of their own.
        """
        if isinstance(point, State):
            change, asked = point
            is_whole = change.replaces(*asked) and change.attr == asked.attr
            if is_whole and change.kind is ChangeKind.VALUE and len(change.values) == 1:
                value = change.values[0]
                self.places.keep(value, CodePlace(change.scope, change.value_home))
                return Expression(value, depth)
        return AtPoint(frame, point, depth)

    def definition(self, node: DefinitionNode, steps: Iterable[Step] = ()) -> Value:
        """A function or class as a value."""
        detail = self.dependencies.of_definition(node)
        return self.graph.value(
            self.graph.origin(RootKind.NAME, node.name[:LONGEST_NAME], detail), steps
        )

    def parameter(self, scope: Scope, asked: Asked) -> Iterator[Value]:
        """The parameter of a function, if it has one of this name."""
        details = self._parameters.get(scope)
        if details is None:
            details = self._parameters[scope] = self._details_of(scope)
        if asked.name in details:
            detail = details[asked.name]
            origin = self.graph.origin(RootKind.PARAMETER, asked.name, detail, scope)
            yield self.graph.value(origin, (asked.attr,) if asked.attr else ())

    def raised_in(self, tried: Any, scope: Scope) -> Iterator[ast.expr]:
        """What may have raised an exception in the body of a `try`.

        These are its calls, and what its `raise` statements name. What a call got may be in the
        exception.
        """
        start, end = position_of(tried.body[0]), end_of(tried.body[-1])
        calls = self.tables.calls_in(frame_scope(scope))
        first = bisect_left(calls, start, key=lambda call: position_of(call[2]))
        last = bisect_right(calls, end, key=lambda call: position_of(call[2]))
        yield from (call for call, _, _ in calls[first:last])
        for node in self._raises.get(scope, ()):
            if node.exc is not None and start <= position_of(node) <= end:
                yield node.exc

    @cached_property
    def _raises(self) -> dict[Scope, list[ast.Raise]]:
        """The `raise` statements of each frame."""
        found: dict[Scope, list[ast.Raise]] = defaultdict(list)
        for node, scope in self.walk.statements.get(ast.Raise, ()):
            found[scope].append(node)
        return found

    def slots_of(self, call: ast.Call, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
        """What a call gets, each with the slot.

        Of a module whose function is called nothing flows: it has no value of its own, and is part
        of the name. Nor does it of the type that `cast` says a value has.
        """
        is_cast = self.callees.of(call, scope).callee.name == "typing.cast"
        for slot, value in slots_of(call):
            is_module = slot == RECEIVER and self.tables.is_module(value, scope)
            if not is_module and not (is_cast and slot == "0"):
                yield slot, value

    def arguments(
        self, function: FunctionNode, call: ast.Call, place: CodePlace, depth: int
    ) -> Arguments:
        """What a call gives to the parameters of a function of this file."""
        matched = match_arguments(function, call, self._receiver_of(function, call, place))
        for node in (node for nodes in matched.values() for node in nodes):
            if node in call.args:
                self.places.keep(node, place)
        given = {
            name: [Expression(node, depth) for node in nodes]
            for name, nodes in matched.items()
        }
        return Arguments(self.walk.inner[function], given)

    def arguments_of_all(self, function: FunctionNode, depth: int) -> Arguments:
        """What all calls in the file give to the parameters of a function.

        It is asked for where such a function stores a parameter in a name from outside of it.
        """
        key = (function, depth)
        if key not in self._arguments:
            given: dict[str, list[Key]] = defaultdict(list)
            for call, scope, home in self._calls_by_name.get(function.name, ()):
                if function in self.definitions.meant_by(call.func, scope).nodes:
                    one = self.arguments(function, call, CodePlace(scope, home), depth)
                    for name, keys in one.given.items():
                        given[name] += keys
            self._arguments[key] = Arguments(self.walk.inner[function], given)
        return self._arguments[key]

    @cached_property
    def _calls_by_name(self) -> dict[str, list[tuple[ast.Call, Scope, Any]]]:
        """The calls by the last part of the name that is called."""
        found: dict[str, list[tuple[ast.Call, Scope, Any]]] = defaultdict(list)
        for (call, scope), home in zip(self.walk.calls, self.walk.homes, strict=True):
            match call.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    found[name].append((call, scope, home))
        return found

    def _effects_of(self, call: ast.Call, scope: Scope) -> CallEffects:
        """What is known of a call."""
        return self.callees.of(call, scope).effects

    def _receiver_of(
        self, function: FunctionNode, call: ast.Call, place: CodePlace
    ) -> ast.expr | None:
        """What a call gives to a method besides its arguments.

        A static method gets nothing, and neither does any method that is called by the name of its
        class.
        """
        outer = self.walk.inner[function].outer
        is_method = outer is not None and outer.kind is ScopeKind.CLASS
        if not is_method or not isinstance(call.func, ast.Attribute):
            return None
        owner = call.func.value
        decorators = {written(one) for one in function.decorator_list}
        is_class = self._is_class(owner, place.scope)
        if "staticmethod" in decorators or (is_class and "classmethod" not in decorators):
            return None
        return owner

    def _is_class(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is the name of a class of this file."""
        if not isinstance(node, ast.Name):
            return False
        holder = self.definitions.class_of(node.id, scope)
        return holder is not None and self.tables.nodes[holder].name == node.id

    def _details_of(self, scope: Scope) -> dict[str, str]:
        """For each parameter the digest of its default and annotation, empty without both."""
        node = self.tables.nodes[scope]
        if not isinstance(node, FunctionNode | ast.Lambda):
            return {}
        details = {}
        for name, parts in parameters_of(node).items():
            digests = [
                self.forms.digest(part) if part is not None else "" for part in parts
            ]
            details[name] = self.forms.digest_texts(*digests) if any(digests) else ""
        return details
