"""What stops a change.

The files' states, the reasons, the outcome that they add up to, and how far an override reaches.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from msgspec.structs import replace

from judgegate.decision.context import PolicyInForce
from judgegate.decision.findings import JudgedFinding
from judgegate.model.analysis import AnalysedFile
from judgegate.model.levels import Action, Authorship, Origin, Outcome
from judgegate.model.own_rules import FileKind, kind_of_entry
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
_ODDITIES = {
    FileKind.SUBMODULE: "it is a submodule: its content is in another repository",
    FileKind.LINK: "it is a symbolic link",
    FileKind.EXECUTABLE: f"{NO_CHECK}, and it is executable",
}


def give_reasons(
    findings: Iterable[Finding], in_force: PolicyInForce, review: ReviewVerdict
) -> tuple[Reason, ...]:
    """Everything that stops the change.

    First its findings, the strongest first, then its policy and the people who say no.
    """
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
    # `groupby` needs equal keys side by side, and they are: the order starts with action and rule.
    holding = sorted(filter(_holds, findings), key=_reason_order)
    for (action, rule), group in groupby(holding, key=attrgetter("action", "rule")):
        yield Reason(rule, action, _describe(list(group)))


def _holds(finding: Finding) -> bool:
    """Whether the finding stops the change, as it is."""
    if finding.origin is not Origin.INTRODUCED or finding.waiver is not None:
        return False
    return finding.action >= Action.REVIEW


def _reason_order(finding: Finding) -> tuple[object, ...]:
    """The strongest first, then by rule; within one rule the worst first, then by place."""
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
    actions = {reason.action for reason in reasons}
    # No approval lifts a block.
    if Action.BLOCK in actions:
        return Outcome.BLOCK
    # `satisfied` is None where no forge was asked: what is not known is no approval.
    if Action.REVIEW in actions and review.satisfied is not True:
        return Outcome.REVIEW
    return Outcome.PASS


def override(
    outcome: Outcome,
    review: ReviewVerdict,
    judged: Iterable[JudgedFinding],
    in_force: PolicyInForce,
) -> tuple[Outcome, ReviewVerdict]:
    """The outcome and the review where somebody overrides.

    An override that lifts nothing is ignored, with the reason.
    """
    given = review.override
    if given is None:
        return outcome, review
    beyond = dict.fromkeys(_beyond(review, judged, in_force))
    if outcome is Outcome.PASS:
        why = "overrides, but nothing stops the change"
    elif beyond:
        why = (
            "overrides, but an override cannot lift everything that stops the change: "
            f"{'; '.join(beyond)}"
        )
    else:
        return Outcome.PASS, review
    refused = (Ignored(who, why) for who in (given.who, *given.seconded))
    return outcome, replace(
        review, override=None, ignored=sort_ignored((*review.ignored, *refused))
    )


def _beyond(
    review: ReviewVerdict, judged: Iterable[JudgedFinding], in_force: PolicyInForce
) -> Iterator[str]:
    """What no override lifts.

    That is what is not negotiable, a person who says no, and a policy that would not load.
    """
    # What asks for a review is among the demands, where it no longer counts once it is approved.
    for one in judged:
        if one.rule.non_negotiable and _blocks(one.finding):
            yield f"{one.finding.rule} is non-negotiable"
    for demand in review.demands:
        if demand.non_negotiable and demand.missing:
            yield f"{', '.join(demand.rules)} is non-negotiable"
    yield from review.held_by
    if in_force.broken_head:
        yield "the change's own policy does not load"


def _blocks(finding: Finding) -> bool:
    return finding.action is Action.BLOCK and _holds(finding)


def judge_file(file: AnalysedFile, policy: Policy, ai_lines: int) -> JudgedFile:
    """The file's state, with the reason if it is not `analysed`."""
    state, reason = _state(file, policy)
    if state is FileState.ANALYSED:
        return JudgedFile(file.change, state, reason, file.rules, ai_lines)
    return JudgedFile(file.change, state, reason, (), ai_lines, searched=bool(file.rules))


def _state(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    if not file.covered:
        return _state_without_check(file, policy)
    if file.obstacle is not None:
        return FileState.UNANALYSED, file.obstacle
    return FileState.ANALYSED, None


def _state_without_check(
    file: AnalysedFile, policy: Policy
) -> tuple[FileState, str | None]:
    if file.coverable:
        return FileState.EXEMPT, SWITCHED_OFF
    # First, because an exemption goes by the name, which does not say where a link leads or what
    # runs.
    odd = _describe_oddity(file)
    if odd is not None:
        return FileState.UNANALYSED, odd
    change = file.change
    exemption = policy.exemption(change.path, change.old, change.new, *change.others)
    # An exemption must not hide that one of the policy's own rules could not run.
    missed = any(_applies(rule, change.path, policy) for rule in file.missed)
    if exemption is not None and not missed:
        return FileState.EXEMPT, exemption.name
    return FileState.UNANALYSED, file.obstacle or NO_CHECK


def _applies(rule: str, path: str, policy: Policy) -> bool:
    """Whether an own rule could have held the change up for what it found in a file.

    Then that it could not run does so too.
    """
    return any(
        policy.resolve(rule, Facts(path, provenance)).action >= Action.REVIEW
        for provenance in Authorship
    )


def _describe_oddity(file: AnalysedFile) -> str | None:
    """What no exemption may cover, in words.

    That are links, submodules and executables, on any side, what looks like none of the kind that
    is exempt, and what could not be read.
    """
    for side in file.change.sides:
        oddity = _ODDITIES.get(kind_of_entry(side))
        if oddity is not None:
            return oddity
    if file.unread:
        return file.oddity or file.obstacle
    return file.oddity
