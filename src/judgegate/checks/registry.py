"""The one list of what there is: every check, and every rule's row."""

from collections.abc import Mapping
from types import MappingProxyType

from judgegate.checks.check_types import Check
from judgegate.checks.complex_function import CHECK as RADON
from judgegate.checks.complex_function import COMPLEX_FUNCTION
from judgegate.checks.insecure_code.rule import CHECK as BANDIT
from judgegate.checks.insecure_code.rule import INSECURE_CODE
from judgegate.checks.insecure_code.rule import QUESTIONS as BANDIT_QUESTIONS
from judgegate.model.rules import RuleSpec
from judgegate.policy.oversight import OVERSIGHT

CHECKS: tuple[Check, ...] = (BANDIT, RADON)
RULES: tuple[RuleSpec, ...] = (INSECURE_CODE, COMPLEX_FUNCTION)
"""The rules that a check observes for."""

RULEBOOK: Mapping[str, RuleSpec] = MappingProxyType(
    {spec.id: spec for spec in (*RULES, *OVERSIGHT)}
)
"""All rules that come without a policy, by their ids."""


# Where bandit looks for the same fault in Python, the question is the same.
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "architecture/star-import": "Which names does this bring in, and does one of them hide another?",
        "reliability/bare-except": BANDIT_QUESTIONS["B110"],
        "reliability/breakpoint": "Is this meant to stop in production?",
        "reliability/call-without-timeout": BANDIT_QUESTIONS["B113"],
        "reliability/console-log": "Who reads this output, and may they read what it prints?",
        "reliability/debug-print": "Who reads this output, and may they read what it prints?",
        "reliability/debugger-statement": "Is this meant to stop in production?",
        "reliability/mutable-default": "Should two calls share this value?",
        "reliability/swallowed-exception": BANDIT_QUESTIONS["B110"],
        "security/raw-html": BANDIT_QUESTIONS["B703"],
        "security/script-eval": BANDIT_QUESTIONS["B307"],
    }
)
"""What to ask a reviewer about a finding, by rule."""
