"""The functions and classes of a file. Definitions are statements, so only statements are looked through."""

import ast
from collections.abc import Iterator

from judgegate.checks.python.lines import Lines
from judgegate.checks.python.source import Definition
from judgegate.model.lines import LineRange

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


def find_definitions(tree: ast.Module, lines: Lines) -> Iterator[Definition]:
    """Every function and class, outer before inner, in the order of the file.

    Without recursion: a chain of a thousand `elif` is nested a thousand deep.
    """
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, outer = pending.pop()
        if isinstance(node, _DEFINITIONS):
            name = f"{outer}.{node.name}" if outer else node.name
            yield _definition(name, node, lines)
            outer = name
        children = [(child, outer) for block in _BLOCKS for child in getattr(node, block, ()) if hasattr(child, "_fields")]
        pending.extend(reversed(children))


def _definition(name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: Lines) -> Definition:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    start, end = lines.from_python(node.lineno), lines.from_python(node.end_lineno or node.lineno)
    return Definition(name, node, LineRange(start, end), LineRange(min(start, lines.from_python(first)), end))
