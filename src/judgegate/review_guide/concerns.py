"""Things at stake with what they weigh, and how a hunk's add up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from judgegate.model.hunks import Concern, Stake
from judgegate.model.scales import Action, Severity

ACTIONS: Mapping[Action, int] = MappingProxyType({Action.BLOCK: 10, Action.REVIEW: 7, Action.WARN: 3})
SEVERITIES: Mapping[Severity, int] = MappingProxyType(
    {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2, Severity.CRITICAL: 3}
)
"""Added to what a finding's action weighs."""

WAIVED = 1
"""A waived finding, whatever its action and severity: somebody has read it already."""

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


_ORDER = {stake: number for number, stake in enumerate(Stake)}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A concern, what it weighs, and how many of its sort it stands for."""

    concern: Concern
    weight: int
    times: int = 1


def total(weighed: Iterable[Weighed]) -> int:
    """The heaviest of each stake in full, and a little for each further one."""
    stakes: dict[Stake, list[Weighed]] = defaultdict(list)
    for one in weighed:
        stakes[one.concern.stake].append(one)
    return sum(max(one.weight for one in same) + _further(same) for same in stakes.values())


def _further(same: Iterable[Weighed]) -> int:
    return min(sum(one.times for one in same) - 1, FURTHER_MOST)


def in_order(weighed: Iterable[Weighed]) -> tuple[Concern, ...]:
    """What the lines do first, then what is generic; of each the weightiest first. A complete order: equal input gives equal output."""
    return tuple(one.concern for one in sorted(weighed, key=_order))


def _order(one: Weighed) -> tuple[object, ...]:
    concern = one.concern
    # What somebody waived has been read: it leads no more than what is generic.
    leads = not concern.generic and one.weight > WAIVED
    return (not leads, -one.weight, _ORDER[concern.stake], concern.line or 0, concern.what, concern.question)


def and_more(what: str, times: int) -> str:
    """The clause, with how many more there are of its sort."""
    return f"{what} (and {times - 1} more)" if times > 1 else what
