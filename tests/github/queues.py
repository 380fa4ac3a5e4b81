"""Merge queues: what GitHub builds on top of a base's branch, in each of its three ways."""

from collections.abc import Callable, Sequence

from tests.github.events import Payload, tell_group
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, PullState, StatusState
from tests.github.scenes import BY_COPILOT
from tests.github.stage import Stage, Step

WEB = "GitHub <noreply@github.com>"
CLOCK = {
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@github.com",
    "GIT_COMMITTER_DATE": "@1767700000 +0000",
}


def open_two(fake: FakeGitHub) -> tuple[PullState, PullState]:
    """Two pull requests of an agent, which alice opens: each needs an approval."""
    world = fake.world
    for number, name in enumerate(("prices", "taxes"), 1):
        world.git.switch("main").branch(name).write(
            f"{name}.py", f"def {name}(item):\n    return item.{name}\n"
        )
        world.git.commit(f"Add {name}", author=BY_COPILOT)
        world.push(name, ALICE)
        world.open_pull(name, ALICE, number=number)
    return world.pulls[1], world.pulls[2]


def merge_one(fake: FakeGitHub, pull: PullState) -> None:
    fake.world.git.merge(
        pull.branch,
        message=f"Merge pull request #{pull.number} from {pull.branch}",
        author=WEB,
    )


def squash_one(fake: FakeGitHub, pull: PullState) -> None:
    fake.world.git.git("merge", "--squash", "--quiet", pull.branch, environment=CLOCK)
    fake.world.git.commit(f"{pull.title} (#{pull.number})", author=WEB)


def rebase_one(fake: FakeGitHub, pull: PullState) -> None:
    fake.world.git.git("cherry-pick", f"main..{pull.branch}", environment=CLOCK)


def queue(
    fake: FakeGitHub,
    numbers: Sequence[int],
    put: Callable[[FakeGitHub, PullState], None] = merge_one,
    *,
    then: Callable[[], object] = lambda: None,
    named: int | None = None,
    base: str = "main",
) -> Payload:
    """The event for a group of these pull requests, one on top of the other; `then` happens to the group's branch before."""
    git = fake.world.git
    parent = fake.world.tip(base)
    number = named or numbers[-1]
    git.branch(f"gh-readonly-queue/{base}/pr-{number}-{parent}", base)
    for one in numbers:
        put(fake, fake.world.pulls[one])
    then()
    head = git.head()
    git.switch(base)
    return tell_group(head, number, parent, base=base)


def group_head(payload: Payload) -> str:
    head: str = payload["merge_group"]["head_sha"]
    return head


def judge(stage: Stage, payload: object, *arguments: str, attempt: int = 1) -> Step:
    return stage.judge(
        *arguments,
        event="merge_group",
        payload=payload,
        variables={"GITHUB_RUN_ATTEMPT": str(attempt)},
    )


def status_on(fake: FakeGitHub, payload: dict[str, object]) -> StatusState:
    """The status of the group's head; nothing else has one."""
    head = group_head(payload)
    assert {status.commit for status in fake.world.statuses} <= {head}
    status = fake.world.status_of(head)
    assert status is not None
    return status


def approve(fake: FakeGitHub, *numbers: int) -> None:
    for number in numbers:
        fake.world.review(BOB, number=number)
