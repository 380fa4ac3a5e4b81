"""What one change gives to a name in a Python file: a value, or what a call may have stored in it."""

import ast
from collections.abc import Callable, Iterator, Mapping

from judgegate.flow.arguments import slots_of
from judgegate.flow.callees import Called
from judgegate.flow.changes import ChangeKind
from judgegate.flow.file import FlowFile
from judgegate.flow.graph import Edge, Source
from judgegate.flow.keys import Expression, Given, Stored
from judgegate.flow.places import CodePlace
from judgegate.flow.points import Asked
from judgegate.model.evidence_context import RootKind
from judgegate.sources.python_names import written


def read_change(file: FlowFile, key: Given) -> Iterator[Source]:
    """What a change gives to a name."""
    yield from _READERS[key.change.kind](file, key)


def _steps_to(key: Given) -> tuple[str, ...]:
    """What is given goes through the attribute that is asked for, unless that alone is given.

    Behind `job = make()` the attribute `job.cmd` is one of what `make()` gave back. Behind `job.cmd
    = a` it is just that.
    """
    is_more = key.asked.attr and not key.change.attr
    return (key.asked.attr,) if is_more else ()


def _read_values(file: FlowFile, key: Given) -> Iterator[Source]:
    """All values of the change flow in, and what they are stored under."""
    change = key.change
    place = CodePlace(change.scope, change.value_home)
    for value in (*change.values, *change.keys):
        file.places.keep(value, place)
        yield Edge(Expression(value, key.depth), _steps_to(key))


def _read_import(file: FlowFile, key: Given) -> Iterator[Source]:
    """What an import brings is a root."""
    yield file.root(RootKind.NAME, key.change.node, _steps_to(key))


def _read_definition(file: FlowFile, key: Given) -> Iterator[Source]:
    """A function or class of the file is a root, with the digest of what it does."""
    yield file.definition(key.change.node, _steps_to(key))


def _read_nothing(_: FlowFile, __: Given) -> Iterator[Source]:
    """What is deleted leaves nothing."""
    yield from ()


def _read_call(file: FlowFile, key: Given) -> Iterator[Source]:
    """What a call may have stored in something that it got.

    Of a function that is not known this may be anything that it got besides, and something of its
    own. It is known of some methods that they put all that they get into their object, and of
    others that they put nothing there.
    """
    change, depth = key.change, key.depth
    call = change.node
    called = file.callees.of(call, change.scope)
    effects = called.effects
    if effects.is_harmless or effects.hands_on:
        return
    yield from map(file.graph.doubt, called.doubts)
    place = CodePlace(change.scope, change.home)
    if called.functions and not called.is_outside:
        yield from _read_own(file, key, called)
        return
    if effects.filled not in {"", change.slot}:
        return
    if not effects.filled:
        yield file.root(RootKind.CALL, called.callee.name)
    steps = () if effects.filled else (called.callee,)
    for slot, value in file.slots_of(call, change.scope):
        is_filled = slot == effects.filled
        if not is_filled and _root(value) not in {change.name, key.asked.name}:
            file.places.keep(value, place)
            yield Edge(Expression(value, depth), steps)


def _read_own(file: FlowFile, key: Given, called: Called) -> Iterator[Source]:
    """What a function of this file stores in the parameters by which it got something.

        def fill(target, value):
            target.append(value)

    Behind `fill(cmd, request)` the value is in `cmd`, and nothing else of the call. Of an object
    that it got as a whole only the attribute counts that is asked for.
    """
    change, depth = key.change, key.depth
    if not depth:
        yield file.root(RootKind.UNKNOWN, called.callee.name, detail=called.callee.body)
        return
    place = CodePlace(change.scope, change.home)
    taken = dict(slots_of(change.node))[change.slot]
    is_whole = change.name == key.asked.name and not change.attr
    attr = key.asked.attr if is_whole else ""
    for function in called.functions:
        arguments = file.arguments(function, change.node, place, depth)
        for name, given in arguments.given.items():
            if Expression(taken, depth) in given:
                stored = Stored(file.walk.inner[function], Asked(name, attr), depth - 1)
                yield Edge(stored, (called.callee,), arguments)


def _root(node: ast.expr) -> str | None:
    """The name that an expression is, or is an attribute of."""
    plain = written(node)
    return plain.partition(".")[0] if plain is not None else None


def _read_raised(file: FlowFile, key: Given) -> Iterator[Source]:
    """What an exception may have in it.

    It has what was raised, and what the calls got that may have raised it.
    """
    change, depth = key.change, key.depth
    handler = change.node
    place = CodePlace(change.scope, change.home)
    if handler.type is not None:
        file.places.keep(handler.type, place)
        yield Edge(Expression(handler.type, depth))
    tried = handler._bandit_parent  # noqa: SLF001 - the walk has put it there
    for value in file.raised_in(tried, change.scope):
        yield Edge(Expression(value, depth))


_READERS: Mapping[ChangeKind, Callable[[FlowFile, Given], Iterator[Source]]] = {
    ChangeKind.CALL: _read_call,
    ChangeKind.DEFINITION: _read_definition,
    ChangeKind.GONE: _read_nothing,
    ChangeKind.IMPORT: _read_import,
    ChangeKind.MORE: _read_values,
    ChangeKind.RAISED: _read_raised,
    ChangeKind.VALUE: _read_values,
}
