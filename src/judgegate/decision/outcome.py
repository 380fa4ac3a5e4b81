"""What holds a change up: the reasons, the outcome that they add up to, and how far an override reaches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from judgegate.decision.context import PolicyInForce
from judgegate.decision.findings import JudgedFinding
from judgegate.model.scales import Action, Origin, Outcome
from judgegate.model.verdict import Finding, Ignored, Reason, ReviewVerdict
from judgegate.review.agreement import sort_ignored


def give_reasons(
    findings: Iterable[Finding], in_force: PolicyInForce, review: ReviewVerdict
) -> tuple[Reason, ...]:
    """Everything that holds the change up: first its findings, the strongest first, then its policy and the people who say no."""
    reasons = [*_reasons_of_findings(findings)]
    if in_force.broken_head:
        why = f"The policy that the change brings does not load: {in_force.broken_head[0]}"
        reasons.append(Reason(None, Action.BLOCK, why))
    if review.held_by:
        reasons.append(Reason(None, Action.REVIEW, f"Changes were requested by {', '.join(review.held_by)}."))
    return tuple(reasons)


def _reasons_of_findings(findings: Iterable[Finding]) -> Iterator[Reason]:
    """One reason for each rule and action. What warns, what a waiver lifts and what was there before gives none."""
    holding = sorted((finding for finding in findings if _holds(finding)), key=_reason_order)
    for (action, rule), group in groupby(holding, key=lambda finding: (finding.action, finding.rule)):
        yield Reason(rule, action, _describe(list(group)))


def _holds(finding: Finding) -> bool:
    return finding.origin is Origin.INTRODUCED and finding.waiver is None and finding.action >= Action.REVIEW


def _reason_order(finding: Finding) -> tuple[object, ...]:
    return (
        -finding.action.rank,
        finding.rule,
        -finding.severity.rank,
        finding.path or "",
        finding.line or 0,
        finding.code or "",
    )


def _describe(findings: Sequence[Finding]) -> str:
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    if first.path is None:
        return f"{first.message}{more}"
    place = first.path if first.line is None else f"{first.path}:{first.line}"
    return f"{place}: {first.message}{more}"


def outcome_of(reasons: Iterable[Reason], review: ReviewVerdict) -> Outcome:
    """What the reasons add up to, with the approvals that were given."""
    actions = [reason.action for reason in reasons]
    if Action.BLOCK in actions:
        return Outcome.BLOCK
    if Action.REVIEW in actions and review.satisfied is not True:
        return Outcome.REVIEW
    return Outcome.PASS


def override(
    outcome: Outcome, review: ReviewVerdict, judged: Iterable[JudgedFinding], in_force: PolicyInForce
) -> tuple[Outcome, ReviewVerdict]:
    """The outcome and the review where somebody overrides; an override that lifts nothing is ignored, with the reason."""
    given = review.override
    if given is None:
        return outcome, review
    beyond = dict.fromkeys(_beyond(review, judged, in_force))
    if outcome is Outcome.PASS:
        why = "overrides, but nothing holds the change up"
    elif beyond:
        why = f"overrides, which does not reach everything that holds the change up: {'; '.join(beyond)}"
    else:
        return Outcome.PASS, review
    refused = (Ignored(who, why) for who in (given.who, *given.seconded))
    return outcome, replace(review, override=None, ignored=sort_ignored((*review.ignored, *refused)))


def _beyond(review: ReviewVerdict, judged: Iterable[JudgedFinding], in_force: PolicyInForce) -> Iterator[str]:
    """What no override lifts: what is not negotiable, a person who says no, and a policy that would not load."""
    for one in judged:
        if _holds(one.finding) and one.finding.action is Action.BLOCK and one.rule.non_negotiable:
            yield f"{one.finding.rule} is non-negotiable"
    for demand in review.demands:
        if demand.missing and demand.non_negotiable:
            yield f"{', '.join(demand.rules)} is non-negotiable"
    yield from review.held_by
    if in_force.broken_head:
        yield "the policy that the change brings does not load"
