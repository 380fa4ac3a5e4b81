"""Functions of an equal form or body, under whatever name."""

from collections import Counter
from collections.abc import Hashable, Iterable

from judgegate.matching.matched import Key, MatchedFile, Matching
from judgegate.matching.profiles import is_large
from judgegate.matching.units import PlacedUnit


def pair_renamed(matching: Matching) -> None:
    """Pair functions of an equal form that no other function of their file has, on either side.

    The same for an equal body and last name, since a method's header may name its class. The body goes
    before the name: if a wrapper takes the name of what it wraps, the wrapper is new.
    """
    for file in matching.files:
        bases, heads = file.base.functions, file.head.functions
        _pair_unique(_form, bases, heads, matching)
        _pair_unique(_body_and_last_name, bases, heads, matching)


def pair_equal_bodies(matching: Matching) -> None:
    """Pair longer functions of an equal body in different files, if no other function has that body."""
    bases = [unit for file in matching.bases for unit in file.functions]
    heads = [unit for file in matching.heads for unit in file.functions]
    _pair_unique(
        lambda unit: (unit.file.language, unit.unit.body),
        filter(is_large, bases),
        filter(is_large, heads),
        matching,
    )


def pair_left_forms(file: MatchedFile, matching: Matching) -> None:
    """Pair functions of an equal form that are left over in a file; several of them are a tie.

    What encloses them may tell them apart, or their name in there, or their decorators.
    """
    bases, heads = file.base.functions, file.head.functions
    matching.pair_single(lambda unit: (unit.form, unit.home), bases, heads)
    matching.pair_single(lambda unit: (unit.form, unit.local_name), bases, heads)
    matching.pair_single(lambda unit: (unit.form, unit.unit.exposure), bases, heads)
    matching.pair_single(_form, bases, heads)
    for ones, others in matching.groups(_form, bases, heads):
        matching.tie(ones, others)


def _form(unit: PlacedUnit) -> Hashable:
    return unit.form


def _body_and_last_name(unit: PlacedUnit) -> Hashable:
    return unit.unit.body, unit.last_name


def _pair_unique(
    key: Key,
    bases: Iterable[PlacedUnit],
    heads: Iterable[PlacedUnit],
    matching: Matching,
) -> None:
    """Pair open units of an equal key, if no other unit has it on its side, be it open or not."""
    sides = [list(bases), list(heads)]
    counts = [Counter(map(key, side)) for side in sides]
    matching.comparisons += sum(map(len, sides))
    single = [
        [unit for unit in side if count[key(unit)] == 1]
        for side, count in zip(sides, counts, strict=True)
    ]
    matching.pair_single(key, *single)
