"""Scan with radon: the complexity of every function of a file."""

import ast
from collections.abc import Iterator
from typing import Any

from judgegate.checks.complex_function import COMPLEX_FUNCTION
from judgegate.checks.excerpts import digest_body, excerpt_of
from judgegate.model.observation import Observation, fingerprint
from judgegate.sources.python import Definition, PythonSource

METRIC = "cyclomatic complexity (radon)"
CODE = "CC"


def scan_complexity(source: PythonSource) -> Iterator[Observation]:
    """Observe every function with its cyclomatic complexity, in the order of the file.

    It is radon's count, a whole number from 1.
    """
    complexity = _measure(source)
    stripped = [line.strip() for line in source.lines.texts]
    for definition in source.definitions:
        node = definition.node
        if not isinstance(node, ast.ClassDef):
            yield _observe(
                definition, _render_header(node), complexity[_place(node)], source, stripped
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


def _measure(source: PythonSource) -> dict[tuple[int, int], int]:
    """The complexity of every function by the place of its `def`.

    Radon leaves out the classes inside functions, with all that they hold: such functions are
    handed to it one by one.
    """
    visitor = prepare()
    found: dict[tuple[int, int], int] = {}
    _collect(visitor.from_ast(source.tree), found)
    for definition in source.definitions:
        node = definition.node
        if not isinstance(node, ast.ClassDef) and _place(node) not in found:
            _collect(visitor.from_ast(node), found)
    return found


def prepare() -> Any:
    """Radon's visitor, imported on the first call."""
    from radon.visitors import ComplexityVisitor

    return ComplexityVisitor


def _collect(visitor: Any, found: dict[tuple[int, int], int]) -> None:
    """Add radon's count of every function that it saw, however deep it is nested."""
    pending = [*visitor.functions, *visitor.classes]
    while pending:
        block = pending.pop()
        if hasattr(block, "closures"):
            found[block.lineno, block.col_offset] = block.complexity
            pending.extend(block.closures)
        else:
            pending.extend([*block.methods, *block.inner_classes])


def _place(node: ast.AST) -> tuple[int, int]:
    """Line and column, by which radon and the tree name the same function."""
    return node.lineno, node.col_offset  # type: ignore[attr-defined] # every definition has a place
