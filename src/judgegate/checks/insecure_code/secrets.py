"""Literal secrets: what must not be printed, and where it stands."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from judgegate.model.ranges import LineRange
from judgegate.sources.python import PythonSource

SECRET_CODES = frozenset({"B105", "B106", "B107"})
"""Bandit's tests for a password that is written down."""

MASK = '"***"'


def secret_lines(source: PythonSource, nodes: Iterable[ast.AST | None]) -> frozenset[int]:
    """The lines, by git's numbers, of the statements in which secrets were found."""
    return frozenset(line for node in nodes if node is not None for line in _statement_lines(source, node))


def _statement_lines(source: PythonSource, node: Any) -> LineRange:
    """The lines of the statement that the node belongs to, without the block that hangs on it."""
    while not isinstance(node, ast.stmt):
        node = node._bandit_parent  # noqa: SLF001 - the visitor has put it there
    return source.range_of(node.lineno, header_end(node))


def value_end(node: Any) -> int:
    """The last line, as Python counts, of the secret that bandit named by its key: `{"password": ...}`, `options["password"] = ...`."""
    parent = node._bandit_parent  # noqa: SLF001 - the visitor has put it there
    owner: Any = getattr(parent, "_bandit_parent", None)
    value: Any = node
    if isinstance(parent, ast.Dict) and node in parent.keys:
        value = parent.values[parent.keys.index(node)]
    elif isinstance(parent, ast.Subscript):
        value = owner.value  # bandit reports assignments only
    return int(value.end_lineno)


def header_end(node: ast.stmt) -> int:
    """The last line of a statement's own words, as Python counts: a block that hangs on it does not belong to them."""
    first: ast.stmt | None = next(iter(getattr(node, "body", ())), None)
    if first is None:
        return node.end_lineno or node.lineno
    start: int = min(
        [first.lineno, *(decorator.lineno for decorator in getattr(first, "decorator_list", ()))]
    )
    return max(node.lineno, start - 1)


class Masking:
    """The texts of lines with every literal in them masked. Built once for a file that holds a secret."""

    def __init__(self, source: PythonSource) -> None:
        self._lines = _mask_literals(source)

    def texts_of(self, lines: LineRange) -> Sequence[str]:
        return self._lines[lines.start - 1 : lines.end]


def _mask_literals(source: PythonSource) -> list[str]:
    """Git's lines; where a literal spans several, its mask stands on the first and its other lines lose what belongs to it."""
    rows = source.text.replace("\r\n", "\n").replace("\r", "\n").encode().split(b"\n")
    for literal in sorted(
        _literals(source.tree), key=lambda node: (node.lineno, node.col_offset), reverse=True
    ):
        _mask(rows, literal)
    masked: list[bytes] = [b""] * len(source.lines)
    for number, row in enumerate(rows, start=1):
        masked[source.lines.from_python(number) - 1] += row
    return [row.decode("utf-8", "replace") for row in masked]


def _literals(tree: ast.AST) -> Iterator[ast.expr]:
    """The outermost literals of the tree that can hold a secret: text, bytes and numbers, never True, False or None."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr) or type(node).__name__ == "TemplateStr":
            yield node  # type: ignore[misc] # a TemplateStr is an expression too, where it exists
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str | bytes | int | float | complex) and not isinstance(
                node.value, bool
            ):
                yield node
        else:
            pending.extend(ast.iter_child_nodes(node))


def _mask(rows: list[bytes], node: ast.expr) -> None:
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    rest = rows[last][node.end_col_offset :]
    if first == last:
        rows[first] = rows[first][: node.col_offset] + MASK.encode() + rest
        return
    rows[first] = rows[first][: node.col_offset] + MASK.encode()
    rows[first + 1 : last] = [b""] * (last - first - 1)
    rows[last] = rest
