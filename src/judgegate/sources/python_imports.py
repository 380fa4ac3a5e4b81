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
    known: dict[int, bool] = {}
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        yield node, _is_for_typing(node, known)


def imported_names(node: ImportNode) -> Iterator[str]:
    """What a statement imports, each name with the dots before it; a star is its module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    start = "." * node.level + (node.module or "")
    joint = "." if node.module else ""
    for alias in node.names:
        yield start if alias.name == "*" else f"{start}{joint}{alias.name}"


def _is_for_typing(node: Any, known: dict[int, bool]) -> bool:
    """Whether a statement stands in the body of an `if TYPE_CHECKING`.

    `known` holds the answers for what stands around other statements, so that none is sought twice.
    """
    path: list[Any] = []
    while not isinstance(node, ast.Module) and id(node) not in known:
        path.append(node)
        node = node._bandit_parent  # noqa: SLF001 - the walk has put it there
    found = known.get(id(node), False)
    for inner in reversed(path):
        found = found or _is_in_body(inner, node)
        known[id(inner)] = found
        node = inner
    return found


def _is_in_body(node: Any, parent: Any) -> bool:
    """Whether a statement stands in the first block of an `if TYPE_CHECKING`."""
    if not isinstance(parent, ast.If) or not _asks_for_typing(parent.test):
        return False
    return not parent.orelse or node.lineno < parent.orelse[0].lineno


def _asks_for_typing(test: ast.expr) -> bool:
    match test:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == _FLAG
    return False
