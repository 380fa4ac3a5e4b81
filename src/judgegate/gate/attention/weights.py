"""What each thing at stake weighs: small whole numbers, which add up.

They are judgement, not measurement: a finding that blocks comes before all else that stands alone; code that kept somebody out before an
unread file; and what is AI-assisted before the same thing that is not. docs/how-it-decides.md has the same table, and a test holds the two
together.
"""

from collections.abc import Mapping
from types import MappingProxyType

from judgegate.model.scales import Action, Severity

ACTIONS: Mapping[Action, int] = MappingProxyType({Action.BLOCK: 10, Action.REVIEW: 7, Action.WARN: 3})
SEVERITIES: Mapping[Severity, int] = MappingProxyType({Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2, Severity.CRITICAL: 3})
"""Added to what a finding's action weighs."""

WAIVED = 1
"""A waived finding, whatever its action and severity: somebody has looked at it already."""

POLICY = 12
"""A change to the rules that changes are judged by."""

UNREAD = 5
UNREAD_TEST = 2
"""An unread file among the tests: mostly what was recorded, or is fed to them."""

ASKED_MORE = 5
"""A path for which the policy asks for more approvals, or for certain people."""

GROWN, GROWN_MOST = 2, 5
GROWTH = 3
"""How much a definition must grow to be at stake; each further step of as much weighs 1 more, up to `GROWN_MOST`."""

WORST = 10
"""Beyond this complexity a definition is at stake if it is the file's new worst: up to 10 is what radon ranks as A and B."""

ASSISTED = 3
UNTESTED = 1

FURTHER_MOST = 3
"""Each further thing of the same stake in a hunk weighs 1, up to this much: ten of a kind are not ten times as grave."""
