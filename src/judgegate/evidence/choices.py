"""Which names the statements of a Python function give a value to, and what decides which value."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from judgegate.flow.known_calls import effects_of_method
from judgegate.sources.python_names import written


def choices_in(value: ast.expr | None) -> Iterator[ast.expr]:
    """What in an expression decides about its value: conditional expressions, and the filters of loops."""
    pending: list[Any] = [] if value is None else [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.IfExp):
            yield node
        elif isinstance(node, ast.comprehension):
            yield from node.ifs
        if not isinstance(node, ast.Lambda):
            pending += ast.iter_child_nodes(node)


def changed_by(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """The dotted names that statements in a row assign to, or that they fill."""
    for statement in statements:
        targets: list[Any] = []
        match statement:
            case ast.Assign(targets=targets):
                pass
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                targets = [target]
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=filled, attr=attr))):
                targets = [filled] if effects_of_method(attr).filled else []
        for target in targets:
            name = written(target.value if isinstance(target, ast.Subscript) else target)
            if name is not None:
                yield name
