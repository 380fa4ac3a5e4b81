"""Judge an analysis: values in, a verdict out. Nothing here reads, asks or runs anything."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct

from judgegate.decision.change_rules import (
    judge_assistance,
    judge_fallback,
    judge_own_rules,
    judge_policy_change,
    judge_unanalysed,
)
from judgegate.decision.context import NOBODY_ASKED, Agreement, PolicyInForce
from judgegate.decision.findings import FindingJudge, JudgedFinding, ReviewsByPath
from judgegate.decision.outcome import give_reasons, judge_file, outcome_of, override
from judgegate.decision.pair_observations import pair_with_all
from judgegate.decision.waivers import expired_notices, is_waived, offer, waive
from judgegate.model.analysis import Analysis, Paired, PlacedObservation
from judgegate.model.change import Change
from judgegate.model.notices import Notice
from judgegate.model.ranges import count_lines
from judgegate.model.verdict import JudgedFile, ReviewVerdict, Verdict
from judgegate.policy.conditions import Facts
from judgegate.policy.policy import Policy
from judgegate.policy.provenance import ProvenanceTerms
from judgegate.provenance.assessment import ProvenanceAssessment, verdict_on_provenance
from judgegate.review.agreement import weigh_approvals


class Decision(Struct, frozen=True):
    """A verdict without its brief, and what a brief is made from.

    That are the pairs, who wrote what, and which reviews are asked for where.
    """

    verdict: Verdict
    pairs: tuple[Paired, ...]
    assessment: ProvenanceAssessment
    reviews: ReviewsByPath


def decide(
    analysis: Analysis,
    in_force: PolicyInForce,
    assess: Callable[[ProvenanceTerms], ProvenanceAssessment],
    known: Facts,
    today: date,
    *,
    agreement: Agreement = NOBODY_ASKED,
) -> Decision:
    """What an analysis leads to under a policy.

    `assess` weighs the analysis's provenance by a policy's terms; `known` holds the facts that are
    the same for every finding; `agreement` is what is known of who approved, with the base's code
    owners.

    Raises:
        ValueError: the analysis was made for another policy's plan.
    """
    policy = in_force.policy
    if analysis.plan != policy.plan().digest:
        raise ValueError("the analysis was made for another plan than this policy's")
    judge = FindingJudge(policy, policy.rows, assess, known)
    assessment = assess(policy.provenance)
    change = analysis.change

    # Which files were analysed, and what the change introduced in them.
    files = tuple(
        judge_file(file, policy, count_lines(assessment.ai_lines(file.change.path)))
        for file in analysis.files
    )
    placed = (*analysis.files, *analysis.elsewhere)

    def move_tightens(now: PlacedObservation, was: PlacedObservation) -> bool:
        return judge.tightens(now, was) or is_waived(was, policy, today)

    bases = len(change.merge_bases)
    pairs = pair_with_all(placed, bases, analysis.definition_maps, move_tightens)

    # What the policy makes of it. Waivers of the change itself come last: they ask for what those
    # of the base do not lift.
    judged = _judge_all(analysis, pairs, judge, files, in_force)
    judged = waive(judged, policy, today)
    judged = offer(judged, in_force.brought, judge, today)
    findings = tuple(one.finding for one in judged)

    # Who must review it, who has, and what it comes to.
    review = _review(judged, policy, change, agreement)
    reasons = give_reasons(findings, in_force, review)
    outcome, review = override(outcome_of(reasons, review), review, judged, in_force)

    ai_lines = sum(file.ai_lines for file in files)
    verdict = Verdict(
        outcome=outcome,
        reasons=reasons,
        change=change,
        files=files,
        policy=in_force.source,
        provenance=verdict_on_provenance(
            analysis.provenance, assessment, policy.provenance, change, ai_lines
        ),
        findings=findings,
        review=review,
        fail_on=policy.fail_on,
        own_rules=policy.own_rules,
        errors=in_force.errors,
        notices=tuple(_notices(analysis, in_force, today, agreement)),
    )
    return Decision(verdict, tuple(pairs), assessment, ReviewsByPath.of(judge, judged))


def _judge_all(
    analysis: Analysis,
    pairs: Iterable[Paired],
    judge: FindingJudge,
    files: Sequence[JudgedFile],
    in_force: PolicyInForce,
) -> list[JudgedFinding]:
    """All findings, as the policy judges them.

    First what the checks saw, then what is known of the files without their content, then what asks
    for human judgement.
    """
    observed = map(judge.judge, pairs)
    return [
        *(judged for judged in observed if judged is not None),
        *judge_own_rules(judge, analysis.change),
        *judge_assistance(judge, [file.change.path for file in files]),
        *judge_unanalysed(judge, files),
        *judge_policy_change(judge, in_force.touched),
        *judge_fallback(judge, in_force.fallback),
    ]


def _review(
    judged: Iterable[JudgedFinding], policy: Policy, change: Change, agreement: Agreement
) -> ReviewVerdict:
    asks = [ask for one in judged for ask in one.asks(policy)]
    head = change.head.oid if change.head else None
    return weigh_approvals(
        asks,
        agreement.approvals,
        head,
        owners=agreement.owners,
        agents=agreement.agents,
        override=policy.override,
    )


def _notices(
    analysis: Analysis, in_force: PolicyInForce, today: date, agreement: Agreement
) -> Iterable[Notice]:
    yield from (*analysis.notices, *analysis.change.notices, *analysis.provenance.notices)
    for file in analysis.files:
        if file.blind_side is not None:
            why = f"the file in the merge base could not be read ({file.blind_side})"
            yield Notice(
                "blind-side",
                f"{file.change.path}: {why}, so all its findings count as introduced.",
            )
    yield from in_force.notices
    yield from expired_notices(in_force.policy, today)
    if agreement.approvals is not None:
        # Imported here, because only a run that asked a forge needs it.
        from judgegate.decision.dependency_updates import explain_no_update

        yield from explain_no_update(analysis.change, agreement.approvals)
