"""Digests of what stands around the flagged nodes of a Python file: forms, and what flows into them."""

import ast
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from judgegate.evidence.checks import dotted_names
from judgegate.evidence.found_guards import FoundGuard
from judgegate.flow.expression_forms import ExpressionForms, parts_of
from judgegate.flow.trace import Flow
from judgegate.model.codec import encode_binary
from judgegate.model.evidence_context import Guard
from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python_names import written
from judgegate.sources.python_walk import Walk

MOST_NAMES = 8
"""How many names of a guard are shown."""


class EvidenceForms:
    """The digests of conditions, checks and headers, each made once.

    Two are equal if the form is the same, the names in it mean the same, and the same flows in.
    """

    def __init__(self, walk: Walk, forms: ExpressionForms, flow: Flow) -> None:
        self._walk = walk
        self._forms = forms
        self._flow = flow
        self._expressions: dict[ast.expr, str] = {}
        self._guards: dict[int, Guard] = {}

    def of_expression(self, node: ast.expr) -> str:
        """The digest of an expression and of what flows into it."""
        known = self._expressions.get(node)
        if known is None:
            flows = [self._flow_of(part) for part in _flowing(node)]
            known = self._forms.digest(node)
            if flows:
                known = self.joined(known, encode_binary(flows).hex())
            self._expressions[node] = known
        return known

    def of_header(
        self, node: Any, of_expression: Callable[[ast.expr], str] | None = None
    ) -> str:
        """The digest of a statement's own words, and of what decides whether and how its blocks run.

        `of_expression` gives the digests of expressions, `self.of_expression` if there is none.
        """
        own = self._walk.forms[node].own.hex()
        handlers = [self._walk.forms[one] for one in getattr(node, "handlers", ())]
        return self.joined(
            own,
            *map(of_expression or self.of_expression, _deciding(node)),
            *(handler.whole.hex() for handler in handlers),
        )

    def guard(self, found: FoundGuard) -> Guard:
        """A guard as a context has it."""
        known = self._guards.get(id(found))
        if known is None:
            names = sorted(set(self._names_of(found)))[:MOST_NAMES]
            known = Guard(found.form, tuple(names), self._of_guard(found))
            self._guards[id(found)] = known
        return known

    def joined(self, *texts: str) -> str:
        """One digest of several texts."""
        return self._forms.digest_texts(*texts)

    def _of_guard(self, found: FoundGuard) -> str:
        """The digest of a guard: of its node, of what flows into it, and of which way it was left."""
        node = found.node
        if isinstance(node, ast.expr):
            digest = self.of_expression(node)
        elif isinstance(node, ast.ExceptHandler):
            digest = self.joined(self.of_header(node), *self._tried(node))
        else:
            names = sorted(found.values.names if found.values else ())
            parts = (self.guard(part).digest for part in found.parts)
            digest = self.joined(self.of_header(node), *names, *parts)
        return self.joined(digest, str(found.holds))

    def _names_of(self, found: FoundGuard) -> Iterable[str]:
        """The dotted names in a guard, bounded as names are."""
        if found.parts:
            return chain.from_iterable(self.guard(part).names for part in found.parts)
        return (name[:LONGEST_NAME] for name in dotted_names(*_shown(found.node)))

    def _flow_of(self, part: ast.expr) -> tuple[object, ...]:
        """What flows in by a call or a name, in the form that is digested."""
        if isinstance(part, ast.Call):
            called = self._flow.called(part)
            return ("call", called.callee, called.doubts)
        traced = self._flow.trace(part)
        return (traced.roots, traced.constants, sorted(traced.doubts))

    def _tried(self, handler: Any) -> list[str]:
        """The names of what is called where a handler's exceptions come from, sorted.

        Not all of its form: most of what is tried has nothing to do with what comes behind.
        """
        parent = handler._bandit_parent  # noqa: SLF001 - the walk has put it there
        calls = chain.from_iterable(map(_calls_in, parent.body))
        return sorted({self._flow.callee(call).name for call in calls})


def _flowing(node: ast.AST) -> Iterator[ast.expr]:
    """The calls and the dotted names in an expression: all through which something else may flow in."""
    pending: list[Any] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Call):
            yield part
            pending += [*part.args, *part.keywords]
            # The name of what is called is no value, but what its method belongs to is.
            is_dotted = isinstance(part.func, ast.Name | ast.Attribute)
            pending += parts_of(part.func) if is_dotted else [part.func]
        elif isinstance(part, ast.Name | ast.Attribute) and written(part) is not None:
            yield part
        else:
            pending += parts_of(part)


def _calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in a statement and in its blocks."""
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _deciding(node: Any) -> Iterator[ast.expr]:
    """The expressions that decide whether and how the blocks of a statement run."""
    match node:
        case ast.If(test=test) | ast.While(test=test):
            yield test
        case ast.For(iter=values) | ast.AsyncFor(iter=values):
            yield values
        case ast.ExceptHandler(type=kind) if kind is not None:
            yield kind
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            yield from (one.type for one in handlers if one.type is not None)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            yield from (item.context_expr for item in items)
        case ast.match_case(guard=guard):
            yield node._bandit_parent.subject  # type: ignore[attr-defined]  # noqa: SLF001 - the walk has put it there
            if guard is not None:
                yield guard


def _shown(node: Any) -> Iterator[ast.AST]:
    """The parts of a guard that have its names."""
    if isinstance(node, ast.expr):
        yield node
    else:
        yield from _deciding(node)
        if isinstance(node, ast.match_case):
            yield node.pattern
