"""Small stories that several tests begin with."""

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, COPILOT, Happening, PullState

BY_COPILOT = "Copilot <198982749+Copilot@users.noreply.github.com>"


def open_by_agent(fake: FakeGitHub) -> PullState:
    """alice assigns Copilot, which writes a function, pushes it and opens the pull request."""
    world = fake.world
    world.git.branch("copilot/fix").write(
        "shop.py", "def price(item):\n    return item.price\n"
    )
    world.git.commit(
        "Add prices",
        author=BY_COPILOT,
        trailers=["Co-authored-by: alice <101+alice@users.noreply.127.0.0.1>"],
    )
    world.push("copilot/fix", COPILOT)
    pull = world.open_pull("copilot/fix", COPILOT)
    pull.timeline.append(Happening("assigned", ALICE, COPILOT))
    return pull


def open_by_person(fake: FakeGitHub) -> PullState:
    """alice writes a function by herself and opens the pull request."""
    world = fake.world
    world.git.branch("topic").write(
        "shop.py", "def price(item):\n    return item.price\n"
    ).commit("Add prices")
    world.push("topic", ALICE)
    return world.open_pull("topic", ALICE)
