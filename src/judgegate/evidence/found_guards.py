"""The guards that are found before a node of a Python function, as they stand in its tree."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any, Optional

from msgspec import Struct

from judgegate.evidence.checks import Values
from judgegate.model.facts import GuardForm

_MOST_ASSIGNED = 32
"""A condition that chooses the values of more names guards all that comes behind it."""


class FoundGuard(Struct, frozen=True):
    """A guard, and where it stands in the tree.

    `node` is a condition, what is entered or called, a handler or a case, or a statement whose guards are
    `parts`. `holds`: which way a condition was left. `values`: it guards only what shares a value
    with it; None: it guards all that comes behind it. `in_loop`: it leaves a loop only. `is_choice`: it
    decides which of two values a name is given.
    """

    form: GuardForm
    node: Any
    holds: bool = True
    parts: tuple["FoundGuard", ...] = ()
    values: Values | None = None
    in_loop: bool = False
    is_choice: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether it guards all that comes behind it, and not because of a value."""
        return self.values is None and not self.is_choice


class GuardLink(Struct, frozen=True, eq=False):
    """A guard, and those before it. Nodes in a row share what is before them."""

    guard: FoundGuard
    before: Optional["GuardLink"]


Chain = GuardLink | None
"""The last of the guards before a node, None where there are none."""


def longer(chain: Chain, guards: Iterable[FoundGuard]) -> Chain:
    """The guards, and those before them."""
    for guard in guards:
        chain = GuardLink(guard, chain)
    return chain


def conditions(
    form: GuardForm, test: ast.expr, *, holds: bool, in_loop: bool = False
) -> Iterator[FoundGuard]:
    """The single conditions of a test that came out one way, in the order of the file.

    Where `a and b` holds, `a` does and `b` does. Where `not a` does not hold, `a` does.
    """
    pending = [(test, holds)]
    while pending:
        node, wanted = pending.pop()
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                pending.append((operand, not wanted))
            case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is wanted:
                pending += [(value, wanted) for value in reversed(values)]
            case _:
                yield FoundGuard(form, node, holds=wanted, in_loop=in_loop)


def compound(
    form: GuardForm, node: ast.AST, parts: Iterable[FoundGuard], *, holds: bool = True
) -> Iterator[FoundGuard]:
    """The guard that a statement is whose own statements have guards, if they have."""
    certain = tuple(part for part in parts if part.is_certain)
    if certain:
        in_loop = all(part.in_loop for part in certain)
        yield FoundGuard(form, node, holds=holds, parts=certain, in_loop=in_loop)


def choosing(
    form: GuardForm, node: ast.AST, parts: Iterable[FoundGuard], names: Iterable[str]
) -> Iterator[FoundGuard]:
    """The guard that a statement is for the names that get a value in it, if any do."""
    chosen = tuple(filter(_may_choose, parts))
    every = set(names)
    for part in filter(is_choice, chosen):
        every |= part.values.names if part.values else set()
    is_branch = isinstance(node, ast.If | ast.match_case)
    if any(map(is_choice, chosen)) or (every and (chosen or is_branch)):
        values = Values.of(every) if len(every) <= _MOST_ASSIGNED else None
        yield FoundGuard(form, node, parts=chosen, values=values, is_choice=True)


def _may_choose(guard: FoundGuard) -> bool:
    """Whether a guard decides which value a name gets, or which rounds of a loop come to their end."""
    return guard.in_loop or guard.is_choice


def is_choice(guard: FoundGuard) -> bool:
    """Whether a guard decides which value a name gets."""
    return guard.is_choice
