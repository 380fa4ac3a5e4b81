"""What flows into the value of a Python expression: by its names, constants and calls."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from judgegate.flow.callees import Called
from judgegate.flow.expression_parts import elements_of, is_large_literal, parts_of
from judgegate.flow.file import FlowFile
from judgegate.flow.graph import LONGEST_PATH, Edge, Source, Step
from judgegate.flow.keys import (
    Anytime,
    Elsewhere,
    Expression,
    Held,
    Returned,
)
from judgegate.flow.known_calls import slots_of_default
from judgegate.flow.places import CodePlace
from judgegate.flow.points import Asked
from judgegate.flow.scope_tables import frame_scope
from judgegate.model.evidence_context import MOST_CONSTANTS, RootKind
from judgegate.sources.python_names import as_one_name
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walked import FunctionNode

Steps = tuple[Step, ...]


def read_expression(file: FlowFile, key: Expression) -> Iterator[Source]:
    """What flows into an expression."""
    yield from _ExpressionReading(file, key).read()


class _Pending(NamedTuple):
    """An expression that is still to be read: the scope of its names, and what its value goes through."""

    node: Any
    scope: Scope
    steps: Steps


class _ExpressionReading:
    """Reads one expression. What is still to be read waits in a list, so that depth costs nothing."""

    def __init__(self, file: FlowFile, key: Expression) -> None:
        self._file = file
        self._depth = key.depth
        place = file.places.of(key.node)
        self._home = place.home
        self._pending = [_Pending(key.node, place.scope, ())]
        self._readers: Mapping[type, Callable[[_Pending], Iterator[Source]]] = {
            ast.Attribute: self._read_dotted,
            ast.Call: self._read_call,
            ast.Constant: self._read_constant,
            ast.DictComp: self._read_comprehension,
            ast.GeneratorExp: self._read_comprehension,
            ast.Lambda: self._read_lambda,
            ast.ListComp: self._read_comprehension,
            ast.Name: self._read_dotted,
            ast.SetComp: self._read_comprehension,
            ast.Yield: self._read_yield,
        }

    def read(self) -> Iterator[Source]:
        """All that flows in."""
        while self._pending:
            one = self._pending.pop()
            reader = self._readers.get(one.node.__class__, self._read_parts)
            if len(one.steps) > LONGEST_PATH:
                yield from self._file.graph.unknown
            else:
                yield from reader(one)

    def _read_later(self, nodes: Iterable[ast.expr], scope: Scope, steps: Steps) -> None:
        """Let expressions be read whose values go through the same steps."""
        self._pending += [_Pending(node, scope, steps) for node in nodes]

    def _read_constant(self, one: _Pending) -> Iterator[Source]:
        """A constant goes through nothing: what is made of it is written down, too."""
        yield self._file.constant(one.node)

    def _read_lambda(self, one: _Pending) -> Iterator[Source]:
        """What a lambda gives back. It is read as if it were called here."""
        inner = self._file.walk.inner[one.node]
        self._read_later([one.node.body], inner, one.steps)
        yield from ()

    def _read_comprehension(self, one: _Pending) -> Iterator[Source]:
        """What a comprehension is filled with. Its sequences flow in by the names that it binds."""
        inner = self._file.walk.inner[one.node]
        self._read_later(elements_of(one.node), inner, one.steps)
        yield from ()

    def _read_yield(self, one: _Pending) -> Iterator[Source]:
        """Whoever runs a generator may send anything, and often sends what was made of the value."""
        yield self._file.root(RootKind.UNKNOWN, "yield")
        yield from self._read_parts(one)

    def _read_parts(self, one: _Pending) -> Iterator[Source]:
        """Any other expression: its parts are read next. A long row of constants counts as one."""
        if is_large_literal(one.node, MOST_CONSTANTS):
            yield self._file.constant(one.node)
            return
        for part, step in parts_of(one.node):
            further = one.steps if step is None else (step, *one.steps)
            self._read_later([part], one.scope, further)

    def _read_call(self, one: _Pending) -> Iterator[Source]:
        """What a call gives back.

        Of a function of this file it is read what it returns. Anything else may give back all that
        it gets, and something of its own.
        """
        file = self._file
        called = file.callees.of(one.node, one.scope)
        yield from map(file.graph.doubt, called.doubts)
        steps = (called.callee, *one.steps)
        if self._depth:
            yield from self._enter(one, called.functions, steps)
        elif called.functions:
            yield file.root(RootKind.UNKNOWN, called.callee.name, detail=called.callee.body)
        is_entered = called.functions and self._depth and not called.is_outside
        if not is_entered:
            yield from self._read_arguments(one, called, steps)

    def _enter(
        self, one: _Pending, functions: Iterable[FunctionNode], steps: Steps
    ) -> Iterator[Source]:
        """What functions of this file return, with the arguments in the place of their parameters."""
        place = CodePlace(one.scope, self._home)
        for function in functions:
            arguments = self._file.arguments(function, one.node, place, self._depth)
            yield Edge(Returned(function, self._depth - 1), steps, arguments)

    def _read_arguments(
        self, one: _Pending, called: Called, steps: Steps
    ) -> Iterator[Source]:
        """What something that cannot be entered gives back: what it gets, and what is its own."""
        callee = called.callee
        if called.makes_own:
            # Its special methods may give anything to who looks into it.
            yield self._file.root(RootKind.CALL, callee.name, one.steps, callee.body)
        elif called.is_outside and not called.effects.hands_on:
            yield self._file.root(RootKind.CALL, callee.name, one.steps)
        if called.is_value:
            self._read_later([one.node.func], one.scope, steps)
        defaults = slots_of_default(callee.name)
        for slot, value in self._file.slots_of(one.node, one.scope):
            # A default is given back as it is, so that it is told apart from the key.
            through = one.steps if slot in defaults else steps
            self._read_later([value], one.scope, through)

    def _read_dotted(self, one: _Pending) -> Iterator[Source]:
        """A name, or an attribute of one, or an attribute of anything else."""
        attrs: list[str] = []
        base: ast.expr = one.node
        while isinstance(base, ast.Attribute):
            attrs.append(base.attr)
            base = base.value
        attrs.reverse()
        method = self._method_of_class(base, one.scope)
        if method is not None and attrs:
            yield from self._read_held(method, attrs[0], (*attrs[1:], *one.steps))
        if isinstance(base, ast.Name):
            yield from self._read_name(one, base, attrs)
        else:
            self._read_later([base], one.scope, (*attrs, *one.steps))

    def _read_name(
        self, one: _Pending, base: ast.Name, attrs: Sequence[str]
    ) -> Iterator[Source]:
        """A name and some of its attributes, by the scope that the name belongs to.

        The first attribute is followed by itself, so that `job.cmd` is told apart from `job.other`.
        """
        owners = self._file.tables.owners(base.id, one.scope)
        if not owners:
            yield from self._read_outside(one, base.id)
        elif owners[0].kind is ScopeKind.COMPREHENSION:
            yield from self._read_looped(base.id, owners[0], (*attrs, *one.steps))
        else:
            asked = Asked(base.id, attrs[0] if attrs else "")
            rest = (*attrs[1:], *one.steps)
            yield from self._read_here(base, frame_scope(one.scope), asked, rest)
            if asked.attr and self._file.definitions.is_object(base.id, owners[0]):
                yield from self._read_held(owners[0], asked.attr, rest)
                if asked.attr == "__class__" and len(attrs) > 1:
                    yield from self._read_held(owners[0], attrs[1], rest[1:])
            else:
                yield from self._read_owned(one, owners, asked, rest)

    def _method_of_class(self, node: ast.expr, scope: Scope) -> Scope | None:
        """The method whose object or class an expression gives: `super()`, `type(self)`."""
        match node:
            case ast.Call(func=ast.Name(id="super")):
                return scope.method()
            case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=name)]):
                owner = self._file.tables.owner(name, scope)
                is_object = owner is not None and self._file.definitions.is_object(
                    name, owner
                )
                return owner if is_object else None
        return None

    def _read_held(self, method: Scope, attr: str, steps: Steps) -> Iterator[Source]:
        """An attribute of the object that a method belongs to.

        It is the same one in all classes that are joined by inheritance.
        """
        holder, *_ = self._file.definitions.family(method.outer or method)
        yield self._file.root(RootKind.ATTRIBUTE, f"self.{attr}", steps)
        yield Edge(Held(holder, attr, self._depth), steps)

    def _read_looped(self, name: str, scope: Scope, steps: Steps) -> Iterator[Source]:
        """A name that a comprehension binds."""
        for one in self._file.frames.run_over(scope, name):
            # A loop behind the first may run over what it binds itself.
            is_first = self._file.places.of(one).scope is not scope
            yield Edge(Expression(one, self._depth), steps, goes_back=not is_first)

    def _read_owned(
        self, one: _Pending, owners: Sequence[Scope], asked: Asked, steps: Steps
    ) -> Iterator[Source]:
        """What other frames do to a name, and its own where it is not the one that the name is read in."""
        frame = frame_scope(one.scope)
        if owners[0] is frame:
            if self._file.frames.elsewhere(frame, asked.name):
                yield Edge(Elsewhere(frame, asked, self._depth), steps)
            return
        if owners[0].kind is ScopeKind.FILE:
            yield from self._read_outside(one, asked.name)
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
        if frame.is_cut(*asked):
            yield from file.graph.unknown
        for reached in file.reaching(scope).at(base, self._home, asked):
            point = file.at_point(scope, reached.point, self._depth)
            yield Edge(point, steps, goes_back=reached.goes_back)

    def _read_outside(self, one: _Pending, name: str) -> Iterator[Source]:
        """A name from outside of the frame, with all that is known of what it means."""
        file = self._file
        yield from file.doubts_about(name, one.scope)
        if not file.tables.is_defined(name, one.scope):
            names = file.walk.names.of_callee(one.node, one.scope)
            yield from file.doubts_of_patches(names)
            yield file.root(RootKind.NAME, as_one_name(names), one.steps)
