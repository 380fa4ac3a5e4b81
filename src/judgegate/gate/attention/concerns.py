"""Things at stake with what they weigh, and how a hunk's add up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from judgegate.gate.attention.weights import FURTHER_MOST, WAIVED
from judgegate.model.attention import Concern, Stake

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
    # What somebody waived has been looked at: it leads no more than what is generic.
    leads = not concern.generic and one.weight > WAIVED
    return (not leads, -one.weight, _ORDER[concern.stake], concern.line or 0, concern.what, concern.question)


def and_more(what: str, times: int) -> str:
    """The clause, with how many more there are of its sort."""
    return f"{what} (and {times - 1} more)" if times > 1 else what
