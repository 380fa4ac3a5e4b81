"""A maintainer who is alone is told so, and by which setting they could go on."""

import pytest

from tests.github.asking import ask
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, CAROL, COPILOT, OWNER, Account, Happening
from tests.github.scenes import BY_COPILOT, open_by_person
from tests.github.stage import Stage

MAINTAINER = Account(108, OWNER, emails=("maintainer@example.com",))


def open_by_owner(fake: FakeGitHub, *, roles: dict[int, str]) -> None:
    """The repository's owner has an agent write a function, pushes it and opens the pull request."""
    world = fake.world
    world.accounts[MAINTAINER.id] = MAINTAINER
    world.roles = {MAINTAINER.id: "admin", **roles}
    world.git.branch("topic").write("shop.py", "def price(item):\n    return item.price\n")
    world.git.commit(
        "Add prices", author=BY_COPILOT, committer="Maintainer <maintainer@example.com>"
    )
    world.push("topic", MAINTAINER)
    pull = world.open_pull("topic", MAINTAINER)
    pull.timeline.append(Happening("assigned", MAINTAINER, COPILOT))


def asked_for_all(fake: FakeGitHub) -> bool:
    return any(entry.path == "/collaborators" for entry in fake.log)


def test_whoever_is_alone_is_told_the_setting_by_name(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_owner(fake, roles={CAROL.id: "read"})
    (demand,) = stage.judge().report["review"]["demands"]
    assert demand["who_can"] == []
    assert demand["shortfall"].endswith(
        "no one here can give it; `review.author: attest` would allow @org"
    )
    assert sum(entry.path == "/collaborators" for entry in fake.log) == 1


def test_a_committer_beside_the_owner_is_told_of_the_milder_setting(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_owner(fake, roles={BOB.id: "write"})
    fake.world.git.write("more.py", "MORE = 1\n").commit(
        "More", author=BY_COPILOT, committer="Bob <bob@example.com>"
    )
    fake.world.push("topic", BOB)
    (demand,) = stage.judge().report["review"]["demands"]
    assert "no one here can give it" in demand["shortfall"]


def test_an_agent_s_account_is_no_company(fake: FakeGitHub) -> None:
    fake.world.accounts[105] = Account(105, "openhands-agent")
    open_by_owner(fake, roles={105: "write", COPILOT.id: "write"})
    found = ask(fake)
    assert {person.login for person in found.reviewers or ()} == {
        "org",
        "openhands-agent",
        "Copilot",
    }


def test_where_somebody_else_could_review_they_are_not_named(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_owner(fake, roles={BOB.id: "write"})
    (demand,) = stage.judge().report["review"]["demands"]
    assert ask(fake).reviewers is None
    assert demand["who_can"] == ["someone with write permission"]


def test_once_somebody_else_has_approved_nobody_asks(fake: FakeGitHub) -> None:
    open_by_owner(fake, roles={BOB.id: "write"})
    fake.world.review(BOB)
    assert ask(fake).reviewers is None
    assert not asked_for_all(fake)


def test_where_the_owner_has_no_part_nobody_asks(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.review(ALICE)
    assert ask(fake).reviewers is None
    assert not asked_for_all(fake)


@pytest.mark.parametrize("status", [403, 404])
def test_what_the_token_may_not_read_is_not_known(fake: FakeGitHub, status: int) -> None:
    open_by_owner(fake, roles={})
    fake.fail("collaborators$", status)
    assert ask(fake).reviewers is None


@pytest.mark.parametrize("body", [b"[]", b'[{"id": 102, "login": "bob"}]'])
def test_a_list_without_the_owner_is_not_whole(fake: FakeGitHub, body: bytes) -> None:
    open_by_owner(fake, roles={BOB.id: "write"})
    fake.fail("collaborators$", 200, body=body)
    assert ask(fake).reviewers is None


def test_a_full_page_is_not_whole(fake: FakeGitHub) -> None:
    open_by_owner(fake, roles={})
    people = ", ".join(
        f'{{"id": {number}, "login": "agent-{number}[bot]", "type": "Bot"}}'
        for number in range(200, 299)
    )
    fake.fail(
        "collaborators$", 200, body=f'[{{"id": 108, "login": "org"}}, {people}]'.encode()
    )
    assert ask(fake).reviewers is None
