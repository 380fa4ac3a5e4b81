"""The map of real texts: formatters, renames, moves, splits, and what an attacker would try."""

import pytest

from judgegate.matching.definitions import match_definitions
from judgegate.model.definition_map import Pair
from tests.matching.tables import Case, cases, shown

CASES = list(cases())


def title(case: Case) -> str:
    return case.title


@pytest.mark.parametrize("case", CASES, ids=title)
def test_what_became_of_each_unit(case: Case) -> None:
    assert shown(case, match_definitions(case.files())) == case.expected


@pytest.mark.parametrize("case", CASES, ids=title)
def test_the_way_back_has_the_same_pairs(case: Case) -> None:
    there = match_definitions(case.files())
    back = match_definitions(case.exchanged().files())
    assert {_ends(pair) for pair in there.pairs} == {
        _ends(pair)[::-1] for pair in back.pairs
    }
    assert (there.added, there.removed) == (back.removed, back.added)


def _ends(pair: Pair) -> tuple[object, object]:
    return pair.base, pair.head
