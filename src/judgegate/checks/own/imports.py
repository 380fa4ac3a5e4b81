"""Every import of a Python file, as it is written. Which module the file itself is, and so what a contract says, is the gate's to know."""

import ast
from collections.abc import Iterator, Sequence

from judgegate.checks.excerpts import excerpt_of
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.searches import TYPE_CHECKING_ONLY, Sought
from judgegate.sources.python import PythonSource

_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
_FLAG = "TYPE_CHECKING"


def scan_imports(source: PythonSource, sought: Sequence[Sought]) -> Iterator[Observation]:
    """Observe each imported name once for each rule.

    `code` is the name with its leading dots (`..model.Order`); `metric` says so where only type checkers follow the import.
    """
    for node, typing_only in _imports(source.tree):
        lines = source.range_of(node.lineno, node.end_lineno or node.lineno)
        excerpt = excerpt_of(source.texts_of(lines))
        for name in _names(node):
            for one in sought:
                mark = fingerprint(one.rule, name, "", ())
                yield Observation(
                    rule=one.rule,
                    code=name,
                    lines=lines,
                    subject="",
                    message="",
                    fingerprint=mark,
                    key=mark,
                    excerpt=excerpt,
                    metric=TYPE_CHECKING_ONLY if typing_only else None,
                )


def _imports(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """The import statements, wherever they stand, in the order of the file. Without recursion, as definitions are found."""
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, typing_only = pending.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, typing_only
            continue
        guarded = typing_only or (isinstance(node, ast.If) and _asks_for_typing(node.test))
        children = [
            (child, guarded if block == "body" else typing_only)
            for block in _BLOCKS
            for child in getattr(node, block, ())
            if hasattr(child, "_fields")
        ]
        pending.extend(reversed(children))


def _asks_for_typing(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == _FLAG) or (
        isinstance(test, ast.Attribute) and test.attr == _FLAG
    )


def _names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    start = "." * node.level + (node.module or "")
    joint = "." if node.module else ""
    yield from (start if alias.name == "*" else f"{start}{joint}{alias.name}" for alias in node.names)
