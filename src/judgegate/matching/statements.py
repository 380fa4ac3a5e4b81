"""Statements that stand in no function."""

from collections.abc import Mapping

from judgegate.matching.matched import MatchedFile, Matching
from judgegate.matching.units import PlacedUnit, SideFile

KINDS = frozenset(
    {
        "assert", "assignment", "block", "delete", "del", "expression", "for", "for_in", "foreach", "if",
        "match", "pass", "raise", "switch", "throw", "try", "unless", "until", "while", "with",
    }
)  # fmt: skip
"""Names of statements that bind nothing and call nothing: they say of what kind they are, and no more."""


def pair_statements(file: MatchedFile, matching: Matching) -> None:
    """Pair statements of the same definition, or of none: what is equal, then what has the same name.

    Of equal ones those go first that stand under the same conditions. What only has a kind is known by what
    stands before it. Likeness says nothing here: a single statement is too little.
    """
    bases, heads = file.base.statements, file.head.statements
    matching.pair_last(
        lambda unit: (unit.home, unit.form, unit.unit.exposure), bases, heads
    )
    matching.pair_last(lambda unit: (unit.home, unit.form), bases, heads)
    matching.pair_last(
        lambda unit: (unit.home, unit.local_name),
        (unit for unit in bases if unit.local_name not in KINDS),
        (unit for unit in heads if unit.local_name not in KINDS),
    )
    before = {**_units_before(file.base), **_units_before(file.head)}
    matching.pair_last(
        lambda unit: (unit.home, unit.local_name, before.get(unit)), bases, heads
    )


def _in_head(unit: PlacedUnit) -> PlacedUnit:
    """The unit itself, or for one of the base that is paired, its partner."""
    return unit if unit.file.is_head else unit.partner or unit


def _units_before(file: SideFile) -> Mapping[PlacedUnit, PlacedUnit]:
    """What stands before each unit in the same definition, in the head."""
    found: dict[PlacedUnit, PlacedUnit] = {}
    last: dict[PlacedUnit | None, PlacedUnit] = {}
    for unit in file.units:
        if unit.owner in last:
            found[unit] = _in_head(last[unit.owner])
        last[unit.owner] = unit
    return found
