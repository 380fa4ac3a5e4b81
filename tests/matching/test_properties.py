"""What holds for the map of any change."""

import random
from collections import Counter
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.matching import candidates, matched, units
from judgegate.matching.definitions import match_definitions
from judgegate.matching.units import FilePair
from judgegate.model.definition_map import MOST_TIED, DefinitionMap, Equality, UnitPlace
from judgegate.model.facts import FileFacts, Unit, UnitKind
from tests.matching.changes import changes, exchanged

many = settings(max_examples=120)


def units_of(files: list[FilePair]) -> tuple[dict[UnitPlace, Unit], dict[UnitPlace, Unit]]:
    base, head = {}, {}
    for one in files:
        base.update(_placed(one.old_path or one.path, one.base))
        head.update(_placed(one.path, one.head))
    return base, head


def _placed(path: str, facts: FileFacts | None) -> dict[UnitPlace, Unit]:
    return {
        UnitPlace(path, number, unit.kind, unit.name, unit.lines): unit
        for number, unit in enumerate(facts.units if facts else ())
    }


@many
@given(changes())
def test_every_unit_is_in_one_place_of_the_map(files: list[FilePair]) -> None:
    result = match_definitions(files)
    base, head = units_of(files)
    heads = Counter(pair.head for pair in result.pairs)
    heads.update(result.added)
    heads.update(place for tie in result.ties for place in tie.heads)
    bases = Counter(pair.base for pair in result.pairs)
    bases.update(result.removed)
    bases.update(place for tie in result.ties for place in tie.bases)
    assert heads == Counter(list(head))
    assert bases == Counter(list(base))


@many
@given(changes())
def test_exchanging_the_sides_exchanges_them_in_the_map(files: list[FilePair]) -> None:
    assert _without_sides(match_definitions(files), back=False) == _without_sides(
        match_definitions(exchanged(files)), back=True
    )


@many
@given(changes())
def test_the_sides_can_be_exchanged_where_bounds_are_met(files: list[FilePair]) -> None:
    with (
        mock.patch.object(candidates, "RARE", 3),
        mock.patch.object(candidates, "MOST_COMPARISONS", 1),
        mock.patch.object(matched, "MOST_TIED", 1),
    ):
        assert _without_sides(match_definitions(files), back=False) == _without_sides(
            match_definitions(exchanged(files)), back=True
        )


def _without_sides(result: DefinitionMap, *, back: bool) -> tuple[object, ...]:
    """All that is in a map but `taken`, with what belongs together in the same order in both directions."""
    step = -1 if back else 1
    return (
        {
            (
                *(one.base, one.head)[::step],
                one.equal,
                one.likeness,
                one.same_path,
                one.same_exposure,
            )
            for one in result.pairs
        },
        {(frozenset(one.bases), frozenset(one.heads))[::step] for one in result.ties},
        {(*(one.base, one.head)[::step], one.thousandths) for one in result.shares},
        (result.removed, result.added)[::step],
        result.cut,
    )


@given(changes(), st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(
    files: list[FilePair], chance: random.Random
) -> None:
    other = chance.sample(files, len(files))
    assert match_definitions(files) == match_definitions(other)


@many
@given(changes())
def test_lists_are_sorted_and_ties_are_small(files: list[FilePair]) -> None:
    result = match_definitions(files)
    heads = [pair.head for pair in result.pairs]
    assert heads == sorted(heads)
    assert [*result.added] == sorted(result.added)
    assert [*result.removed] == sorted(result.removed)
    for tie in result.ties:
        assert len(tie.bases) + len(tie.heads) > 2
        assert max(len(tie.bases), len(tie.heads)) <= MOST_TIED
        assert tie.bases
        assert tie.heads


@many
@given(changes())
def test_what_is_paired_is_of_one_kind_and_language(files: list[FilePair]) -> None:
    base, head = units_of(files)
    languages = {one.old_path or one.path: one.base and one.base.language for one in files}
    new_languages = {one.path: one.head and one.head.language for one in files}
    for pair in match_definitions(files).pairs:
        kinds = {base[pair.base].kind, head[pair.head].kind}
        assert len(kinds) == 1 or kinds == {UnitKind.FUNCTION, UnitKind.METHOD}
        assert languages[pair.base.path] == new_languages[pair.head.path]


@many
@given(changes())
def test_a_pair_says_how_much_is_equal(files: list[FilePair]) -> None:
    base, head = units_of(files)
    known = {one.path for one in files if one.added is not None}
    for pair in match_definitions(files).pairs:
        one, other = base[pair.base], head[pair.head]
        if pair.equal is Equality.BYTES:
            # Also where the hunks are not those of the texts.
            assert (one.header, one.body) == (other.header, other.body)
            assert pair.head.path in known
            assert len(one.lines) == len(other.lines)
        elif pair.equal is Equality.FORM:
            assert (one.header, one.body) == (other.header, other.body)
        elif pair.equal is Equality.BODY:
            assert one.body == other.body != ""
        else:
            assert (one.header, one.body) != (other.header, other.body)
        assert 0 <= pair.likeness <= 1000


@many
@given(changes())
def test_only_what_is_large_moves_to_another_file(files: list[FilePair]) -> None:
    base, head = units_of(files)
    for pair in match_definitions(files).pairs:
        if pair.is_moved and pair.base.kind is not UnitKind.CLASS:
            for unit in (base[pair.base], head[pair.head]):
                assert len(unit.statements) >= 4
                assert sum(one.tokens for one in unit.statements) >= 40


@many
@given(changes())
def test_who_gets_another_name_that_the_file_had_has_taken_it(
    files: list[FilePair],
) -> None:
    before = {one.path: one.base for one in files}
    for pair in match_definitions(files).pairs:
        old = before[pair.head.path]
        names = {unit.name for unit in old.units} if old and pair.same_path else ()
        if pair.head.kind is not UnitKind.STATEMENT and not pair.same_name:
            assert pair.taken or pair.head.name not in names


@given(changes())
def test_what_did_not_change_is_the_same_bytes(files: list[FilePair]) -> None:
    same = [
        FilePair(one.path, one.head, one.head, None, (), ())
        for one in files
        if one.head is not None
    ]
    result = match_definitions(same)
    assert (result.added, result.removed, result.ties) == ((), (), ())
    assert {pair.equal for pair in result.pairs} <= {Equality.BYTES}
    assert all(pair.base == pair.head for pair in result.pairs)
    assert not any(pair.taken for pair in result.pairs)


@given(changes())
def test_a_map_is_cut_where_a_file_has_more_units_than_its_facts(
    files: list[FilePair],
) -> None:
    cut = [replace(one, head=one.head and replace(one.head, cut=True)) for one in files]
    most = max((len(one.head.units) for one in files if one.head is not None), default=0)
    with mock.patch.object(units, "MOST", most):
        is_full = any(one.head is not None for one in files)
        assert match_definitions(cut).cut is is_full
    assert not match_definitions(cut).cut
