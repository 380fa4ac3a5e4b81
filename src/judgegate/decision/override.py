"""How far an override reaches: all that holds the change up, or it lifts nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from judgegate.decision.context import PolicyInForce
from judgegate.decision.findings import JudgedFinding
from judgegate.model.scales import Action, Origin, Outcome
from judgegate.model.verdict import Ignored, ReviewVerdict
from judgegate.review.agreement import sort_ignored


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
        blocks = (
            one.finding.action is Action.BLOCK
            and one.finding.origin is Origin.INTRODUCED
            and one.finding.waiver is None
        )
        if blocks and one.rule.non_negotiable:
            yield f"{one.finding.rule} is non-negotiable"
    for demand in review.demands:
        if demand.missing and demand.non_negotiable:
            yield f"{', '.join(demand.rules)} is non-negotiable"
    yield from review.held_by
    if in_force.broken_head:
        yield "the policy that the change brings does not load"
