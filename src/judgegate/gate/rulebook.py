"""All rules that a policy can speak of: those of the checks, those on human judgement, and the patterns that the shipped packs bring."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from judgegate.checks import RULES
from judgegate.model.rules import RuleSpec
from judgegate.model.searches import Pattern
from judgegate.policy import OVERSIGHT, Policy, load_pack

RULEBOOK: Mapping[str, RuleSpec] = MappingProxyType({spec.id: spec for spec in (*RULES, *OVERSIGHT)})

FULLEST_PACK = "strict"
"""It brings every pattern that any of the packs does."""


def shipped_rules() -> Mapping[str, RuleSpec]:
    """The rulebook, and the patterns that come with the packs, each with the severity that they give it."""
    policy = load_pack(RULEBOOK.values(), FULLEST_PACK)
    patterns = {rule: search for rule, search in policy.searches().items() if isinstance(search, Pattern)}
    return MappingProxyType({**RULEBOOK, **{rule: _as_the_packs_have_it(rule, search, policy) for rule, search in patterns.items()}})


def _as_the_packs_have_it(rule: str, search: Pattern, policy: Policy) -> RuleSpec:
    spec, severity = policy.rows[rule], policy.merged(rule).plain.severity
    what = f"A shape of code in {', '.join(search.languages)}. `judgegate policy explain {rule}` says what your policy makes of it."
    page = replace(spec.page, what=what, tune=_TUNE)
    return replace(spec, severity=severity.value if severity else spec.severity, page=page)


_TUNE = """\
The pack `default` brings this rule, and so do the packs that build on it. A policy that extends one of them may set its action, severity,
`when` and `cases`, or switch it off with `action: off`."""
