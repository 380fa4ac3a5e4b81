"""What a policy says that cannot mean anything: a rule that never fires, a condition that never holds, a case behind another.

Every combination of provenance, severity, confidence, code and number of lines that the conditions
tell apart is tried; any other condition may hold or not, whatever the rest. Where that is too much,
nothing is claimed.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from msgspec import Struct
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
from judgegate.policy.effective_rules import all_scopes, blocks_of, merge_rule
from judgegate.policy.oversight import FLOORED
from judgegate.policy.problems import Place
from judgegate.policy.rules import PolicyFile, RuleBlock, RuleCase

MOST_STEPS = 100_000
"""Combinations times conditions, for one rule: about a tenth of a second."""

Opaque = Mapping[Condition, bool]
Mistake = tuple[Place, str]


def silent_rules(
    layers: Sequence[PolicyFile], rows: Mapping[str, RuleSpec]
) -> Iterator[Mistake]:
    """Rules that some layer speaks of, and to which none gives an action."""
    for rule in sorted({rule for file in layers for rule in file.rules} - FLOORED):
        for scope in all_scopes(layers):
            inside, outside = blocks_of(layers, rule, scope)
            merged = merge_rule(rows[rule], inside, outside)
            overlays = [merged.plain, *(case.sets for case in merged.cases), *merged.raised]
            # In a scope in which no layer speaks of the rule nobody expects it to fire.
            if inside and all(overlay.action is None for overlay in overlays):
                yield _problem(
                    inside[-1][1].place,
                    f"{rule} can never fire: no layer gives it an action",
                )


def unsound_conditions(file: PolicyFile) -> Iterator[Mistake]:
    """Conditions of this file that never hold, and cases that are never reached."""
    for block in file.rules.values():
        yield from _unsound_rule(block)


class _Found(Struct):
    """What the combinations have shown so far, of the rule's scope and of each of its cases."""

    scope: bool
    holds: list[bool]
    reached: list[bool]


def _unsound_rule(block: RuleBlock) -> Iterator[Mistake]:
    cases = block.cases.value if block.cases else ()
    scope = block.when.value if block.when else None
    conditions = [case.when for case in cases]
    worlds = _worlds(conditions if scope is None else [scope, *conditions])
    if worlds is None:
        return
    found = _try_out(worlds, scope, conditions)
    # Where the rule never applies, none of its cases is reached either: one problem says it all.
    if block.when is not None and not found.scope:
        yield _problem(block.when.place, "this condition can never be true")
        return
    yield from _unsound_cases(cases, found)


def _unsound_cases(cases: Sequence[RuleCase], found: _Found) -> Iterator[Mistake]:
    for case, holds, reached in zip(cases, found.holds, found.reached, strict=True):
        if not holds:
            yield _problem(case.place, "the condition of this case can never be true")
        elif not reached:
            yield _problem(
                case.place,
                "this case is never reached: an earlier case always applies first",
            )


def _try_out(
    worlds: Iterator[tuple[Facts, Opaque]],
    scope: Condition | None,
    cases: Sequence[Condition],
) -> _Found:
    found = _Found(scope=False, holds=[False] * len(cases), reached=[False] * len(cases))
    for facts, opaque in worlds:
        if scope is not None and not _holds(scope, facts, opaque):
            continue
        found.scope = True
        holding = [index for index, case in enumerate(cases) if _holds(case, facts, opaque)]
        for index in holding:
            found.holds[index] = True
        if holding:
            found.reached[holding[0]] = True
        if all(found.reached):
            break
    return found


def _worlds(conditions: Sequence[Condition]) -> Iterator[tuple[Facts, Opaque]] | None:
    """All combinations that the conditions tell apart, or None where they are too many to try."""
    asked = [leaf for condition in conditions for leaf in leaves(condition)]
    exact = _exact_values(asked)
    # Any other condition holds or not by itself. Those that exclude each other are tried together as well,
    # so something that can never hold may be missed; nothing that can hold is reported.
    opaque = list(dict.fromkeys(leaf for leaf in asked if not _is_exact(leaf)))
    dimensions: list[Sequence[object]] = [*exact.values(), *([(False, True)] * len(opaque))]
    if prod(map(len, dimensions)) * len(asked) > MOST_STEPS:
        return None
    return (
        _world(dict(zip(exact, values, strict=False)), values[len(exact) :], opaque)
        for values in product(*dimensions)
    )


def _exact_values(asked: Sequence[Condition]) -> dict[str, Sequence[object]]:
    """For each fact that is asked about, values of which every two make a difference to some question."""
    found: dict[str, Sequence[object]] = {}
    for row in CONDITIONS:
        questions = [leaf for leaf in asked if isinstance(leaf, row.asks)]
        if row.asks.IS_EXACT and questions:
            found[row.fact] = row.asks.exact_values(questions)
    return found


def _is_exact(leaf: Condition) -> bool:
    return isinstance(leaf, Question) and leaf.IS_EXACT


def _world(
    known: Mapping[str, Any], holding: Sequence[object], opaque: Sequence[Condition]
) -> tuple[Facts, Opaque]:
    return replace(NO_FACTS, **known), dict(zip(opaque, map(bool, holding), strict=True))


def _holds(condition: Condition, facts: Facts, opaque: Opaque) -> bool:
    match condition:
        case AllOf(parts):
            return all(_holds(part, facts, opaque) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, facts, opaque) for part in parts)
        case Not(part):
            return not _holds(part, facts, opaque)
        case _:
            return (
                condition.test(facts).may_hold
                if _is_exact(condition)
                else opaque[condition]
            )


def _problem(place: Place, message: str) -> Mistake:
    return place, message
