"""Guards: what must hold, or must have been passed, whenever a node of a Python function runs.

They are found within the innermost function or class around the node, lambdas and comprehensions
included, or in the file where there is none. A guard in a statement that comes before, such as a loop
in which something is checked, is a part of that statement's guard.
"""
# ruff: noqa: SLF001 - the walk has put a node's parent into `_bandit_parent`

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from judgegate.evidence.checks import Checks, Leaving, Values, may_break
from judgegate.evidence.choices import changed_by, choices_in
from judgegate.evidence.found_guards import (
    Chain,
    FoundGuard,
    GuardLink,
    choosing,
    compound,
    conditions,
    is_choice,
    longer,
)
from judgegate.model.facts import GuardForm
from judgegate.sources.python_walked import DefinitionNode, FunctionNode

_BORDERS = (ast.Module, *DefinitionNode.__args__)


class Guards:
    """The guards of a file. Each block and each expression is looked at once."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._known: dict[ast.AST, Chain] = {}
        self._spread: set[ast.AST] = set()
        self._guards_after: dict[ast.AST, tuple[FoundGuard, ...]] = {}
        self._spreaders: Mapping[type, Callable[[Any, Chain], None]] = {
            **dict.fromkeys((ast.If, ast.While), self._spread_test),
            **dict.fromkeys((ast.For, ast.AsyncFor), self._spread_loop),
            **dict.fromkeys((ast.With, ast.AsyncWith), self._spread_with),
            **dict.fromkeys((ast.Try, ast.TryStar), self._spread_try),
            ast.ExceptHandler: self._spread_handler,
            ast.Match: self._spread_match,
            ast.match_case: self._spread_case,
            **dict.fromkeys(DefinitionNode.__args__, self._spread_function),
            ast.BoolOp: self._spread_operands,
            ast.IfExp: self._spread_choice,
            ast.Assert: self._spread_assertion,
            ast.comprehension: self._spread_conditions,
            **dict.fromkeys(
                (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp),
                self._spread_comprehension,
            ),
        }
        self._passers: Mapping[type, Callable[[Any], Iterable[FoundGuard]]] = {
            ast.If: self._pass_test,
            ast.While: self._pass_loop,
            **dict.fromkeys((ast.For, ast.AsyncFor), self._pass_loop),
            **dict.fromkeys((ast.With, ast.AsyncWith), self._pass_with),
            **dict.fromkeys((ast.Try, ast.TryStar), self._pass_try),
            ast.Match: self._pass_match,
            ast.Assert: self._pass_assertion,
            **dict.fromkeys(
                (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign), self._pass_value
            ),
        }

    def before(self, node: ast.AST) -> Chain:
        """The guards before a node, from the last one on."""
        path: list[Any] = []
        current: Any = node
        while current not in self._known:
            parent = current._bandit_parent
            if _is_border(parent) and isinstance(current, ast.stmt):
                self._spread_block(parent.body, None)
            else:
                path.append(current)
                current = parent
        for inner in reversed(path):
            self._enter(inner._bandit_parent, inner)
        return self._known[node]

    def _spread_function(self, node: FunctionNode, chain: Chain) -> None:
        """A function in a function is made only where what is before it has been passed."""
        self._spread_block(node.body, chain)

    def _enter(self, parent: Any, child: Any) -> None:
        """Find what is before the parts of a node; `child` is one of them."""
        chain = self._known[parent]
        if parent not in self._spread:
            self._spread.add(parent)
            spread = self._spreaders.get(parent.__class__)
            if spread is not None:
                spread(parent, chain)
        self._known.setdefault(child, chain)

    # What is before each part of a statement or expression.

    def _spread_block(self, statements: Sequence[Any], chain: Chain) -> Chain:
        """Note what is before each statement of a block; what is before the one that would follow.

        What comes behind a plain `return` or its like runs only once that is gone.
        """
        for statement in statements:
            self._known[statement] = chain
            chain = longer(chain, self._guards_of(statement))
            if self._checks.leaving((statement,)) is not Leaving.NOTHING:
                chain = GuardLink(
                    FoundGuard(GuardForm.CLAUSE, statement, holds=False), chain
                )
        return chain

    def _spread_test(self, node: ast.If | ast.While, chain: Chain) -> None:
        """The test holds in the body, and not in the `else`. What is always true tests nothing."""
        is_true = isinstance(node.test, ast.Constant) and bool(node.test.value)
        for block, holds in ((node.body, True), (node.orelse, False)):
            passed = conditions(GuardForm.TEST, node.test, holds=holds)
            before = chain if is_true and holds else longer(chain, passed)
            self._spread_block(block, before)

    def _spread_loop(self, node: ast.For | ast.AsyncFor, chain: Chain) -> None:
        """To run over something tests nothing."""
        self._spread_block(node.body, chain)
        self._spread_block(node.orelse, chain)

    def _spread_with(self, node: ast.With | ast.AsyncWith, chain: Chain) -> None:
        """Each thing that is entered guards the next, and the body."""
        for item in node.items:
            self._known[item] = chain
            chain = GuardLink(FoundGuard(GuardForm.BLOCK, item.context_expr), chain)
        self._spread_block(node.body, chain)

    def _spread_try(self, node: ast.Try | ast.TryStar, chain: Chain) -> None:
        """What is behind the `try` in its `else` has passed all of it. A `finally` runs anyway."""
        after = self._spread_block(node.body, chain)
        self._spread_block(node.orelse, after)
        self._spread_block(node.finalbody, chain)

    def _spread_handler(self, node: ast.ExceptHandler, chain: Chain) -> None:
        """A handler runs only where its exception was raised."""
        self._spread_block(node.body, GuardLink(FoundGuard(GuardForm.HANDLER, node), chain))

    def _spread_match(self, node: ast.Match, chain: Chain) -> None:
        """A case is tried where those before it did not match."""
        for case in node.cases:
            self._known[case] = chain
            chain = GuardLink(FoundGuard(GuardForm.TEST, case, holds=False), chain)

    def _spread_case(self, node: ast.match_case, chain: Chain) -> None:
        """The block of a case runs where the case has matched."""
        self._spread_block(node.body, GuardLink(FoundGuard(GuardForm.TEST, node), chain))

    def _spread_operands(self, node: ast.BoolOp, chain: Chain) -> None:
        """`and` goes on where an operand holds, `or` where it does not."""
        holds = isinstance(node.op, ast.And)
        for value in node.values:
            self._known[value] = chain
            chain = longer(chain, conditions(GuardForm.TEST, value, holds=holds))

    def _spread_choice(self, node: ast.IfExp, chain: Chain) -> None:
        """Of a conditional expression, one way is taken."""
        for value, holds in ((node.body, True), (node.orelse, False)):
            passed = conditions(GuardForm.TEST, node.test, holds=holds)
            self._known[value] = longer(chain, passed)

    def _spread_assertion(self, node: ast.Assert, chain: Chain) -> None:
        """The message of an assertion is made where it fails."""
        if node.msg is not None:
            passed = conditions(GuardForm.TEST, node.test, holds=False)
            self._known[node.msg] = longer(chain, passed)

    def _spread_conditions(self, node: ast.comprehension, chain: Chain) -> None:
        """The conditions of a loop in a comprehension come one after the other."""
        for condition in node.ifs:
            self._known[condition] = chain
            chain = longer(chain, conditions(GuardForm.TEST, condition, holds=True))

    def _spread_comprehension(self, node: Any, chain: Chain) -> None:
        """What a comprehension gives comes behind all of its conditions."""
        for loop in node.generators:
            self._known[loop] = chain
            for condition in loop.ifs:
                chain = longer(chain, conditions(GuardForm.TEST, condition, holds=True))
        for name in ("elt", "key", "value"):
            value = getattr(node, name, None)
            if value is not None:
                self._known[value] = chain

    # What a statement guards that comes before.

    def _guards_of(self, statement: ast.stmt) -> tuple[FoundGuard, ...]:
        """The guards that have been passed where a statement has come to its end."""
        known = self._guards_after.get(statement)
        if known is None:
            passer = self._passers.get(statement.__class__)
            known = () if passer is None else tuple(passer(statement))
            self._guards_after[statement] = known
        return known

    def _guards_in(self, block: Iterable[ast.stmt]) -> list[FoundGuard]:
        """The guards that have been passed where statements have come to their end."""
        return [guard for one in block for guard in self._guards_of(one)]

    def _pass_test(self, node: ast.If) -> Iterator[FoundGuard]:
        """Where one block leaves, the other way was taken. Else what is in a block may have been passed."""
        for block, other, holds in (
            (node.body, node.orelse, False),
            (node.orelse, node.body, True),
        ):
            leaving = self._checks.leaving(block)
            if leaving is not Leaving.NOTHING:
                in_loop = leaving is Leaving.LOOP
                yield from conditions(
                    GuardForm.CLAUSE, node.test, holds=holds, in_loop=in_loop
                )
                yield from self._guards_in(other)
                return
        for block, holds in ((node.body, True), (node.orelse, False)):
            yield from compound(GuardForm.TEST, node, self._guards_in(block), holds=holds)
        # Whoever takes one of the names gets another value where the condition does not hold.
        both = (*node.body, *node.orelse)
        yield from choosing(GuardForm.TEST, node, self._guards_in(both), changed_by(both))

    def _pass_loop(self, node: Any) -> Iterator[FoundGuard]:
        """What is in a loop may have been passed. A `while` ends where its test does not hold."""
        parts = self._guards_in(node.body)
        # What is skipped is not in what is collected.
        yield from choosing(GuardForm.TEST, node, parts, changed_by(node.body))
        if self._checks.leaving(node.orelse) is Leaving.NOTHING:
            # What leaves only this loop guards nothing behind it.
            parts = [part for part in parts if not part.in_loop]
        yield from compound(GuardForm.CLAUSE, node, parts)
        is_test = isinstance(node, ast.While) and not isinstance(node.test, ast.Constant)
        if is_test and not may_break(node.body):
            yield from conditions(GuardForm.CLAUSE, node.test, holds=False)

    def _pass_with(self, node: ast.With | ast.AsyncWith) -> Iterator[FoundGuard]:
        """What is entered may swallow what is raised in it, and may have checked something itself."""
        for item in node.items:
            if self._checks.is_entered_check(item.context_expr):
                yield FoundGuard(GuardForm.BLOCK, item.context_expr)
        parts = self._guards_in(node.body)
        yield from compound(GuardForm.BLOCK, node, parts)
        yield from filter(is_choice, parts)

    def _pass_try(self, node: ast.Try | ast.TryStar) -> Iterator[FoundGuard]:
        """Where every handler leaves, what is in the `try` has been passed. Else it may have failed."""
        parts = self._guards_in((*node.body, *node.orelse))
        ways = [self._checks.leaving(handler.body) for handler in node.handlers]
        if Leaving.NOTHING in ways:
            yield from compound(GuardForm.HANDLER, node, parts)
            yield from filter(is_choice, parts)
        else:
            yield from parts
            for handler, way in zip(node.handlers, ways, strict=True):
                in_loop = way is Leaving.LOOP
                yield FoundGuard(GuardForm.HANDLER, handler, holds=False, in_loop=in_loop)
        yield from self._guards_in(node.finalbody)

    def _pass_match(self, node: ast.Match) -> Iterator[FoundGuard]:
        """Where the block of a case leaves, it did not match."""
        for case in node.cases:
            leaving = self._checks.leaving(case.body)
            if leaving is not Leaving.NOTHING:
                in_loop = leaving is Leaving.LOOP
                yield FoundGuard(GuardForm.CLAUSE, case, holds=False, in_loop=in_loop)
            else:
                parts = self._guards_in(case.body)
                yield from compound(GuardForm.TEST, case, parts)
                yield from choosing(GuardForm.TEST, case, parts, changed_by(case.body))

    def _pass_assertion(self, node: ast.Assert) -> Iterator[FoundGuard]:
        """What is asserted holds from then on, unless Python runs with `-O`: so it is no clause."""
        return conditions(GuardForm.TEST, node.test, holds=True)

    def _pass_value(self, node: Any) -> Iterator[FoundGuard]:
        """What decides which value a name gets, and a call that checks something."""
        names = frozenset(changed_by((node,)))
        if names:
            for choice in choices_in(node.value):
                values = Values.of(names)
                yield FoundGuard(GuardForm.TEST, choice, values=values, is_choice=True)
        check = self._checks.check_of(node)
        if check is not None:
            form = GuardForm.STATE if check.confines else GuardForm.CALL
            yield FoundGuard(form, check.node, values=check.values)


def _is_border(node: Any) -> bool:
    """Whether nothing guards the body of a node besides what is in it: it is no part of a function."""
    if not isinstance(node, _BORDERS):
        return False
    around = node
    while not isinstance(around, ast.Module):
        around = around._bandit_parent
        if isinstance(around, FunctionNode):
            return False
    return True
