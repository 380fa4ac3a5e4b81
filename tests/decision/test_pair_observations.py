from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.decision.pair_observations import pair, pair_with_all
from judgegate.model.analysis import AnalysedFile, Paired, PlacedObservation
from judgegate.model.definition_map import DefinitionMap
from judgegate.model.levels import Confidence, Severity
from judgegate.model.ranges import LineRange
from tests.decision.observations import analysed, measured, seen

NO_MAP = DefinitionMap()


def never(_now: PlacedObservation, _was: PlacedObservation) -> bool:
    return False


def always(_now: PlacedObservation, _was: PlacedObservation) -> bool:
    return True


def introduced(*files: AnalysedFile) -> list[tuple[str, int]]:
    return [
        (paired.now.path, paired.now.seen.lines.start)
        for paired in pair(files, 0, NO_MAP, never)
        if paired.introduced
    ]


def test_what_was_there_is_not_introduced_wherever_it_stands_now() -> None:
    assert (
        introduced(analysed("a.py", before=(seen(line=3),), after=(seen(line=90),))) == []
    )


def test_what_was_not_there_is_introduced() -> None:
    assert introduced(analysed("a.py", before=(), after=(seen(line=3),))) == [("a.py", 3)]


def test_a_second_copy_is_introduced_and_it_is_the_one_on_a_line_that_the_change_wrote() -> (
    None
):
    file = analysed(
        "a.py",
        before=(seen(line=9),),
        after=(seen(line=3), seen(line=9)),
        added=(LineRange(3, 3),),
    )
    assert introduced(file) == [("a.py", 3)]


def test_two_old_ones_do_not_hide_a_third() -> None:
    before = (seen(line=1), seen(line=2))
    assert (
        len(introduced(analysed("a.py", before=before, after=(*before, seen(line=3))))) == 1
    )


def test_code_that_moved_to_another_file_is_not_blamed() -> None:
    assert (
        introduced(
            analysed("old.py", before=(seen(),)), analysed("new.py", after=(seen(),))
        )
        == []
    )


def test_a_renamed_file_is_paired_with_its_old_path_first() -> None:
    files = (
        analysed("a.py", before=(seen(severity=Severity.HIGH),)),
        analysed("b.py", after=(seen(severity=Severity.HIGH),), old_path="a.py"),
        analysed("c.py", before=(seen(severity=Severity.LOW),)),
    )
    assert introduced(*files) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (seen(severity=Severity.LOW), seen(severity=Severity.HIGH)),
        (seen(confidence=Confidence.LOW), seen(confidence=Confidence.MEDIUM)),
        (measured("f", 16), measured("f", 17)),
    ],
    ids=["more severe", "more confident", "larger"],
)
def test_what_became_worse_is_introduced(was: object, now: object) -> None:
    assert introduced(analysed("a.py", before=(was,), after=(now,))) == [("a.py", 1)]  # type: ignore[arg-type]  # a table of observations


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (seen(severity=Severity.HIGH), seen(severity=Severity.LOW)),
        (measured("f", 30), measured("f", 30)),
        (measured("f", 30), measured("f", 20)),
    ],
    ids=["less severe", "as large", "smaller"],
)
def test_what_did_not_become_worse_is_not_introduced(was: object, now: object) -> None:
    assert introduced(analysed("a.py", before=(was,), after=(now,))) == []  # type: ignore[arg-type]  # a table of observations


def test_a_measure_in_an_unrelated_file_pairs_only_with_the_same_body() -> None:
    gone = analysed("old.py", before=(measured("run", 20, body="one"),))
    assert (
        introduced(gone, analysed("new.py", after=(measured("run", 20, body="one"),))) == []
    )
    assert introduced(
        gone, analysed("new.py", after=(measured("run", 20, body="two"),))
    ) == [("new.py", 1)]


def test_functions_of_one_name_are_paired_in_falling_order_of_their_measure() -> None:
    file = analysed(
        "a.py",
        before=(measured("f", 12, line=1), measured("f", 20, line=20)),
        after=(measured("f", 20, line=1), measured("f", 12, line=20)),
    )
    assert introduced(file) == []


def test_a_move_to_where_the_rules_are_stricter_introduces_the_finding() -> None:
    files = (
        analysed("tests/a.py", before=(seen(),)),
        analysed("src/a.py", after=(seen(),), old_path="tests/a.py"),
    )
    assert [paired.introduced for paired in pair(files, 0, NO_MAP, always)] == [True]


def test_what_stays_in_its_file_is_not_asked_about_a_move() -> None:
    assert [
        paired.introduced
        for paired in pair(
            (analysed("a.py", before=(seen(),), after=(seen(),)),), 0, NO_MAP, always
        )
    ] == [False]


def test_with_several_merge_bases_introduced_is_what_one_of_them_lacks() -> None:
    known, half_known = seen("eval(a)"), seen("eval(b)", line=2)
    file = analysed(
        "a.py", after=(known, half_known), before=(known, half_known), more=((known,),)
    )
    found = {
        paired.now.seen.lines.start: paired.introduced
        for paired in pair_with_all([file], 2, (), never)
    }
    assert found == {1: False, 2: True}


def test_without_a_merge_base_everything_is_introduced() -> None:
    assert [
        paired.introduced
        for paired in pair_with_all([analysed("a.py", after=(seen(),))], 0, (), never)
    ] == [True]


LINES = st.sampled_from(["eval(a)", "eval(b)", "exec(c)"])
SIDE = st.lists(LINES, max_size=6)


@given(before=SIDE, after=SIDE)
def test_as_many_are_introduced_as_the_multiset_difference_has(
    before: list[str], after: list[str]
) -> None:
    file = analysed(
        "a.py",
        before=tuple(seen(text, line=number) for number, text in enumerate(before, 1)),
        after=tuple(seen(text, line=number) for number, text in enumerate(after, 1)),
    )
    expected = sorted(
        text
        for text in set(after)
        for _ in range(max(0, after.count(text) - before.count(text)))
    )
    found: list[Paired] = [
        paired for paired in pair([file], 0, NO_MAP, never) if paired.introduced
    ]
    assert sorted(paired.now.seen.excerpt for paired in found) == expected


@given(before=SIDE, after=SIDE, at=st.lists(st.integers(0, 1), min_size=12, max_size=12))
def test_spreading_code_over_files_never_changes_how_much_is_introduced(
    before: list[str], after: list[str], at: list[int]
) -> None:
    def spread(texts: list[str], places: list[int], place: int) -> tuple[Any, ...]:
        return tuple(
            seen(text, line=number)
            for number, text in enumerate(texts, 1)
            if places[number - 1] == place
        )

    files = [
        analysed(
            f"{place}.py",
            before=spread(before, at, place),
            after=spread(after, at[6:], place),
        )
        for place in (0, 1)
    ]
    lost = sum(max(0, after.count(text) - before.count(text)) for text in set(after))
    assert len(introduced(*files)) == lost
