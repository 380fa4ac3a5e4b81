"""Digests of single expressions of a Python tree, for the few that a finding is about.

The walk makes digests of whole statements. An expression's are made when they are asked for.
"""

import ast
from collections.abc import Iterator
from typing import Any

from judgegate.sources.python_nodes import MARK_NAMES, ROWS
from judgegate.sources.python_walk import Walk

_END = ")"


class ExpressionForms:
    """The digests of the normal forms of expressions, each made once.

    In the form of an expression stand the digests of the calls in it. So a call in a call in a call is
    read once, and not once for each of them.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._known: dict[ast.AST, str] = {}

    def digest(self, node: ast.AST) -> str:
        """The digest of a node that holds no statements, in hexadecimal digits."""
        if node not in self._known:
            # What is inside stands later in this list, and is needed first.
            for part in reversed([node, *self._calls_in(node)]):
                self._known[part] = self._digest(part)
        return self._known[node]

    def digest_texts(self, *texts: str) -> str:
        """One digest of several texts."""
        data = "\0".join(texts).encode("utf-8", "surrogatepass")
        return self._walk.digest_all(data).hex()

    def _digest(self, node: ast.AST) -> str:
        return self.digest_texts(*self._words(node))

    def _calls_in(self, node: ast.AST) -> Iterator[ast.Call]:
        """The calls inside of a node whose digests are not known, outer before inner."""
        pending = list(ast.iter_child_nodes(node))
        while pending:
            child = pending.pop()
            if child in self._known:
                continue
            if isinstance(child, ast.Call):
                yield child
            pending.extend(ast.iter_child_nodes(child))

    def _words(self, node: ast.AST) -> Iterator[str]:
        """The words of a node's normal form, in the order of its fields."""
        pending: list[Any] = list(reversed(_parts(node)))
        while pending:
            part = pending.pop()
            if isinstance(part, str):
                yield part
            elif isinstance(part, ast.Call):
                yield self._known[part]
            else:
                pending.extend(reversed(_parts(part)))


def _parts(node: Any) -> list[Any]:
    """The words of a node, and the nodes in it. What is empty leaves no trace."""
    kind = node.__class__
    if kind is ast.Name:
        return ["(Name", node.id]
    if kind is ast.Constant:
        return [_constant(node.value)]
    row = ROWS[kind]
    parts: list[Any] = [row.tag]
    for name, mark in row.fields:
        value = getattr(node, name, None)
        if value is None or value == []:
            continue
        parts.append(mark)
        parts += map(_part, value) if isinstance(value, list) else [_part(value)]
    parts.append(_END)
    return parts


def _part(value: Any) -> Any:
    """A node in a field, or the word for what is no node: an operator, a name, a number, or nothing."""
    kind = value.__class__
    if kind in ROWS:
        return value
    # A parameter without a default has none, which is not the constant None.
    return "-" if value is None else MARK_NAMES.get(kind) or f"={value}"


def _constant(value: object) -> str:
    # In hexadecimal, since Python refuses to write very long numbers in decimal.
    return f"={value:#x}" if value.__class__ is int else f"={value!r}"
