"""What GitHub enforces, asked of a GitHub that its own description is held against."""

import json
from typing import Any

import pytest

from judgegate.model.errors_and_exit_codes import ExitCode
from tests.doctor.repositories import BY_JOB, JUDGE, TIGHT, altered
from tests.github.fake.answers import REPOSITORY_ID
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.fake.world import ALICE
from tests.runs import Run, run

POLICY = "version: 1\nextends: [default]\n"


def run_on(
    fake: FakeGitHub,
    *arguments: str,
    workflow: str = TIGHT,
    policy: str = POLICY,
    token: str = TOKEN,
) -> tuple[Run, dict[str, Any]]:
    """A run of `judgegate doctor` in the repository, with a token."""
    fake.world.git.write(JUDGE, workflow).write(".judgegate.yml", policy).commit(
        "Wire the gate"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("JUDGEGATE_TOKEN", token)
        patch.setenv("GITHUB_API_URL", fake.api_url)
        patch.setattr("judgegate.github.client.api.pause", lambda _: None)
        done = run(
            "doctor",
            "-f",
            "json",
            "--repository",
            "org/shop",
            *arguments,
            at=fake.world.git,
        )
    assert token not in done.out + done.err
    assert done.out, done.err
    return done, json.loads(done.out)


def found(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (one["id"], one["severity"])
        for one in document["diagnoses"]
        if one["id"] not in {"forgeable-status", "fork-reviews"}
    ]


def test_a_required_status_is_all_that_is_asked_for(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main")
    done, document = run_on(fake)
    assert (done.code, found(document), document["unchecked"], document["required"]) == (
        ExitCode.PASS,
        [],
        [],
        True,
    )
    assert [entry.path for entry in fake.log] == [
        "",
        "/rules/branches/main",
        "/rulesets/7",
        "/branches/main",
    ]


def test_a_status_that_nothing_requires_is_a_hole(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("tests")
    done, document = run_on(fake)
    assert (done.code, found(document), document["required"]) == (
        ExitCode.BLOCK,
        [("status-not-required", "hole")],
        False,
    )


def test_a_required_job_is_no_required_status(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("Judge")
    _, document = run_on(fake)
    assert document["diagnoses"][0]["what"] == (
        "No rule requires judgegate/main. A rule requires the job Judge, but that job succeeds whatever the verdict is."
    )


def test_a_required_job_is_enough_where_the_job_carries_the_verdict(
    fake: FakeGitHub,
) -> None:
    fake.world.enforcement.require("judge")
    done, document = run_on(fake, workflow=BY_JOB)
    assert (done.code, found(document)) == (ExitCode.PASS, [])


def test_branch_protection_requires_as_well(fake: FakeGitHub) -> None:
    fake.world.enforcement.classic["judgegate/main"] = -1
    done, document = run_on(fake)
    assert (done.code, found(document)) == (ExitCode.PASS, [])


@pytest.mark.parametrize(
    ("level", "expected"),
    [("non_admins", [("bypass", "weakness")]), ("off", [("status-not-required", "hole")])],
)
def test_branch_protection_that_does_not_hold_everybody_is_said(
    fake: FakeGitHub, level: str, expected: list[tuple[str, str]]
) -> None:
    fake.world.enforcement.classic["judgegate/main"] = None
    fake.world.enforcement.classic_level = level
    assert found(run_on(fake)[1]) == expected


def test_who_may_bypass_is_named(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.world.enforcement.bypass = [
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"},
        {"actor_type": "OrganizationAdmin", "bypass_mode": "pull_request"},
    ]
    done, document = run_on(fake)
    assert [one["what"] for one in document["diagnoses"] if one["id"] == "bypass"] == [
        "OrganizationAdmin may bypass ruleset main (pull_request).",
        "RepositoryRole 5 may bypass ruleset main (always).",
    ]
    assert done.code == ExitCode.PASS


def test_who_may_bypass_is_not_checked_where_the_token_may_not_see_it(
    fake: FakeGitHub,
) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.world.enforcement.bypass = None
    done, document = run_on(fake)
    assert [(one["what"], one["could_hide_a_hole"]) for one in document["unchecked"]] == [
        ("who may bypass ruleset 7", False)
    ]
    assert done.code == ExitCode.PASS


@pytest.mark.parametrize(
    ("path", "code"),
    [("shop$", 4), ("rules/branches", 4), ("rulesets/7", 0), ("shop/branches/main$", 0)],
)
@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_the_token_may_not_read_is_not_checked(
    fake: FakeGitHub, path: str, code: int, status: int
) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.fail(path, status, times=10)
    done, document = run_on(fake)
    assert done.code == code
    assert len(document["unchecked"]) >= 1


def test_protection_that_cannot_be_read_could_hold_the_only_rule(fake: FakeGitHub) -> None:
    fake.fail("shop/branches/main$", 403, times=10)
    done, document = run_on(fake)
    assert (done.code, found(document), document["required"]) == (
        ExitCode.INCOMPLETE,
        [],
        None,
    )


def test_a_bad_token_leaves_the_files(fake: FakeGitHub) -> None:
    done, document = run_on(
        fake, workflow=altered(TIGHT, ("@" + "0" * 40, "@v1")), token="another"
    )
    assert done.code == ExitCode.INCOMPLETE
    assert found(document) == [("unpinned-action", "weakness")]


def test_an_answer_that_is_none_of_github_s_is_not_checked(fake: FakeGitHub) -> None:
    fake.fail("rules/branches", 200, body=b'[{"type": 7}]')
    done, document = run_on(fake)
    assert done.code == ExitCode.INCOMPLETE
    assert document["unchecked"][0]["what"] == "the rules of main"


def test_a_merge_queue_that_the_gate_does_not_see_is_said(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.world.enforcement.rules["merge_queue"] = {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }
    assert found(run_on(fake)[1]) == [("merge-queue", "weakness")]
    with_queue = altered(TIGHT, ("permissions: {}", "  merge_group:\npermissions: {}"))
    assert found(run_on(fake, workflow=with_queue)[1]) == []


def test_a_source_that_is_not_the_gate_s_is_said(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main", app=99)
    assert found(run_on(fake)[1]) == [("other-source", "weakness")]
    own = altered(
        TIGHT,
        (
            "@" + "0" * 40 + "\n",
            "@"
            + "0" * 40
            + "\n        with: {github-token: '${{ steps.app.outputs.token }}'}\n",
        ),
    )
    _, document = run_on(fake, workflow=own)
    assert [one["id"] for one in document["diagnoses"]] == ["fork-reviews"]


def test_a_source_that_every_workflow_has_keeps_nobody_from_forging(
    fake: FakeGitHub,
) -> None:
    fake.world.enforcement.require("judgegate/main", app=15368)
    assert "forgeable-status" in [one["id"] for one in run_on(fake)[1]["diagnoses"]]


def test_a_private_repository_has_no_reviews_by_way_of_forks_to_speak_of(
    fake: FakeGitHub,
) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.world.enforcement.is_private = True
    assert [one["id"] for one in run_on(fake)[1]["diagnoses"]] == ["forgeable-status"]


def test_a_workflow_that_a_ruleset_runs_is_the_rulesets_own_copy(fake: FakeGitHub) -> None:
    fake.world.enforcement.run(JUDGE, REPOSITORY_ID)
    own_copy = altered(
        BY_JOB,
        ("pull_request_target:", "pull_request:"),
        ("types: [", "paths: [src]\n    types: ["),
    )
    done, document = run_on(fake, workflow=own_copy)
    assert (done.code, found(document)) == (ExitCode.PASS, [])


def test_a_workflow_that_a_ruleset_runs_from_elsewhere_could_judge(
    fake: FakeGitHub,
) -> None:
    fake.world.enforcement.run(".github/workflows/gate.yml", 77)
    done, document = run_on(fake, workflow="on: push\n")
    assert (done.code, found(document)) == (ExitCode.INCOMPLETE, [])
    assert (
        document["unchecked"][0]["what"]
        == ".github/workflows/gate.yml of repository 77, which ruleset 7 requires"
    )


def test_people_who_cannot_approve_are_no_reviewers(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main")
    rule = "rules:\n  oversight/ai-assisted: {review: {from: [{user: carol}]}}\n"
    _, document = run_on(fake, policy=POLICY + rule)
    assert found(document) == [("unsatisfiable", "weakness")]
    assert (
        document["diagnoses"][0]["what"]
        == "@carol has read permission, but an approval needs write."
    )
    _, document = run_on(
        fake, policy=POLICY + rule.replace("{user: carol}", "{user: carol}, {user: alice}")
    )
    assert found(document) == []


def test_teams_are_looked_up_where_the_token_sees_them(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.world.teams["org/core"] = {ALICE.id: "active"}
    rule = "rules:\n  oversight/ai-assisted: {review: {from: [{permission: write}, {team: org/core}, {team: org/gone}]}}\n"
    done, document = run_on(fake, policy=POLICY + rule)
    assert [(one["what"], one["could_hide_a_hole"]) for one in document["unchecked"]] == [
        ("whether @org/gone can approve", False)
    ]
    assert done.code == ExitCode.PASS


def test_another_branch_has_rules_of_its_own(fake: FakeGitHub) -> None:
    fake.world.enforcement.require("judgegate/main")
    fake.world.git.git("branch", "next")
    _, document = run_on(fake, "--branch", "next")
    assert (document["status"], found(document)) == (
        "judgegate/next",
        [("status-not-required", "hole")],
    )


def test_a_branch_that_is_not_there_could_not_be_checked(fake: FakeGitHub) -> None:
    done, document = run_on(fake, "--branch", "gone")
    assert (done.code, found(document), document["unchecked"][0]["what"]) == (
        ExitCode.INCOMPLETE,
        [],
        "the protection of gone",
    )
