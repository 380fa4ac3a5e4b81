"""Whoever is named and could give a missing review is asked, once, and nobody else."""

import pytest

from judgegate.forge.people import KnownReviewers, choose_reviewers
from judgegate.model.verdict import Demand, Standing
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ACTIONS, ALICE, BOB, CAROL, Account, PullState
from tests.github.scenes import BY_COPILOT, open_by_agent
from tests.github.stage import Stage

ASK = ("--request-reviews", "true")
NOBODY = KnownReviewers(frozenset(), frozenset(), frozenset(), 0)
DAVE = Account(111, "dave")
COPILOT_REVIEWS = "    review: {approvals: %d, from: [%s]}\n"


def demand(
    *who_can: str, missing: int = 1, unserved: tuple[tuple[str, ...], ...] = ()
) -> Demand:
    groups = tuple(
        tuple(Standing("team" if "/" in name else "user", name) for name in group)
        for group in unserved
    )
    return Demand(
        ("oversight/ai-assisted",),
        missing,
        (),
        missing,
        tuple(f"@{who}" for who in who_can),
        unserved=groups,
    )


def known_reviewers(
    *,
    requested: tuple[str, ...] = (),
    reviewed: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
    requests_made: int = 0,
) -> KnownReviewers:
    return KnownReviewers(
        frozenset(requested), frozenset(reviewed), frozenset(parts), requests_made
    )


@pytest.mark.parametrize(
    ("demands", "known", "chosen"),
    [
        ([demand("bob")], NOBODY, ("bob",)),
        ([demand("bob", "carol")], NOBODY, ("bob",)),
        ([demand("bob", "carol", missing=2)], NOBODY, ("bob", "carol")),
        ([demand("org/core")], NOBODY, ("org/core",)),
        ([demand("Org/Core")], known_reviewers(requested=("/core",)), ()),
        ([demand("other/core", "bob")], NOBODY, ("bob",)),
        ([demand("bob", "carol")], known_reviewers(requested=("bob",)), ()),
        (
            [demand("bob", "carol", missing=2)],
            known_reviewers(requested=("bob",)),
            ("carol",),
        ),
        ([demand("core")], known_reviewers(requested=("/core",)), ("core",)),
        ([demand("Bob", "carol")], known_reviewers(reviewed=("bob",)), ("carol",)),
        ([demand("Alice", "carol")], known_reviewers(parts=("alice",)), ("carol",)),
        ([demand("bob"), demand("BOB")], NOBODY, ("bob",)),
        ([demand("bob", "carol"), demand("carol")], NOBODY, ("bob", "carol")),
        (
            [
                demand(
                    "bob",
                    "carol",
                    "dave",
                    unserved=(("bob", "carol"), ("dave",)),
                    missing=2,
                )
            ],
            NOBODY,
            ("bob", "dave"),
        ),
        (
            [
                demand(
                    "bob",
                    "carol",
                    "dave",
                    unserved=(("bob", "carol"), ("dave",)),
                    missing=2,
                )
            ],
            known_reviewers(requested=("carol",)),
            ("dave",),
        ),
        ([demand("a", "b", "c", "d", "e", missing=5)], NOBODY, ("a", "b", "c")),
        ([demand("a", "b", "c", missing=3)], known_reviewers(requests_made=2), ("a",)),
        ([demand("a")], known_reviewers(requests_made=7), ()),
        ([demand("Copilot", "openhands-agent", "bob")], NOBODY, ("bob",)),
        (
            [
                Demand(
                    ("x/y",),
                    1,
                    (),
                    1,
                    ("someone with write permission", "a code owner", "docs@example.com"),
                )
            ],
            NOBODY,
            (),
        ),
        ([], NOBODY, ()),
    ],
)
def test_whom_to_ask(
    demands: list[Demand], known: KnownReviewers, chosen: tuple[str, ...]
) -> None:
    assert choose_reviewers(demands, known, "ORG") == chosen


def start(fake: FakeGitHub, standings: str, approvals: int = 1) -> PullState:
    """Copilot's pull request where the policy asks for approvals of these."""
    fake.world.accounts[DAVE.id] = DAVE
    fake.world.roles[DAVE.id] = "write"
    review = COPILOT_REVIEWS % (approvals, standings)
    fake.world.git.write(
        ".judgegate.yml",
        f"version: 1\nextends: [default]\nrules:\n  oversight/ai-assisted:\n{review}",
    ).commit("Policy")
    return open_by_agent(fake)


def requested(fake: FakeGitHub) -> list[str]:
    return [entry.note for entry in fake.log if entry.path.endswith("/requested_reviewers")]


def test_people_and_teams_that_the_policy_names_are_asked_after_the_status(
    fake: FakeGitHub, stage: Stage
) -> None:
    fake.world.teams["org/core"] = {}
    pull = start(fake, "{user: bob}, {team: org/core}", 2)
    stage.judge(*ASK)
    assert pull.requested == ["core", BOB]
    writing = [
        entry.path.partition("/1")[0].split("/")[1]
        for entry in fake.log
        if entry.method != "GET"
    ]
    assert writing == ["statuses", "issues", "pulls", "pulls"]


def test_nobody_is_asked_twice(fake: FakeGitHub, stage: Stage) -> None:
    pull = start(fake, "{user: bob}, {user: dave}")
    stage.judge(*ASK)
    stage.judge(*ASK)
    # Somebody takes the request back: that is an answer too.
    pull.requested.clear()
    stage.judge(*ASK)
    assert requested(fake) == ["bob"]


def test_no_more_than_three_are_asked_however_often_it_is_judged(
    fake: FakeGitHub, stage: Stage
) -> None:
    names = [f"person-{number}" for number in range(9)]
    for number, name in enumerate(names, 200):
        fake.world.accounts[number] = Account(number, name)
        fake.world.roles[number] = "write"
    pull = start(fake, ", ".join(f"{{user: {name}}}" for name in names), 9)
    for _ in range(2):
        stage.judge(*ASK)
        fake.world.git.write("shop.py", f"PRICE = {len(fake.log)}\n").commit(
            "Again", author=BY_COPILOT
        )
        fake.world.push("copilot/fix", ALICE)
    assert len(pull.requested) == 3


def test_code_owners_of_the_files_that_raised_it_are_asked(
    fake: FakeGitHub, stage: Stage
) -> None:
    fake.world.git.write("CODEOWNERS", "shop.py @bob @carol\nother.py @dave\n").commit(
        "Owners"
    )
    pull = start(fake, "code_owners")
    stage.judge(*ASK)
    assert pull.requested == [BOB]


def test_nobody_with_a_part_in_the_change_is_asked(fake: FakeGitHub, stage: Stage) -> None:
    """alice set Copilot to work, and is its co-author."""
    pull = start(fake, "{user: alice}, {user: bob}")
    stage.judge(*ASK)
    assert pull.requested == [BOB]


def test_whoever_reviewed_already_is_not_asked(fake: FakeGitHub, stage: Stage) -> None:
    pull = start(fake, "{user: bob}, {user: dave}")
    fake.world.review(BOB, "COMMENTED")
    stage.judge(*ASK)
    assert pull.requested == [DAVE]


def test_whom_a_person_asked_is_enough(fake: FakeGitHub, stage: Stage) -> None:
    start(fake, "{user: bob}, {user: dave}")
    fake.world.ask(DAVE, ALICE)
    stage.judge(*ASK)
    assert requested(fake) == []


def test_a_permission_alone_asks_nobody(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    stage.judge(*ASK)
    assert requested(fake) == []


def test_nobody_is_asked_to_look_at_what_must_be_mended_first(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake, "{user: bob}")
    fake.world.git.write(
        "run.py",
        "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n",
    ).commit("Run")
    fake.world.push("copilot/fix", ALICE)
    done = stage.judge(*ASK)
    assert (done.outputs["outcome"], requested(fake)) == ("block", [])


def test_nobody_is_asked_once_it_passes(fake: FakeGitHub, stage: Stage) -> None:
    start(fake, "{user: bob}, {user: dave}")
    fake.world.review(BOB)
    stage.judge(*ASK)
    assert requested(fake) == []


@pytest.mark.parametrize("arguments", [(), (*ASK, "--fail-on", "never")])
def test_without_the_input_and_in_report_mode_nobody_is_asked(
    fake: FakeGitHub, stage: Stage, arguments: tuple[str, ...]
) -> None:
    start(fake, "{user: bob}")
    stage.judge(*arguments)
    assert requested(fake) == []


def test_without_a_status_nobody_is_asked(fake: FakeGitHub, stage: Stage) -> None:
    start(fake, "{user: bob}")
    fake.fail("statuses", 403, method="POST")
    stage.judge(*ASK)
    assert requested(fake) == []


def test_who_is_no_collaborator_is_a_remark_and_the_others_are_asked(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = start(fake, "{user: nobody-here}, {team: org/gone}, {user: bob}", 3)
    fake.world.roles.pop(CAROL.id)
    done = stage.judge(*ASK)
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert (done.code, status.state, pull.requested) == (0, "pending", [BOB])
    assert (
        "No review was requested from @nobody-here. GitHub did not answer POST"
        in done.run.out
    )
    assert "No review was requested from @org/gone." in done.run.out


def test_a_request_of_any_app_counts_so_that_a_wrong_name_does_not_ask_for_ever(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = start(fake, "{user: bob}, {user: dave}", 2)
    for name in ("a", "b", "c"):
        fake.world.ask(name, ACTIONS)
    pull.requested.clear()
    stage.judge(*ASK, "--acts-as", "somebody-else[bot]")
    assert requested(fake) == []
