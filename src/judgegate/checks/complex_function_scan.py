"""Scan with radon: the complexity of every function of a file."""

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

from judgegate.checks.complex_function import COMPLEX_FUNCTION
from judgegate.checks.excerpts import digest_body, excerpt_of
from judgegate.model.observation import Observation, fingerprint
from judgegate.sources.python import Definition, PythonSource
from judgegate.sources.python_walked import FunctionNode

METRIC = "cyclomatic complexity (radon)"
CODE = "CC"


def scan_complexity(source: PythonSource) -> Iterator[Observation]:
    """Observe every function with its cyclomatic complexity, in the order of the file.

    It is radon's count, a whole number from 1.
    """
    stripped = [line.strip() for line in source.lines.texts]
    for definition in source.definitions:
        node = definition.node
        if not isinstance(node, ast.ClassDef):
            yield _observe(
                definition, _render_header(node), _measure(source, node), source, stripped
            )


def _observe(
    definition: Definition,
    header: str,
    complexity: int,
    source: PythonSource,
    stripped: list[str],
) -> Observation:
    mark = fingerprint(COMPLEX_FUNCTION.id, CODE, definition.name, [METRIC])
    lines = definition.lines
    return Observation(
        rule=COMPLEX_FUNCTION.id,
        code=CODE,
        lines=lines,
        subject=definition.name,
        message=f"{definition.name} has a cyclomatic complexity of {complexity}",
        fingerprint=mark,
        key=mark,
        excerpt=excerpt_of([header]),
        measure=complexity,
        metric=METRIC,
        body=digest_body(
            definition.node.name, stripped[lines.start - 1 : lines.end], source.salt
        ),
        definition=definition.whole,
    )


def _render_header(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The definition's line with its parameters' names alone: a default may hold a secret."""
    given = node.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    if given.vararg or given.kwonlyargs:
        names.append(f"*{given.vararg.arg}" if given.vararg else "*")
    names += [argument.arg for argument in given.kwonlyargs]
    if given.kwarg:
        names.append(f"**{given.kwarg.arg}")
    start = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{start} {node.name}({', '.join(names)}):"


def _measure(source: PythonSource, node: FunctionNode) -> int:
    """The complexity of a function: radon's count of each of its nodes, and one for the function."""
    counter: Any = prepare()()
    for branch in source.walk.branches[node]:
        counter.visit(branch)
    branches: int = counter.complexity
    return 1 + branches


@cache
def prepare() -> Any:
    """Radon's count of single nodes, imported on the first call."""
    from radon.visitors import CodeVisitor, ComplexityVisitor

    class OneNode(CodeVisitor):  # type: ignore[misc] # radon is not typed
        """Visits no children: what they are has been found out already, in the walk over the tree."""

        def generic_visit(self, node: ast.AST) -> None:
            """Stop."""

    class Count(ComplexityVisitor, OneNode):  # type: ignore[misc] # radon is not typed
        """Radon's visitor, which adds what a node counts and then asks `OneNode` for its children."""

        def __init__(self) -> None:
            super().__init__(off=False)

        @staticmethod
        def get_name(node: ast.AST) -> str:
            """Let `except*` count as `except`, which radon does not know."""
            name = type(node).__name__
            return "Try" if name == "TryStar" else name

    return Count
