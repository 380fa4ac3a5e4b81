"""The patterns that come with the packs, as rules. Their YAML says what is looked for; here stands what it has no key for."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from judgegate.checks.insecure_code.rule import QUESTIONS as BANDIT_QUESTIONS
from judgegate.checks.registry import RULEBOOK
from judgegate.model.rules import RuleSpec
from judgegate.model.searches import Pattern
from judgegate.policy.loading import load_pack
from judgegate.policy.policy import Policy

# Where bandit looks for the same fault in Python, the question is the same.
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "architecture/star-import": "Which names does this bring in, and does one of them hide another?",
        "reliability/bare-except": BANDIT_QUESTIONS["B110"],
        "reliability/breakpoint": "Is this meant to stop in production?",
        "reliability/call-without-timeout": BANDIT_QUESTIONS["B113"],
        "reliability/console-log": "Does anybody read this, and may they read what it prints?",
        "reliability/debug-print": "Does anybody read this, and may they read what it prints?",
        "reliability/debugger-statement": "Is this meant to stop in production?",
        "reliability/mutable-default": "Do two calls mean to share this value?",
        "reliability/swallowed-exception": BANDIT_QUESTIONS["B110"],
        "security/raw-html": BANDIT_QUESTIONS["B703"],
        "security/script-eval": BANDIT_QUESTIONS["B307"],
    }
)
"""What to ask a reviewer about a finding, by rule."""

FULLEST_PACK = "strict"
"""It brings every pattern that any of the packs does."""


def shipped_rules() -> Mapping[str, RuleSpec]:
    """The rulebook, and the patterns that come with the packs, each with the severity that they give it."""
    policy = load_pack(RULEBOOK.values(), FULLEST_PACK)
    patterns = {rule: search for rule, search in policy.searches().items() if isinstance(search, Pattern)}
    return MappingProxyType(
        {
            **RULEBOOK,
            **{rule: _as_the_packs_have_it(rule, search, policy) for rule, search in patterns.items()},
        }
    )


def _as_the_packs_have_it(rule: str, search: Pattern, policy: Policy) -> RuleSpec:
    spec, severity = policy.rows[rule], policy.merged(rule).plain.severity
    what = f"A shape of code in {', '.join(search.languages)}. `judgegate policy explain {rule}` says what your policy makes of it."
    page = replace(spec.page, what=what, tune=_TUNE)
    return replace(
        spec,
        severity=severity.value if severity else spec.severity,
        page=page,
        question=QUESTIONS.get(rule, ""),
    )


_TUNE = """\
The pack `default` brings this rule, and so do the packs that build on it. A policy that extends one of them may set its action, severity,
`when` and `cases`, or switch it off with `action: off`."""
