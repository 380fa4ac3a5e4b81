"""The walk of one pull request that an AI opened, from waiting to merged-to-be, with the status and the comment at each step."""

from inline_snapshot import snapshot

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import BY_COPILOT, open_by_agent
from tests.github.stage import Stage

MOST_CALLS = 8


def test_a_pull_request_of_an_agent_waits_for_a_person_and_waits_again_after_each_push(
    fake: FakeGitHub, stage: Stage
) -> None:
    world = fake.world
    open_by_agent(fake)
    told = [_step(fake, stage, "opened")]
    [comment] = world.comments()
    world.review(BOB)
    told.append(_step(fake, stage, "approved", event="pull_request_review"))
    world.git.write("shop.py", "def price(item):\n    return item.price * 2\n").commit(
        "Double it", author=BY_COPILOT
    )
    world.push("copilot/fix", world.accounts[198982749])
    told.append(_step(fake, stage, "pushed again"))
    world.review(BOB)
    told.append(_step(fake, stage, "approved again", event="pull_request_review"))
    assert [one.id for one in world.comments()] == [comment.id]
    assert told == snapshot(
        [
            (
                "opened",
                [
                    "GET /issues/1/timeline 200",
                    "GET /pulls/1/commits 200",
                    "GET /activity 200",
                    "GET /pulls/1/reviews 200",
                    "GET /commits/<commit 1>/pulls 200",
                    "GET /commits/<commit 1>/statuses 200",
                    "POST /statuses/<commit 1> 201 judgegate/main: pending, '1 more approval, from someone with write permission'",
                    "POST /issues/1/comments 201",
                ],
            ),
            (
                "approved",
                [
                    "GET /issues/1/timeline 200",
                    "GET /pulls/1/commits 200",
                    "GET /activity 200",
                    "GET /pulls/1/reviews 200",
                    "GET /collaborators/bob/permission 200",
                    "GET /commits/<commit 1>/pulls 200",
                    "POST /statuses/<commit 1> 201 judgegate/main: success, 'Passed, approved by bob'",
                    "PATCH /issues/comments/1001 200",
                ],
            ),
            (
                "pushed again",
                [
                    "GET /issues/1/timeline 200",
                    "GET /pulls/1/commits 200",
                    "GET /activity 200",
                    "GET /pulls/1/reviews 200",
                    "GET /collaborators/bob/permission 200",
                    "GET /commits/<commit 2>/pulls 200",
                    "POST /statuses/<commit 2> 201 judgegate/main: pending, '1 more approval, from someone with write permission'",
                    "PATCH /issues/comments/1001 200",
                ],
            ),
            (
                "approved again",
                [
                    "GET /issues/1/timeline 200",
                    "GET /pulls/1/commits 200",
                    "GET /activity 200",
                    "GET /pulls/1/reviews 200",
                    "GET /collaborators/bob/permission 200",
                    "GET /commits/<commit 2>/pulls 200",
                    "POST /statuses/<commit 2> 201 judgegate/main: success, 'Passed, approved by bob'",
                    "PATCH /issues/comments/1001 200",
                ],
            ),
        ]
    )


def _step(
    fake: FakeGitHub, stage: Stage, name: str, event: str = "pull_request_target"
) -> tuple[str, list[str]]:
    fake.log.clear()
    done = stage.judge(event=event)
    assert done.code == 0, done.run.err
    assert len(fake.log) <= MOST_CALLS
    return name, [_mask(str(entry), fake) for entry in fake.log]


def _mask(text: str, fake: FakeGitHub) -> str:
    """Ids of commits as the name of the branch's place: they say nothing here."""
    for number, oid in enumerate(
        fake.world.git.git("rev-list", "--reverse", "--all").split()
    ):
        text = text.replace(oid, f"<commit {number}>")
    return text
