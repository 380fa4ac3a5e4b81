"""What evidence comes to under a policy's terms."""

import pytest

from judgegate.model.evidence import Evidence, FileEvidence, LineEvidence, ProvenanceRecord
from judgegate.model.levels import Authorship, Certainty, Role
from judgegate.model.ranges import LineRange
from judgegate.provenance.assessment import ALWAYS, ASSUMED, assess_provenance
from tests.provenance.changes import ROLES

AI, UNMARKED = Authorship.AI, Authorship.UNMARKED
WEAK, STRONG, CERTAIN = Certainty.WEAK, Certainty.STRONG, Certainty.CERTAIN


def piece(confidence: Certainty, role: Role = Role.AUTHORED) -> Evidence:
    return Evidence(
        "tool", f"tool/{confidence.value}", role, confidence, "trailer", "c" * 40, "quote"
    )


@pytest.mark.parametrize("confidence", list(Certainty))
@pytest.mark.parametrize("gate_on", list(Certainty))
def test_evidence_gates_from_the_policys_confidence_on(
    confidence: Certainty, gate_on: Certainty
) -> None:
    assessment = assess_provenance(
        ProvenanceRecord(evidence=(piece(confidence),)), gate_on, ROLES
    )
    assert (assessment.verdict is AI) is (confidence.rank >= gate_on.rank)
    assert assessment.confidence == (confidence if assessment.verdict is AI else None)


def test_a_role_that_the_policy_leaves_out_changes_nothing() -> None:
    summary = piece(CERTAIN, Role.SUMMARY_ONLY)
    assessment = assess_provenance(ProvenanceRecord(evidence=(summary,)), WEAK, ROLES)
    assert (assessment.verdict, assessment.gating) == (UNMARKED, ())


def test_weaker_evidence_is_listed_and_changes_nothing() -> None:
    weak, strong = piece(WEAK), piece(STRONG)
    lines = (
        LineEvidence("a.py", LineRange(1, 1), (0,)),
        LineEvidence("a.py", LineRange(2, 2), (1,)),
    )
    assessment = assess_provenance(
        ProvenanceRecord(evidence=(weak, strong), lines=lines), STRONG, ROLES
    )
    assert (assessment.gating, assessment.confidence) == ((strong,), STRONG)
    assert assessment.ai_lines("a.py") == (LineRange(2, 2),)


def test_no_evidence_is_unmarked() -> None:
    assessment = assess_provenance(ProvenanceRecord(), STRONG, ROLES)
    assert (assessment.verdict, assessment.confidence, assessment.assumed) == (
        UNMARKED,
        None,
        None,
    )


LINES = (
    LineEvidence("a.py", LineRange(1, 4), ()),
    LineEvidence("a.py", LineRange(8, 9), ()),
)


@pytest.mark.parametrize(
    ("gate_on", "assume_ai", "why"),
    [(None, False, ALWAYS), (STRONG, True, ASSUMED), (None, True, ALWAYS)],
)
def test_the_terms_can_apply_to_every_change(
    gate_on: Certainty | None, assume_ai: bool, why: str
) -> None:
    assessment = assess_provenance(
        ProvenanceRecord(lines=LINES), gate_on, ROLES, assume_ai=assume_ai
    )
    assert (assessment.verdict, assessment.confidence, assessment.assumed) == (
        AI,
        None,
        why,
    )
    assert assessment.ai_lines("a.py") == (LineRange(1, 4), LineRange(8, 9))
    assert assessment.of_lines("a.py", (LineRange(6, 6),)) is AI
    assert assessment.of_file("elsewhere.py") is AI


def test_always_still_names_the_evidence_that_there_is() -> None:
    assessment = assess_provenance(
        ProvenanceRecord(evidence=(piece(WEAK), piece(CERTAIN))), None, ROLES
    )
    assert (assessment.confidence, assessment.gating) == (CERTAIN, (piece(CERTAIN),))


def test_evidence_about_the_whole_makes_every_line_ai() -> None:
    record = ProvenanceRecord(evidence=(piece(STRONG),), lines=LINES, whole=(0,))
    assert assess_provenance(record, STRONG, ROLES).ai_lines("a.py") == (
        LineRange(1, 4),
        LineRange(8, 9),
    )
    below = assess_provenance(record, CERTAIN, ROLES)
    assert (below.whole, below.ai_lines("a.py"), below.of_file("a.py")) == (
        False,
        (),
        UNMARKED,
    )


def test_lines_and_files_follow_the_evidence_that_gates() -> None:
    record = ProvenanceRecord(
        evidence=(piece(CERTAIN), piece(WEAK)),
        lines=(
            LineEvidence("a.py", LineRange(1, 2), (0, 1)),
            LineEvidence("a.py", LineRange(3, 5), (1,)),
            LineEvidence("b.py", LineRange(1, 1), ()),
        ),
        files=(FileEvidence("a.py", (0, 1)), FileEvidence("c.py", (1,))),
    )
    assessment = assess_provenance(record, STRONG, ROLES)
    assert assessment.of_lines("a.py", (LineRange(2, 3),)) is AI
    assert assessment.of_lines("a.py", (LineRange(3, 4),)) is UNMARKED
    assert assessment.of_lines("a.py", (LineRange(40, 41),)) is AI
    assert assessment.of_lines("a.py", ()) is AI
    assert assessment.of_lines("b.py", (LineRange(1, 1),)) is UNMARKED
    assert (assessment.of_file("b.py"), assessment.of_file("c.py")) == (UNMARKED, UNMARKED)
