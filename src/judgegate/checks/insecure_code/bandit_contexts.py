"""The evidence context of each of bandit's findings, by what its code and its node speak of."""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from judgegate.evidence.contexts import Contexts, call_with
from judgegate.model.evidence_context import EvidenceContext
from judgegate.sources.python_walk import Walk

_BUILT_TEXT = "B608"
_ARGUMENTS = "B106"
_DEFAULTS = "B107"
_BY_THEMSELVES = frozenset(
    {"B113", "B303", "B304", "B305", "B306", "B311", "B312", "B321", "B323", "B324"}
    | {"B501", "B502", "B503", "B504", "B505", "B507", "B508", "B509", "B615"}
)
"""Calls that are dangerous whatever they get: weak hashes and ciphers, no timeout, no certificate ..."""

_SHOWING = (ast.Assign, ast.AnnAssign, ast.Compare, ast.keyword)
"""What a value stands in that shows what it is for."""

MOST_TRACED = 1_000
"""So many findings of a file about calls and texts get a context. Each may take a millisecond or more."""

MOST_CALLS = 20_000
"""A file with more calls has no contexts. Each call above a finding may be a check, and is looked at."""


class FindingContexts:
    """The contexts of a file's findings.

    What goes wrong with one is kept in `crash`, the first one, and no finding is lost by it.
    """

    def __init__(self, walk: Walk) -> None:
        self.crash: Exception | None = None
        self._contexts = Contexts(walk)
        self._left = MOST_TRACED if len(walk.calls) <= MOST_CALLS else 0

    def of(self, code: str, node: Any) -> EvidenceContext | None:
        """The context of a finding; None where it has none, or where it could not be made."""
        if isinstance(node, ast.expr):
            if not self._left:
                return None
            self._left -= 1
        try:
            return context_of(code, node, self._contexts)
        except MemoryError:
            raise
        except Exception as crash:  # noqa: BLE001 - whatever it is, it must hide no finding
            self.crash = self.crash or crash
            return None


def context_of(code: str, node: Any, contexts: Contexts) -> EvidenceContext | None:
    """The context of a finding by its code and its node, None for one about the file as a whole."""
    if node is None:
        return None
    if not isinstance(node, ast.expr):
        if code == _DEFAULTS:
            return contexts.of_values([node.args], list(_default_secrets(node.args)), None)
        return contexts.of_statement(node)
    if isinstance(node, ast.Call) and code == _ARGUMENTS:
        return contexts.of_values([node], list(_passed_secrets(node)), node)
    return _of_expression(code, node, contexts)


def _of_expression(code: str, node: ast.expr, contexts: Contexts) -> EvidenceContext:
    """The context of a finding about a call, a text or a name."""
    match node:
        case ast.Constant() if code == _BUILT_TEXT:
            return contexts.of_built_text(node)
        case ast.Constant():
            value = written_value(node)
            return contexts.of_values(_shown_with(node, value), [value], call_with(value))
        case ast.Call() if code in _BY_THEMSELVES:
            return contexts.of_call_alone(node)
        case ast.Call():
            return contexts.of_call(node)
    return contexts.of_reference(node)


def written_value(node: Any) -> ast.expr:
    """The value that bandit speaks of, where it names it by its key.

    As in `{"password": ...}` and `options["password"] = ...`. Elsewhere the node is the value.
    """
    parent = node._bandit_parent
    owner = getattr(parent, "_bandit_parent", None)
    value = node
    if isinstance(parent, ast.Dict) and node in parent.keys:
        value = parent.values[parent.keys.index(node)]
    elif isinstance(parent, ast.Subscript) and isinstance(owner, ast.Assign):
        value = owner.value
    return value  # type: ignore[no-any-return]  # the walk's parents have no types


def _shown_with(node: Any, value: Any) -> Sequence[ast.AST]:
    """The nodes that show what a value is for."""
    if value is not node:
        return (node, value)
    parent = node._bandit_parent
    return (parent,) if isinstance(parent, _SHOWING) else (node,)


def _passed_secrets(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that bandit takes for secrets."""
    return _secrets((keyword.arg, keyword.value) for keyword in call.keywords)


def _default_secrets(arguments: ast.arguments) -> Iterator[ast.expr]:
    """The defaults that bandit takes for secrets."""
    positional = [*arguments.posonlyargs, *arguments.args]
    given = positional[len(positional) - len(arguments.defaults) :]
    return _secrets(
        (parameter.arg, default)
        for parameter, default in chain(
            zip(given, arguments.defaults, strict=True),
            zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        )
    )


def _secrets(named: Iterable[tuple[str | None, ast.expr | None]]) -> Iterator[ast.expr]:
    """The texts whose names are those of secrets."""
    # Imported here, because bandit must be imported by what prepares its tests.
    from bandit.plugins.general_hardcoded_password import RE_CANDIDATES

    for name, value in named:
        is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
        if value is not None and is_text and RE_CANDIDATES.search(name or ""):
            yield value
