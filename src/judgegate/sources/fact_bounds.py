"""How many facts of a file are kept."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace

from judgegate.model.facts import MOST, MOST_IN_UNITS, Unit

T = TypeVar("T")


class FactBounds:
    """Cuts lists to their bound, and remembers in `cut` that it did."""

    def __init__(self) -> None:
        self.cut = False

    def __call__(self, facts: Iterable[T]) -> tuple[T, ...]:
        kept = tuple(islice(facts, MOST + 1))
        self.cut |= len(kept) > MOST
        return kept[:MOST]

    def of_units(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """Units, of which the later ones are without what is in them where that is too much.

        What stands in a function in a function in a function counts for each of them.
        """
        return self(self._emptied(units))

    def _emptied(self, units: Iterable[Unit]) -> Iterator[Unit]:
        left = MOST_IN_UNITS
        for unit in units:
            left -= len(unit.statements) + len(unit.calls) + len(unit.binds)
            if left >= 0:
                yield unit
            else:
                self.cut = True
                yield replace(unit, statements=(), calls=(), binds=())
