"""Who approved, and what is left to do."""

import pytest

from judgegate.model.change import ChangeSource
from judgegate.model.notices import Notice
from judgegate.model.scales import Action, Outcome
from judgegate.model.verdict import Counted, Demand, Finding, Reason, Standing
from judgegate.report import Place
from tests.report.scenes import text
from tests.report.verdicts import (
    HEAD,
    a_demand,
    a_finding,
    a_verdict,
    waiting,
)


@pytest.mark.parametrize(
    ("demand", "local", "forge"),
    [
        (
            a_demand(),
            "After you push: 1 approval, from someone with write permission, not you.",
            "Still needed: 1 approval, from someone with write permission, not by a contributor of the change.",
        ),
        (
            a_demand(attestable=True),
            "After you push: 1 approval, from someone with write permission, or your own attestation.",
            "Still needed: 1 approval, from someone with write permission, or the author's attestation.",
        ),
        (
            a_demand(
                approvals=2, standings=(Standing("user", "alice"), Standing("code_owners")), who_can=("@alice", "@bob", "a code owner")
            ),
            "After you push: 1 more approval, from @alice or a code owner, not you (who can: @bob).",
            "Still needed: 1 more approval, from @alice or a code owner, not by a contributor of the change (who can: @bob).",
        ),
        (
            a_demand(standings=(), who_can=tuple(f"@{name}" for name in "gfedcba")),
            "After you push: 1 approval, not you (who can: @a, @b, @c, @d, @e and 2 more).",
            "Still needed: 1 approval, not by a contributor of the change (who can: @a, @b, @c, @d, @e and 2 more).",
        ),
    ],
)
def test_what_remains_names_who_may_approve(demand: Demand, local: str, forge: str) -> None:
    verdict = a_verdict(Outcome.REVIEW, review=waiting(demand))
    assert text(verdict, quiet=True).splitlines()[1] == f"Nothing to mend. {local}"
    assert text(verdict, quiet=True, place=Place.FORGE).splitlines()[1] == f"Nothing to mend. {forge}"


def test_what_is_not_committed_must_be_committed_first() -> None:
    verdict = a_verdict(Outcome.REVIEW, change={"source": ChangeSource.STAGED}, review=waiting())
    assert "After you commit and push: 1 approval" in text(verdict, width=100)


def test_a_block_that_is_no_finding_points_to_its_reasons() -> None:
    verdict = a_verdict(Outcome.BLOCK, reasons=(Reason(None, Action.BLOCK, "the policy of the head does not load"),))
    assert text(verdict).endswith("\nTo mend: what the reasons above name.\n")


def test_an_override_is_told() -> None:
    review = waiting(a_demand(missing=0), override="@alice: a hotfix, 2026-11-22")
    assert "\nOverridden: @alice: a hotfix, 2026-11-22\n" in text(a_verdict(review=review))


def test_a_notice_shows_its_code_only_among_the_details() -> None:
    verdict = a_verdict(notices=(Notice("no_policy", "The base has no policy."),))
    assert "\nNotes:\n  - The base has no policy.\n" in text(verdict)
    assert "\nNotes:\n  - The base has no policy. [no_policy]\n" in text(verdict, verbose=True)


def test_everybody_around_a_review_is_told_of() -> None:
    review = waiting(
        held_by=("@alice asks for changes",),
        counted=(Counted("@dana", HEAD, attested="ran it by hand"),),
        unmapped=("erin@example.com",),
    )
    shown = text(a_verdict(Outcome.REVIEW, review=review), width=100)
    assert "\n  - @alice asks for changes: nothing passes until that is settled\n" in shown
    assert '\n  - @dana: has a part in the change and attests 9fceb02: "ran it by hand"\n' in shown
    assert "\n  - erin@example.com: no account is known for this contributor, which costs one approval more\n" in shown


def test_a_weighed_demand_says_what_it_came_to() -> None:
    demand = a_demand(shortfall="1 more approval, from a code owner.", who_can=("@bob",))
    shown = text(a_verdict(Outcome.REVIEW, review=waiting(demand)), quiet=True, place=Place.FORGE)
    assert shown.splitlines()[1] == "Nothing to mend. Still needed: 1 more approval, from a code owner (who can: @bob)."


@pytest.mark.parametrize(
    ("findings", "mending"),
    [
        ((), "To mend: what was asked for in review."),
        ((a_finding(),), "To mend: 1 finding marked block and what was asked for in review."),
    ],
)
def test_what_a_reviewer_asked_for_is_to_be_mended(findings: tuple[Finding, ...], mending: str) -> None:
    review = waiting(a_demand(missing=0), held_by=("@alice asks for changes",))
    assert text(a_verdict(Outcome.REVIEW, findings=findings, review=review)).endswith(f"\n{mending}\n")
