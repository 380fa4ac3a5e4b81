"""What a Python file imports."""

import ast
from collections.abc import Iterator
from typing import Any

from judgegate.sources.python_walk import Walk

ImportNode = ast.Import | ast.ImportFrom

_FLAG = "TYPE_CHECKING"


def imports_of(walk: Walk) -> Iterator[tuple[ImportNode, bool]]:
    """The import statements in the order of the file, each with whether only type checkers follow it."""
    statements = (
        *walk.statements.get(ast.Import, ()),
        *walk.statements.get(ast.ImportFrom, ()),
    )
    nodes: list[Any] = [node for node, _ in statements]
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        yield node, _is_for_typing(node)


def imported_names(node: ImportNode) -> Iterator[str]:
    """What a statement imports, each name with the dots before it; a star is its module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    start = "." * node.level + (node.module or "")
    joint = "." if node.module else ""
    for alias in node.names:
        yield start if alias.name == "*" else f"{start}{joint}{alias.name}"


def _is_for_typing(node: Any) -> bool:
    """Whether a statement stands in the body of an `if TYPE_CHECKING`."""
    parent = node._bandit_parent  # noqa: SLF001 - the walk has put it there
    while not isinstance(parent, ast.Module):
        if (
            isinstance(parent, ast.If)
            and node in parent.body
            and _asks_for_typing(parent.test)
        ):
            return True
        node, parent = parent, parent._bandit_parent  # noqa: SLF001 - as above
    return False


def _asks_for_typing(test: ast.expr) -> bool:
    match test:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == _FLAG
    return False
