"""Digests of single expressions of a Python tree, for the few that a finding is about.

The walk makes digests of whole statements. An expression's are made when they are asked for.
"""

import ast
from typing import Any

from judgegate.sources.python_nodes import MARK_NAMES, ROWS, constant_word
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
        known = self._known.get(node)
        if known is None:
            words: list[str] = []
            # It goes as deep as the walk has gone, with fewer frames.
            self._write(node, words)
            known = self._known[node] = self.digest_texts(*words)
        return known

    def digest_texts(self, *texts: str) -> str:
        """One digest of several texts."""
        data = "\0".join(texts).encode("utf-8", "surrogatepass")
        return self._walk.digest_all(data).hex()

    def _write(self, node: Any, words: list[str]) -> None:
        """Add the words of a node, in the order of its fields. What is empty leaves no trace."""
        kind = node.__class__
        if kind is ast.Name:
            words.append(node.id)
            return
        if kind is ast.Constant:
            words.append(constant_word(node.value))
            return
        row = ROWS[kind]
        words.append(row.tag)
        for name, mark in row.fields:
            value = getattr(node, name, None)
            if value is None or value == []:
                continue
            words.append(mark)
            for part in value if value.__class__ is list else (value,):
                self._write_part(part, words)
        words.append(_END)

    def _write_part(self, part: Any, words: list[str]) -> None:
        """Add a node in a field, or the word for what is none: an operator, a name, a number, nothing."""
        kind = part.__class__
        if kind is ast.Call:
            words.append(f"#{self.digest(part)}")
        elif kind in ROWS:
            self._write(part, words)
        elif part is None:
            # A parameter without a default has none, which is not the constant None.
            words.append("-")
        else:
            words.append(MARK_NAMES.get(kind) or f"={part}")


def parts_of(node: Any) -> list[Any]:
    """The nodes directly in an expression, or in a statement's own words."""
    parts: list[Any] = []
    for name, _ in ROWS[node.__class__].fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            parts += [part for part in value if part.__class__ in ROWS]
        elif value.__class__ in ROWS:
            parts.append(value)
    return parts
