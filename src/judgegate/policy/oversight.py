"""The rules of human judgement that no check observes for: the gate itself does."""

from judgegate.model.levels import Severity
from judgegate.model.rules import RuleSpec

AI_ASSISTED = RuleSpec(
    id="oversight/ai-assisted",
    summary="An AI helped to write this change, so a qualified human must judge it.",
    severity=Severity.MEDIUM,
    remedy="Ask someone who had no part in the change to review it.",
    question="Does it do what was asked, and only that?",
)

UNANALYSED = RuleSpec(
    id="oversight/unanalysed",
    summary="A file of the change could not be checked, so a human must review it.",
    severity=Severity.MEDIUM,
    remedy="Review the file by hand, or exempt it in the policy and give the reason.",
    question="What is in it, and how did you check that?",
)

POLICY_CHANGE = RuleSpec(
    id="oversight/policy-change",
    summary="The change touches the rules that judge it, so a human must agree.",
    severity=Severity.HIGH,
    remedy="Ask someone who may change the policy to review it.",
    question="What becomes weaker by this, and does the team want that?",
)

OVERSIGHT: tuple[RuleSpec, ...] = (AI_ASSISTED, UNANALYSED, POLICY_CHANGE)

FLOORED = frozenset({UNANALYSED.id, POLICY_CHANGE.id})
"""The rules that are never below `review`, whatever a policy says."""
