"""What is said of the policy and of those who are to review."""

import pytest

from judgegate.doctor.finding import Gravity
from tests.doctor.repositories import JUDGE, TIGHT, altered, consult, ids, one

TEAM_RULE = "version: 1\nextends: [default]\nreview:\n  from: [code_owners]\n"


def test_no_policy_is_a_note_and_an_empty_one_is_broken() -> None:
    assert one(consult(TIGHT, policy=None), "no-policy").gravity is Gravity.NOTE
    assert ids(consult(TIGHT, policy="")) == ["policy-broken"]
    assert ids(consult(TIGHT)) == []


def test_a_policy_that_does_not_load_is_told_line_by_line() -> None:
    report = consult(
        TIGHT, policy="version: 1\nextends: [default]\nlimits: {a: 1}\nfial_on: never\n"
    )
    found = [finding for finding in report.findings if finding.kind.id == "policy-broken"]
    assert [str(finding.location) for finding in found] == [
        ".judgegate.yml:3",
        ".judgegate.yml:4",
    ]


def test_a_link_where_the_policy_should_be_is_no_policy_that_loads() -> None:
    assert one(
        consult(TIGHT, policy=None, files={".judgegate.yml": None}), "policy-broken"
    ).what == (
        "The policy does not load: it is not a regular file, so doctor does not follow it."
    )


def test_a_policy_in_report_mode_is_a_hole_where_it_says_so() -> None:
    text = "version: 1\nextends: [default]\nfail_on: never\n"
    found = one(consult(TIGHT, policy=text), "report-mode")
    assert (str(found.location), found.gravity) == (".judgegate.yml:3", Gravity.HOLE)
    pack = consult(TIGHT, policy="version: 1\nextends: [advisory]\n")
    assert ids(pack) == ["report-mode"]


def test_a_workflow_that_says_what_to_fail_on_overrules_the_policy() -> None:
    text = altered(
        TIGHT,
        ("@" + "0" * 40 + "\n", "@" + "0" * 40 + "\n        with: {fail-on: review}\n"),
    )
    assert (
        ids(consult(text, policy="version: 1\nextends: [default]\nfail_on: never\n")) == []
    )


@pytest.mark.parametrize(
    "said",
    [
        "with: {fail-on: ''}",
        "with: {fail-on: }",
        "with: {Fail-On: ~}",
        "with: {fail-on: null}",
    ],
)
def test_a_workflow_that_leaves_the_level_empty_leaves_it_to_the_policy(said: str) -> None:
    text = altered(TIGHT, ("@" + "0" * 40 + "\n", "@" + "0" * 40 + f"\n        {said}\n"))
    assert ids(
        consult(text, policy="version: 1\nextends: [default]\nfail_on: never\n")
    ) == ["report-mode"]
    assert ids(consult(text)) == []


def test_an_empty_variable_leaves_the_level_to_the_policy() -> None:
    text = altered(
        TIGHT,
        (
            "uses: judgegate/judgegate@" + "0" * 40,
            "run: judgegate github\n        env: {JUDGEGATE_FAIL_ON: ''}",
        ),
    )
    assert ids(
        consult(text, policy="version: 1\nextends: [default]\nfail_on: never\n")
    ) == ["report-mode"]


def test_code_owners_are_asked_for_and_there_are_none() -> None:
    assert (
        str(one(consult(TIGHT, policy=TEAM_RULE), "no-owners").location)
        == ".judgegate.yml:4"
    )


def test_code_owners_that_own_the_gate_are_enough() -> None:
    assert ids(consult(TIGHT, policy=TEAM_RULE, files={"CODEOWNERS": "* @alice\n"})) == []


def test_what_nobody_owns_of_the_gate_is_named() -> None:
    found = one(
        consult(TIGHT, files={"CODEOWNERS": "*.py @alice\n/.github/ @alice\n"}),
        "unowned-gate",
    )
    assert found.what == "CODEOWNERS has no owner for .judgegate.yml, CODEOWNERS."
    assert JUDGE not in found.what


def test_a_line_of_code_owners_that_is_skipped_is_named() -> None:
    report = consult(TIGHT, files={"CODEOWNERS": "* @alice\nsrc/[ab] @bob\n"})
    assert str(one(report, "owners-broken").location) == "CODEOWNERS:2"


def test_code_owners_that_are_a_link_are_read_by_nobody() -> None:
    assert ids(consult(TIGHT, files={".github/CODEOWNERS": None})) == ["owners-broken"]


@pytest.mark.parametrize(
    ("review", "unsatisfiable"),
    [
        ("{approvals: 2, from: [{user: alice}]}", True),
        ("{approvals: 2, from: [{user: alice}, {user: bob}]}", False),
        ("{approvals: 2, from: [{user: alice}, {team: org/core}]}", False),
        ("{approvals: 2}", False),
    ],
)
def test_more_approvals_than_people_can_never_come(
    review: str, unsatisfiable: bool
) -> None:
    rule = f"rules:\n  oversight/ai-assisted: {{review: {review}}}\n"
    report = consult(TIGHT, policy=f"version: 1\nextends: [default]\n{rule}")
    assert ("unsatisfiable" in ids(report)) is unsatisfiable
