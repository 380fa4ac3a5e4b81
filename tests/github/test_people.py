"""What GitHub says of the people around a pull request, as values."""

from collections.abc import Callable

import pytest

from judgegate.change import Repository, choose_base, read_commits
from judgegate.github.answers import CommitAnswer, PullAnswer, read
from judgegate.github.api import Api, ApiError
from judgegate.github.people import Forge, ask_people
from judgegate.model.approvals import AccountKind, Approvals, Part, Permission, ReviewState, Unchecked
from judgegate.model.errors import IncompleteError
from tests.github.fake import Account, FakeGitHub
from tests.github.fake.answers import tell_pull
from tests.github.fake.server import TOKEN
from tests.github.fake.world import ALICE, BOB, CAROL, COPILOT, Happening
from tests.github.scenes import BY_COPILOT, open_by_agent, open_by_person
from tests.repositories import BOB as BY_BOB
from tests.repositories import GitFailed

MANNEQUIN = Account(104, "import-7", "Mannequin")


def ask(fake: FakeGitHub) -> Approvals:
    """The approvals of pull request 1 as it is now."""
    pull = PullAnswer.model_validate(tell_pull(fake.world, fake.world.pulls[1])).value
    with Api(fake.api_url, TOKEN) as api, Repository.open(fake.world.git.path) as repository:
        change = read_commits(repository, choose_base(repository, "main"), pull.head)
        return ask_people(Forge(api, "org/shop", "127.0.0.1"), pull, repository, change)


def parts(approvals: Approvals) -> set[tuple[str, Part]]:
    return {(one.person.login, one.part) for one in approvals.contributions}


def test_who_opened_wrote_and_pushed_it_has_a_part(fake: FakeGitHub) -> None:
    open_by_person(fake)
    found = ask(fake)
    assert parts(found) == {("alice", part) for part in (Part.OPENER, Part.AUTHOR, Part.COMMITTER, Part.PUSHER)}
    assert found.unmapped == ()
    assert found.addresses["alice@example.com"].id == ALICE.id


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


def test_nobody_asks_for_the_permission_of_whom_it_does_not_depend_on(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(BOB, "COMMENTED")
    fake.world.review(CAROL)
    fake.world.dismiss(CAROL)
    fake.world.review(None)
    fake.world.review(COPILOT)
    assert ask(fake).permissions == {}
    assert not any("collaborators" in entry.path for entry in fake.log)


@pytest.mark.parametrize("status", [403, 404])
def test_a_permission_that_the_token_may_not_read_could_not_be_checked(fake: FakeGitHub, status: int) -> None:
    open_by_person(fake)
    fake.world.review(BOB)
    fake.fail("permission$", status)
    assert ask(fake).permissions == {BOB.id: Unchecked("the token may not read it")}


def test_a_login_that_was_given_to_somebody_else_lends_nobody_a_permission(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(CAROL)

    def swap() -> None:
        fake.world.rename(CAROL, "carol-before")
        fake.world.rename(BOB, "carol")

    fake.when("permission$", swap)
    assert ask(fake).permissions == {CAROL.id: Unchecked("the login belongs to another account by now")}


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


def test_a_commit_whose_author_nobody_knows_is_unmapped_by_its_address(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.write("more.py", "").commit("More", author="Dave <dave@example.com>")
    fake.world.push("topic", ALICE)
    assert {(one.name, one.part) for one in ask(fake).unmapped} == {
        ("dave@example.com", Part.AUTHOR),
        ("dave@example.com", Part.COMMITTER),
    }


def test_a_commit_merged_in_from_elsewhere_gives_its_author_a_part(fake: FakeGitHub) -> None:
    open_by_person(fake)
    git = fake.world.git
    git.branch("side", "main").write("side.py", "").commit("Side", author=BY_BOB)
    git.switch("topic").merge("side")
    fake.world.push("topic", ALICE)
    assert ("bob", Part.AUTHOR) in parts(ask(fake))


def test_an_account_that_github_does_not_name_is_nobody() -> None:
    assert read(CommitAnswer, {"sha": "a" * 40, "author": None, "committer": {}}, "a commit") == CommitAnswer(sha="a" * 40)


def test_a_name_of_an_agent_beside_a_persons_address_hides_nobody(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.write("more.py", "").commit("More", author="Claude <bob@example.com>")
    fake.world.push("topic", ALICE)
    assert ("bob", Part.AUTHOR) in parts(ask(fake))


def _by_someone_else(fake: FakeGitHub) -> None:
    fake.world.push("topic", BOB, kind="force_push")


def _gone_fork(fake: FakeGitHub) -> None:
    fake.world.pulls[1].has_fork = False


def _unreadable(fake: FakeGitHub) -> None:
    fake.fail("activity", 404)


def _forgotten(fake: FakeGitHub) -> None:
    fake.world.pushes.clear()


def test_everybody_who_pushed_to_the_branch_has_a_part(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.write("more.py", "").commit("More")
    fake.world.push("topic", BOB)
    fake.page_size = 1
    found = ask(fake)
    assert {("alice", Part.PUSHER), ("bob", Part.PUSHER)} <= parts(found)
    assert found.unmapped == ()


@pytest.mark.parametrize("happens", [_gone_fork, _unreadable, _forgotten])
def test_a_push_that_github_does_not_tell_of_has_an_unknown_pusher(fake: FakeGitHub, happens: Callable[[FakeGitHub], None]) -> None:
    open_by_person(fake)
    happens(fake)
    head = fake.world.tip("topic")
    assert [(one.name, one.part) for one in ask(fake).unmapped] == [(f"the pusher of {head[:7]}", Part.PUSHER)]


def test_a_push_over_another_one_leaves_both_pushers_their_part(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.git(
        "commit",
        "--amend",
        "--quiet",
        "--message=Again",
        environment={"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "alice@example.com"},
    )
    _by_someone_else(fake)
    assert {("alice", Part.PUSHER), ("bob", Part.PUSHER)} <= parts(ask(fake))


def _merge_base(fake: FakeGitHub) -> str:
    """bob clicks "Update branch"; the head before it."""
    git = fake.world.git
    before = fake.world.tip("topic")
    git.switch("main").write("other.py", "x = 1\n").commit("Meanwhile", author=BY_BOB)
    git.switch("topic").merge("main", author=BY_BOB)
    fake.world.push("topic", BOB)
    return before


def test_who_updates_the_branch_has_no_part_and_approvals_carry_over(fake: FakeGitHub) -> None:
    open_by_person(fake)
    before = _merge_base(fake)
    found = ask(fake)
    assert found.carried == {before}
    assert not any(login == "bob" for login, _ in parts(found))


def test_a_merge_that_was_edited_makes_a_contributor_and_carries_nothing_over(fake: FakeGitHub) -> None:
    open_by_person(fake)
    git = fake.world.git
    git.switch("main").write("other.py", "x = 1\n").commit("Meanwhile", author=BY_BOB)
    git.switch("topic").git("merge", "--no-commit", "--no-ff", "main", environment={"GIT_COMMITTER_NAME": "b", "GIT_COMMITTER_EMAIL": "b"})
    git.write("other.py", "x = 2\n").commit("Merge", author=BY_BOB)
    fake.world.push("topic", BOB)
    found = ask(fake)
    assert found.carried == frozenset()
    assert {("bob", Part.AUTHOR), ("bob", Part.PUSHER)} <= parts(found)


def test_a_merge_that_met_a_conflict_makes_a_contributor(fake: FakeGitHub) -> None:
    open_by_person(fake)
    git = fake.world.git
    git.switch("main").write("shop.py", "x = 1\n").commit("Meanwhile", author=BY_BOB)
    git.switch("topic")
    with pytest.raises(GitFailed):
        git.merge("main", author=BY_BOB)
    git.write("shop.py", "x = 2\n").commit("Merge", author=BY_BOB)
    fake.world.push("topic", BOB)
    found = ask(fake)
    assert found.carried == frozenset()
    assert ("bob", Part.AUTHOR) in parts(found)


def test_approvals_carry_over_several_updates_back_to_the_last_own_commit(fake: FakeGitHub) -> None:
    open_by_person(fake)
    first = _merge_base(fake)
    git = fake.world.git
    second = fake.world.tip("topic")
    git.switch("main").write("another.py", "x = 1\n").commit("Meanwhile", author=BY_BOB)
    git.switch("topic").merge("main", author=BY_BOB)
    fake.world.push("topic", BOB)
    assert ask(fake).carried == {first, second}


def test_a_push_of_more_than_the_update_makes_its_pusher_a_contributor(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.write("more.py", "").commit("More")
    _merge_base(fake)
    assert ("bob", Part.PUSHER) in parts(ask(fake))


def test_a_branch_that_began_as_the_base_needs_no_older_pushes(fake: FakeGitHub) -> None:
    git = fake.world.git
    git.branch("topic")
    fake.world.push("topic", CAROL)
    git.write("shop.py", "").commit("Add it")
    fake.world.push("topic", ALICE)
    fake.world.open_pull("topic", ALICE)
    found = ask(fake)
    assert not any(login == "carol" for login, _ in parts(found))
    assert found.unmapped == ()


def test_who_assigns_an_agent_set_it_to_work(fake: FakeGitHub) -> None:
    open_by_agent(fake)
    found = ask(fake)
    assert ("alice", Part.REQUESTER) in parts(found)
    assert found.unmapped == ()


@pytest.mark.parametrize(
    "happening",
    [Happening("assigned", COPILOT, BOB), Happening("assigned", BOB, COPILOT), Happening("copilot_work_started", BOB)],
)
def test_the_timeline_shows_who_set_the_agent_to_work(fake: FakeGitHub, happening: Happening) -> None:
    open_by_agent(fake).timeline[:] = [happening]
    assert ("bob", Part.REQUESTER) in parts(ask(fake))


def test_an_agent_that_nobody_is_known_to_have_set_to_work_was_set_by_somebody_unknown(fake: FakeGitHub) -> None:
    world = fake.world
    world.git.branch("copilot/fix").write("shop.py", "x = 1\n").commit("Add it", author=BY_COPILOT)
    world.push("copilot/fix", COPILOT)
    world.open_pull("copilot/fix", COPILOT)
    assert [(one.name, one.part) for one in ask(fake).unmapped] == [("who set Copilot to work", Part.REQUESTER)]


def test_a_person_who_is_assigned_by_a_person_set_nobody_to_work(fake: FakeGitHub) -> None:
    open_by_person(fake).timeline.append(Happening("assigned", ALICE, BOB))
    assert ("bob", Part.REQUESTER) not in parts(ask(fake))


def test_comments_that_speak_to_judgegate_are_kept_with_whether_they_were_edited(fake: FakeGitHub) -> None:
    pull = open_by_person(fake)
    fake.world.roles[ALICE.id] = "admin"
    pull.timeline += [
        Happening("commented", BOB, body="Nice work"),
        Happening("commented", ALICE, body=" /judgegate reviewed it"),
        Happening("commented", BOB, body="/judgegate reviewed that", edited=True),
    ]
    found = ask(fake)
    assert [(one.person.login, one.edited) for one in found.comments] == [("alice", False), ("bob", True)]
    assert found.permissions[ALICE.id] is Permission.ADMIN


def test_teams_that_own_the_files_are_asked_and_others_are_not(fake: FakeGitHub) -> None:
    fake.world.git.write(".github/CODEOWNERS", "*.py @org/Payments\n*.md @org/docs\n").commit("Owners")
    fake.world.teams["org/payments"] = {BOB.id: "active", CAROL.id: "pending"}
    open_by_person(fake)
    for person in (ALICE, BOB, CAROL):
        fake.world.review(person)
    assert ask(fake).memberships == {"org/payments": {ALICE.id: False, BOB.id: True, CAROL.id: False}}


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
    assert ask(fake).memberships == {"org/secret": {BOB.id: Unchecked("the token may not read it")}}


@pytest.mark.parametrize("pattern", ["memberships", "teams/secret$"])
def test_a_membership_that_the_token_may_not_read_could_not_be_checked(fake: FakeGitHub, pattern: str) -> None:
    fake.world.git.write("CODEOWNERS", "* @org/secret\n").commit("Owners")
    open_by_person(fake)
    fake.world.teams["org/secret"] = {}
    fake.world.review(BOB)
    fake.fail(pattern, 403)
    assert ask(fake).memberships == {"org/secret": {BOB.id: Unchecked("the token may not read it")}}


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


def test_commits_beyond_those_that_github_lists_are_unmapped(fake: FakeGitHub) -> None:
    open_by_person(fake)
    for number in range(250):
        fake.world.git.commit(f"More {number}")
    fake.world.git.write("last.py", "").commit("Last", author="Dave <dave@example.com>")
    fake.world.push("topic", ALICE)
    assert "dave@example.com" in {one.name for one in ask(fake).unmapped}


@pytest.mark.parametrize("path", ["reviews", "commits", "timeline", "activity", "permission"])
def test_a_failing_server_is_an_error_and_never_an_empty_list(fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr("judgegate.github.patience.pause", lambda _seconds: None)
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
