"""What evidence comes to under a policy's terms."""

import pytest

from judgegate.model.evidence import Evidence, FileEvidence, LineEvidence, ProvenanceRecord
from judgegate.model.lines import LineRange
from judgegate.model.scales import Authorship, Certainty, Role
from judgegate.provenance.testimony import ALWAYS, ASSUMED, weigh
from tests.provenance.changes import ROLES

AI, UNMARKED = Authorship.AI, Authorship.UNMARKED
WEAK, STRONG, CERTAIN = Certainty.WEAK, Certainty.STRONG, Certainty.CERTAIN


def piece(confidence: Certainty, role: Role = Role.AUTHORED) -> Evidence:
    return Evidence("tool", f"tool/{confidence.value}", role, confidence, "trailer", "c" * 40, "quote")


@pytest.mark.parametrize("confidence", list(Certainty))
@pytest.mark.parametrize("gate_on", list(Certainty))
def test_evidence_gates_from_the_policys_confidence_on(confidence: Certainty, gate_on: Certainty) -> None:
    testimony = weigh(ProvenanceRecord(evidence=(piece(confidence),)), gate_on, ROLES)
    assert (testimony.verdict is AI) is (confidence.rank >= gate_on.rank)
    assert testimony.confidence == (confidence if testimony.verdict is AI else None)


def test_a_role_that_the_policy_leaves_out_changes_nothing() -> None:
    summary = piece(CERTAIN, Role.SUMMARY_ONLY)
    testimony = weigh(ProvenanceRecord(evidence=(summary,)), WEAK, ROLES)
    assert (testimony.verdict, testimony.gating) == (UNMARKED, ())
    assert testimony.why_not(summary) == "the policy's roles leave out summary_only"


def test_weaker_evidence_is_listed_and_changes_nothing() -> None:
    weak, strong = piece(WEAK), piece(STRONG)
    lines = (LineEvidence("a.py", LineRange(1, 1), (0,)), LineEvidence("a.py", LineRange(2, 2), (1,)))
    testimony = weigh(ProvenanceRecord(evidence=(weak, strong), lines=lines), STRONG, ROLES)
    assert (testimony.gating, testimony.confidence) == ((strong,), STRONG)
    assert testimony.ai_lines("a.py") == (LineRange(2, 2),)
    assert testimony.why_not(weak) == "weak is weaker than strong"
    assert testimony.why_not(strong) is None


def test_no_evidence_is_unmarked() -> None:
    testimony = weigh(ProvenanceRecord(), STRONG, ROLES)
    assert (testimony.verdict, testimony.confidence, testimony.assumed) == (UNMARKED, None, None)


LINES = (LineEvidence("a.py", LineRange(1, 4), ()), LineEvidence("a.py", LineRange(8, 9), ()))


@pytest.mark.parametrize(("gate_on", "assume_ai", "why"), [(None, False, ALWAYS), (STRONG, True, ASSUMED), (None, True, ALWAYS)])
def test_the_terms_can_apply_to_every_change(gate_on: Certainty | None, assume_ai: bool, why: str) -> None:
    testimony = weigh(ProvenanceRecord(lines=LINES), gate_on, ROLES, assume_ai=assume_ai)
    assert (testimony.verdict, testimony.confidence, testimony.assumed) == (AI, None, why)
    assert testimony.ai_lines("a.py") == (LineRange(1, 4), LineRange(8, 9))
    assert testimony.of_lines("a.py", (LineRange(6, 6),)) is AI
    assert testimony.of_file("elsewhere.py") is AI


def test_always_still_names_the_evidence_that_there_is() -> None:
    testimony = weigh(ProvenanceRecord(evidence=(piece(WEAK), piece(CERTAIN))), None, ROLES)
    assert (testimony.confidence, testimony.gating) == (CERTAIN, (piece(CERTAIN),))
    assert testimony.why_not(piece(WEAK)) == "weak is weaker than strong"


def test_evidence_about_the_whole_makes_every_line_ai() -> None:
    record = ProvenanceRecord(evidence=(piece(STRONG),), lines=LINES, whole=(0,))
    assert weigh(record, STRONG, ROLES).ai_lines("a.py") == (LineRange(1, 4), LineRange(8, 9))
    below = weigh(record, CERTAIN, ROLES)
    assert (below.whole, below.ai_lines("a.py"), below.of_file("a.py")) == (False, (), UNMARKED)


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
    testimony = weigh(record, STRONG, ROLES)
    assert testimony.of_lines("a.py", (LineRange(2, 3),)) is AI
    assert testimony.of_lines("a.py", (LineRange(3, 4),)) is UNMARKED
    assert testimony.of_lines("a.py", (LineRange(40, 41),)) is AI
    assert testimony.of_lines("a.py", ()) is AI
    assert testimony.of_lines("b.py", (LineRange(1, 1),)) is UNMARKED
    assert (testimony.of_file("b.py"), testimony.of_file("c.py")) == (UNMARKED, UNMARKED)
