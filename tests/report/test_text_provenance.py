"""Who wrote it, with the evidence, and why some of it does not count."""

import pytest

from judgegate.model.evidence import Evidence
from judgegate.model.levels import Authorship, Certainty, Role
from tests.report.scenes import HINT, a_block, text
from tests.report.verdicts import (
    a_verdict,
    ai_assisted,
    evidence,
    unmarked,
)


@pytest.mark.parametrize(
    ("piece", "gate_on", "why"),
    [
        (
            evidence(role=Role.SUMMARY_ONLY),
            Certainty.STRONG,
            "it shows who summarised the change, not who wrote it",
        ),
        (
            evidence(role=Role.MESSAGE_ONLY),
            Certainty.STRONG,
            "it shows who wrote the message, not who wrote the code",
        ),
        (
            evidence(confidence=Certainty.STRONG),
            Certainty.CERTAIN,
            "strong evidence can be wrong, and the policy requires certain",
        ),
        (evidence(confidence=Certainty.WEAK), None, "weak evidence can be wrong"),
        (
            evidence(role=Role.REVIEW_SUGGESTION),
            Certainty.WEAK,
            "the policy does not count the role review_suggestion",
        ),
    ],
)
def test_evidence_that_does_not_count_says_why(
    piece: Evidence, gate_on: Certainty | None, why: str
) -> None:
    shown = text(a_verdict(provenance=unmarked(piece, gate_on=gate_on)), width=100)
    assert f"\n  Not counted, because {why}:\n    - robot " in shown


def test_evidence_of_the_whole_change_names_no_commit_and_is_cut() -> None:
    branch = evidence(
        source="branch", commit=None, quote="robot/" + "x" * 200, signal="robot-branch"
    )
    shown = text(a_verdict(provenance=ai_assisted(branch)), width=100, verbose=True)
    assert '- robot (certain), branch [robot-branch, authored]: "' in shown.replace(
        "\n    ", " "
    )
    assert "x" * 84 + '..."' in shown


@pytest.mark.parametrize(
    ("assumed", "shown"),
    [
        ("--assume-ai", "judged as AI-assisted (--assume-ai), 18 of 24"),
        (None, "judged as AI-assisted (by the policy), 18 of 24"),
    ],
)
def test_terms_without_evidence_say_where_they_come_from(
    assumed: str | None, shown: str
) -> None:
    provenance = unmarked(verdict=Authorship.AI, ai_lines=18, assumed=assumed)
    assert f"Provenance: {shown} added lines.\nChecked" in text(
        a_verdict(provenance=provenance)
    )


def test_a_statement_that_no_ai_took_part_is_shown_and_outweighs_nothing() -> None:
    shown = text(a_verdict(provenance=ai_assisted(declared_none=("AI-assisted: no",))))
    assert (
        '\n  Stated: "AI-assisted: no" (shown, but it does not outweigh evidence)\n'
        in shown
    )


def test_no_report_asks_to_hide_a_marker() -> None:
    for verdict in (
        a_block(),
        a_verdict(provenance=unmarked(HINT)),
        a_verdict(provenance=ai_assisted(idle=(HINT,))),
    ):
        assert not {"remove", "delete", "strip", "rewrite"} & set(
            text(verdict, show_all=True, verbose=True).lower().split()
        )
