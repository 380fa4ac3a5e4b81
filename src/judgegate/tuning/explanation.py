"""Why the policy says what it says: of a rule, or of a single finding of a change."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import chain, product
from textwrap import shorten

from msgspec import Struct
from msgspec.structs import replace

from judgegate.decision.waivers import describe_waiver
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.levels import Action, Authorship
from judgegate.model.observation import Observation
from judgegate.model.verdict import Finding
from judgegate.pipeline.evaluate import Evaluation
from judgegate.policy.condition_kinds import Sample
from judgegate.policy.condition_text import describe_condition
from judgegate.policy.conditions import Facts, leaves
from judgegate.policy.effective_rules import EffectiveRule, MergedRule
from judgegate.policy.oversight import FLOORED
from judgegate.policy.policy import Policy
from judgegate.policy.problems import nearest, value_or
from judgegate.policy.reader import present
from judgegate.policy.review import describe_standings
from judgegate.policy.rules import RuleCase
from judgegate.policy.sampling import (
    Dimension,
    World,
    describe_worlds,
    dimensions,
    facts_in,
)
from judgegate.policy.waivers import Waivable, Waiver, lifts
from judgegate.tuning.overview import (
    BUILT_IN,
    Setting,
    place_of_decision,
    render_case,
    render_overlay,
)

ASKED = ("provenance", "code", "severity", "confidence")
"""The facts of a single finding besides its path, in the order in which outcomes are split by them."""

LONGEST = 600


class SeenFinding(Struct, frozen=True):
    """Something that a check saw: what is known of it where the policy judges."""

    rule: str
    fingerprint: str
    facts: Facts
    line: int | None = None
    finding: Finding | None = None


def explain_rule(
    policy: Policy, rule: str, path: str | None, provenance: Authorship | None, today: date
) -> Iterator[Setting]:
    """What the rule looks for, what it leads to, and which waivers are about it.

    For a path or a provenance, also which case wins there.

    Raises:
        UsageError: there is no such rule.
    """
    if rule not in policy.rows:
        raise UsageError(
            f"There is no rule {rule!r}{nearest(rule, policy.rows)}.",
            "List them with: judgegate rules",
        )
    merged = policy.merged(rule, path)
    yield from _render_purpose(merged)
    if policy.switched_off(rule):
        yield Setting(1, "It is off: no layer sets an action for it, or a layer sets off.")
    if merged.when is not None:
        text = f"It applies if {{{describe_condition(merged.when.value)}}}"
        yield Setting(1, text, str(merged.when.place))
    yield from _render_cases(merged)
    if path is not None or provenance is not None:
        facts = Facts(path=path, provenance=provenance or Authorship.UNMARKED)
        named = {"provenance"} if provenance else ()
        yield from render_outcomes(policy, rule, facts, named)
    for waiver in policy.waivers:
        if waiver.rule == rule:
            text = f"A waiver: {describe_waiver(waiver)}{_fault(policy, waiver, today)}"
            yield Setting(1, text, str(waiver.place))


def _render_purpose(merged: MergedRule) -> Iterator[Setting]:
    """What the rule is for, and whether it may be weakened."""
    row, why = merged.row, merged.plain.why
    yield Setting(0, f"{row.id}: {row.summary}")
    yield Setting(1, f"It looks for: {_short(row.page.what)}")
    if why:
        yield Setting(1, f"Why: {_short(why.value)}", str(why.place))
    else:
        yield Setting(1, f"Why: {_short(row.page.why)}", BUILT_IN)
    if merged.sealed:
        yield Setting(
            1,
            (
                "It is non-negotiable: no later layer can weaken it, and no waiver or override can "
                "accept it."
            ),
            str(merged.sealed),
        )


def _render_cases(merged: MergedRule) -> Iterator[Setting]:
    """What the rule leads to where no case applies, then each case, and what later layers add."""
    yield Setting(1, "If no case applies:" if merged.cases else "Everywhere:")
    yield from render_overlay(merged.plain, 2)
    for case in merged.cases:
        yield from render_case(case, 1)
    for overlay in merged.raised:
        yield Setting(1, "and at least:")
        yield from render_overlay(overlay, 2)


def find_seen(evaluation: Evaluation, fingerprint: str) -> tuple[SeenFinding, ...]:
    """Everything in the change that has this fingerprint, findings or not.

    Raises:
        UsageError: nothing has.
    """
    named = [one for one in evaluation.verdict.findings if one.fingerprint == fingerprint]
    if named:
        return tuple(_of_finding(evaluation, finding) for finding in named)
    # What leads to nothing is no finding of the verdict, so it is looked for among all observations.
    silent = tuple(
        _of_observation(evaluation, path, seen)
        for path, seen in _observations(evaluation)
        if seen.fingerprint == fingerprint
    )
    if not silent:
        raise UsageError(
            f"Nothing in this change has the fingerprint {fingerprint}.",
            "judgegate check -f json --all lists them.",
        )
    return silent


def _of_finding(evaluation: Evaluation, finding: Finding) -> SeenFinding:
    """The finding with its facts: those of its observation, where there is one."""
    wanted = (finding.fingerprint, finding.path, finding.line)
    for path, seen in _observations(evaluation):
        if (seen.fingerprint, path, seen.lines.start) == wanted:
            return replace(_of_observation(evaluation, path, seen), finding=finding)
    # A finding that no check made, such as one on a file that could not be read, has no observation.
    facts = replace(evaluation.known, path=finding.path, provenance=finding.provenance)
    return SeenFinding(finding.rule, finding.fingerprint, facts, finding.line, finding)


def _observations(evaluation: Evaluation) -> Iterator[tuple[str, Observation]]:
    """All that checks saw on the head's side, with the path."""
    for file in (*evaluation.analysis.files, *evaluation.analysis.elsewhere):
        yield from ((file.change.path, seen) for seen in file.after)


def _of_observation(evaluation: Evaluation, path: str, seen: Observation) -> SeenFinding:
    """An observation with its facts, as the policy sees them."""
    policy = evaluation.in_force.policy
    provenance = evaluation.assess(policy.provenance_of(seen.rule)).of_lines(
        path, (seen.lines,)
    )
    severity = seen.severity or policy.rows[seen.rule].severity
    facts = replace(
        evaluation.known,
        path=path,
        provenance=provenance,
        severity=severity,
        confidence=seen.confidence,
        code=seen.code,
    )
    return SeenFinding(seen.rule, seen.fingerprint, facts, seen.lines.start)


def explain_seen(
    evaluation: Evaluation, seen: SeenFinding, today: date
) -> Iterator[Setting]:
    """Why a finding is what it is: the facts, the case that won, the waivers that are about it."""
    policy, finding = evaluation.in_force.policy, seen.finding
    yield Setting(0, f"{seen.rule} in {_render_place(seen)}")
    silent = "A check saw it, but the policy gives it no action."
    yield Setting(1, finding.message if finding else silent)
    yield Setting(1, f"The facts: {_render_facts(seen.facts)}")
    yield from render_outcome(policy, seen.rule, seen.facts)
    if finding is not None:
        yield Setting(1, f"It is {finding.origin.value}: {_ORIGINS[finding.origin.value]}.")
        if finding.waiver:
            yield Setting(1, f"A waiver accepts it: {finding.waiver}")
    yield from _render_other_waivers(evaluation, seen, today)
    yield Setting(1, f"Its fingerprint: {seen.fingerprint}")


def _render_other_waivers(
    evaluation: Evaluation, seen: SeenFinding, today: date
) -> Iterator[Setting]:
    """The waivers that are about the finding, and why they do not accept it."""
    policy = evaluation.in_force.policy
    accepting = seen.finding.waiver if seen.finding else None
    named = Waivable(seen.rule, seen.facts.path, seen.facts.code, seen.fingerprint)
    for waiver in policy.waivers:
        described = describe_waiver(waiver)
        if described == accepting or not lifts(waiver, named):
            continue
        fault = _fault(policy, waiver, today) or _used_up(evaluation, waiver)
        text = f"A waiver that does not accept it: {described}{fault}"
        yield Setting(1, text, str(waiver.place))


def _render_place(seen: SeenFinding) -> str:
    """Where the finding is."""
    if seen.facts.path is None:
        return "the change as a whole"
    return f"{seen.facts.path}:{seen.line}" if seen.line else seen.facts.path


_ORIGINS = {
    "introduced": "it is in the head and not in the merge base",
    "existing": "it is also in the merge base, so it decides nothing",
}


def _render_facts(facts: Facts) -> str:
    """The facts of the finding itself, as far as they are known."""
    named = [f"provenance: {facts.provenance.value}"]
    if facts.severity is not None:
        named.append(f"severity: {facts.severity.value}")
    if facts.confidence is not None:
        named.append(f"confidence: {facts.confidence.value}")
    if facts.code is not None:
        named.append(f"code: {facts.code}")
    return ", ".join(named)


def _fault(policy: Policy, waiver: Waiver, today: date) -> str:
    """Why a waiver lifts nothing, as the end of a sentence."""
    if waiver.rule in FLOORED or policy.is_non_negotiable(waiver.rule):
        return " (it has no effect: the rule is non-negotiable)"
    return " (it has no effect: it has expired)" if waiver.has_expired(today) else ""


def _used_up(evaluation: Evaluation, waiver: Waiver) -> str:
    """That other findings have used the waiver up, as the end of a sentence."""
    # A finding names its waiver in words only.
    described = describe_waiver(waiver)
    used = sum(one.waiver == described for one in evaluation.verdict.findings)
    return f" (it is used up: {used} of {waiver.at_most})" if used >= waiver.at_most else ""


def _short(text: str) -> str:
    """The first paragraph in one line, cut where it is long."""
    paragraph, _, _ = text.partition("\n\n")
    return shorten(" ".join(paragraph.split()), LONGEST, placeholder=" ...")


def render_outcomes(
    policy: Policy, rule: str, facts: Facts, named: Collection[str]
) -> Iterator[Setting]:
    """Which case wins and what that comes to.

    For each combination of those of the facts that are asked for and not `named`.
    """
    merged = policy.merged(rule, facts.path)
    known = _open_questions(merged, named)
    if not known:
        yield from render_outcome(policy, rule, facts)
        return
    # Combinations that come to the same are described once, together.
    found: dict[tuple[Setting, ...], set[World]] = {}
    for world in product(*(dimension.samples for dimension in known)):
        here = facts_in(world, known, facts)
        found.setdefault(tuple(render_outcome(policy, rule, here)), set()).add(world)
    for described, where in found.items():
        for block in _blocks(known, where):
            yield Setting(1, f"For {_describe(known, block)}:")
            yield from (replace(line, depth=line.depth + 1) for line in described)


def render_outcome(policy: Policy, rule: str, facts: Facts) -> Iterator[Setting]:
    """Which case wins under the facts, and what that comes to."""
    merged, effective = policy.merged(rule, facts.path), policy.resolve(rule, facts)
    known = facts.with_severity(effective.severity)
    winner = next((case for case in merged.cases if case.when.test(known).may_hold), None)
    yield from _render_winner(merged, winner, known)
    outcome = f"=> {effective.action.value}{_severity(merged, winner, effective)}"
    yield Setting(1, outcome, place_of_decision(effective))
    options = [f"{name}: {value}" for name, value in sorted(effective.options.items())]
    if options:
        yield Setting(2, ", ".join(options))
    if effective.action is Action.REVIEW:
        yield from _render_reviews(effective)
    if effective.unknown:
        unknown = ", ".join(effective.unknown)
        yield Setting(2, f"Not known here, so the stricter applies: {unknown}")


def _render_reviews(effective: EffectiveRule) -> Iterator[Setting]:
    """What each review must be: several where something was not known."""
    for terms in effective.reviews:
        whom = describe_standings(terms.standings)
        yield Setting(2, f"approvals: {terms.approvals}, from: {whom}")


def _render_winner(
    merged: MergedRule, winner: RuleCase | None, known: Facts
) -> Iterator[Setting]:
    """Whether the rule applies, and which case is the first that applies or may apply."""
    if merged.when is not None and not merged.when.value.test(known).may_hold:
        yield Setting(1, "It does not apply: its `when` is false.", str(merged.when.place))
    if winner is not None:
        is_open = winner.when.test(known).may_fail
        sure = "may apply" if is_open else "is the first that applies"
        text = f"The case {{{describe_condition(winner.when)}}} {sure}"
        yield Setting(1, text, str(winner.place))
    elif merged.cases:
        yield Setting(1, "No case applies.")


def _severity(merged: MergedRule, winner: RuleCase | None, effective: EffectiveRule) -> str:
    """The severity where the policy sets one, as the end of a sentence.

    Otherwise it is the finding's own, and nothing is said of it.
    """
    if merged.overlay(winner).severity is not None:
        return f", severity {effective.severity.value}"
    floors = present(value_or(overlay.severity, None) for overlay in merged.raised)
    return f", severity at least {max(floors).value}" if floors else ""


def _open_questions(merged: MergedRule, named: Collection[str]) -> tuple[Dimension, ...]:
    """What the rule's conditions ask about and has not been answered."""
    questions = chain.from_iterable(map(leaves, merged.conditions))
    found = {dimension.name: dimension for dimension in dimensions(questions)}
    return present(found.get(name) for name in ASKED if name not in named)


def _blocks(
    known: Sequence[Dimension], worlds: Collection[World]
) -> Iterator[tuple[tuple[Sample, ...], ...]]:
    """The worlds as few blocks.

    Each block is every combination of the samples that it lists of each dimension.
    """
    if not known:
        yield ()
        return
    # Samples of the first dimension that go with the same worlds of the others make one block.
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
    """A block of combinations in the policy's words."""
    described = describe_worlds(known, tuple(product(*block)))
    return described.removeprefix(" (").removesuffix(")") or "anything else"
