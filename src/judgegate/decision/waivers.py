"""Waivers: a finding that somebody took responsibility for, for a while."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from judgegate.decision.findings import FindingJudge, JudgedFinding
from judgegate.model.analysis import PlacedObservation
from judgegate.model.levels import Action, Origin
from judgegate.model.notices import Notice
from judgegate.policy.oversight import POLICY_CHANGE
from judgegate.policy.policy import Policy
from judgegate.policy.waivers import Waivable, Waiver


def waive(
    judged: Iterable[JudgedFinding], policy: Policy, today: date
) -> list[JudgedFinding]:
    """The same findings; those that a waiver lifts name it.

    What the change brought in no way counts before what was there.
    """
    used: Counter[Waiver] = Counter()
    kept = []
    for one in sorted(judged, key=_order):
        waiver = policy.find_waiver(_asked(one), today, used)
        if waiver is None:
            kept.append(one)
            continue
        used[waiver] += 1
        kept.append(
            replace(one, finding=replace(one.finding, waiver=describe_waiver(waiver)))
        )
    return kept


def offer(
    judged: Iterable[JudgedFinding],
    brought: Policy | None,
    judge: FindingJudge,
    today: date,
) -> list[JudgedFinding]:
    """The same findings, with the waivers that the change itself brings put to reviewers.

    What blocks and is covered by such a waiver asks for a review by the policy's reviewers instead.
    `brought` is the head's policy, if the change touches it. On a rule that is not negotiable it
    does nothing.
    """
    if brought is None:
        return list(judged)
    used: Counter[Waiver] = Counter()
    return [_offer(one, brought, judge, today, used) for one in judged]


def _offer(
    one: JudgedFinding,
    brought: Policy,
    judge: FindingJudge,
    today: date,
    used: Counter[Waiver],
) -> JudgedFinding:
    finding = one.finding
    blocks = (
        finding.action is Action.BLOCK
        and finding.origin is Origin.INTRODUCED
        and finding.waiver is None
    )
    if not blocks or judge.policy.is_non_negotiable(finding.rule, finding.path):
        return one
    waiver = brought.find_waiver(_asked(one), today, used)
    if waiver is None:
        return one
    used[waiver] += 1
    reviewers = judge.resolve(POLICY_CHANGE.id, finding.path, finding.provenance).reviews
    message = (
        f"{finding.message.removesuffix('.')}. "
        f"The change adds a waiver for it, which a reviewer must accept: {describe_waiver(waiver)}"
    )
    return replace(
        one,
        finding=replace(finding, action=Action.REVIEW, message=message),
        rule=replace(one.rule, reviews=reviewers),
    )


def is_waived(placed: PlacedObservation, policy: Policy, today: date) -> bool:
    """Whether a waiver lifts what was seen at a place."""
    seen = placed.seen
    asked = Waivable(seen.rule, placed.path, seen.code or None, seen.fingerprint)
    return policy.find_waiver(asked, today, {}) is not None


def expired_notices(policy: Policy, today: date) -> Iterable[Notice]:
    """A notice for each waiver that has fallen due: it lifts nothing any more."""
    for waiver in policy.waivers:
        if waiver.has_expired(today):
            due = (
                f"The waiver for {waiver.rule} ({waiver.owner}) expired on {waiver.expires.isoformat()} "
                "and has no effect any more"
            )
            yield Notice("waiver-expired", f"{due}: {waiver.reason}")


def describe_waiver(waiver: Waiver) -> str:
    """The waiver in one line: who answers for it, until when, and why."""
    return f"{waiver.owner} until {waiver.expires.isoformat()}: {waiver.reason}"


def _asked(judged: JudgedFinding) -> Waivable:
    finding = judged.finding
    return Waivable(finding.rule, finding.path, finding.code, finding.fingerprint)


def _order(judged: JudgedFinding) -> tuple[object, ...]:
    """What was there before uses a waiver up first: it is what the waiver was made for."""
    finding = judged.finding
    return (
        finding.origin is Origin.INTRODUCED,
        finding.path or "",
        finding.line or 0,
        finding.rule,
        finding.code or "",
        finding.fingerprint,
    )
