"""Dependabot's pull request, and everything that only looks like one."""

from typing import Any

import pytest

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, Account
from tests.github.stage import Stage

ADDRESS = "49699333+dependabot[bot]@users.noreply.github.com"
DEPENDABOT = Account(49699333, "dependabot[bot]", "Bot", (ADDRESS,))
BY_DEPENDABOT = f"dependabot[bot] <{ADDRESS}>"
BRANCH = "dependabot/npm_and_yarn/left-pad-1.3.1"
POLICY = """\
version: 1
extends: [default]
review: {approvals: 2}
provenance: {gate_on: always}
rules:
  oversight/unanalysed:
    cases: [{when: {dependency_update: true}, review: {approvals: 1}}]
  oversight/ai-assisted:
    cases: [{when: {dependency_update: true}, action: warn}]
"""


@pytest.fixture(autouse=True)
def shop(fake: FakeGitHub) -> None:
    """A repository with a manifest and a lock file, and Dependabot's branch that updates both."""
    world = fake.world
    world.accounts[DEPENDABOT.id] = DEPENDABOT
    world.git.write(".judgegate.yml", POLICY).write(
        "package.json", '{"left-pad": "1.3.0"}\n'
    ).write("package-lock.json", "{}\n")
    world.git.commit("Manifests")
    world.git.branch(BRANCH).write("package.json", '{"left-pad": "1.3.1"}\n').write(
        "package-lock.json", '{"left-pad": "1.3.1"}\n'
    )
    world.git.commit(
        "Bump left-pad", author=BY_DEPENDABOT, committer="GitHub <noreply@127.0.0.1>"
    )


def demanded(report: dict[str, Any]) -> dict[str, int]:
    """How many approvals each rule asks for."""
    return {
        rule: demand["approvals"]
        for demand in report["review"]["demands"]
        for rule in demand["rules"]
    }


def is_judged_as_anyone_s(report: dict[str, Any]) -> bool:
    return demanded(report).get("oversight/ai-assisted", 0) >= 2


def test_the_bot_s_update_is_judged_as_the_policy_says_of_such(
    fake: FakeGitHub, stage: Stage
) -> None:
    fake.world.push(BRANCH, DEPENDABOT)
    fake.world.open_pull(BRANCH, DEPENDABOT)
    report = stage.judge().report
    assert demanded(report) == {"oversight/unanalysed": 1}
    assert report["review"]["unmapped"] == []
    fake.world.review(BOB)
    assert stage.judge().report["outcome"] == "pass"


def test_after_the_base_was_merged_in_without_a_conflict_it_still_is_one(
    fake: FakeGitHub, stage: Stage
) -> None:
    world = fake.world
    world.push(BRANCH, DEPENDABOT)
    world.open_pull(BRANCH, DEPENDABOT)
    world.git.switch("main").write("other.py", "OTHER = 1\n").commit("Other")
    world.git.switch(BRANCH).merge("main", author="Bob <bob@example.com>")
    world.push(BRANCH, BOB)
    assert demanded(stage.judge().report) == {"oversight/unanalysed": 1}


def test_a_person_who_opens_it_in_the_bot_s_name_is_anyone(
    fake: FakeGitHub, stage: Stage
) -> None:
    fake.world.push(BRANCH, ALICE)
    fake.world.open_pull(BRANCH, ALICE)
    assert is_judged_as_anyone_s(stage.judge().report)


@pytest.mark.parametrize("author", ["Alice <alice@example.com>", BY_DEPENDABOT])
def test_a_person_who_pushes_to_the_bot_s_branch_makes_it_anyone_s(
    fake: FakeGitHub, stage: Stage, author: str
) -> None:
    fake.world.push(BRANCH, DEPENDABOT)
    fake.world.open_pull(BRANCH, DEPENDABOT)
    fake.world.git.write("package.json", '{"evil": "1.0.0"}\n').commit(
        "Bump evil", author=author, committer="GitHub <noreply@127.0.0.1>"
    )
    fake.world.push(BRANCH, ALICE)
    report = stage.judge().report
    assert is_judged_as_anyone_s(report)
    said = f"dependabot[bot] opened this, but it is not an update of dependencies: {fake.world.tip(BRANCH)[:7]} is alice's."
    assert [
        notice["message"]
        for notice in report["notices"]
        if notice["code"] == "no-dependency-update"
    ] == [said]


CLAUDE = "Claude <noreply@anthropic.com>"


@pytest.mark.parametrize(
    ("author", "committer", "trailers"),
    [
        (CLAUDE, "GitHub <noreply@127.0.0.1>", []),
        (BY_DEPENDABOT, CLAUDE, []),
        (BY_DEPENDABOT, "GitHub <noreply@127.0.0.1>", [f"Co-authored-by: {CLAUDE}"]),
    ],
)
def test_a_commit_in_an_agent_s_name_makes_it_anyone_s(
    fake: FakeGitHub, stage: Stage, author: str, committer: str, trailers: list[str]
) -> None:
    fake.world.push(BRANCH, DEPENDABOT)
    fake.world.open_pull(BRANCH, DEPENDABOT)
    fake.world.git.write("package.json", '{"evil": "1.0.0"}\n').commit(
        "Bump evil", author=author, committer=committer, trailers=trailers
    )
    fake.world.push(BRANCH, DEPENDABOT)
    report = stage.judge().report
    assert is_judged_as_anyone_s(report)
    said = f"dependabot[bot] opened this, but it is not an update of dependencies: {fake.world.tip(BRANCH)[:7]} names an AI."
    assert said in [notice["message"] for notice in report["notices"]]


def test_a_push_that_nobody_saw_makes_it_anyone_s(fake: FakeGitHub, stage: Stage) -> None:
    fake.world.open_pull(BRANCH, DEPENDABOT)
    report = stage.judge().report
    assert is_judged_as_anyone_s(report)
    assert report["review"]["unmapped"] == [f"the pusher of {fake.world.tip(BRANCH)[:7]}"]


@pytest.mark.parametrize(
    "path", ["src/app.py", ".github/workflows/ci.yml", "Dockerfile", "sub/package.json"]
)
def test_a_file_that_is_no_manifest_or_was_not_there_makes_it_anyone_s(
    fake: FakeGitHub, stage: Stage, path: str
) -> None:
    fake.world.git.write(path, "x = 1\n").commit(
        "More", author=BY_DEPENDABOT, committer="GitHub <noreply@127.0.0.1>"
    )
    fake.world.push(BRANCH, DEPENDABOT)
    fake.world.open_pull(BRANCH, DEPENDABOT)
    assert is_judged_as_anyone_s(stage.judge().report)


def test_a_manifest_that_becomes_executable_makes_it_anyone_s(
    fake: FakeGitHub, stage: Stage
) -> None:
    fake.world.git.chmod("package.json").commit(
        "Run it", author=BY_DEPENDABOT, committer="GitHub <noreply@127.0.0.1>"
    )
    fake.world.push(BRANCH, DEPENDABOT)
    fake.world.open_pull(BRANCH, DEPENDABOT)
    assert is_judged_as_anyone_s(stage.judge().report)


@pytest.mark.parametrize(
    "account",
    [
        Account(501, "dependabot-bot", emails=(ADDRESS,)),
        Account(502, "dependabot", "Bot", (ADDRESS,)),
        Account(503, "dependabot[bot]", "Bot", (ADDRESS,)),
        Account(504, "dependab0t[bot]", "Bot", (ADDRESS,)),
    ],
    ids=lambda account: account.login,
)
def test_an_account_that_looks_like_the_bot_is_anyone(
    fake: FakeGitHub, stage: Stage, account: Account
) -> None:
    del fake.world.accounts[DEPENDABOT.id]
    fake.world.accounts[account.id] = account
    fake.world.push(BRANCH, account)
    fake.world.open_pull(BRANCH, account)
    assert is_judged_as_anyone_s(stage.judge().report)
