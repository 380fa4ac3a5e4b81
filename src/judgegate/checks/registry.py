"""The one list of what there is: every check, and every rule's row."""

from collections.abc import Mapping
from types import MappingProxyType

from judgegate.checks.complex_function import CHECK as RADON
from judgegate.checks.complex_function import COMPLEX_FUNCTION
from judgegate.checks.insecure_code.rule import INSECURE_CODE
from judgegate.checks.insecure_code.scan import CHECK as BANDIT
from judgegate.checks.shapes import Check
from judgegate.model.rules import RuleSpec
from judgegate.policy.oversight import OVERSIGHT

CHECKS: tuple[Check, ...] = (BANDIT, RADON)
RULES: tuple[RuleSpec, ...] = (INSECURE_CODE, COMPLEX_FUNCTION)
"""The rules that a check observes for."""

RULEBOOK: Mapping[str, RuleSpec] = MappingProxyType({spec.id: spec for spec in (*RULES, *OVERSIGHT)})
"""All rules that come without a policy, by their ids."""
