"""A rule and the facts of a finding become what holds for that finding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from judgegate.model.scales import Action, Severity
from judgegate.policy.block import set_fields
from judgegate.policy.conditions import Facts
from judgegate.policy.merge import MergedRule, stricter_options
from judgegate.policy.oversight import FLOORED
from judgegate.policy.problems import Place
from judgegate.policy.review import ReviewTerms
from judgegate.policy.rules import Overlay, RuleCase


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """What a rule says of one finding.

    `reviews` are the demands that hold if the action asks for a human: several where something was not known. `unknown` names those facts.
    `decided_by` is the place that set the action; None where nobody did (or the rule does not apply here).
    """

    id: str
    action: Action
    severity: Severity
    options: Mapping[str, int]
    reviews: tuple[ReviewTerms, ...]
    message: str | None
    why: str | None
    non_negotiable: bool
    decided_by: Place | None
    unknown: tuple[str, ...] = ()

    @property
    def review(self) -> ReviewTerms:
        """The first demand, for who shows a single one."""
        return self.reviews[0]


def resolve_rule(rule: MergedRule, facts: Facts, terms: ReviewTerms) -> EffectiveRule:
    """What the rule says under these facts; `terms` is what a review is where the rule does not say otherwise."""
    plain = rule.plain
    own = plain.severity.value if plain.severity else rule.row.severity
    known = facts if facts.severity is not None else replace(facts, severity=own)
    worlds = []
    unknown: set[str] = set()
    for world, missing in _worlds(rule, known):
        worlds.append(_effective(rule, world, known, terms))
        unknown |= missing
    return _stronger(rule, worlds, unknown)


@dataclass(frozen=True, slots=True)
class _World:
    """One way the facts may be: the rule applies or not, and which case holds."""

    applies: bool
    case: RuleCase | None = None


def _worlds(rule: MergedRule, facts: Facts) -> Iterator[tuple[_World, frozenset[str]]]:
    """Every way the facts may be, the likeliest reading first, with the facts that were not known on the way."""
    missing: frozenset[str] = frozenset()
    if rule.when is not None:
        scope = rule.when.value.test(facts)
        missing = scope.unknown
        if scope.may_fail:
            yield _World(applies=False), missing
        if not scope.may_hold:
            return
    for case in rule.cases:
        truth = case.when.test(facts)
        missing |= truth.unknown
        if truth.may_hold:
            yield _World(applies=True, case=case), missing
        if not truth.may_fail:
            return
    yield _World(applies=True), missing


def _effective(rule: MergedRule, world: _World, facts: Facts, terms: ReviewTerms) -> EffectiveRule:
    sets = rule.overlay(world.case)
    effective = EffectiveRule(
        id=rule.row.id,
        action=sets.action.value if sets.action and world.applies else Action.OFF,
        severity=sets.severity.value if sets.severity else facts.severity or rule.row.severity,
        options={option.name: option.default for option in rule.row.options}
        | {name: placed.value for name, placed in sets.options.items()},
        reviews=(set_fields(terms, sets.review),),
        message=sets.message.value if sets.message else None,
        why=sets.why.value if sets.why else None,
        non_negotiable=rule.sealed is not None,
        decided_by=sets.action.place if sets.action and world.applies else None,
    )
    if world.applies:
        for overlay in rule.raised:
            effective = _raised(rule, effective, overlay)
    if rule.row.id in FLOORED and effective.action < Action.REVIEW:
        return replace(effective, action=Action.REVIEW, decided_by=None)
    return effective


def _raised(rule: MergedRule, effective: EffectiveRule, overlay: Overlay) -> EffectiveRule:
    """The same, and what the overlay has that is stricter."""
    stricter = overlay.action is not None and overlay.action.value > effective.action
    options = {**effective.options, **{name: placed.value for name, placed in overlay.options.items()}}
    terms = effective.reviews[0]
    return replace(
        effective,
        action=overlay.action.value if overlay.action and stricter else effective.action,
        decided_by=overlay.action.place if overlay.action and stricter else effective.decided_by,
        severity=max(effective.severity, overlay.severity.value) if overlay.severity else effective.severity,
        options=stricter_options(rule.row, effective.options, options),
        reviews=(terms.tightened(set_fields(terms, overlay.review)),),
    )


def _stronger(rule: MergedRule, worlds: list[EffectiveRule], unknown: set[str]) -> EffectiveRule:
    """Of all that may hold: the strongest action, the strictest options, every demand."""
    chosen = max(worlds, key=lambda world: world.action)
    if len(worlds) == 1:
        return replace(chosen, unknown=tuple(sorted(unknown)))
    options = chosen.options
    for world in worlds:
        options = stricter_options(rule.row, options, world.options)
    demanding = [world for world in worlds if not world.action < Action.REVIEW] or [chosen]
    return replace(
        chosen,
        severity=max(world.severity for world in worlds),
        options=options,
        reviews=tuple(dict.fromkeys(world.reviews[0] for world in demanding)),
        unknown=tuple(sorted(unknown)),
    )
