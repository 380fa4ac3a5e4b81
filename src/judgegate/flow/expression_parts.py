"""What of a Python expression flows into its value, and through what."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from judgegate.flow.graph import Step
from judgegate.model.evidence_context import Callee

LOOKED_UP = Callee("[]")
"""What a key goes through that chooses a value."""

TRUTH = Callee("bool")
"""What goes through a comparison or a `not` is only a truth value."""

_CONVERSIONS = {
    ord("s"): Callee("str"),
    ord("r"): Callee("repr"),
    ord("a"): Callee("ascii"),
}

Part = tuple[ast.expr, Step | None]


def parts_of(node: ast.expr) -> Iterable[Part]:
    """The expressions in an expression whose values flow into its own, each with what it goes through.

    Names, attributes, calls, lambdas, comprehensions and constants are not read here. The test of
    `a if b else c` does not flow. The key of a subscript does: through a look-up, so that who takes
    one of a list of allowed values by an untrusted key is not taken for who passes that key on.
    """
    reader = _READERS.get(node.__class__)
    if reader is not None:
        return reader(node)
    children = ast.iter_child_nodes(node)
    return [(one, None) for one in children if isinstance(one, ast.expr)]


def _subscript(node: ast.Subscript) -> Iterator[Part]:
    """What is looked into, and the key."""
    yield node.value, None
    yield node.slice, LOOKED_UP


def _compare(node: ast.Compare) -> Iterator[Part]:
    """What is compared."""
    yield node.left, TRUTH
    for one in node.comparators:
        yield one, TRUTH


def _unary(node: ast.UnaryOp) -> Iterator[Part]:
    """The operand; of a `not` only whether it is true."""
    yield node.operand, TRUTH if isinstance(node.op, ast.Not) else None


def _choice(node: ast.IfExp) -> Iterator[Part]:
    """Both of the values, and not the test."""
    yield node.body, None
    yield node.orelse, None


def _named(node: ast.NamedExpr) -> Iterator[Part]:
    """The value, and not the name that is bound."""
    yield node.value, None


def _formatted(node: Any) -> Iterator[Part]:
    """A value in an f-string, and how it is written there."""
    yield node.value, _CONVERSIONS.get(node.conversion)
    if node.format_spec is not None:
        yield node.format_spec, None


_READERS: Mapping[type, Callable[[Any], Iterator[Part]]] = {
    ast.Subscript: _subscript,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.IfExp: _choice,
    ast.NamedExpr: _named,
    ast.FormattedValue: _formatted,
}


def is_large_literal(node: ast.expr, size: int) -> bool:
    """Whether an expression is a row of more than so many constants."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts: list[Any] = elements
        case ast.Dict(keys=keys, values=values):
            parts = [*keys, *values]
        case _:
            return False
    return len(parts) > size and all(isinstance(one, ast.Constant) for one in parts)


def elements_of(node: Any) -> list[ast.expr]:
    """What a comprehension is filled with."""
    return [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
