"""Functions that grew too complex, by radon's cyclomatic complexity."""

import ast
from collections.abc import Iterator
from typing import Any

from judgegate.checks.check_types import Scan
from judgegate.checks.excerpts import digest_body, excerpt_of
from judgegate.model.levels import Severity
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.rules import Option, RulePage, RuleSpec, Stricter
from judgegate.sources.python import Definition, PythonSource

METRIC = "cyclomatic complexity (radon)"
CODE = "CC"

COMPLEX_FUNCTION = RuleSpec(
    id="architecture/complex-function",
    summary="A function has more paths than a reviewer can keep in mind.",
    severity=Severity.MEDIUM,
    remedy="Split the function: give each decision, or each branch that does real work, a function of its own.",
    question="Which of these paths does a test reach, and could each path be a function with a name?",
    options=(
        Option(
            name="max_complexity",
            summary="The highest cyclomatic complexity that a function may have.",
            default=15,
            minimum=1,
            maximum=1000,
            stricter=Stricter.SMALLER,
            limits_measure=True,
        ),
    ),
    page=RulePage(
        what=(
            "The check counts the paths through every function, method and closure, as `radon cc` does. "
            "It starts at one. It adds one for each `if`, `elif`, conditional expression, loop, `except`, "
            "`assert`, comprehension and its conditions, for each `case` except the catch-all, and for "
            "each further operand of `and` and `or`. The `else` of a loop and of a `try` counts too. A "
            "nested function is counted separately, not as a part of the function around it. The same is "
            "true for every method of a class inside a function.\n\n"
            "A function is introduced if it is new, or if the change made it more complex than it was."
        ),
        why=(
            "A test must reach every path, and a reviewer must understand every path. With more than ten "
            "or fifteen paths, no one does that. Generated code often adds a branch where a person would "
            "have stopped to restructure. So a function grows a little with each change, and no single "
            "change looks bad."
        ),
        mend=(
            "Give each decision a name: move a condition into a function that answers a question, move "
            "the work of a branch into a function that does it, and replace a chain of comparisons by a "
            "table. Return early instead of nesting. If you only move lines into a helper with ten "
            "parameters, the number is lower, but the code is not easier to read."
        ),
        tune=(
            "`max_complexity` under `with` is the highest value that passes. It is 15 unless the policy "
            "sets another value. A smaller value is stricter. A case for `provenance: ai` can be stricter "
            "for AI-assisted code. A waiver can accept an old function for a limited time, until it is "
            "rewritten."
        ),
        before=(
            "def price(order):\n"
            '    if order.kind == "book":\n'
            "        rate = 7\n"
            '    elif order.kind == "food" and not order.luxury:\n'
            "        rate = 7\n"
            '    elif order.kind == "export" or order.country not in UNION:\n'
            "        rate = 0\n"
            "    else:\n"
            "        rate = 19\n"
            "    return order.net * (100 + rate) / 100\n"
        ),
        after=(
            "def price(order):\n"
            "    return order.net * (100 + tax_rate(order)) / 100\n"
            "\n"
            "\n"
            "def tax_rate(order):\n"
            "    if is_export(order):\n"
            "        return 0\n"
            "    return REDUCED if is_reduced(order) else STANDARD\n"
        ),
    ),
)


def scan_complexity(source: PythonSource) -> Iterator[Observation]:
    """Observe every function with its cyclomatic complexity (radon's count, a whole number from 1), in the order of the file."""
    complexity = _measure(source)
    stripped = [line.strip() for line in source.lines.texts]
    for definition in source.definitions:
        node = definition.node
        if not isinstance(node, ast.ClassDef):
            yield _observe(definition, _render_header(node), complexity[_place(node)], source, stripped)


def _observe(
    definition: Definition, header: str, complexity: int, source: PythonSource, stripped: list[str]
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
        body=digest_body(definition.node.name, stripped[lines.start - 1 : lines.end], source.salt),
        definition=definition.whole,
    )


def _render_header(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The definition's line with its parameters' names alone: a default may hold a secret."""
    given = node.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    if given.vararg or given.kwonlyargs:
        names.append(f"*{given.vararg.arg}" if given.vararg else "*")
    names += [argument.arg for argument in given.kwonlyargs]
    names += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return f"{'async ' if isinstance(node, ast.AsyncFunctionDef) else ''}def {node.name}({', '.join(names)}):"


def _measure(source: PythonSource) -> dict[tuple[int, int], int]:
    """The complexity of every function by the place of its `def`.

    Radon leaves out the classes inside functions, with all that they hold: such functions are handed to it one by one.
    """
    visitor = _prepare()
    found: dict[tuple[int, int], int] = {}
    _collect(visitor.from_ast(source.tree), found)
    for definition in source.definitions:
        if not isinstance(definition.node, ast.ClassDef) and _place(definition.node) not in found:
            _collect(visitor.from_ast(definition.node), found)
    return found


def _prepare() -> Any:
    """Radon's visitor, imported on the first call: the parent reads this module too, and only workers scan."""
    from radon.visitors import ComplexityVisitor

    return ComplexityVisitor


def _collect(visitor: Any, found: dict[tuple[int, int], int]) -> None:
    pending = [*visitor.functions, *visitor.classes]
    while pending:
        block = pending.pop()
        if hasattr(block, "closures"):
            found[block.lineno, block.col_offset] = block.complexity
            pending.extend(block.closures)
        else:
            pending.extend([*block.methods, *block.inner_classes])


def _place(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined] # every definition has a place


CHECK = Scan(
    name="radon", rules=(COMPLEX_FUNCTION.id,), languages=("python",), run=scan_complexity, prepare=_prepare
)
