"""Facts of a Python file, read from what the walk over its tree has written down."""

import ast
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from judgegate.model.facts import (
    ANYTHING,
    LONGEST_NAME,
    MOST_MEANINGS,
    MOST_STATEMENTS,
    STATEMENT_SIZE,
    AssertionFact,
    Binding,
    FileFacts,
    GuardFact,
    GuardForm,
    ImportedName,
    Parameter,
    ParameterKind,
    Signature,
    Statement,
    StatementRow,
    Unit,
    UnitKind,
)
from judgegate.model.file_names import PYTHON
from judgegate.sources.fact_bounds import FactBounds
from judgegate.sources.python import PythonSource
from judgegate.sources.python_calls import CallsOfUnits, doubts_of_names, never_returns
from judgegate.sources.python_comments import acting_comments
from judgegate.sources.python_imports import imported_names, imports_of
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_statements import bound_names, statement_name
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import FreeStatement, FunctionNode, WalkedDefinition

_FEWEST_TOKENS = 40
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_ASSERTING = frozenset({"raises", "warns", "deprecated_call", "fail", "expect"})


def extract_python(source: PythonSource) -> FileFacts:
    """All facts of a Python file."""
    bounded = FactBounds()
    walk = source.walk
    calls = CallsOfUnits(walk)
    return FileFacts(
        language=PYTHON,
        form=_form(source),
        units=bounded.of_units(_units(source, calls)),
        bindings=bounded(_bindings(walk)),
        imports=bounded(_imports(source)),
        assertions=bounded(_assertions(source)),
        guards=bounded(_guards(source)),
        blocks=bounded(_blocks(source)),
        signatures=bounded(_signatures(source)),
        dynamic=tuple(doubts_of_names(walk)),
        cut=bounded.cut or calls.cut,
    )


def _form(source: PythonSource) -> str:
    """The digest of the whole file: its statements, and the comments that are no prose."""
    comments = "\0".join(acting_comments(source.text))
    return source.walk.digest_all(
        source.walk.form, comments.encode("utf-8", "surrogatepass")
    ).hex()


def _units(source: PythonSource, calls: CallsOfUnits) -> Iterator[Unit]:
    """The units in the order of the file."""
    walk = source.walk
    every: list[WalkedDefinition | FreeStatement] = [*walk.definitions]
    every += walk.free
    for one in sorted(every, key=_place):
        if isinstance(one, FreeStatement):
            yield _statement_unit(one, source, calls)
        else:
            yield _definition_unit(one, source, calls)


def _place(one: WalkedDefinition | FreeStatement) -> tuple[int, int]:
    return one.node.lineno, one.node.col_offset


def _statement_unit(free: FreeStatement, source: PythonSource, calls: CallsOfUnits) -> Unit:
    form = source.walk.forms[free.node]
    return Unit(
        kind=UnitKind.STATEMENT,
        name=_qualified(free.scope, statement_name(free.node))[:LONGEST_NAME],
        lines=source.range_of(free.node.lineno, free.node.end_lineno or free.node.lineno),
        header=form.own.hex(),
        body="",
        exposure=source.walk.digest_all(*free.around).hex(),
        tokens=form.tokens,
        calls=calls.of(free.node),
        binds=tuple(
            _qualified(free.scope, name)[:LONGEST_NAME] for name in bound_names(free.node)
        ),
    )


def _qualified(scope: Scope, name: str) -> str:
    """The name of what stands in a scope."""
    return f"{scope.name}.{name}" if scope.name else name


def _definition_unit(
    walked: WalkedDefinition, source: PythonSource, calls: CallsOfUnits
) -> Unit:
    node, form = walked.node, source.walk.forms[walked.node]
    first = min(one.lineno for one in (node, *node.decorator_list))
    exposure = source.walk.digest_all(*walked.around, form.surface).hex()
    is_class = isinstance(node, ast.ClassDef)
    return Unit(
        kind=_kind_of(walked),
        name=walked.name[:LONGEST_NAME],
        lines=source.range_of(first, node.end_lineno or node.lineno),
        header=form.own.hex(),
        # What a class holds are units of their own.
        body="" if is_class else form.body.hex(),
        exposure=exposure,
        tokens=form.tokens if is_class else form.all_tokens,
        statements=() if is_class else tuple(_statements(source.walk, node.body)),
        calls=calls.of(node) if is_class else calls.of(node, walked.scope),
        arity=None if is_class else _arity(node.args),  # type: ignore[union-attr]
        binds=() if is_class else tuple(_globals_of(walked.scope)),
    )


def _globals_of(scope: Scope) -> Iterator[str]:
    """The names of the file that a function says it may bind."""
    for name, owner in scope.elsewhere.items():
        if owner.kind is ScopeKind.FILE:
            yield name[:LONGEST_NAME]


def _kind_of(walked: WalkedDefinition) -> UnitKind:
    if isinstance(walked.node, ast.ClassDef):
        return UnitKind.CLASS
    outer = walked.scope.outer
    is_method = outer is not None and outer.kind is ScopeKind.CLASS
    return UnitKind.METHOD if is_method else UnitKind.FUNCTION


def _statements(walk: Walk, statements: Sequence[ast.AST]) -> Iterator[Statement]:
    """The statements of a body and of the blocks in it, up to the bound."""
    for node in islice(_nested(statements), MOST_STATEMENTS):
        form = walk.forms[node]
        yield Statement(form.own[:STATEMENT_SIZE].hex(), form.tokens)


def _nested(statements: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Statements and those in their blocks, in the order of the file."""
    pending = list(reversed(statements))
    while pending:
        node = pending.pop()
        yield node
        inner = [child for block in _BLOCKS for child in getattr(node, block, ())]
        pending.extend(reversed(inner))


def _arity(arguments: ast.arguments) -> int | None:
    if arguments.vararg or arguments.kwarg:
        return None
    return len([*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs])


def _bindings(walk: Walk) -> Iterator[Binding]:
    for scope, name, meanings in walk.names.bindings():
        if meanings - {name}:
            cut = tuple(sorted({one[:LONGEST_NAME] for one in meanings}))
            if len(cut) > MOST_MEANINGS or any(ANYTHING in one for one in cut):
                cut = (ANYTHING,)
            yield Binding(scope[:LONGEST_NAME], name[:LONGEST_NAME], cut)


def _imports(source: PythonSource) -> Iterator[ImportedName]:
    for node, typing_only in imports_of(source.walk):
        line = source.lines.from_python(node.lineno)
        for name in imported_names(node):
            yield ImportedName(name[:LONGEST_NAME], line, typing_only)


def _assertions(source: PythonSource) -> Iterator[AssertionFact]:
    """What is asserted, by statements first and then by calls."""
    walk = source.walk
    for node, scope in walk.statements.get(ast.Assert, ()):
        yield _assertion("assert", node, node, scope, source)
    for (call, scope, names), home in zip(walk.named_calls, walk.homes, strict=True):
        for name in filter(_asserts, names):
            yield _assertion(name, call, home, scope, source)


def _asserts(name: str) -> bool:
    """Whether a call of this name is an assertion of a test."""
    last = name.rpartition(".")[2]
    return last.startswith("assert") or last in _ASSERTING


def _assertion(
    name: str, node: Any, statement: Any, scope: Scope, source: PythonSource
) -> AssertionFact:
    line = source.lines.from_python(node.lineno)
    digest = source.walk.forms[statement].own.hex()
    return AssertionFact(name[:LONGEST_NAME], line, digest, scope.name[:LONGEST_NAME])


def _guards(source: PythonSource) -> Iterator[GuardFact]:
    """The guards, form by form."""
    walk = source.walk
    statements = walk.statements
    ending = {call for call, _, names in walk.named_calls if never_returns(names)}
    for node, scope in statements.get(ast.If, ()):
        last = node.body[-1]
        if isinstance(last, _LEAVING) or getattr(last, "value", None) in ending:
            yield _guard(GuardForm.CLAUSE, node, scope, source)
    for kind in (ast.With, ast.AsyncWith):
        for node, scope in statements.get(kind, ()):
            yield _guard(GuardForm.BLOCK, node, scope, source)
    for node, scope in statements.get(ast.ExceptHandler, ()):
        yield _guard(GuardForm.HANDLER, node, scope, source)
    for node, scope in statements.get(ast.Expr, ()):
        if _is_call(node.value):
            yield _guard(GuardForm.CALL, node, scope, source)


def _is_call(node: ast.expr) -> bool:
    if isinstance(node, ast.Await):
        node = node.value
    return isinstance(node, ast.Call)


def _guard(form: GuardForm, node: Any, scope: Scope, source: PythonSource) -> GuardFact:
    line = source.lines.from_python(node.lineno)
    digest = source.walk.forms[node].own.hex()
    return GuardFact(form, line, digest, scope.name[:LONGEST_NAME])


def _blocks(source: PythonSource) -> Iterator[StatementRow]:
    for block in source.walk.blocks:
        if block.tokens >= _FEWEST_TOKENS:
            first, last = block.first.lineno, block.last.end_lineno
            yield StatementRow(
                source.range_of(first, last), block.digest.hex(), block.tokens
            )


def _signatures(source: PythonSource) -> Iterator[Signature]:
    """What other files may use: public definitions in the order of the file, then variables."""
    for walked in source.walk.definitions:
        if _is_public(walked.name) and not _is_in_function(walked.scope.outer):
            yield _signature(walked, source)
    for free in source.walk.free:
        for name in _assigned(free.node):
            qualified = _qualified(free.scope, name)
            if _is_public(qualified):
                line = source.lines.from_python(free.node.lineno)
                yield Signature(qualified[:LONGEST_NAME], UnitKind.STATEMENT, line)


def _signature(walked: WalkedDefinition, source: PythonSource) -> Signature:
    node = walked.node
    parameters = tuple(_parameters(node.args)) if isinstance(node, FunctionNode) else ()
    line = source.lines.from_python(node.lineno)
    return Signature(
        walked.name[:LONGEST_NAME], _kind_of(walked), line, parameters[:MOST_STATEMENTS]
    )


def _is_public(name: str) -> bool:
    """Whether no part of a qualified name is private; `__init__` and its like are not."""
    parts = name.split(".")
    return not any(part.startswith("_") and not part.endswith("__") for part in parts)


def _is_in_function(scope: Scope | None) -> bool:
    while scope is not None:
        if scope.kind is ScopeKind.FUNCTION:
            return True
        scope = scope.outer
    return False


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    """The parameters in the order in which they are written."""
    plain = [*arguments.posonlyargs, *arguments.args]
    without_default = len(plain) - len(arguments.defaults)
    for number, one in enumerate(plain):
        is_positional = number < len(arguments.posonlyargs)
        kind = ParameterKind.POSITION if is_positional else ParameterKind.EITHER
        yield Parameter(one.arg[:LONGEST_NAME], kind, number < without_default)
    if arguments.vararg:
        yield Parameter(
            arguments.vararg.arg[:LONGEST_NAME], ParameterKind.MANY, required=False
        )
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(one.arg[:LONGEST_NAME], ParameterKind.KEYWORD, default is None)
    if arguments.kwarg:
        name = arguments.kwarg.arg[:LONGEST_NAME]
        yield Parameter(name, ParameterKind.MANY_KEYWORDS, required=False)


def _assigned(node: ast.stmt) -> Iterator[str]:
    """The plain names that a statement assigns to."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        yield from (part.id for part in parts if isinstance(part, ast.Name))
