"""What a policy says that cannot mean anything: a rule that never fires, a condition that never holds, a case behind another.

Every combination of provenance, severity, confidence, code and number of lines that the conditions tell apart is tried; any other condition
may hold or not, whatever the rest. Where that is too much, nothing is claimed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from judgegate.model.rules import RuleSpec
from judgegate.model.scales import Authorship, Confidence, Severity
from judgegate.policy.conditions import (
    AddedLinesAre,
    AllOf,
    AnyOf,
    CodeIs,
    Condition,
    ConfidenceIs,
    Facts,
    Not,
    ProvenanceIs,
    SeverityIs,
)
from judgegate.policy.merge import all_zones, blocks_of, merge_rule
from judgegate.policy.model import PolicyFile, RuleBlock
from judgegate.policy.oversight import FLOORED
from judgegate.policy.problems import Place

MOST_STEPS = 100_000
"""Combinations times conditions, for one rule: about a tenth of a second."""

Opaque = Mapping[Condition, bool]
Mistake = tuple[Place, str]


def silent_rules(layers: Sequence[PolicyFile], rows: Mapping[str, RuleSpec]) -> Iterator[Mistake]:
    """Rules that some layer speaks of, and to which none gives an action."""
    for rule in sorted({rule for file in layers for rule in file.rules} - FLOORED):
        for zone in all_zones(layers):
            inside, outside = blocks_of(layers, rule, zone)
            merged = merge_rule(rows[rule], inside, outside)
            overlays = [merged.plain, *(case.sets for case in merged.cases), *merged.raised]
            if inside and all(overlay.action is None for overlay in overlays):
                yield _problem(inside[-1][1].place, f"{rule} can never fire: no layer gives it an action")


def unsound_conditions(file: PolicyFile) -> Iterator[Mistake]:
    """Conditions of this file that never hold, and cases that are never reached."""
    for block in file.rules.values():
        yield from _unsound_rule(block)


@dataclass(slots=True)
class _Found:
    """What the combinations have shown so far, of the rule's scope and of each of its cases."""

    scope: bool
    holds: list[bool]
    reached: list[bool]


def _unsound_rule(block: RuleBlock) -> Iterator[Mistake]:
    cases = block.cases.value if block.cases else ()
    conditions = [*([block.when.value] if block.when else []), *(case.when for case in cases)]
    worlds = _worlds(conditions)
    if worlds is None:
        return
    found = _try_out(worlds, block.when.value if block.when else None, [case.when for case in cases])
    if block.when is not None and not found.scope:
        yield _problem(block.when.place, "this condition can never hold")
        return
    for case, holds, reached in zip(cases, found.holds, found.reached, strict=True):
        if not holds:
            yield _problem(case.place, "this case can never hold")
        elif not reached:
            yield _problem(case.place, "this case is never reached: those before it hold whenever it does")


def _try_out(
    worlds: Iterator[tuple[Facts, Opaque]], scope: Condition | None, cases: Sequence[Condition]
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
    told = {type(leaf) for leaf in asked}
    opaque = list(dict.fromkeys(leaf for leaf in asked if not isinstance(leaf, _TELLING)))
    dimensions: list[Sequence[object]] = [
        tuple(Authorship) if ProvenanceIs in told else (Authorship.UNMARKED,),
        tuple(Severity) if SeverityIs in told else (Severity.LOW,),
        (None, *Confidence) if ConfidenceIs in told else (None,),
        (None, *_codes(asked)),
        _line_counts(asked),
        *([(False, True)] * len(opaque)),
    ]
    if prod(map(len, dimensions)) * len(asked) > MOST_STEPS:
        return None
    return (_world(values, opaque) for values in product(*dimensions))


_TELLING = (ProvenanceIs, SeverityIs, ConfidenceIs, CodeIs, AddedLinesAre)
_NO_FACTS = Facts(path=None, provenance=Authorship.UNMARKED)


def _world(values: tuple[object, ...], opaque: Sequence[Condition]) -> tuple[Facts, Opaque]:
    provenance, severity, confidence, code, added_lines, *rest = values
    facts = replace(
        _NO_FACTS,
        provenance=provenance,  # type: ignore[arg-type]  # in the order of the dimensions
        severity=severity,  # type: ignore[arg-type]  # as above
        confidence=confidence,  # type: ignore[arg-type]  # as above
        code=code,  # type: ignore[arg-type]  # as above
        added_lines=added_lines,  # type: ignore[arg-type]  # as above
    )
    return facts, dict(zip(opaque, map(bool, rest), strict=True))


def _codes(asked: Sequence[Condition]) -> list[str]:
    """Codes that the patterns tell apart: each pattern's shortest one, and a longer one of each that ends in a star."""
    patterns = dict.fromkeys(
        pattern for leaf in asked if isinstance(leaf, CodeIs) for pattern in leaf.patterns
    )
    return list(dict.fromkeys(code for pattern in patterns for code in _examples(pattern)))


def _examples(pattern: str) -> tuple[str, ...]:
    return (pattern[:-1], f"{pattern[:-1]}\0") if pattern.endswith("*") else (pattern,)


def _line_counts(asked: Sequence[Condition]) -> list[int]:
    edges = {0}
    for leaf in asked:
        if isinstance(leaf, AddedLinesAre):
            edges |= {leaf.minimum} if leaf.maximum is None else {leaf.minimum, leaf.maximum + 1}
    return sorted(edges)


def leaves(condition: Condition) -> Iterator[Condition]:
    """The questions that a condition is made of."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def _holds(condition: Condition, facts: Facts, opaque: Opaque) -> bool:
    match condition:
        case AllOf(parts):
            return all(_holds(part, facts, opaque) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, facts, opaque) for part in parts)
        case Not(part):
            return not _holds(part, facts, opaque)
        case _ if isinstance(condition, _TELLING):
            return condition.test(facts).may_hold
        case _:
            return opaque[condition]


def _problem(place: Place, message: str) -> Mistake:
    return place, message
