"""What holds a change up: the files' states, the reasons, the outcome that they add up to, and how far an override reaches."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from judgegate.decision.context import PolicyInForce
from judgegate.decision.findings import JudgedFinding
from judgegate.model.analysis import AnalysedFile
from judgegate.model.change import Blob, FileChange
from judgegate.model.levels import Action, Authorship, Origin, Outcome
from judgegate.model.verdict import (
    FileState,
    Finding,
    Ignored,
    JudgedFile,
    Reason,
    ReviewVerdict,
)
from judgegate.policy.conditions import Facts
from judgegate.policy.policy import Policy
from judgegate.review.agreement import sort_ignored

SWITCHED_OFF = "the policy switched its checks off"
NO_CHECK = "no check covers it"


def give_reasons(
    findings: Iterable[Finding], in_force: PolicyInForce, review: ReviewVerdict
) -> tuple[Reason, ...]:
    """Everything that holds the change up: first its findings, the strongest first, then its policy and the people who say no."""
    reasons = [*_reasons_of_findings(findings)]
    if in_force.broken_head:
        why = f"The change's own policy does not load: {in_force.broken_head[0]}"
        reasons.append(Reason(None, Action.BLOCK, why))
    if review.held_by:
        reasons.append(Reason(None, Action.REVIEW, f"{'; '.join(review.held_by)}."))
    return tuple(reasons)


def _reasons_of_findings(findings: Iterable[Finding]) -> Iterator[Reason]:
    """One reason for each rule and action.

    What warns, what a waiver lifts and what was there before gives none.
    """
    holding = sorted(
        (finding for finding in findings if _holds(finding)), key=_reason_order
    )
    for (action, rule), group in groupby(
        holding, key=lambda finding: (finding.action, finding.rule)
    ):
        yield Reason(rule, action, _describe(list(group)))


def _holds(finding: Finding) -> bool:
    return (
        finding.origin is Origin.INTRODUCED
        and finding.waiver is None
        and finding.action >= Action.REVIEW
    )


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
    outcome: Outcome,
    review: ReviewVerdict,
    judged: Iterable[JudgedFinding],
    in_force: PolicyInForce,
) -> tuple[Outcome, ReviewVerdict]:
    """The outcome and the review where somebody overrides; an override that lifts nothing is ignored, with the reason."""
    given = review.override
    if given is None:
        return outcome, review
    beyond = dict.fromkeys(_beyond(review, judged, in_force))
    if outcome is Outcome.PASS:
        why = "overrides, but nothing stops the change"
    elif beyond:
        why = f"overrides, but an override cannot lift everything that stops the change: {'; '.join(beyond)}"
    else:
        return Outcome.PASS, review
    refused = (Ignored(who, why) for who in (given.who, *given.seconded))
    return outcome, replace(
        review, override=None, ignored=sort_ignored((*review.ignored, *refused))
    )


def _beyond(
    review: ReviewVerdict, judged: Iterable[JudgedFinding], in_force: PolicyInForce
) -> Iterator[str]:
    """What no override lifts: what is not negotiable, a person who says no, and a policy that would not load."""
    for one in judged:
        if (
            _holds(one.finding)
            and one.finding.action is Action.BLOCK
            and one.rule.non_negotiable
        ):
            yield f"{one.finding.rule} is non-negotiable"
    for demand in review.demands:
        if demand.missing and demand.non_negotiable:
            yield f"{', '.join(demand.rules)} is non-negotiable"
    yield from review.held_by
    if in_force.broken_head:
        yield "the change's own policy does not load"


def judge_file(file: AnalysedFile, policy: Policy, ai_lines: int) -> JudgedFile:
    """The file's state, with the reason if it is not `analysed`."""
    state, reason = _state(file, policy)
    if state is FileState.ANALYSED:
        return JudgedFile(file.change, state, reason, file.rules, ai_lines)
    return JudgedFile(file.change, state, reason, (), ai_lines, searched=bool(file.rules))


def _state(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    if file.covered:
        analysed = file.obstacle is None
        return (FileState.ANALYSED if analysed else FileState.UNANALYSED), file.obstacle
    if file.coverable:
        return FileState.EXEMPT, SWITCHED_OFF
    return _uncovered(file, policy)


def _uncovered(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    # First, because an exemption goes by the name, which does not say where a link leads or what runs.
    odd = (
        describe_oddity(file.change)
        or file.oddity
        or (file.obstacle if file.unread else None)
    )
    if odd is not None:
        return FileState.UNANALYSED, odd
    exemption = policy.exemption(
        file.change.path, file.change.old, file.change.new, *file.change.others
    )
    if exemption is not None and not any(
        _applies(rule, file.change.path, policy) for rule in file.missed
    ):
        return FileState.EXEMPT, exemption.name
    return FileState.UNANALYSED, file.obstacle or NO_CHECK


def _applies(rule: str, path: str, policy: Policy) -> bool:
    """Whether an own rule could have held the change up for what it found in a file: then that it could not run does so too."""
    return any(
        policy.resolve(rule, Facts(path, provenance)).action >= Action.REVIEW
        for provenance in Authorship
    )


def describe_oddity(change: FileChange) -> str | None:
    """What no exemption may cover: links, submodules, executables, on either side."""
    sides = [side for side in (change.old, change.new, *change.others) if side is not None]
    return next((oddity for side in sides if (oddity := _oddity(side)) is not None), None)


def _oddity(side: Blob) -> str | None:
    if side.is_submodule:
        return "it is a submodule: its content is in another repository"
    if side.is_link:
        return "it is a symbolic link"
    if side.is_executable:
        return f"{NO_CHECK}, and it is executable"
    return None
