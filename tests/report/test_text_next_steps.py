"""Who approved, and what is left to do."""

from typing import Any

import pytest

from judgegate.model.change import ChangeSource, Revision
from judgegate.model.levels import Action, Outcome
from judgegate.model.notices import Notice
from judgegate.model.verdict import (
    Counted,
    Demand,
    FileState,
    Finding,
    JudgedFile,
    Override,
    Reason,
    Standing,
)
from judgegate.report.options import Audience
from tests.report.scenes import a_policy_change, text
from tests.report.verdicts import (
    BASE,
    HEAD,
    a_demand,
    a_file,
    a_finding,
    a_verdict,
    waiting,
)

UNREAD = a_file("broken.py", FileState.UNANALYSED, "it is not valid Python")
BASE_REVISION = Revision("main", BASE, "--base")


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
                approvals=2,
                standings=(Standing("user", "alice"), Standing("code_owners")),
                who_can=("@alice", "@bob", "a code owner"),
            ),
            "After you push: 1 more approval, from @alice or a code owner, not you (can approve: @bob).",
            "Still needed: 1 more approval, from @alice or a code owner, not by a contributor of the change (can approve: @bob).",
        ),
        (
            a_demand(standings=(), who_can=tuple(f"@{name}" for name in "gfedcba")),
            "After you push: 1 approval, not you (can approve: @a, @b, @c, @d, @e and 2 more).",
            "Still needed: 1 approval, not by a contributor of the change (can approve: @a, @b, @c, @d, @e and 2 more).",
        ),
    ],
)
def test_what_remains_names_who_may_approve(demand: Demand, local: str, forge: str) -> None:
    verdict = a_verdict(Outcome.REVIEW, review=waiting(demand))
    assert text(verdict, quiet=True).splitlines()[1] == f"Nothing to fix. {local}"
    assert (
        text(verdict, quiet=True, place=Audience.FORGE).splitlines()[1]
        == f"Nothing to fix. {forge}"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"head": Revision("topic", HEAD, "--head")},
        {"source": ChangeSource.PATCH, "head": None},
    ],
)
@pytest.mark.parametrize(
    ("demand", "remains"),
    [
        (
            a_demand(),
            "Still needed: 1 approval, from someone with write permission who is not a contributor.",
        ),
        (
            a_demand(standings=(), who_can=("@bob",)),
            "Still needed: 1 approval, from someone who is not a contributor (can approve: @bob).",
        ),
        (
            a_demand(attestable=True),
            "Still needed: 1 approval, from someone with write permission, or the author's attestation.",
        ),
    ],
)
def test_who_judges_what_is_not_checked_out_is_not_taken_for_its_author(
    change: dict[str, Any], demand: Demand, remains: str
) -> None:
    verdict = a_verdict(Outcome.REVIEW, change=change, review=waiting(demand))
    assert text(verdict, quiet=True).splitlines()[1] == f"Nothing to fix. {remains}"


@pytest.mark.parametrize(
    ("findings", "files", "remains"),
    [
        ((), (), "Nothing to fix."),
        ((a_finding(waiver="@alice"),), (), "Nothing to fix."),
        ((a_finding(action=Action.WARN),), (), "Nothing blocks. Check: 1 finding."),
        ((), (UNREAD,), "Nothing blocks. Check: 1 unchecked file."),
        (
            (a_finding(action=Action.WARN),) * 2,
            (UNREAD, UNREAD),
            "Nothing blocks. Check: 2 findings, 2 unchecked files.",
        ),
        (
            (a_finding(), a_finding(action=Action.WARN)),
            (),
            "Fix: 1 finding marked block. Check: 1 more finding.",
        ),
    ],
)
def test_there_is_nothing_to_mend_only_where_nothing_was_found(
    findings: tuple[Finding, ...], files: tuple[JudgedFile, ...], remains: str
) -> None:
    shown = text(a_verdict(findings=findings, files=(a_file(), *files)), width=100)
    assert shown.endswith(f"\n{remains} No review is required.\n")


@pytest.mark.parametrize(
    ("path", "base", "remains"),
    [
        (
            "a.py",
            BASE_REVISION,
            "Fix .judgegate.yml on main first. Nothing blocks. Check: 1 finding.",
        ),
        (
            "a.py",
            Revision("HEAD", BASE, "HEAD"),
            "Fix .judgegate.yml in HEAD first. Nothing blocks. Check: 1 finding.",
        ),
        ("a.py", None, "Fix .judgegate.yml first. Nothing blocks. Check: 1 finding."),
        (".judgegate.yml", BASE_REVISION, "Nothing blocks. Check: 1 finding."),
    ],
)
def test_a_broken_policy_of_the_base_is_to_be_mended_there_unless_the_change_does_it(
    path: str, base: Revision | None, remains: str
) -> None:
    errors = (Notice("policy-fallback", "The base's policy does not load: ..."),)
    findings = (a_policy_change(path=None), a_finding(action=Action.WARN))
    verdict = a_verdict(
        Outcome.REVIEW,
        errors=errors,
        files=(a_file(path),),
        findings=findings,
        change={"base": base},
    )
    assert text(verdict).endswith(f"\n{remains}\n")


def test_a_policy_that_does_not_load_is_to_be_mended() -> None:
    verdict = a_verdict(
        Outcome.BLOCK,
        errors=(Notice("policy-broken", "The head's policy does not load: ..."),),
        findings=(a_finding(),),
    )
    assert text(verdict).endswith(
        "\nFix: 1 finding marked block and the policy of the change.\n"
    )


def test_what_the_reader_can_act_on_is_noted_first() -> None:
    codes = (
        "equal-trees",
        "uncommitted-not-judged",
        "policy-default",
        "blind-side",
        "waiver-expired",
    )
    shown = text(
        a_verdict(notices=tuple(Notice(code, f"This is {code}.") for code in codes))
    )
    rendered = [
        line.removeprefix("  - This is ").removesuffix(".")
        for line in shown.splitlines()
        if "This is" in line
    ]
    assert rendered == [
        "waiver-expired",
        "policy-default",
        "uncommitted-not-judged",
        "equal-trees",
        "blind-side",
    ]


def test_that_notes_are_not_here_is_a_detail() -> None:
    verdict = a_verdict(notices=(Notice("notes-not-fetched", "The notes are not here."),))
    assert "Notes:" not in text(verdict)
    assert "\nNotes:\n  - The notes are not here. [notes-not-fetched]\n" in text(
        verdict, verbose=True
    )


def test_what_is_not_committed_must_be_committed_first() -> None:
    verdict = a_verdict(
        Outcome.REVIEW,
        change={"source": ChangeSource.STAGED, "head": None},
        review=waiting(),
    )
    assert "After you commit and push: 1 approval" in text(verdict, width=100)


def test_a_block_that_is_no_finding_points_to_its_reasons() -> None:
    verdict = a_verdict(
        Outcome.BLOCK,
        reasons=(Reason(None, Action.BLOCK, "the policy of the head does not load"),),
    )
    assert text(verdict).endswith("\nFix: what the reasons above name.\n")


def test_an_override_is_reported() -> None:
    findings = (a_finding(),)
    review = waiting(
        a_demand(),
        a_demand(rules=("oversight/unanalysed",)),
        override=Override("alice", HEAD, "The shop is down.", ("bob",)),
    )
    shown = text(a_verdict(findings=findings, review=review))
    assert (
        "\nPASS: it may merge.\nOverridden by alice and bob: The shop is down.\n" in shown
    )
    assert shown.endswith(
        "\nOverridden, so it may merge as it is. Fix: 1 finding marked block.\n"
    )
    summary = text(
        a_verdict(findings=findings, review=waiting(override=review.override)), quiet=True
    )
    assert (
        summary.splitlines()[1]
        == "Overridden, so it may merge as it is. Fix: 1 finding marked block."
    )


def test_a_notice_shows_its_code_only_among_the_details() -> None:
    verdict = a_verdict(notices=(Notice("no_policy", "The base has no policy."),))
    assert "\nNotes:\n  - The base has no policy.\n" in text(verdict)
    assert "\nNotes:\n  - The base has no policy. [no_policy]\n" in text(
        verdict, verbose=True
    )


def test_everybody_around_a_review_is_reported() -> None:
    review = waiting(
        held_by=("@alice requests changes",),
        counted=(Counted("@dana", HEAD, attested="ran it by hand"),),
        unmapped=("erin@example.com",),
    )
    shown = text(a_verdict(Outcome.REVIEW, review=review), width=100)
    assert (
        "\n  - @alice requests changes: the change cannot pass until this is resolved\n"
        in shown
    )
    assert (
        '\n  - @dana: attests 9fceb02 instead of an approval: "ran it by hand"\n' in shown
    )
    assert (
        "\n  - erin@example.com: no account is known, so each review needs one more approval\n"
        in shown
    )


def test_a_weighed_demand_says_what_it_came_to() -> None:
    demand = a_demand(shortfall="1 more approval, from a code owner.", who_can=("@bob",))
    shown = text(
        a_verdict(Outcome.REVIEW, review=waiting(demand)), quiet=True, place=Audience.FORGE
    )
    assert (
        shown.splitlines()[1]
        == "Nothing to fix. Still needed: 1 more approval, from a code owner (can approve: @bob)."
    )


@pytest.mark.parametrize(
    ("findings", "mending"),
    [
        ((), "Fix: what reviewers asked for."),
        ((a_finding(),), "Fix: 1 finding marked block and what reviewers asked for."),
    ],
)
def test_what_a_reviewer_asked_for_is_to_be_mended(
    findings: tuple[Finding, ...], mending: str
) -> None:
    review = waiting(a_demand(missing=0), held_by=("@alice requests changes",))
    assert text(a_verdict(Outcome.REVIEW, findings=findings, review=review)).endswith(
        f"\n{mending}\n"
    )
