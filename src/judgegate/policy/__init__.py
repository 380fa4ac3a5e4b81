"""What the team demands: the policy's language, its layers, and the question what holds for a finding.

The words of this room that others need; everything else in it is its own business.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from judgegate.policy.conditions import UNKNOWN, Facts, Unknown
from judgegate.policy.differences import Difference, Direction
from judgegate.policy.exceptions import Waivable, find_waiver
from judgegate.policy.grammar import POLICY_NAME
from judgegate.policy.layers import Reader
from judgegate.policy.loading import (
    DEFAULT_PACK,
    FALLBACK_PACK,
    DiskReader,
    Organisation,
    load_organisation,
    load_pack,
    load_policy,
    load_policy_file,
)
from judgegate.policy.model import Exemption, Waiver
from judgegate.policy.oversight import AI_ASSISTED, FLOORED, OVERSIGHT, POLICY_CHANGE, UNANALYSED
from judgegate.policy.patterns import matches
from judgegate.policy.policy import Plan, Policy
from judgegate.policy.problems import Place, PolicyError, PolicyProblem
from judgegate.policy.resolving import EffectiveRule
from judgegate.policy.terms import (
    AuthorApproval,
    Contributors,
    GateOn,
    Limits,
    OverrideTerms,
    ProvenanceTerms,
    ReviewTerms,
    Signal,
    Stale,
)

if TYPE_CHECKING:
    from judgegate.policy.comparison import compare_policies

__all__ = [
    "AI_ASSISTED",
    "DEFAULT_PACK",
    "FALLBACK_PACK",
    "FLOORED",
    "OVERSIGHT",
    "POLICY_CHANGE",
    "POLICY_NAME",
    "UNANALYSED",
    "UNKNOWN",
    "AuthorApproval",
    "Contributors",
    "Difference",
    "Direction",
    "DiskReader",
    "EffectiveRule",
    "Exemption",
    "Facts",
    "GateOn",
    "Limits",
    "Organisation",
    "OverrideTerms",
    "Place",
    "Plan",
    "Policy",
    "PolicyError",
    "PolicyProblem",
    "ProvenanceTerms",
    "Reader",
    "ReviewTerms",
    "Signal",
    "Stale",
    "Unknown",
    "Waivable",
    "Waiver",
    "compare_policies",
    "find_waiver",
    "load_organisation",
    "load_pack",
    "load_policy",
    "load_policy_file",
    "matches",
]


def __getattr__(name: str) -> Any:
    """The comparison of two policies is imported on use: most changes leave the policy alone."""
    if name != "compare_policies":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("judgegate.policy.comparison").compare_policies
