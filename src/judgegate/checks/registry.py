"""What to look for: one file, or one folder, for each rule or small group of rules."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from judgegate.checks.complex_function import CHECK as RADON
from judgegate.checks.complex_function import COMPLEX_FUNCTION
from judgegate.checks.insecure_code.rule import INSECURE_CODE
from judgegate.checks.insecure_code.scan import CHECK as BANDIT
from judgegate.checks.shapes import Check
from judgegate.model.rules import RuleSpec
from judgegate.model.searches import Pattern
from judgegate.policy.loading import load_pack
from judgegate.policy.oversight import OVERSIGHT
from judgegate.policy.policy import Policy

CHECKS: tuple[Check, ...] = (BANDIT, RADON)
RULES: tuple[RuleSpec, ...] = (INSECURE_CODE, COMPLEX_FUNCTION)

RULEBOOK: Mapping[str, RuleSpec] = MappingProxyType({spec.id: spec for spec in (*RULES, *OVERSIGHT)})

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
    return replace(spec, severity=severity.value if severity else spec.severity, page=page)


_TUNE = """\
The pack `default` brings this rule, and so do the packs that build on it. A policy that extends one of them may set its action, severity,
`when` and `cases`, or switch it off with `action: off`."""
