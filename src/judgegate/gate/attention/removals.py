"""What the guards that a place lost put at stake."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from judgegate.gate.analysis import LostGuard
from judgegate.gate.attention.concerns import Weighed, and_more
from judgegate.gate.guards import KINDS
from judgegate.model.attention import Concern, Stake


def weigh_removals(lost: Iterable[LostGuard]) -> Iterator[Weighed]:
    """One concern for each kind of guard."""
    alike: dict[str, list[LostGuard]] = defaultdict(list)
    for guard in (one for one in lost if one.kind in KINDS):
        alike[guard.kind].append(guard)
    for key, same in alike.items():
        kind, first = KINDS[key], same[0]
        concern = Concern(Stake.GUARD, and_more(kind.what.format(name=first.name), len(same)), kind.question, first.line)
        yield Weighed(concern, kind.weight, len(same))
