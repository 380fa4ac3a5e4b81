"""What was judged, and why the verdict is what it is."""

from typing import Any

import pytest
from msgspec.structs import replace

from judgegate.model.change import Assurance, ChangeSource, Revision
from judgegate.model.levels import Action, FailOn, Outcome
from judgegate.model.verdict import Reason
from tests.report.scenes import AI_REASON, ASSISTED, text
from tests.report.verdicts import (
    BASE,
    a_finding,
    a_verdict,
)


@pytest.mark.parametrize(
    ("change", "first", "quiet"),
    [
        (
            {"branch": None},
            "Judged 1 commit of HEAD since origin/main 4b825dc (from origin/HEAD).",
            "PASS 1 commit since origin/main 4b825dc (from origin/HEAD): nothing found.",
        ),
        (
            {
                "branch": None,
                "head": None,
                "base": Revision("origin/main", BASE, "origin/main"),
            },
            "Judged 1 commit of the head since origin/main 4b825dc.",
            "PASS 1 commit since origin/main 4b825dc: nothing found.",
        ),
        (
            {"source": ChangeSource.STAGED, "base": Revision("HEAD", BASE, "HEAD")},
            "Judged what is staged, against HEAD 4b825dc.",
            "PASS what is staged, against HEAD 4b825dc: nothing found.",
        ),
        (
            {"source": ChangeSource.STAGED, "base": None},
            "Judged what is staged.",
            "PASS what is staged: nothing found.",
        ),
        (
            {"base": Revision("main", BASE, "local branch main")},
            "Judged 1 commit of feature/export since local branch main 4b825dc.",
            "PASS 1 commit since local branch main 4b825dc: nothing found.",
        ),
        (
            {"base": Revision("origin/main", BASE, "the upstream of main")},
            "Judged 1 commit of feature/export since origin/main 4b825dc (the upstream of main).",
            "PASS 1 commit since origin/main 4b825dc (the upstream of main): nothing found.",
        ),
        (
            {
                "source": ChangeSource.WORKTREE,
                "base": Revision("main", BASE, "JUDGEGATE_BASE"),
            },
            "Judged 1 commit and what is not committed, since main 4b825dc (from JUDGEGATE_BASE).",
            "PASS 1 commit and what is not committed, since main 4b825dc (from JUDGEGATE_BASE): nothing found.",
        ),
        (
            {
                "source": ChangeSource.WORKTREE,
                "commits": (),
                "base": Revision("main", BASE, "--base"),
            },
            "Judged what is not committed, since main 4b825dc.",
            "PASS what is not committed, since main 4b825dc: nothing found.",
        ),
        (
            {"source": ChangeSource.PATCH, "base": None},
            "Judged a patch.",
            "PASS a patch: nothing found.",
        ),
        (
            {"source": ChangeSource.PATCH, "base": Revision("HEAD", BASE, "checked out")},
            "Judged a patch, against HEAD 4b825dc.",
            "PASS a patch, against HEAD 4b825dc: nothing found.",
        ),
    ],
)
def test_the_first_line_says_what_was_judged(
    change: dict[str, Any], first: str, quiet: str
) -> None:
    verdict = a_verdict(change=change)
    assert text(verdict, width=100).partition("\n")[0] == first
    assert text(verdict, quiet=True) == f"{quiet}\n"


@pytest.mark.parametrize("quiet", [False, True])
def test_where_nothing_is_staged_there_is_no_more_to_say(quiet: bool) -> None:
    empty = a_verdict(files=(), change={"source": ChangeSource.STAGED, "commits": ()})
    assert text(empty, quiet=quiet) == "Nothing is staged.\n"
    assert text(replace(empty, outcome=Outcome.REVIEW), quiet=quiet).startswith(
        ("REVIEW", "Judged")
    )


def test_where_nothing_is_staged_and_a_human_is_needed_all_the_same_no_history_is_spoken_of() -> (
    None
):
    empty = a_verdict(
        Outcome.REVIEW, files=(), change={"source": ChangeSource.STAGED, "commits": ()}
    )
    assert "\nNo file differs. Policy: " in text(empty)


def test_a_part_is_not_taken_for_the_whole() -> None:
    assert "(assurance: reduced)" in text(
        a_verdict(change={"assurance": Assurance.REDUCED}), width=100
    )


@pytest.mark.parametrize(
    ("outcome", "fail_on", "reported_only"),
    [
        (Outcome.PASS, FailOn.NEVER, False),
        (Outcome.REVIEW, FailOn.REVIEW, False),
        (Outcome.REVIEW, FailOn.BLOCK, True),
        (Outcome.REVIEW, FailOn.NEVER, True),
        (Outcome.BLOCK, FailOn.REVIEW, False),
        (Outcome.BLOCK, FailOn.BLOCK, False),
        (Outcome.BLOCK, FailOn.NEVER, True),
        (Outcome.ERROR, FailOn.NEVER, False),
    ],
)
def test_an_outcome_that_does_not_fail_says_so(
    outcome: Outcome, fail_on: FailOn, reported_only: bool
) -> None:
    line = f"Reported only: the exit code is 0, because fail_on is {fail_on.value}."
    assert (line in text(a_verdict(outcome, fail_on=fail_on))) is reported_only


def test_a_reason_whose_finding_has_no_section_shows_the_teams_own_why() -> None:
    verdict = a_verdict(
        Outcome.REVIEW,
        findings=(replace(ASSISTED, why="We were bitten."),),
        reasons=(AI_REASON,),
    )
    assert "robot. (oversight/ai-assisted) Why: We were bitten.\n" in text(
        verdict, width=100
    )


@pytest.mark.parametrize(
    ("action", "verbs"),
    [(Action.BLOCK, ("blocks", "block")), (Action.WARN, ("is a warning", "are warnings"))],
)
def test_a_reason_whose_findings_are_listed_only_counts_them(
    action: Action, verbs: tuple[str, str]
) -> None:
    findings = (a_finding(action=action), a_finding(action=action, line=13))
    for number in (1, 2):
        verdict = a_verdict(
            findings=findings[:number],
            reasons=(Reason("security/insecure-code", action, "not told"),),
        )
        shown = text(verdict)
        assert (
            f"finding{'s' * (number - 1)} of security/insecure-code {verbs[number - 1]}\n"
            in shown
        )
        assert "not told" not in shown
