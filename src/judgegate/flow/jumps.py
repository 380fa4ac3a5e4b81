"""Where control leaves a block of Python: by `break` and `continue`, by `return` and `raise`."""

import ast
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from judgegate.flow.known_calls import ENTERED
from judgegate.sources.python_walk import Walk

LOOPS = (ast.For, ast.AsyncFor, ast.While)
TRIES = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))
WITHS = (ast.With, ast.AsyncWith)
_JUMPS = (ast.Break, ast.Continue)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_OPENING = (*LOOPS, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


class Jump(Struct, frozen=True, eq=False):
    """A `break` or `continue`. `final` is the outermost `try` whose last block runs on its way."""

    node: ast.stmt
    final: Any


_Target = tuple[Any, Any]
"""The loop that a jump belongs to, and the `try` whose last block runs on the way."""


class Jumps:
    """What leaves the blocks of a file."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._targets: dict[ast.AST, _Target] = {}
        self._leaving: dict[ast.AST, bool] = {}

    def breaks(self, loop: ast.AST) -> Sequence[Jump]:
        """What leaves a loop, and not by its end."""
        return self._of_loops.get((loop, ast.Break), ())

    def continues(self, loop: ast.AST) -> Sequence[Jump]:
        """What goes back to the start of a loop, and not by its end."""
        return self._of_loops.get((loop, ast.Continue), ())

    def leaves(self, statements: Sequence[ast.stmt]) -> bool:
        """Whether what follows a block is never reached from its end."""
        return bool(statements) and self._leaves(statements[-1])

    @cached_property
    def _of_loops(self) -> dict[tuple[ast.AST, type], list[Jump]]:
        """The jumps of each loop, by their kind."""
        found: dict[tuple[ast.AST, type], list[Jump]] = defaultdict(list)
        for kind in _JUMPS:
            for node, _ in self._walk.statements.get(kind, ()):
                loop, final = self._target_of(node)
                found[loop, kind].append(Jump(node, final))
        return found

    def _target_of(self, node: Any) -> _Target:
        """The loop around a statement. What is worked out for those around it is kept for others.

        The `else` of a loop belongs to the next loop around it.
        """
        path = []
        target: _Target | None = None
        while target is None:
            path.append(node)
            parent = node._bandit_parent  # noqa: SLF001 - the walk has put it there
            is_loop = isinstance(parent, _OPENING) and node not in _else_of(parent)
            target = (parent, None) if is_loop else self._targets.get(parent)
            node = parent
        for inner in reversed(path):
            loop, final = target
            if final is None and isinstance(node, TRIES) and inner not in node.finalbody:
                final = node if node.finalbody else None
            target = self._targets[inner] = (loop, final)
            node = inner
        return target

    def _leaves(self, node: ast.stmt) -> bool:
        """Whether a statement leaves by all of its ends. A chain of `elif` is read in a loop."""
        chain = []
        while node not in self._leaving and _goes_on(node):
            chain.append(node)
            node = node.orelse[0]  # type: ignore[attr-defined] # it is an `if` with an `elif`
        if node not in self._leaving:
            self._leaving[node] = self._leaves_at_last(node)
        answer = self._leaving[node]
        for one in reversed(chain):
            answer = answer and self.leaves(one.body)  # type: ignore[attr-defined] # as above
            self._leaving[one] = answer
        return answer

    def _leaves_at_last(self, node: Any) -> bool:
        """Whether a statement that is no `if` with an `elif` leaves by all of its ends."""
        if isinstance(node, _LEAVING):
            return True
        if isinstance(node, TRIES) and self.leaves(node.finalbody):
            return True
        return all(self.leaves(block) for block in _ends_of(node))


def _ends_of(node: Any) -> list[Sequence[ast.stmt]]:
    """The blocks at whose ends a statement comes to its end.

    An empty one stands for the way past all of them.
    """
    if isinstance(node, ast.If):
        return [node.body, node.orelse]
    if isinstance(node, TRIES):
        # Where the body leaves, its `else` is not reached.
        return [node.orelse or node.body, *(handler.body for handler in node.handlers)]
    if isinstance(node, WITHS):
        return [[]] if may_swallow(node) else [node.body]
    if isinstance(node, ast.Match):
        return [case.body for case in node.cases] if has_default(node) else [[]]
    return [[]]


def _else_of(node: Any) -> Sequence[ast.stmt]:
    """The statements of a loop that are not repeated."""
    return getattr(node, "orelse", ())


def _goes_on(node: ast.stmt) -> bool:
    """Whether it is an `if` with an `elif`. There may be thousands in a row."""
    return (
        isinstance(node, ast.If)
        and len(node.orelse) == 1
        and isinstance(node.orelse[0], ast.If)
    )


def has_default(node: ast.Match) -> bool:
    """Whether one of the cases takes whatever is left."""
    return any(
        case.guard is None
        and isinstance(case.pattern, ast.MatchAs)
        and case.pattern.pattern is None
        for case in node.cases
    )


def always_runs(node: Any) -> bool:
    """Whether it is a loop that only a jump leaves, as `while True` is."""
    test = getattr(node, "test", None)
    return isinstance(test, ast.Constant) and bool(test.value)


def may_swallow(node: Any) -> bool:
    """Whether a `with` may go on behind its block after an exception in it.

    Any object may do that, as `contextlib.suppress` does. Only some that are seen often surely do
    not.
    """
    return not all(_lets_through(item.context_expr) for item in node.items)


def _lets_through(entered: ast.expr) -> bool:
    """Whether what is entered is one of the calls that are known for it."""
    match entered:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in ENTERED
    return False
