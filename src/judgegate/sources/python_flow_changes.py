"""What one change gives to a name in a Python file: a value, or what a call may have stored in it."""

import ast
from collections.abc import Iterator
from typing import Any

from judgegate.model.evidence_context import RootKind
from judgegate.sources.flow_graph import Edge, Source
from judgegate.sources.python_aliases import aliases_in
from judgegate.sources.python_callees import Called
from judgegate.sources.python_changes import ChangeKind, NameChange
from judgegate.sources.python_flow_file import FlowFile
from judgegate.sources.python_flow_keys import Expression, Given, Stored
from judgegate.sources.python_names import written
from judgegate.sources.python_places import CodePlace
from judgegate.sources.python_points import Asked


def read_change(file: FlowFile, key: Given) -> Iterator[Source]:
    """What a change gives to a name."""
    change, asked, depth = key.change, key.asked, key.depth
    # An attribute is asked for, and the whole is given.
    steps = (asked.attr,) if asked.attr and not change.attr else ()
    match change.kind:
        case ChangeKind.VALUE:
            place = CodePlace(change.scope, change.home)
            for value in change.values:
                file.places.keep(value, place)
                yield Edge(Expression(value, depth), steps)
        case ChangeKind.CALL:
            yield from _read_call(file, change, depth)
        case ChangeKind.IMPORT:
            yield file.root(RootKind.NAME, change.node, steps)
        case ChangeKind.DEFINITION:
            yield file.definition(change.node, steps)
        case ChangeKind.RAISED:
            yield from _read_raised(file, change, depth)
        case ChangeKind.GONE:
            pass


def _read_call(file: FlowFile, change: NameChange, depth: int) -> Iterator[Source]:
    """What a call may have stored in something that it got.

    Of a function that is not known this may be anything that it got besides, and something of its own. It is
    known of some methods that they put all that they get into their object, and of others that they put
    nothing there.
    """
    call = change.node
    called = file.callees.of(call, change.scope)
    effects = called.effects
    if effects.is_harmless or effects.hands_on:
        return
    yield from map(file.graph.doubt, called.doubts)
    place = CodePlace(change.scope, change.home)
    if called.functions and not called.is_outside:
        yield from _read_own(file, change, called, depth)
        return
    if effects.filled not in {"", change.slot}:
        return
    if not effects.filled:
        yield file.root(RootKind.CALL, called.callee.name)
    steps = () if effects.filled else (called.callee,)
    for slot, value in file.slots_of(call, change.scope):
        is_filled = slot == effects.filled
        if not is_filled and not _is_itself(value, change):
            file.places.keep(value, place)
            yield Edge(Expression(value, depth), steps)


def _read_own(
    file: FlowFile, change: NameChange, called: Called, depth: int
) -> Iterator[Source]:
    """What a function of this file stores in the parameters by which it got something."""
    if not depth:
        yield file.root(RootKind.UNKNOWN, called.callee.name)
        return
    place = CodePlace(change.scope, change.home)
    for function in called.functions:
        arguments = file.arguments(function, change.node, place, depth)
        for name, given in arguments.given.items():
            if any(_hands_out(one, change.name) for one in given):
                stored = Stored(file.walk.inner[function], Asked(name, ""), depth - 1)
                yield Edge(stored, (called.callee,), arguments)


def _hands_out(key: Any, name: str) -> bool:
    """Whether the expression of a node hands out what a name stands for."""
    return any(alias.name == name for alias in aliases_in(key.node))


def _is_itself(value: ast.expr, change: NameChange) -> bool:
    """Whether an expression is only the name that is changed, or an attribute of it."""
    plain = written(value)
    return plain is not None and plain.partition(".")[0] == change.name


def _read_raised(file: FlowFile, change: NameChange, depth: int) -> Iterator[Source]:
    """What an exception may have in it.

    It has what was raised, and what the calls got that may have raised it.
    """
    handler = change.node
    place = CodePlace(change.scope, change.home)
    if handler.type is not None:
        file.places.keep(handler.type, place)
        yield Edge(Expression(handler.type, depth))
    tried = handler._bandit_parent  # noqa: SLF001 - the walk has put it there
    for value in file.raised_in(tried, change.scope):
        yield Edge(Expression(value, depth))
