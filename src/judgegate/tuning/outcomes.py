"""What a rule leads to under some facts: once for each of those that its conditions tell apart and that nobody named."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product

from judgegate.model.scales import Action
from judgegate.policy.condition_kinds import Sample
from judgegate.policy.condition_text import describe_condition
from judgegate.policy.conditions import Facts, leaves
from judgegate.policy.merge import MergedRule
from judgegate.policy.model import RuleCase
from judgegate.policy.policy import Policy
from judgegate.policy.resolve import EffectiveRule
from judgegate.policy.review_grammar import describe_standings
from judgegate.policy.sampling import Dimension, World, describe_worlds, dimensions
from judgegate.tuning.overview import BUILT_IN, Setting

ASKED = ("provenance", "code", "severity", "confidence")
"""The facts of a single finding besides its path, in the order in which they are told apart."""


def render_outcomes(policy: Policy, rule: str, facts: Facts, named: Collection[str]) -> Iterator[Setting]:
    """Which case wins and what that comes to, for each combination of those of the facts that are asked for and not `named`."""
    merged = policy.merged(rule, facts.path)
    known = _open_questions(merged, named)
    if not known:
        yield from render_outcome(policy, rule, facts)
        return
    found: dict[tuple[Setting, ...], set[World]] = {}
    for world in product(*(dimension.samples for dimension in known)):
        values = {dimension.fact: sample.value for dimension, sample in zip(known, world, strict=True)}
        found.setdefault(tuple(render_outcome(policy, rule, replace(facts, **values))), set()).add(world)
    for told, where in found.items():
        for block in _blocks(known, where):
            yield Setting(1, f"For {_describe(known, block)}:")
            yield from (replace(line, depth=line.depth + 1) for line in told)


def render_outcome(policy: Policy, rule: str, facts: Facts) -> Iterator[Setting]:
    """Which case wins under the facts, and what that comes to."""
    merged, effective = policy.merged(rule, facts.path), policy.resolve(rule, facts)
    known = facts if facts.severity is not None else replace(facts, severity=effective.severity)
    if merged.when is not None and not merged.when.value.test(known).may_hold:
        yield Setting(1, "It does not apply: its `when` does not hold.", str(merged.when.place))
    winner = next((case for case in merged.cases if case.when.test(known).may_hold), None)
    if winner is not None:
        sure = "may hold" if winner.when.test(known).may_fail else "is the first that holds"
        yield Setting(1, f"The case {{{describe_condition(winner.when)}}} {sure}", str(winner.place))
    elif merged.cases:
        yield Setting(1, "No case holds.")
    place = str(effective.decided_by) if effective.decided_by else BUILT_IN
    yield Setting(1, f"=> {effective.action.value}{_severity(merged, winner, effective)}", place)
    if effective.options:
        yield Setting(2, ", ".join(f"{name}: {value}" for name, value in sorted(effective.options.items())))
    if effective.action is Action.REVIEW:
        for terms in effective.reviews:
            yield Setting(2, f"approvals: {terms.approvals}, from: {describe_standings(terms.standings)}")
    if effective.unknown:
        yield Setting(2, f"Not known here, so the stricter holds: {', '.join(effective.unknown)}")


def _severity(merged: MergedRule, winner: RuleCase | None, effective: EffectiveRule) -> str:
    """The severity where the policy sets one, as the end of a sentence; otherwise it is the finding's own."""
    if merged.overlay(winner).severity is not None:
        return f", severity {effective.severity.value}"
    floor = max((overlay.severity.value for overlay in merged.raised if overlay.severity), default=None)
    return f", severity at least {floor.value}" if floor else ""


def _open_questions(merged: MergedRule, named: Collection[str]) -> tuple[Dimension, ...]:
    """What the rule's conditions tell apart and nobody answered."""
    conditions = [case.when for case in merged.cases] + ([merged.when.value] if merged.when else [])
    found = {
        dimension.name: dimension
        for dimension in dimensions(leaf for condition in conditions for leaf in leaves(condition))
    }
    return tuple(found[name] for name in ASKED if name in found and name not in named)


def _blocks(
    known: Sequence[Dimension], worlds: Collection[World]
) -> Iterator[tuple[tuple[Sample, ...], ...]]:
    """The worlds as few blocks, each of which is every combination of what it lists of each dimension."""
    if not known:
        yield ()
        return
    rests: dict[Sample, set[World]] = {}
    for first, *rest in worlds:
        rests.setdefault(first, set()).add(tuple(rest))
    alike: dict[frozenset[World], list[Sample]] = {}
    for sample in known[0].samples:
        if sample in rests:
            alike.setdefault(frozenset(rests[sample]), []).append(sample)
    for remaining, samples in alike.items():
        yield from ((tuple(samples), *block) for block in _blocks(known[1:], remaining))


def _describe(known: Sequence[Dimension], block: tuple[tuple[Sample, ...], ...]) -> str:
    told = describe_worlds(known, tuple(product(*block)))
    return told.removeprefix(" (").removesuffix(")") or "anything else"
