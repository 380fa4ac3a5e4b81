"""Why the policy says what it says: of a rule, or of a single finding of a change."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import product
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
from judgegate.policy.problems import nearest
from judgegate.policy.review import describe_standings
from judgegate.policy.rules import RuleCase
from judgegate.policy.sampling import Dimension, World, describe_worlds, dimensions
from judgegate.policy.waivers import Waivable, Waiver, lifts
from judgegate.tuning.overview import BUILT_IN, Setting, render_case, render_overlay

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
    """What the rule looks for, what it leads to, and which waivers speak of it; for a path or a provenance, which case wins there.

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
        yield Setting(
            1,
            f"It applies if {{{describe_condition(merged.when.value)}}}",
            str(merged.when.place),
        )
    yield from _render_cases(merged)
    if path is not None or provenance is not None:
        facts = Facts(path=path, provenance=provenance or Authorship.UNMARKED)
        yield from render_outcomes(
            policy, rule, facts, named={"provenance"} if provenance else ()
        )
    for waiver in policy.waivers:
        if waiver.rule == rule:
            yield Setting(
                1,
                f"A waiver: {describe_waiver(waiver)}{_fault(policy, waiver, today)}",
                str(waiver.place),
            )


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
            "It is non-negotiable: no later layer can weaken it, and no waiver or override can accept it.",
            str(merged.sealed),
        )


def _render_cases(merged: MergedRule) -> Iterator[Setting]:
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
    findings = [
        _of_finding(evaluation, finding)
        for finding in evaluation.verdict.findings
        if finding.fingerprint == fingerprint
    ]
    silent = [] if findings else _silent(evaluation, fingerprint)
    if not findings and not silent:
        raise UsageError(
            f"Nothing in this change has the fingerprint {fingerprint}.",
            "judgegate check -f json --all lists them.",
        )
    return (*findings, *silent)


def _of_finding(evaluation: Evaluation, finding: Finding) -> SeenFinding:
    for path, seen in _observations(evaluation):
        if (seen.fingerprint, path, seen.lines.start) == (
            finding.fingerprint,
            finding.path,
            finding.line,
        ):
            return replace(_of_observation(evaluation, path, seen), finding=finding)
    facts = replace(evaluation.known, path=finding.path, provenance=finding.provenance)
    return SeenFinding(finding.rule, finding.fingerprint, facts, finding.line, finding)


def _silent(evaluation: Evaluation, fingerprint: str) -> list[SeenFinding]:
    return [
        _of_observation(evaluation, path, seen)
        for path, seen in _observations(evaluation)
        if seen.fingerprint == fingerprint
    ]


def _observations(evaluation: Evaluation) -> Iterator[tuple[str, Observation]]:
    for file in (*evaluation.analysis.files, *evaluation.analysis.elsewhere):
        yield from ((file.change.path, seen) for seen in file.after)


def _of_observation(evaluation: Evaluation, path: str, seen: Observation) -> SeenFinding:
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
    """Why a finding is what it is: the facts, the case that won, the waivers that speak of it."""
    policy, finding = evaluation.in_force.policy, seen.finding
    yield Setting(0, f"{seen.rule} in {_render_place(seen)}")
    yield Setting(
        1,
        finding.message
        if finding
        else "A check saw it, but the policy gives it no action.",
    )
    yield Setting(1, f"The facts: {_render_facts(seen.facts)}")
    yield from render_outcome(policy, seen.rule, seen.facts)
    if finding is not None:
        yield Setting(1, f"It is {finding.origin.value}: {_ORIGINS[finding.origin.value]}.")
        if finding.waiver:
            yield Setting(1, f"A waiver accepts it: {finding.waiver}")
    named = Waivable(seen.rule, seen.facts.path, seen.facts.code, seen.fingerprint)
    for waiver in policy.waivers:
        if lifts(waiver, named) and not (
            finding and finding.waiver == describe_waiver(waiver)
        ):
            fault = _fault(policy, waiver, today) or _used_up(evaluation, waiver)
            yield Setting(
                1,
                f"A waiver that does not accept it: {describe_waiver(waiver)}{fault}",
                str(waiver.place),
            )
    yield Setting(1, f"Its fingerprint: {seen.fingerprint}")


def _render_place(seen: SeenFinding) -> str:
    if seen.facts.path is None:
        return "the change as a whole"
    return f"{seen.facts.path}:{seen.line}" if seen.line else seen.facts.path


_ORIGINS = {
    "introduced": "it is in the head and not in the merge base",
    "existing": "it is also in the merge base, so it decides nothing",
}


def _render_facts(facts: Facts) -> str:
    named = [("provenance", facts.provenance.value)]
    named += [
        (name, value if isinstance(value, str) else value.value)
        for name in ("severity", "confidence", "code")
        if (value := getattr(facts, name)) is not None
    ]
    return ", ".join(f"{name}: {value}" for name, value in named)


def _fault(policy: Policy, waiver: Waiver, today: date) -> str:
    """Why a waiver lifts nothing, as the end of a sentence."""
    if waiver.rule in FLOORED or policy.is_non_negotiable(waiver.rule):
        return " (it has no effect: the rule is non-negotiable)"
    return " (it has no effect: it has expired)" if waiver.has_expired(today) else ""


def _used_up(evaluation: Evaluation, waiver: Waiver) -> str:
    used = Counter(finding.waiver for finding in evaluation.verdict.findings)[
        describe_waiver(waiver)
    ]
    return f" (it is used up: {used} of {waiver.at_most})" if used >= waiver.at_most else ""


def _short(text: str) -> str:
    return shorten(
        " ".join(text.split("\n\n", maxsplit=1)[0].split()), LONGEST, placeholder=" ..."
    )


def render_outcomes(
    policy: Policy, rule: str, facts: Facts, named: Collection[str]
) -> Iterator[Setting]:
    """Which case wins and what that comes to, for each combination of those of the facts that are asked for and not `named`."""
    merged = policy.merged(rule, facts.path)
    known = _open_questions(merged, named)
    if not known:
        yield from render_outcome(policy, rule, facts)
        return
    found: dict[tuple[Setting, ...], set[World]] = {}
    for world in product(*(dimension.samples for dimension in known)):
        values = {
            dimension.fact: sample.value
            for dimension, sample in zip(known, world, strict=True)
        }
        found.setdefault(
            tuple(render_outcome(policy, rule, replace(facts, **values))), set()
        ).add(world)
    for described, where in found.items():
        for block in _blocks(known, where):
            yield Setting(1, f"For {_describe(known, block)}:")
            yield from (replace(line, depth=line.depth + 1) for line in described)


def render_outcome(policy: Policy, rule: str, facts: Facts) -> Iterator[Setting]:
    """Which case wins under the facts, and what that comes to."""
    merged, effective = policy.merged(rule, facts.path), policy.resolve(rule, facts)
    known = (
        facts if facts.severity is not None else replace(facts, severity=effective.severity)
    )
    winner = next((case for case in merged.cases if case.when.test(known).may_hold), None)
    yield from _render_winner(merged, winner, known)
    place = str(effective.decided_by) if effective.decided_by else BUILT_IN
    yield Setting(
        1, f"=> {effective.action.value}{_severity(merged, winner, effective)}", place
    )
    if effective.options:
        yield Setting(
            2,
            ", ".join(
                f"{name}: {value}" for name, value in sorted(effective.options.items())
            ),
        )
    if effective.action is Action.REVIEW:
        for terms in effective.reviews:
            yield Setting(
                2,
                f"approvals: {terms.approvals}, from: {describe_standings(terms.standings)}",
            )
    if effective.unknown:
        yield Setting(
            2, f"Not known here, so the stricter applies: {', '.join(effective.unknown)}"
        )


def _render_winner(
    merged: MergedRule, winner: RuleCase | None, known: Facts
) -> Iterator[Setting]:
    """Whether the rule applies, and which case is the first that holds or may hold."""
    if merged.when is not None and not merged.when.value.test(known).may_hold:
        yield Setting(1, "It does not apply: its `when` is false.", str(merged.when.place))
    if winner is not None:
        sure = (
            "may apply" if winner.when.test(known).may_fail else "is the first that applies"
        )
        yield Setting(
            1, f"The case {{{describe_condition(winner.when)}}} {sure}", str(winner.place)
        )
    elif merged.cases:
        yield Setting(1, "No case applies.")


def _severity(merged: MergedRule, winner: RuleCase | None, effective: EffectiveRule) -> str:
    """The severity where the policy sets one, as the end of a sentence; otherwise it is the finding's own."""
    if merged.overlay(winner).severity is not None:
        return f", severity {effective.severity.value}"
    floor = max(
        (overlay.severity.value for overlay in merged.raised if overlay.severity),
        default=None,
    )
    return f", severity at least {floor.value}" if floor else ""


def _open_questions(merged: MergedRule, named: Collection[str]) -> tuple[Dimension, ...]:
    """What the rule's conditions ask about and nobody answered."""
    conditions = [case.when for case in merged.cases] + (
        [merged.when.value] if merged.when else []
    )
    found = {
        dimension.name: dimension
        for dimension in dimensions(
            leaf for condition in conditions for leaf in leaves(condition)
        )
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
    described = describe_worlds(known, tuple(product(*block)))
    return described.removeprefix(" (").removesuffix(")") or "anything else"
