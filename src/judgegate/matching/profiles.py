"""What units have in common: the digests of their statements, weighted by tokens."""

from collections.abc import Collection, Iterable

from judgegate.matching.units import PlacedUnit
from judgegate.model.definition_map import WHOLE
from judgegate.model.facts import UnitKind

FEWEST_STATEMENTS = 4
"""What has fewer statements is like too many others."""

FEWEST_TOKENS = 40
"""The same for functions of different files."""

Profile = dict[str, int]
"""Digests, and how many tokens there are in the statements that have them."""


def profile_of(unit: PlacedUnit) -> Profile:
    """The profile of a function's statements, or of a class's members."""
    if unit.profile is None:
        unit.profile = {}
        for digest, tokens in _parts(unit):
            unit.profile[digest] = unit.profile.get(digest, 0) + tokens
    return unit.profile


def _parts(unit: PlacedUnit) -> Iterable[tuple[str, int]]:
    if unit.kind is UnitKind.CLASS:
        # What a member is called counts here: without it, fields and abstract methods are all alike.
        return (
            ("\0".join((member.local_name, *member.form)), member.unit.tokens)
            for member in unit.members
        )
    return ((one.digest, one.tokens) for one in unit.unit.statements)


def is_long(unit: PlacedUnit) -> bool:
    """Whether a function has enough statements, or a class enough members, to be like another."""
    parts = unit.members if unit.kind is UnitKind.CLASS else unit.unit.statements
    return len(parts) >= FEWEST_STATEMENTS


def is_large(unit: PlacedUnit) -> bool:
    """Whether there is enough of it to be recognised in another file."""
    return is_long(unit) and sum(tokens for _, tokens in _parts(unit)) >= FEWEST_TOKENS


def weight(profile: Profile) -> int:
    """All tokens of a profile."""
    return sum(profile.values())


def shared_tokens(one: Profile, other: Profile) -> int:
    """The tokens that two profiles have in common."""
    return sum([min(one[digest], other[digest]) for digest in one.keys() & other.keys()])


def likeness_of(base: PlacedUnit, head: PlacedUnit) -> int:
    """How much of their statements two units share, in thousandths."""
    one, other = profile_of(base), profile_of(head)
    whole = weight(one) + weight(other)
    return 2 * WHOLE * shared_tokens(one, other) // whole if whole else 0


def greatest_likeness(unit: PlacedUnit, digests: Collection[str]) -> int:
    """How like it another unit can be at most that shares only these digests with it, in thousandths."""
    profile = profile_of(unit)
    common = sum([tokens for digest, tokens in profile.items() if digest in digests])
    whole = weight(profile) + common
    return 2 * WHOLE * common // whole if whole else 0
