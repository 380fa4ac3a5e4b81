"""Who has a part in a pull request: who opened, wrote, pushed and asked for it."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from judgegate.github.client.answers import CommitAnswer
from judgegate.github.client.json_reading import read
from judgegate.model.approvals import Part
from tests.github.asking import ask, parts
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, CAROL, COPILOT, Happening
from tests.github.scenes import BY_COPILOT, open_by_agent, open_by_person
from tests.repositories import BOB as BY_BOB
from tests.repositories import FIRST_COMMIT, GitFailed


def test_who_opened_wrote_and_pushed_it_has_a_part(fake: FakeGitHub) -> None:
    open_by_person(fake)
    found = ask(fake)
    assert parts(found) == {
        ("alice", part) for part in (Part.OPENER, Part.AUTHOR, Part.COMMITTER, Part.PUSHER)
    }
    assert found.unmapped == ()
    assert found.addresses["alice@example.com"].id == ALICE.id


def test_a_commit_whose_author_nobody_knows_is_unmapped_by_its_address(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    fake.world.git.write("more.py", "").commit("More", author="Dave <dave@example.com>")
    fake.world.push("topic", ALICE)
    assert {(one.name, one.part) for one in ask(fake).unmapped} == {
        ("dave@example.com", Part.AUTHOR),
        ("dave@example.com", Part.COMMITTER),
    }


def test_a_commit_merged_in_from_elsewhere_gives_its_author_a_part(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    git = fake.world.git
    git.branch("side", "main").write("side.py", "").commit("Side", author=BY_BOB)
    git.switch("topic").merge("side")
    fake.world.push("topic", ALICE)
    assert ("bob", Part.AUTHOR) in parts(ask(fake))


def test_an_account_that_github_does_not_name_is_nobody() -> None:
    answer = read(
        CommitAnswer, {"sha": "a" * 40, "author": None, "committer": {}}, "a commit"
    )
    assert answer.author is None
    assert answer.committer is not None
    assert answer.committer.person is None


def test_a_name_of_an_agent_beside_a_persons_address_hides_nobody(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.write("more.py", "").commit("More", author="Claude <bob@example.com>")
    fake.world.push("topic", ALICE)
    assert ("bob", Part.AUTHOR) in parts(ask(fake))


def _by_someone_else(fake: FakeGitHub) -> None:
    fake.world.push("topic", BOB, kind="force_push")


def _by_nobody(fake: FakeGitHub) -> None:
    """A deploy key, or an account that is gone."""
    fake.world.pushes[-1] = replace(fake.world.pushes[-1], by=None)


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


@pytest.mark.parametrize("happens", [_by_nobody, _gone_fork, _unreadable, _forgotten])
def test_a_push_that_github_does_not_tell_of_has_an_unknown_pusher(
    fake: FakeGitHub, happens: Callable[[FakeGitHub], None]
) -> None:
    open_by_person(fake)
    happens(fake)
    head = fake.world.tip("topic")
    assert [(one.name, one.part) for one in ask(fake).unmapped] == [
        (f"the pusher of {head[:7]}", Part.PUSHER)
    ]


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


def test_who_updates_the_branch_has_no_part_and_approvals_carry_over(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    before = _merge_base(fake)
    found = ask(fake)
    assert found.carried == {before}
    assert not any(login == "bob" for login, _ in parts(found))


def test_a_merge_that_was_edited_makes_a_contributor_and_carries_nothing_over(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    git = fake.world.git
    git.switch("main").write("other.py", "x = 1\n").commit("Meanwhile", author=BY_BOB)
    git.switch("topic").git(
        "merge",
        "--no-commit",
        "--no-ff",
        "main",
        environment={"GIT_COMMITTER_NAME": "b", "GIT_COMMITTER_EMAIL": "b"},
    )
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


def test_approvals_carry_over_several_updates_back_to_the_last_own_commit(
    fake: FakeGitHub,
) -> None:
    open_by_person(fake)
    first = _merge_base(fake)
    git = fake.world.git
    second = fake.world.tip("topic")
    git.switch("main").write("another.py", "x = 1\n").commit("Meanwhile", author=BY_BOB)
    git.switch("topic").merge("main", author=BY_BOB)
    fake.world.push("topic", BOB)
    assert ask(fake).carried == {first, second}


def test_a_push_of_more_than_the_update_makes_its_pusher_a_contributor(
    fake: FakeGitHub,
) -> None:
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
    [
        Happening("assigned", COPILOT, BOB),
        Happening("assigned", BOB, COPILOT),
        Happening("copilot_work_started", BOB),
    ],
)
def test_the_timeline_shows_who_set_the_agent_to_work(
    fake: FakeGitHub, happening: Happening
) -> None:
    open_by_agent(fake).timeline[:] = [happening]
    assert ("bob", Part.REQUESTER) in parts(ask(fake))


def test_an_agent_that_nobody_is_known_to_have_set_to_work_was_set_by_somebody_unknown(
    fake: FakeGitHub,
) -> None:
    world = fake.world
    world.git.branch("copilot/fix").write("shop.py", "x = 1\n").commit(
        "Add it", author=BY_COPILOT
    )
    world.push("copilot/fix", COPILOT)
    world.open_pull("copilot/fix", COPILOT)
    assert [(one.name, one.part) for one in ask(fake).unmapped] == [
        ("the person who started Copilot", Part.REQUESTER)
    ]


def test_a_person_who_is_assigned_by_a_person_set_nobody_to_work(fake: FakeGitHub) -> None:
    open_by_person(fake).timeline.append(Happening("assigned", ALICE, BOB))
    assert ("bob", Part.REQUESTER) not in parts(ask(fake))


def test_commits_beyond_those_that_github_lists_are_unmapped(fake: FakeGitHub) -> None:
    open_by_person(fake)
    more = f"commit refs/heads/topic\ncommitter Alice <alice@example.com> {FIRST_COMMIT} +0000\ndata 4\nMore\n"
    start = "from refs/heads/topic^0\n"
    fake.world.git.git("fast-import", "--quiet", stdin=(more + start + more * 249).encode())
    fake.world.git.write("last.py", "").commit("Last", author="Dave <dave@example.com>")
    fake.world.push("topic", ALICE)
    assert "dave@example.com" in {one.name for one in ask(fake).unmapped}
