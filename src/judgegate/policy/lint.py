"""What a policy says that cannot mean anything.

A rule that never fires, a condition that is never true, a case that an earlier one always comes before.

Every combination of provenance, severity, confidence, code and number of lines that the conditions
tell apart is tried; any other condition may be true or not, whatever the rest. Where that is too much,
nothing is claimed.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import filterfalse, product
from math import prod
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.model.rules import RuleSpec
from judgegate.policy.condition_kinds import Question
from judgegate.policy.conditions import (
    CONDITIONS,
    NO_FACTS,
    AllOf,
    AnyOf,
    Condition,
    Facts,
    Not,
    leaves,
)
from judgegate.policy.effective_rules import blocks_of, merge_rule
from judgegate.policy.oversight import FLOORED
from judgegate.policy.problems import Place, value_or
from judgegate.policy.rules import PolicyFile, RuleBlock, RuleCase, all_scopes

_EXACT_ROWS = [row for row in CONDITIONS if row.asks.IS_EXACT]

MOST_STEPS = 100_000
"""Combinations times conditions, for one rule: about a tenth of a second."""

Opaque = Mapping[Condition, bool]
Mistake = tuple[Place, str]


def silent_rules(
    layers: Sequence[PolicyFile], rows: Mapping[str, RuleSpec]
) -> Iterator[Mistake]:
    """Rules that some layer names, and to which none gives an action."""
    mentioned = set().union(*(file.rules for file in layers))
    # A floored rule asks for a review even where no layer gives it an action.
    for rule in sorted(mentioned - FLOORED):
        for scope in all_scopes(layers):
            inside, outside = blocks_of(layers, rule, scope)
            # In a scope in which no layer names the rule it is not expected to fire.
            if inside and not merge_rule(rows[rule], inside, outside).has_action:
                _, highest = inside[-1]
                yield (
                    highest.place,
                    f"{rule} can never fire: no layer gives it an action",
                )


def unsound_conditions(file: PolicyFile) -> Iterator[Mistake]:
    """Conditions of this file that are never true, and cases that are never reached."""
    for block in file.rules.values():
        yield from _unsound_rule(block)


class _Found(Struct):
    """What the combinations have shown so far, of the rule's scope and of its cases (by index)."""

    scope: bool = False
    holds: set[int] = field(default_factory=set)
    reached: set[int] = field(default_factory=set)

    def note(self, holding: Sequence[int]) -> None:
        """Note a combination in which the rule applies, with the cases that are true in it."""
        self.scope = True
        self.holds.update(holding)
        # The first case that is true decides, so those after it are not reached.
        self.reached.update(holding[:1])


def _unsound_rule(block: RuleBlock) -> Iterator[Mistake]:
    """What is wrong with a rule's scope and its cases; nothing where they are too many to try."""
    cases = value_or(block.cases, ())
    scope = value_or(block.when, None)
    conditions = [case.when for case in cases]
    worlds = _worlds(conditions if scope is None else [scope, *conditions])
    if worlds is None:
        return
    found = _try_out(worlds, scope, conditions)
    # Where the rule never applies, none of its cases is reached either: one problem says it all.
    if block.when is not None and not found.scope:
        yield block.when.place, "this condition can never be true"
        return
    yield from _unsound_cases(cases, found)


def _unsound_cases(cases: Sequence[RuleCase], found: _Found) -> Iterator[Mistake]:
    """Cases that were true in no combination, or always after another one."""
    for index, case in enumerate(cases):
        if index not in found.holds:
            yield case.place, "the condition of this case can never be true"
        elif index not in found.reached:
            yield (
                case.place,
                "this case is never reached: an earlier case always applies first",
            )


def _try_out(
    worlds: Iterator[tuple[Facts, Opaque]],
    scope: Condition | None,
    cases: Sequence[Condition],
) -> _Found:
    """Try the combinations until each case was reached or none is left."""
    found = _Found()
    for facts, opaque in worlds:
        if scope is not None and not _holds(scope, facts, opaque):
            continue
        found.note([i for i, case in enumerate(cases) if _holds(case, facts, opaque)])
        # There is nothing left to find once every case is reached.
        if len(found.reached) == len(cases):
            break
    return found


def _worlds(conditions: Sequence[Condition]) -> Iterator[tuple[Facts, Opaque]] | None:
    """All combinations that the conditions tell apart, or None where they are too many to try."""
    asked = [leaf for condition in conditions for leaf in leaves(condition)]
    exact = _exact_values(asked)
    # Any other condition is true or not by itself. Those that exclude each other are tried together as
    # well, so something that can never be true may be missed; nothing that can be true is reported.
    opaque = list(dict.fromkeys(filterfalse(_is_exact, asked)))
    dimensions: list[Sequence[object]] = [*exact.values(), *([(False, True)] * len(opaque))]
    if prod(map(len, dimensions)) * len(asked) > MOST_STEPS:
        return None
    return (
        _world(dict(zip(exact, values, strict=False)), values[len(exact) :], opaque)
        for values in product(*dimensions)
    )


def _exact_values(asked: Sequence[Condition]) -> dict[str, Sequence[object]]:
    """For each fact that is asked about, values enough for all that the questions tell apart."""
    found: dict[str, Sequence[object]] = {}
    for row in _EXACT_ROWS:
        questions = row.questions(asked)
        if questions:
            found[row.fact] = row.asks.exact_values(questions)
    return found


def _is_exact(leaf: Condition) -> bool:
    """Whether a few values of the fact are enough for all that the question tells apart."""
    return isinstance(leaf, Question) and leaf.IS_EXACT


def _world(
    known: Mapping[str, Any], holding: Sequence[object], opaque: Sequence[Condition]
) -> tuple[Facts, Opaque]:
    """One combination: the facts that are tried, and which of the other questions are true."""
    return replace(NO_FACTS, **known), dict(zip(opaque, map(bool, holding), strict=True))


def _holds(condition: Condition, facts: Facts, opaque: Opaque) -> bool:
    """Whether the condition is true in this combination."""
    match condition:
        case AllOf(parts):
            return all(_holds(part, facts, opaque) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, facts, opaque) for part in parts)
        case Not(part):
            return not _holds(part, facts, opaque)
        case _:
            exact = _is_exact(condition)
            return condition.test(facts).may_hold if exact else opaque[condition]
