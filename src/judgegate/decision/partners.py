"""Partners: which observation of the head is which of the base, one each."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable

from judgegate.model.analysis import PlacedObservation
from judgegate.model.levels import Scale
from judgegate.model.observation import Observation

Key = Callable[[PlacedObservation], Hashable | None]
"""By what two observations are the same; None: it has no partner by this."""

Holds = Callable[[PlacedObservation, PlacedObservation], bool]
"""What holds of an observation of the head and one of the base."""

MOST_CANDIDATES = 16
"""With so many observations of the base one of the head is compared."""


class Partners:
    """The partners that were found so far. What has one is not asked about again."""

    def __init__(self) -> None:
        # By identity: two observations that are equal are still two.
        self._partners: dict[int, PlacedObservation] = {}
        self._joined: set[int] = set()

    def of(self, now: PlacedObservation) -> PlacedObservation | None:
        """The partner of an observation of the head."""
        return self._partners.get(id(now))

    def join(self, now: PlacedObservation, was: PlacedObservation) -> None:
        """Write down that two are partners."""
        self._partners[id(now)] = was
        self._joined.update((id(now), id(was)))

    def left(self, placed: Iterable[PlacedObservation]) -> list[PlacedObservation]:
        """Those of either side that have no partner yet."""
        return [one for one in placed if id(one) not in self._joined]

    def match(
        self,
        heads: Iterable[PlacedObservation],
        bases: Iterable[PlacedObservation],
        key: Key,
    ) -> None:
        """Join those that are left and the same by a key.

        Both sides come in pairing order, so the gravest of the head takes the gravest of the base.
        """
        waiting: dict[Hashable, deque[PlacedObservation]] = defaultdict(deque)
        for was in self.left(bases):
            waiting[key(was)].append(was)
        waiting.pop(None, None)
        for now in self.left(heads):
            queue = waiting.get(key(now))
            if queue:
                self.join(now, queue.popleft())

    def match_where(
        self,
        heads: Iterable[PlacedObservation],
        bases: Iterable[PlacedObservation],
        key: Key,
        holds: Holds,
    ) -> None:
        """Join those that are left, the same by a key, and for which something holds."""
        waiting: dict[Hashable, list[PlacedObservation]] = defaultdict(list)
        for was in self.left(bases):
            waiting[key(was)].append(was)
        for now in self.left(heads):
            candidates = waiting.get(key(now), [])
            for number, was in enumerate(candidates[:MOST_CANDIDATES]):
                if holds(now, was):
                    self.join(now, was)
                    del candidates[number]
                    break


def in_pairing_order(placed: Iterable[PlacedObservation]) -> list[PlacedObservation]:
    """The gravest first; of equals, those on lines that the change did not write.

    So the copy is blamed and not the original.
    """
    return sorted(placed, key=_pairing_order)


def _pairing_order(placed: PlacedObservation) -> tuple[object, ...]:
    seen = placed.seen
    written = placed.file.change.added_at.meets(seen.lines)
    return (
        *(-grade for grade in grades_of(seen)),
        written,
        placed.path,
        seen.lines,
        seen.code,
        seen.message,
    )


def grades_of(seen: Observation) -> tuple[int, int, int]:
    """How grave it is, in three ways; what the tool does not say ranks below all that it could."""
    return seen.size, _rank(seen.severity), _rank(seen.confidence)


def _rank(member: Scale | None) -> int:
    return -1 if member is None else member.rank
