"""What is put into a squash's message is read there again."""

import subprocess

import pytest
from hypothesis import given

from judgegate.model.levels import Certainty, Outcome, Role
from judgegate.model.verdict import Counted, Verdict
from judgegate.provenance.catalogue import load_catalogue
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.messages import read_message
from judgegate.report.provenance_report import render_trailers
from tests.report.hostile import verdicts
from tests.report.verdicts import (
    HEAD,
    OLDER,
    a_verdict,
    ai_assisted,
    evidence,
    unmarked,
    waiting,
)

TOOLS = sorted({signal.tool for signal in load_catalogue().signals})


def test_they_say_who_helped_who_approved_and_what_was_judged() -> None:
    review = waiting(
        counted=(Counted("alice", HEAD), Counted("bob", OLDER, attested="I ran it"))
    )
    provenance = ai_assisted(evidence(), evidence(tool="helper"), evidence(commit=OLDER))
    assert render_trailers(a_verdict(provenance=provenance, review=review)) == (
        "Assisted-by: AI tool helper\n"
        "Assisted-by: AI tool robot\n"
        "Reviewed-by: @alice\n"
        "Attested-by: @bob\n"
        f"Judgegate-Head: {HEAD}\n"
        "Judgegate-Outcome: pass\n"
    )


def test_without_evidence_nobody_is_said_to_have_helped() -> None:
    assert (
        render_trailers(a_verdict(Outcome.REVIEW, change={"head": None}))
        == "Judgegate-Outcome: review\n"
    )


@pytest.mark.parametrize(
    ("provenance", "helped"),
    [
        (unmarked(assumed="--assume-ai is given"), True),
        (unmarked(assumed="the policy sets gate_on: always", gate_on=None), False),
        (ai_assisted(evidence(tool="any")), True),
    ],
)
def test_where_no_tool_is_named_it_is_an_ai(provenance: object, helped: bool) -> None:
    assert (
        render_trailers(a_verdict(provenance=provenance)).startswith("Assisted-by: AI\n")
        is helped
    )


@pytest.mark.parametrize(
    "tool", [*TOOLS, "none", "human", "no one", "our helper <x@example.com>", "漢"]
)
def test_a_declared_tool_counts_when_the_squash_is_judged(tool: str) -> None:
    rendered = render_trailers(a_verdict(provenance=ai_assisted(evidence(tool=tool))))
    found = read_message(f"Add an export\n\n{rendered}".encode(), None, default_matcher())
    strong = [
        marker.signal
        for marker in found.markers
        if marker.signal.confidence >= Certainty.STRONG
    ]
    assert strong
    assert {signal.role for signal in strong} <= {Role.DECLARED, Role.AUTHORED}
    assert found.denials == ()


@given(verdicts())
def test_no_value_can_begin_a_trailer_of_its_own(verdict: Verdict) -> None:
    rendered = render_trailers(verdict)
    keys = [line.partition(": ")[0] for line in rendered.removesuffix("\n").split("\n")]
    assert set(keys) <= {
        "Assisted-by",
        "Reviewed-by",
        "Attested-by",
        "Judgegate-Head",
        "Judgegate-Outcome",
    }
    assert keys.count("Judgegate-Outcome") == keys.count("Judgegate-Head") == 1
    assert (
        len(keys)
        <= len({piece.tool for piece in verdict.provenance.gating})
        + len(verdict.review.counted)
        + 3
    )


def test_git_reads_them_as_trailers() -> None:
    rendered = render_trailers(
        a_verdict(
            provenance=ai_assisted(),
            review=waiting(counted=(Counted("alice\nJudgegate-Outcome: x", HEAD),)),
        )
    )
    message = f"Add an export\n\nIt is faster.\n\n{rendered}"
    parse = ["git", "interpret-trailers", "--parse"]
    parsed = subprocess.run(
        parse, input=message, text=True, capture_output=True, check=True
    )
    assert parsed.stdout == rendered
