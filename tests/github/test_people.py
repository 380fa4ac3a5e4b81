"""Reviews, and what those who gave them may do, as values."""

import pytest

from judgegate.github.client.api import ApiError
from judgegate.model.approvals import AccountKind, Permission, ReviewState, Unchecked
from judgegate.model.errors_and_exit_codes import IncompleteError
from tests.github.asking import ask
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, CAROL, COPILOT, Account, Happening
from tests.github.scenes import open_by_person

MANNEQUIN = Account(104, "import-7", "Mannequin")


def test_reviews_come_in_their_order_from_every_page(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.page_size = 2
    for state in ("APPROVED", "COMMENTED", "CHANGES_REQUESTED", "DISMISSED", "PENDING"):
        fake.world.review(BOB, state)
    found = ask(fake)
    assert [review.state for review in found.reviews] == [
        ReviewState.APPROVED,
        ReviewState.COMMENTED,
        ReviewState.CHANGES_REQUESTED,
        ReviewState.DISMISSED,
        ReviewState.PENDING,
    ]
    assert [review.order for review in found.reviews] == [1, 2, 3, 4, 5]


def test_what_a_reviewer_may_do_is_read_now(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(BOB)
    fake.world.review(CAROL)
    fake.world.roles[BOB.id] = "maintain"
    found = ask(fake)
    assert found.permissions == {BOB.id: Permission.MAINTAIN, CAROL.id: Permission.READ}


def test_nobody_asks_for_the_permission_of_whom_it_does_not_depend_on(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    fake.world.review(BOB, "COMMENTED")
    fake.world.review(CAROL)
    fake.world.dismiss(CAROL)
    fake.world.review(None)
    fake.world.review(COPILOT)
    assert ask(fake).permissions == {}
    assert not any("collaborators" in entry.path for entry in fake.log)


@pytest.mark.parametrize("status", [403, 404])
def test_a_permission_that_the_token_may_not_read_could_not_be_checked(
    fake: FakeGitHub, status: int
) -> None:
    open_by_person(fake)
    fake.world.review(BOB)
    fake.fail("permission$", status)
    assert ask(fake).permissions == {BOB.id: Unchecked("the token may not read it")}


def test_a_login_that_was_given_to_somebody_else_lends_nobody_a_permission(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    fake.world.review(CAROL)

    def swap() -> None:
        fake.world.rename(CAROL, "carol-before")
        fake.world.rename(BOB, "carol")

    fake.when("permission$", swap)
    assert ask(fake).permissions == {
        CAROL.id: Unchecked("the login now belongs to another account")
    }


def test_an_agent_that_github_calls_a_user_is_no_person(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(Account(105, "openhands-agent"))
    found = ask(fake)
    assert found.reviews[0].person.kind is AccountKind.BOT
    assert found.permissions == {}


def test_an_account_that_is_gone_is_nobody(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(None)
    fake.world.review(Account(10137, "ghost"))
    fake.world.review(MANNEQUIN)
    found = ask(fake)
    assert [(review.person.id, review.person.kind) for review in found.reviews] == [
        (None, AccountKind.DELETED),
        (None, AccountKind.DELETED),
        (104, AccountKind.MANNEQUIN),
    ]


def test_comments_that_speak_to_judgegate_are_kept_with_whether_they_were_edited(
    fake: FakeGitHub,
) -> None:
    pull = open_by_person(fake)
    fake.world.roles[ALICE.id] = "admin"
    pull.timeline += [
        Happening("commented", BOB, body="Nice work"),
        Happening("commented", ALICE, body=" /judgegate reviewed it"),
        Happening("commented", BOB, body="/judgegate reviewed that", edited=True),
    ]
    found = ask(fake)
    assert [(one.person.login, one.edited) for one in found.comments] == [
        ("alice", False),
        ("bob", True),
    ]
    assert found.permissions[ALICE.id] is Permission.ADMIN


def test_teams_that_own_the_files_are_asked_and_others_are_not(fake: FakeGitHub) -> None:
    fake.world.git.write(
        ".github/CODEOWNERS", "*.py @org/Payments\n*.md @org/docs\n"
    ).commit("Owners")
    fake.world.teams["org/payments"] = {BOB.id: "active", CAROL.id: "pending"}
    open_by_person(fake)
    for person in (ALICE, BOB, CAROL):
        fake.world.review(person)
    assert ask(fake).memberships == {
        "org/payments": {ALICE.id: False, BOB.id: True, CAROL.id: False}
    }


def test_teams_that_the_policy_names_are_asked(fake: FakeGitHub) -> None:
    policy = "version: 1\nextends: [default]\nreview: {from: [{team: org/core}]}\n"
    policy += "rules:\n  oversight/ai-assisted:\n    review: {from: [{team: org/ai}]}\n"
    fake.world.git.write(".judgegate.yml", policy).commit("Policy")
    fake.world.teams |= {"org/core": {BOB.id: "active"}, "org/ai": {}}
    open_by_person(fake)
    fake.world.review(BOB)
    assert ask(fake).memberships == {"org/core": {BOB.id: True}, "org/ai": {BOB.id: False}}


def test_a_team_that_the_token_does_not_see_could_not_be_checked(fake: FakeGitHub) -> None:
    fake.world.git.write("CODEOWNERS", "* @org/secret\n").commit("Owners")
    open_by_person(fake)
    fake.world.review(BOB)
    assert ask(fake).memberships == {
        "org/secret": {BOB.id: Unchecked("the token may not read it")}
    }


@pytest.mark.parametrize("pattern", ["memberships", "teams/secret$"])
def test_a_membership_that_the_token_may_not_read_could_not_be_checked(
    fake: FakeGitHub, pattern: str
) -> None:
    fake.world.git.write("CODEOWNERS", "* @org/secret\n").commit("Owners")
    open_by_person(fake)
    fake.world.teams["org/secret"] = {}
    fake.world.review(BOB)
    fake.fail(pattern, 403)
    assert ask(fake).memberships == {
        "org/secret": {BOB.id: Unchecked("the token may not read it")}
    }


def test_a_policy_that_does_not_load_names_no_team(fake: FakeGitHub) -> None:
    fake.world.git.write(".judgegate.yml", "nonsense\n").commit("Policy")
    open_by_person(fake)
    fake.world.review(BOB)
    assert ask(fake).memberships == {}


def test_a_head_that_github_does_not_list_is_an_error(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.fail("commits$", 200, body=b"[]")
    with pytest.raises(IncompleteError, match="is not among the commits"):
        ask(fake)


@pytest.mark.parametrize(
    "path", ["reviews", "commits", "timeline", "activity", "permission"]
)
def test_a_failing_server_is_an_error_and_never_an_empty_list(
    fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("judgegate.github.client.api.pause", lambda _seconds: None)
    open_by_person(fake)
    fake.world.review(BOB)
    fake.fail(f"{path}$", 502, times=99)
    with pytest.raises(ApiError, match="502"):
        ask(fake)


def test_a_state_that_nobody_knows_is_an_error(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(BOB, "ENDORSED")
    with pytest.raises(IncompleteError, match="ENDORSED"):
        ask(fake)
