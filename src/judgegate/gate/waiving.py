"""Waivers: a finding that somebody took responsibility for, for a while."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from judgegate.gate.judgement import Judged
from judgegate.model.notices import Notice
from judgegate.model.scales import Origin
from judgegate.policy import Policy, Waivable, Waiver


def waive(judged: Iterable[Judged], policy: Policy, today: date) -> list[Judged]:
    """The same findings; those that a waiver lifts name it. What the change brought in no way counts before what was there."""
    used: Counter[Waiver] = Counter()
    kept = []
    for one in sorted(judged, key=_order):
        waiver = policy.find_waiver(_asked(one), today, used)
        if waiver is None:
            kept.append(one)
            continue
        used[waiver] += 1
        kept.append(replace(one, finding=replace(one.finding, waiver=describe_waiver(waiver))))
    return kept


def tell_expired(policy: Policy, today: date) -> Iterable[Notice]:
    """A notice for each waiver that has fallen due: it lifts nothing any more."""
    for waiver in policy.waivers:
        if waiver.expires < today:
            due = f"The waiver for {waiver.rule} ({waiver.owner}) expired on {waiver.expires.isoformat()} and lifts nothing any more"
            yield Notice("waiver-expired", f"{due}: {waiver.reason}")


def describe_waiver(waiver: Waiver) -> str:
    """The waiver in one line: who answers for it, until when, and why."""
    return f"{waiver.owner} until {waiver.expires.isoformat()}: {waiver.reason}"


def _asked(judged: Judged) -> Waivable:
    finding = judged.finding
    return Waivable(finding.rule, finding.path, finding.code, finding.fingerprint)


def _order(judged: Judged) -> tuple[object, ...]:
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
