"""All rules that a policy can speak of: those of the checks, and those on human judgement."""

from collections.abc import Mapping
from types import MappingProxyType

from judgegate.checks import RULES
from judgegate.model.rules import RuleSpec
from judgegate.policy import OVERSIGHT

RULEBOOK: Mapping[str, RuleSpec] = MappingProxyType({spec.id: spec for spec in (*RULES, *OVERSIGHT)})
