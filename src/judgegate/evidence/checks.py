"""What in a Python function may stop it: statements that leave, and calls that check something."""

import ast
from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import accumulate
from typing import Any

from msgspec import Struct

from judgegate.evidence.check_names import CalledNames, is_of_python
from judgegate.flow.expression_forms import parts_of
from judgegate.flow.jumps import always_runs
from judgegate.flow.trace import Flow
from judgegate.sources.python_names import written
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode, FunctionNode

_DEPTH = 2
"""So many functions deeper it is looked for what raises."""

_HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)
_OTHERS = (ast.For, ast.AsyncFor, ast.While, *DefinitionNode.__args__)
"""Statements whose `break` is their own, if they have any."""

_OWN_OBJECT = frozenset({"self", "cls"})


class Leaving(IntEnum):
    """What a block leaves at its end, whatever happens in it."""

    NOTHING = 0
    LOOP = 1
    FUNCTION = 2


class Values(Struct, frozen=True):
    """Dotted names of values, as they are written. `owners` are what these are attributes of."""

    names: frozenset[str]
    owners: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Values":
        """The values with these names.

        The object that a method belongs to is in most of its values, and says nothing.
        """
        every = frozenset(names)
        owners = {owner for name in every for owner in accumulate(name.split("."), _dotted)}
        return cls(every - _OWN_OBJECT, frozenset(owners - every - _OWN_OBJECT))

    def shares_with(self, other: "Values") -> bool:
        """Whether a value of one is a value of the other, or an attribute of one."""
        if self.names & other.names:
            return True
        return bool(self.owners & other.names or self.names & other.owners)


def _dotted(owner: str, attribute: str) -> str:
    """The dotted name of an attribute."""
    return f"{owner}.{attribute}"


class Check(Struct, frozen=True):
    """A call that may stop the function, awaited or not.

    `values`: what it takes; None: it is a check whatever it takes. `confines`: it decides what the program
    may do from then on.
    """

    node: ast.expr
    values: Values | None
    confines: bool = False


class Checks:
    """Says which statements of a file leave, and which of its calls check something."""

    def __init__(self, walk: Walk, flow: Flow) -> None:
        self._walk = walk
        self._flow = flow
        self._leaving: dict[ast.AST, Leaving] = {}
        self._stopping: dict[tuple[FunctionNode, int], bool] = {}

    def leaving(self, block: Sequence[ast.stmt]) -> Leaving:
        """What is left at the end of a block."""
        return self._leaving_of(block[-1]) if block else Leaving.NOTHING

    def check_of(self, statement: ast.stmt) -> Check | None:
        """The call of a statement that checks something.

        Its result is not taken; or it is, and the name begins with what says that it checks.
        """
        match statement:
            case ast.Expr(value=value):
                is_taken = False
            case ast.Assign(value=value) | ast.AnnAssign(value=value):
                is_taken = True
            case _:
                return None
        call = _call_of(value)
        if call is None or value is None:
            return None
        return self._check(value, call, is_taken=is_taken)

    def is_entered_check(self, value: ast.expr) -> bool:
        """Whether the name of what a `with` enters says that it checks, as `self.assertRaises` does."""
        call = _call_of(value)
        return call is not None and self._check(value, call, is_taken=True) is not None

    def values_of(self, *nodes: ast.AST) -> frozenset[str]:
        """The dotted names of the values in expressions, as they are written.

        What is called is no value, but what its method belongs to is: `request.args` in
        `request.args.get("x")`. A module of Python's own is none.
        """
        pending, found = list(nodes), set[str]()
        while pending:
            node = pending.pop()
            name = plain_name(node)
            if name:
                found.add(name)
            else:
                pending += self._values_in(node)
        return frozenset(found)

    def is_silent(self, call: ast.Call) -> bool:
        """Whether a call logs, fills a container, or prepares an object."""
        return self._names(call).is_silent

    def _values_in(self, node: ast.AST) -> list[ast.AST]:
        """The parts of an expression that may be values."""
        if not isinstance(node, ast.Call):
            return parts_of(node)
        return [*node.args, *node.keywords, *self._called_in(node)]

    def _called_in(self, call: ast.Call) -> list[ast.expr]:
        """What of a callee is a value: what a method belongs to, or an expression that gives a function."""
        if isinstance(call.func, ast.Name):
            return []
        if not isinstance(call.func, ast.Attribute):
            return [call.func]
        root = (written(call.func) or "").partition(".")[0]
        is_import = self._walk.names.means_import(root, self._flow.scope_of(call))
        is_module = is_import and any(map(is_of_python, self._names(call).full))
        return [] if is_module else [call.func.value]

    def _names(self, call: ast.Call) -> CalledNames:
        """The names of what a call calls."""
        names = self._flow.callee(call).name.split("|")
        return CalledNames(written(call.func) or "", names)

    def _check(self, node: ast.expr, call: ast.Call, *, is_taken: bool) -> Check | None:
        """The check that a call is, if it may be one; `node` is the call, or what awaits it."""
        names = self._names(call)
        if names.is_silent:
            return None
        if names.confines:
            return Check(node, None, confines=True)
        if is_taken:
            return Check(node, None) if names.says_check_first else None
        return self._check_by_itself(node, call, names)

    def _check_by_itself(
        self, node: ast.expr, call: ast.Call, names: CalledNames
    ) -> Check | None:
        """The check that a call is whose result nobody takes."""
        if names.is_of_python:
            return None
        if names.says_check or self._can_stop(call):
            return Check(node, None)
        if names.says_action_first:
            return None
        return Check(node, Values.of(self.values_of(*call.args, *call.keywords)))

    def _leaving_of(self, statement: ast.stmt) -> Leaving:
        """What a statement leaves, worked out once."""
        known = self._leaving.get(statement)
        if known is None:
            known = self._leaving[statement] = self._find_leaving(statement)
        return known

    def _find_leaving(self, statement: ast.stmt) -> Leaving:
        """What a statement leaves at its end: itself, or because all of its blocks do."""
        found = Leaving.NOTHING
        match statement:
            case ast.Return() | ast.Raise():
                found = Leaving.FUNCTION
            case ast.Continue() | ast.Break():
                found = Leaving.LOOP
            case ast.Expr(value=value):
                call = _call_of(value)
                if call is not None and self._names(call).never_returns:
                    found = Leaving.FUNCTION
            case ast.While(body=body) if always_runs(statement) and not may_break(body):
                found = Leaving.FUNCTION
            case ast.If(body=body, orelse=orelse):
                found = min(self.leaving(body), self.leaving(orelse))
            case ast.With(body=body) | ast.AsyncWith(body=body):
                found = self.leaving(body)
            case ast.Try() | ast.TryStar():
                found = self._leaving_of_try(statement)
        return found

    def _leaving_of_try(self, node: ast.Try | ast.TryStar) -> Leaving:
        """A `try` leaves where its end does, or where all of its ways do."""
        ways = [max(self.leaving(node.body), self.leaving(node.orelse))]
        ways += [self.leaving(handler.body) for handler in node.handlers]
        return max(min(ways), self.leaving(node.finalbody))

    def _can_stop(self, call: ast.Call, depth: int = _DEPTH) -> bool:
        """Whether a call is one of a function of this file that can raise or end the program."""
        functions = self._flow.called(call).functions
        return any(self._function_stops(one, depth) for one in functions)

    def _function_stops(self, function: FunctionNode, depth: int) -> bool:
        """Whether a function can raise or end the program, by itself or so many calls deeper."""
        key = (function, depth)
        if key not in self._stopping:
            statements = _statements_in(function.body)
            self._stopping[key] = any(self._stops(one, depth) for one in statements)
        return self._stopping[key]

    def _stops(self, statement: ast.stmt, depth: int) -> bool:
        """Whether a statement can raise or end the program."""
        match statement:
            case ast.Raise() | ast.Assert():
                return True
            case ast.Expr(value=ast.Call() as call):
                if self._names(call).never_returns:
                    return True
                return depth > 0 and self._can_stop(call, depth - 1)
        return False


def dotted_names(*nodes: ast.AST) -> Iterable[str]:
    """The dotted names in expressions, as they are written."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        name = plain_name(node)
        if name:
            yield name
        else:
            pending += parts_of(node)


def plain_name(node: ast.AST) -> str:
    """The dotted name that a node is, empty where it is something else."""
    if isinstance(node, ast.Name | ast.Attribute):
        return written(node) or ""
    return ""


def _statements_in(block: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """The statements of a block and of those in it, but not those of definitions."""
    pending: list[Any] = list(block)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            is_definition = isinstance(node, FunctionNode | ast.ClassDef)
            pending += [] if is_definition else ast.iter_child_nodes(node)


def _call_of(value: ast.expr | None) -> ast.Call | None:
    """The call that a value is, awaited or not."""
    if isinstance(value, ast.Await):
        value = value.value
    return value if isinstance(value, ast.Call) else None


def may_break(block: Iterable[ast.stmt]) -> bool:
    """Whether a loop with this body may be left by `break`."""
    pending: list[ast.AST] = list(block)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Break):
            return True
        # What is inside of another loop or definition leaves that one.
        if isinstance(node, _HOLDERS) and not isinstance(node, _OTHERS):
            pending.extend(ast.iter_child_nodes(node))
    return False
