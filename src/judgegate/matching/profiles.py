"""What units have in common: the digests of their statements, weighted by tokens."""

from collections import Counter
from collections.abc import Collection, Sequence

from judgegate.matching.units import PlacedUnit
from judgegate.model.definition_map import WHOLE
from judgegate.model.facts import UnitKind

FEWEST_STATEMENTS = 4
"""What has fewer statements is like too many others."""

FEWEST_TOKENS = 40
"""The same for functions of different files."""

Profile = Counter[str]
"""Digests, and how many tokens there are in the statements that have them."""


def profile_of(unit: PlacedUnit) -> Profile:
    """The profile of a function's statements, or of a class's members."""
    if unit.profile is None:
        unit.profile = Counter()
        for digest, tokens in _parts(unit):
            unit.profile[digest] += tokens
    return unit.profile


def _parts(unit: PlacedUnit) -> Sequence[tuple[str, int]]:
    if unit.kind is not UnitKind.CLASS:
        return [(one.digest, one.tokens) for one in unit.unit.statements]
    # What a member is called counts here: without it, fields and abstract methods are all alike.
    return [
        ("\0".join((one.local_name, *one.form)), one.unit.tokens) for one in unit.members
    ]


def is_long(unit: PlacedUnit) -> bool:
    """Whether a function has enough statements, or a class enough members, to be like another."""
    parts = unit.members if unit.kind is UnitKind.CLASS else unit.unit.statements
    return len(parts) >= FEWEST_STATEMENTS


def is_large(unit: PlacedUnit) -> bool:
    """Whether there is enough of it to be recognised in another file."""
    return is_long(unit) and sum(tokens for _, tokens in _parts(unit)) >= FEWEST_TOKENS


def likeness_of(base: PlacedUnit, head: PlacedUnit) -> int:
    """How much of their statements two units share, in thousandths."""
    one, other = profile_of(base), profile_of(head)
    return _dice((one & other).total(), one.total() + other.total())


def greatest_likeness(unit: PlacedUnit, digests: Collection[str]) -> int:
    """How like it another unit can be at most that shares only these digests with it, in thousandths."""
    profile = profile_of(unit)
    common = sum([profile[digest] for digest in profile if digest in digests])
    return _dice(common, profile.total() + common)


def _dice(common: int, whole: int) -> int:
    return 2 * WHOLE * common // max(whole, 1)
