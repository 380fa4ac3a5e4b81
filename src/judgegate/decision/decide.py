"""Judge an analysis: values in, a verdict out. Nothing here reads, asks or runs anything."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from judgegate.decision.context import NOBODY_ASKED, Agreement, PolicyInForce
from judgegate.decision.dependency_updates import explain_no_update
from judgegate.decision.findings import FindingJudge, JudgedFinding, ReviewsByPath
from judgegate.decision.override import override
from judgegate.decision.oversight import (
    judge_assistance,
    judge_fallback,
    judge_policy_change,
    judge_unanalysed,
)
from judgegate.decision.own_rules import judge_files, judge_size
from judgegate.decision.pairing import pair_with_all
from judgegate.decision.waivers import expired_notices, offer, waive
from judgegate.model.analysis import AnalysedFile, Analysis, Paired
from judgegate.model.change import Blob, Change, FileChange
from judgegate.model.notices import Notice
from judgegate.model.ranges import count_lines
from judgegate.model.scales import Action, Authorship, Origin, Outcome
from judgegate.model.verdict import FileState, Finding, JudgedFile, Reason, ReviewVerdict, Verdict
from judgegate.policy.conditions import Facts
from judgegate.policy.policy import Policy
from judgegate.policy.terms import ProvenanceTerms
from judgegate.provenance.assessment import ProvenanceAssessment, verdict_on_provenance
from judgegate.review.agreement import weigh_approvals


def give_reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """The reasons that hold the change up, the strongest first. What warns, what a waiver lifts and what was there before gives none."""
    holding = sorted((finding for finding in findings if _holds(finding)), key=_reason_order)
    return tuple(
        Reason(rule, action, _describe(list(group)))
        for (action, rule), group in groupby(holding, key=lambda finding: (finding.action, finding.rule))
    )


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
    place = (
        ""
        if first.path is None
        else f"{first.path}: "
        if first.line is None
        else f"{first.path}:{first.line}: "
    )
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{place}{first.message}{more}"


SWITCHED_OFF = "the policy switched its checks off"
NO_CHECK = "no check covers it"


def judge_file(file: AnalysedFile, policy: Policy, ai_lines: int) -> JudgedFile:
    """The file's state, with the reason if it is not `analysed`."""
    state, reason = _state(file, policy)
    return JudgedFile(file.change, state, reason, file.rules if state is FileState.ANALYSED else (), ai_lines)


def _state(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    if not file.covered:
        return (FileState.EXEMPT, SWITCHED_OFF) if file.coverable else _uncovered(file, policy)
    if file.obstacle is not None:
        return FileState.UNANALYSED, file.obstacle
    return FileState.ANALYSED, None


def _uncovered(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    odd = describe_oddity(file.change) or file.oddity or (file.obstacle if file.unread else None)
    if odd is not None:
        return FileState.UNANALYSED, odd
    exemption = policy.exemption(file.change.path, file.change.old, file.change.new, *file.change.others)
    if exemption is not None and not any(_applies(rule, file.change.path, policy) for rule in file.missed):
        return FileState.EXEMPT, exemption.name
    return FileState.UNANALYSED, file.obstacle or NO_CHECK


def _applies(rule: str, path: str, policy: Policy) -> bool:
    """Whether an own rule could have held the change up for what it found in a file: then what kept it from looking does so too."""
    return any(
        policy.resolve(rule, Facts(path, provenance)).action >= Action.REVIEW for provenance in Authorship
    )


def describe_oddity(change: FileChange) -> str | None:
    """What no exemption may cover: links, submodules, executables, on either side."""
    sides = [side for side in (change.old, change.new, *change.others) if side is not None]
    return next((oddity for side in sides if (oddity := _oddity(side)) is not None), None)


def _oddity(side: Blob) -> str | None:
    if side.is_submodule:
        return "it is a submodule: what it brings lies in another repository"
    if side.is_link:
        return "it is a symbolic link"
    if side.is_executable:
        return f"{NO_CHECK}, and it is executable"
    return None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict without its brief, and what a brief is made from: the pairs, who wrote what, and which reviews are asked for where."""

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

    `assess` weighs the analysis's provenance by a policy's terms; `known` holds the facts that are the same for every finding;
    `agreement` is what is known of who approved, with the base's code owners.

    Raises:
        ValueError: the analysis did not look for what this policy asks about.
    """
    policy = in_force.policy
    if analysis.plan != policy.plan().digest:
        raise ValueError("the analysis was made for another plan than this policy's")
    judge = FindingJudge(policy, policy.rows, assess, known)
    assessment = assess(policy.provenance)
    files = tuple(
        judge_file(file, policy, count_lines(assessment.ai_lines(file.change.path)))
        for file in analysis.files
    )
    pairs = pair_with_all(
        (*analysis.files, *analysis.elsewhere), len(analysis.change.merge_bases), judge.tightens
    )
    seen = _judge_all(analysis, pairs, judge, files, in_force)
    judged = offer(waive(seen, policy, today), in_force.brought, judge, today)
    review = _review(judged, policy, analysis.change, agreement)
    findings = tuple(one.finding for one in judged)
    reasons = (*give_reasons(findings), *_policy_reasons(in_force), *_holding(review))
    outcome, review = override(_outcome(reasons, review), review, judged, in_force)
    ai_lines = sum(file.ai_lines for file in files)
    verdict = Verdict(
        outcome=outcome,
        reasons=reasons,
        change=analysis.change,
        files=files,
        policy=in_force.source,
        provenance=verdict_on_provenance(
            analysis.provenance, assessment, policy.provenance, analysis.change, ai_lines
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


def _policy_reasons(in_force: PolicyInForce) -> Iterable[Reason]:
    if in_force.broken_head:
        yield Reason(
            None, Action.BLOCK, "The policy that the change brings does not load: " + in_force.broken_head[0]
        )


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


def _notices(
    analysis: Analysis, in_force: PolicyInForce, today: date, agreement: Agreement
) -> Iterable[Notice]:
    yield from (*analysis.notices, *analysis.change.notices, *analysis.provenance.notices)
    for file in analysis.files:
        if file.blind_side is not None:
            why = f"the merge base's side could not be read ({file.blind_side})"
            yield Notice(
                "blind-side", f"{file.change.path}: {why}, so all that it shows counts as introduced."
            )
    yield from in_force.notices
    yield from expired_notices(in_force.policy, today)
    yield from explain_no_update(analysis.change, agreement.approvals)
