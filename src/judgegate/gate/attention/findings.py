"""What the findings put at stake. Those that say that a file is unread, or that an AI helped, have stakes of their own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from judgegate.gate.attention.concerns import Weighed, and_more
from judgegate.gate.attention.questions import question_about
from judgegate.gate.attention.weights import ACTIONS, POLICY, SEVERITIES, WAIVED
from judgegate.model.attention import Concern, Stake
from judgegate.model.scales import Action, Origin
from judgegate.model.verdict import Finding
from judgegate.policy import AI_ASSISTED, POLICY_CHANGE, UNANALYSED

TOLD_OTHERWISE = frozenset({AI_ASSISTED.id, UNANALYSED.id})


def at_stake(findings: Iterable[Finding]) -> list[Finding]:
    """What the change introduced in a file, and the policy does not merely say nothing of."""
    return [one for one in findings if one.path is not None and _counts(one)]


def _counts(finding: Finding) -> bool:
    return finding.origin is Origin.INTRODUCED and finding.action is not Action.OFF and finding.rule not in TOLD_OTHERWISE


def weigh_findings(findings: Iterable[Finding]) -> Iterator[Weighed]:
    """The concerns of one place's findings: one for each rule and code, waived ones apart."""
    alike: dict[tuple[str, str | None, bool], list[Finding]] = defaultdict(list)
    for finding in findings:
        alike[finding.rule, finding.code, finding.waiver is not None].append(finding)
    for same in alike.values():
        first = min(same, key=lambda finding: (-weight_of(finding), finding.line or 0, finding.message))
        what = and_more(_describe(first), len(same)) + (" (waived)" if first.waiver is not None else "")
        concern = Concern(Stake.FINDING, what, question_about(first.rule, first.code, first.why), first.line)
        yield Weighed(concern, weight_of(first), len(same))


def _describe(finding: Finding) -> str:
    """The message as a clause, with the definition that it is about."""
    message = finding.message.removesuffix(".")
    return f"{message} (`{finding.subject}`)" if finding.subject else message


def weight_of(finding: Finding) -> int:
    """By its action and severity; a waived one weighs little, a change of the policy much."""
    if finding.waiver is not None:
        return WAIVED
    return POLICY if finding.rule == POLICY_CHANGE.id else ACTIONS[finding.action] + SEVERITIES[finding.severity]
