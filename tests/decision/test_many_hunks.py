"""A finding in each of thousands of hunks is decided without comparing it with every hunk."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from judgegate.decision.pair_observations import pair
from judgegate.model.analysis import AnalysedFile
from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.definition_map import DefinitionMap
from judgegate.model.evidence import LineEvidence, ProvenanceRecord
from judgegate.model.levels import Authorship, Certainty, Role
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange
from judgegate.provenance.assessment import assess_provenance
from tests.counted_lines import MOST_FOR_TWICE, comparisons, shapes

BLOB = Blob(0o100644, "1" * 40, 10)


def pair_all(ranges: tuple[LineRange, ...]) -> None:
    seen = tuple(
        Observation("security/x", "X", lines, "", "m", f"f{number}", f"f{number}", "e")
        for number, lines in enumerate(ranges)
    )
    change = FileChange("app.py", FileStatus.MODIFIED, BLOB, BLOB, ranges, ranges)
    file = AnalysedFile(change, after=seen, before=(seen,))
    assert len(pair([file], 0, DefinitionMap(), lambda _now, _was: False)) == len(ranges)


def attribute_all(ranges: tuple[LineRange, ...]) -> None:
    record = ProvenanceRecord(
        lines=tuple(LineEvidence("app.py", lines, ()) for lines in ranges)
    )
    assessment = assess_provenance(record, Certainty.STRONG, frozenset(Role))
    for lines in ranges:
        assert assessment.of_lines("app.py", (lines,)) is Authorship.UNMARKED


@pytest.mark.parametrize("decide", [pair_all, attribute_all])
@given(shape=shapes)
@settings(max_examples=5, deadline=None)
def test_twice_the_hunks_cost_little_more_than_twice_the_comparisons(
    decide: Callable[[tuple[LineRange, ...]], None], shape: list[tuple[int, int]]
) -> None:
    assert comparisons(decide, shape, 4_000) <= MOST_FOR_TWICE * comparisons(
        decide, shape, 2_000
    )
