"""Judge an analysis: values in, a verdict out. Nothing here reads, asks or runs anything."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from judgegate.gate.analysis import Analysis
from judgegate.gate.attention import asker, attend
from judgegate.gate.grounds import NOBODY_ASKED, Agreement, PolicyInForce
from judgegate.gate.judging.coverage import judge_file
from judgegate.gate.judging.dependency_updates import tell_no_update
from judgegate.gate.judging.judgement import Judge, Judged
from judgegate.gate.judging.overriding import override
from judgegate.gate.judging.oversight import judge_assistance, judge_fallback, judge_policy_change, judge_unanalysed
from judgegate.gate.judging.own_rules import judge_files, judge_size
from judgegate.gate.judging.pairing import Paired, pair_with_all
from judgegate.gate.judging.reasons import give_reasons
from judgegate.gate.judging.waiving import offer, tell_expired, waive
from judgegate.gate.testimony import verdict_on_provenance
from judgegate.model.change import Change
from judgegate.model.lines import count_lines
from judgegate.model.notices import Notice
from judgegate.model.scales import Action, Outcome
from judgegate.model.verdict import JudgedFile, Reason, ReviewVerdict, Verdict
from judgegate.policy import Facts, Policy, ProvenanceTerms
from judgegate.provenance import Testimony
from judgegate.review import weigh


def decide(
    analysis: Analysis,
    in_force: PolicyInForce,
    testify: Callable[[ProvenanceTerms], Testimony],
    known: Facts,
    today: date,
    *,
    agreement: Agreement = NOBODY_ASKED,
) -> Verdict:
    """The verdict on an analysis under a policy.

    `testify` weighs the analysis's provenance by a policy's terms; `known` holds the facts that are the same for every finding;
    `agreement` is what is known of who approved, with the base's code owners.

    Raises:
        ValueError: the analysis did not look for what this policy asks about.
    """
    policy = in_force.policy
    if analysis.plan != policy.plan().digest:
        raise ValueError("the analysis was made for another plan than this policy's")
    judge = Judge(policy, policy.rows, testify, known)
    testimony = testify(policy.provenance)
    files = tuple(judge_file(file, policy, count_lines(testimony.ai_lines(file.change.path))) for file in analysis.files)
    pairs = pair_with_all((*analysis.files, *analysis.elsewhere), len(analysis.change.merge_bases), judge.tightens)
    seen = _judge_all(analysis, pairs, judge, files, in_force)
    judged = offer(waive(seen, policy, today), in_force.brought, judge, today)
    review = _review(judged, policy, analysis.change, agreement)
    findings = tuple(one.finding for one in judged)
    reasons = (*give_reasons(findings), *_policy_reasons(in_force), *_holding(review))
    outcome, review = override(_outcome(reasons, review), review, judged, in_force)
    ai_lines = sum(file.ai_lines for file in files)
    attention = attend(analysis, files, findings, pairs=pairs, testimony=testimony, ask_more=asker(judge, judged))
    return Verdict(
        outcome=outcome,
        reasons=reasons,
        change=analysis.change,
        files=files,
        policy=in_force.source,
        provenance=verdict_on_provenance(analysis.provenance, testimony, policy.provenance, analysis.change, ai_lines),
        findings=findings,
        review=review,
        fail_on=policy.fail_on,
        own_rules=policy.own_rules,
        hunks=attention.hunks,
        reading=attention.reading,
        errors=in_force.errors,
        notices=tuple(_notices(analysis, in_force, today, agreement)),
    )


def _judge_all(
    analysis: Analysis, pairs: Iterable[Paired], judge: Judge, files: Sequence[JudgedFile], in_force: PolicyInForce
) -> list[Judged]:
    seen = (judged for paired in pairs if (judged := judge.judge(paired)) is not None)
    return [
        *seen,
        *judge_files(judge, analysis.change),
        *judge_size(judge, analysis.change),
        *judge_assistance(judge, [file.change.path for file in files]),
        *judge_unanalysed(judge, files),
        *judge_policy_change(judge, in_force.touched),
        *judge_fallback(judge, in_force.fallback),
    ]


def _review(judged: Iterable[Judged], policy: Policy, change: Change, agreement: Agreement) -> ReviewVerdict:
    asks = [ask for one in judged for ask in one.asks(policy)]
    head = change.head.oid if change.head else None
    return weigh(asks, agreement.approvals, head, owners=agreement.owners, agents=agreement.agents, override=policy.override)


def _policy_reasons(in_force: PolicyInForce) -> Iterable[Reason]:
    if in_force.broken_head:
        yield Reason(None, Action.BLOCK, "The policy that the change brings does not load: " + in_force.broken_head[0])


def _holding(review: ReviewVerdict) -> Iterable[Reason]:
    if review.held_by:
        yield Reason(None, Action.REVIEW, f"Changes were requested by {', '.join(review.held_by)}.")


def _outcome(reasons: Iterable[Reason], review: ReviewVerdict) -> Outcome:
    actions = [reason.action for reason in reasons]
    if Action.BLOCK in actions:
        return Outcome.BLOCK
    if Action.REVIEW in actions and review.satisfied is not True:
        return Outcome.REVIEW
    return Outcome.PASS


def _notices(analysis: Analysis, in_force: PolicyInForce, today: date, agreement: Agreement) -> Iterable[Notice]:
    yield from (*analysis.notices, *analysis.change.notices, *analysis.provenance.notices)
    for file in analysis.files:
        if file.blind_side is not None:
            why = f"the merge base's side could not be read ({file.blind_side})"
            yield Notice("blind-side", f"{file.change.path}: {why}, so all that it shows counts as introduced.")
    yield from in_force.notices
    yield from tell_expired(in_force.policy, today)
    yield from tell_no_update(analysis.change, agreement.approvals)
