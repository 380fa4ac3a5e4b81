"""The evidence contexts of nodes of a Python file: what makes a finding there dangerous or not."""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from judgegate.evidence.checks import Checks, Values, plain_name
from judgegate.evidence.choices import changed_by
from judgegate.evidence.digests import EvidenceForms
from judgegate.evidence.exposure import HEADER, Exposure
from judgegate.evidence.found_guards import Chain, FoundGuard
from judgegate.evidence.guards import Guards
from judgegate.flow.changes import changes_of
from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.scope_tables import frame_scope
from judgegate.flow.trace import Flow, Traced
from judgegate.model.codec import encode_binary
from judgegate.model.evidence_context import (
    MOST_CONSTANTS,
    MOST_ROOTS,
    Callee,
    Constant,
    EvidenceContext,
    Guard,
    Keyword,
    RootKind,
)
from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python_names import as_one_name
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk

MOST_LOOKED_AT = 256
"""Guards before a node that are asked whether they guard it. Those before them are taken as one."""

MOST_NAMES_IN = 256
"""Names that are followed to see what a guard guards. With more of them, all guards count."""

_TAKING = (ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)
"""Statements that bind names to what they take out of something."""

_LARGEST_NUMBER = 999_999_999
_SECRET_WORD = re.compile("pass|pwd|secret|token|key|pin", re.IGNORECASE)
"""What a keyword's name has if its value is not to be shown, be it but a number."""

T = TypeVar("T")


class PassedGuards(Struct, frozen=True):
    """The guards of a node, in the order of the file. `rest` is the digest of those that are cut off."""

    guards: tuple[FoundGuard, ...] = ()
    rest: str = ""


class Contexts:
    """Makes the evidence contexts of a file. What several have in common is worked out once."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._forms = ExpressionForms(walk)
        self._flow = Flow(walk, self._forms)
        self._evidence = EvidenceForms(walk, self._forms, self._flow)
        self._exposure = Exposure(walk, self._forms, self._flow, self._evidence)
        self._checks = Checks(walk, self._flow)
        self._guards = Guards(self._checks)
        self._chains: dict[int, str] = {}
        self._calls: dict[ast.Call, EvidenceContext] = {}
        self.passed: dict[ast.expr, PassedGuards] = {}
        """The guards of the contexts that were made, as they stand in the tree."""

    def of_call(self, call: ast.Call) -> EvidenceContext:
        """The context of a call: what flows into it, and what guards it."""
        if call not in self._calls:
            called = self._flow.called(call)
            self._calls[call] = self._of_flow(
                call,
                (called.callee,),
                self._flow.trace_call(call),
                keywords=self._keywords(call),
                doubts=called.doubts,
            )
        return self._calls[call]

    def of_call_alone(self, call: ast.Call) -> EvidenceContext:
        """The context of a call that is dangerous by itself, as that of a weak hash is."""
        called = self._flow.called(call)
        return self._without_flow(
            self._forms.digest(call),
            call,
            (called.callee,),
            keywords=self._keywords(call),
            doubts=called.doubts,
        )

    def of_built_text(self, text: ast.Constant) -> EvidenceContext:
        """The context of a text that others are put into: that of the whole expression which does so."""
        built = built_by(text)
        return self._of_flow(built, self._takers(built), self._flow.trace(built))

    def of_values(
        self, shown: Sequence[ast.AST], values: Sequence[ast.expr], call: ast.Call | None
    ) -> EvidenceContext:
        """The context of values that are written down.

        `shown` are the nodes that show what they are for, `call` is what takes them, if anything does.
        """
        node = self._evidence.joined(*map(self._forms.digest, shown))
        digests = sorted({self._forms.digest(value) for value in values})
        constants = [Constant("", digest) for digest in digests]
        meanings = () if call is None else (self._flow.callee(call),)
        return self._without_flow(node, shown[0], meanings, constants)

    def of_reference(self, node: ast.expr) -> EvidenceContext:
        """The context of a name that is called where it stands, as a decorator is."""
        names = self._walk.names.of_callee(node, self._flow.scope_of(node))
        meanings = (Callee(as_one_name(names)),)
        return self._of_flow(node, meanings, self._flow.trace(node))

    def of_statement(self, node: ast.stmt | ast.ExceptHandler) -> EvidenceContext:
        """The context of a statement by its own words, of a handler with all that it does."""
        form = self._walk.forms[node]
        is_handler = isinstance(node, ast.ExceptHandler)
        return self._without_flow((form.whole if is_handler else form.own).hex(), node)

    def _pass_guards(self, node: ast.expr, traced: Traced) -> PassedGuards:
        """The guards of an expression into which this flows."""
        found: list[FoundGuard] = []
        names = self._names_in(node, traced)
        values = None if names is None else Values.of(names)
        chain = self._guards.before(node)
        for _ in range(MOST_LOOKED_AT):
            if chain is None or len(found) == MOST_CONSTANTS:
                break
            asked = chain.guard.values
            if asked is None or values is None or asked.shares_with(values):
                found.append(chain.guard)
            chain = chain.before
        return PassedGuards(tuple(reversed(found)), self._digest_chain(chain))

    def _of_flow(
        self,
        node: ast.expr,
        meanings: Sequence[Callee],
        traced: Traced,
        *,
        keywords: Sequence[Keyword] = (),
        doubts: Iterable[str] = (),
    ) -> EvidenceContext:
        """The context of an expression into which something flows."""
        cut = _Cut(self._evidence)
        passed = self.passed[node] = self._pass_guards(node, traced)
        enclosure = self._exposure.around(node)
        cut.note(passed.rest)
        cut.note(enclosure.rest)
        return EvidenceContext(
            self._forms.digest(node),
            meanings=cut.first(meanings, MOST_CONSTANTS),
            roots=cut.first(traced.roots, MOST_ROOTS),
            constants=cut.first(traced.constants, MOST_CONSTANTS),
            keywords=cut.first(keywords, MOST_CONSTANTS),
            guards=tuple(self._guards_of(node, passed)),
            exposure=enclosure.parts,
            rest=cut.rest(),
            doubts=tuple(sorted(traced.doubts.union(doubts))),
        )

    def _guards_of(self, node: ast.expr, passed: PassedGuards) -> Iterator[Guard]:
        """The guards of an expression.

        One whose names are bound anew behind it has let another value pass:

            if cmd not in COMMANDS:
                return
            cmd = request.args["cmd"]
            os.system(cmd)
        """
        used = set(map(_first_part, self._checks.values_of(node)))
        for found in passed.guards:
            guard = self._evidence.guard(found)
            shared = used.intersection(map(_first_part, guard.names))
            anew = [
                name
                for name in sorted(shared)
                if self._flow.binds_between(name, found.node, node)
            ]
            yield (
                guard
                if not anew
                else replace(guard, digest=self._evidence.joined(guard.digest, *anew))
            )

    def _without_flow(
        self,
        node: str,
        around: ast.AST,
        meanings: Sequence[Callee] = (),
        constants: Sequence[Constant] = (),
        *,
        keywords: Sequence[Keyword] = (),
        doubts: Iterable[str] = (),
    ) -> EvidenceContext:
        """The context of what is as dangerous whatever flows into it; `node` is its digest.

        So the header of a function around it is no matter: its parameters are none.
        """
        cut = _Cut(self._evidence)
        enclosure = self._exposure.around(around)
        cut.note(enclosure.rest)
        return EvidenceContext(
            node,
            meanings=tuple(meanings),
            constants=cut.first(constants, MOST_CONSTANTS),
            keywords=cut.first(keywords, MOST_CONSTANTS),
            exposure=tuple(part for part in enclosure.parts if part.what != HEADER),
            rest=cut.rest(),
            doubts=tuple(sorted(doubts)),
        )

    @cached_property
    def _takers_of_names(self) -> dict[tuple[Scope, str], list[ast.Call]]:
        """The calls that take a name as an argument, by the scope that they stand in and the name."""
        takers: dict[tuple[Scope, str], list[ast.Call]] = defaultdict(list)
        for call, scope in self._walk.calls:
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            for name in set(map(plain_name, given)):
                takers[scope, name].append(call)
        return takers

    def _takers(self, built: Any) -> list[Callee]:
        """What is called with a text, or with a variable that it is assigned to, sorted."""
        scope = self._flow.scope_of(built)
        direct = call_with(built)
        calls = [] if direct is None else [direct]
        for name in _names_given(built._bandit_parent):
            calls += self._takers_of_names.get((scope, name), ())
        kept = [call for call in calls if not self._checks.is_silent(call)]
        called = set(map(self._flow.callee, kept))
        return sorted(called, key=lambda callee: (callee.name, callee.body))

    def _keywords(self, call: ast.Call) -> list[Keyword]:
        """The keywords of a call, sorted. `**` is the name of what is unpacked into it."""
        keywords = [
            Keyword((one.arg or "**")[:LONGEST_NAME], self._value_of(one))
            for one in call.keywords
        ]
        return sorted(keywords, key=lambda one: (one.name, one.value))

    def _value_of(self, keyword: ast.keyword) -> str:
        """A plain value as it is written, the digest of any other."""
        plain = _plain_value(keyword.value)
        if plain is None or _SECRET_WORD.search(keyword.arg or ""):
            return self._forms.digest(keyword.value)
        return plain

    def _names_in(self, node: ast.expr, traced: Traced) -> frozenset[str] | None:
        """The dotted names of what flows into an expression, None if they are too many."""
        roots = (root.name for root in traced.roots if root.kind is not RootKind.CALL)
        found = {*self._checks.values_of(node), *roots}
        frame = frame_scope(self._flow.scope_of(node))
        pending = list(found)
        while pending:
            more = self._made_of.get((frame, pending.pop()), frozenset()) - found
            found |= more
            pending += more
            if len(found) > MOST_NAMES_IN:
                return None
        return frozenset(found)

    @cached_property
    def _made_of(self) -> dict[tuple[Scope, str], frozenset[str]]:
        """The dotted names of the values that go into each dotted name of a frame."""
        found: dict[tuple[Scope, str], set[str]] = defaultdict(set)
        for kind in (ast.Assign, ast.AnnAssign, ast.AugAssign):
            for node, scope in self._walk.statements.get(kind, ()):
                values = () if node.value is None else self._checks.values_of(node.value)
                for name in changed_by((node,)):
                    found[scope, name].update(values)
        for taking in _TAKING:
            for statement, scope in self._walk.statements.get(taking, ()):
                for change in changes_of(statement, scope):
                    found[scope, change.name].update(self._checks.values_of(*change.values))
        return {key: frozenset(names) for key, names in found.items()}

    def _digest_chain(self, chain: Chain) -> str:
        """The digest of all guards from one on, empty where there are none."""
        links = []
        while chain is not None and id(chain) not in self._chains:
            links.append(chain)
            chain = chain.before
        for link in reversed(links):
            before = "" if link.before is None else self._chains[id(link.before)]
            own = self._evidence.guard(link.guard).digest
            self._chains[id(link)] = self._evidence.joined(before, own)
        first = links[0] if links else chain
        return "" if first is None else self._chains[id(first)]


class _Cut:
    """Cuts lists to their bounds, and digests what is cut off."""

    def __init__(self, evidence: EvidenceForms) -> None:
        self._evidence = evidence
        self._noted: list[str] = []

    def first(self, parts: Sequence[T], most: int) -> tuple[T, ...]:
        """The first ones. The digest of the others is noted."""
        if len(parts) > most:
            self.note(encode_binary(tuple(parts[most:])).hex())
        return tuple(parts[:most])

    def note(self, digest: str) -> None:
        """Note what is cut off already, by its digest; an empty one stands for nothing."""
        if digest:
            self._noted.append(digest)

    def rest(self) -> str:
        """The digest of all that was cut off, empty if nothing was."""
        return self._evidence.joined(*self._noted) if self._noted else ""


def _first_part(name: str) -> str:
    """The first part of a dotted name."""
    return name.partition(".")[0]


def built_by(text: ast.Constant) -> ast.expr:
    """The expression that puts a text together, from the text that others are put into."""
    node: Any = text
    while True:
        parent = node._bandit_parent
        around = getattr(parent, "_bandit_parent", None)
        if isinstance(parent, ast.BinOp | ast.JoinedStr | ast.FormattedValue):
            node = parent
        elif isinstance(around, ast.Call) and around.func is parent:
            # A method of the text, such as `format`.
            node = around
        else:
            return node  # type: ignore[no-any-return]  # the walk's parents have no types


def call_with(value: Any) -> ast.Call | None:
    """The call that an expression is an argument of."""
    parent = value._bandit_parent
    is_part = isinstance(parent, ast.keyword | ast.Starred)
    parent = parent._bandit_parent if is_part else parent
    return parent if isinstance(parent, ast.Call) else None


def _names_given(statement: ast.AST) -> Iterator[str]:
    """The plain names that a value is given to by the statement or expression that it stands in."""
    match statement:
        case ast.Assign(targets=targets):
            yield from (one.id for one in targets if isinstance(one, ast.Name))
        case (
            ast.AnnAssign(target=ast.Name(id=name))
            | ast.NamedExpr(target=ast.Name(id=name))
        ):
            yield name
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name


def _plain_value(node: ast.expr) -> str | None:
    """How a truth value, None or a small whole number is written."""
    match node:
        case ast.Constant(value=None | True | False as value):
            return str(value)
        case ast.Constant(value=int(value)) if value <= _LARGEST_NUMBER:
            return str(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return f"-{value}" if value <= _LARGEST_NUMBER else None
    return None
