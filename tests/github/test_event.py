"""Which pull request an event asks to have judged, and what the runner says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from judgegate.github.event import EVENTS, OnePull, read_event
from judgegate.github.runner import RunnerContext, read_runner
from judgegate.model.errors_and_exit_codes import UsageError
from tests.github.fake.server import FakeGitHub
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

ENVIRON = {
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_EVENT_PATH": "/event.json",
    "GITHUB_REPOSITORY": "org/shop",
    "GITHUB_TOKEN": "ghs_1",
}
REPOSITORY = {"repository": {"full_name": "org/shop"}}


def runner(tmp_path: Path, event: str, payload: object, attempt: int = 1) -> RunnerContext:
    file = tmp_path / "event.json"
    file.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    return RunnerContext(event, file, "org/shop", "ghs_1", attempt=attempt)


@pytest.mark.parametrize(
    "event", ["pull_request", "pull_request_target", "pull_request_review"]
)
def test_an_event_of_a_pull_request_brings_it_along(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, event: str
) -> None:
    open_by_person(fake)
    requested = read_event(runner(tmp_path, event, stage.payload(event)))
    assert isinstance(requested, OnePull)
    assert requested.pull is not None
    assert (requested.number, requested.pull.head, requested.pull.base_branch) == (
        1,
        fake.world.tip("topic"),
        "main",
    )


def test_the_event_of_a_repeated_run_is_out_of_date(
    fake: FakeGitHub, stage: Stage, tmp_path: Path
) -> None:
    open_by_person(fake)
    requested = read_event(
        runner(tmp_path, "pull_request", stage.payload("pull_request"), attempt=2)
    )
    assert isinstance(requested, OnePull)
    assert requested.from_event is not None
    assert (requested.number, requested.pull, requested.from_event.head) == (
        1,
        None,
        fake.world.tip("topic"),
    )


@pytest.mark.parametrize("given", ["12", 12])
def test_a_run_that_somebody_starts_names_the_pull_request(
    tmp_path: Path, given: object
) -> None:
    assert read_event(
        runner(
            tmp_path, "workflow_dispatch", REPOSITORY | {"inputs": {"pull-request": given}}
        )
    ) == OnePull(12)


def test_the_page_lists_the_events_that_are_understood() -> None:
    page = (Path(__file__).parents[2] / "docs" / "github.md").read_text()
    section = page.split("\n## Events\n")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == EVENTS


def test_the_number_on_the_command_line_wins(tmp_path: Path) -> None:
    assert read_event(runner(tmp_path, "workflow_dispatch", REPOSITORY), "7") == OnePull(7)


@pytest.mark.parametrize(
    ("event", "payload", "why"),
    [
        ("push", REPOSITORY, "judgegate does not support the event 'push'"),
        ("pull_request", "{", "not JSON"),
        ("pull_request", "[" * 100_000, "not JSON"),
        ("pull_request", [], "cannot be read"),
        ("pull_request", {}, "repository"),
        ("pull_request", {"repository": {"full_name": "mallory/shop"}}, "not to org/shop"),
        ("pull_request", REPOSITORY, "names no pull request"),
        (
            "pull_request",
            REPOSITORY | {"pull_request": {"number": "1"}},
            "pull_request.number",
        ),
        (
            "workflow_dispatch",
            REPOSITORY | {"inputs": {"pull-request": "1; id"}},
            "in digits only",
        ),
        (
            "workflow_dispatch",
            REPOSITORY | {"inputs": {"pull-request": "٣"}},
            "in digits only",
        ),
        ("workflow_dispatch", REPOSITORY | {"inputs": None}, "names no pull request"),
    ],
)
def test_an_event_that_is_not_understood_is_wrong_usage(
    tmp_path: Path, event: str, payload: object, why: str
) -> None:
    with pytest.raises(UsageError) as told:
        read_event(runner(tmp_path, event, payload))
    assert why in str(told.value)


@pytest.mark.parametrize("oid", ["", "main", "--upload-pack=x", "A" * 40, "0" * 39])
def test_a_head_that_is_no_full_id_is_refused(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, oid: str
) -> None:
    open_by_person(fake)
    payload: dict[str, Any] = stage.payload("pull_request")
    payload["pull_request"]["head"]["sha"] = oid
    with pytest.raises(UsageError, match=r"pull_request\.head\.sha"):
        read_event(runner(tmp_path, "pull_request", payload))


def test_an_event_larger_than_github_makes_them_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judgegate.github.event.LARGEST", 10)
    with pytest.raises(UsageError, match="larger than"):
        read_event(runner(tmp_path, "pull_request", REPOSITORY))


def test_an_event_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_event(
            RunnerContext("pull_request", tmp_path / "none.json", "org/shop", "ghs_1")
        )


def test_the_runner_is_read_from_its_variables() -> None:
    more = {
        "GITHUB_API_URL": "https://ghe.example.com/api/v3/",
        "GITHUB_SERVER_URL": "https://ghe.example.com",
        "GITHUB_RUN_ID": "9",
    }
    found = read_runner(ENVIRON | more)
    assert (found.api_url, found.host) == (
        "https://ghe.example.com/api/v3",
        "ghe.example.com",
    )
    assert found.run_url == "https://ghe.example.com/org/shop/actions/runs/9"
    assert "ghs_1" not in repr(found)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"GITHUB_TOKEN": ""}, "no token"),
        ({"GITHUB_TOKEN": "a\nb: c"}, "no token"),
        ({"GITHUB_REPOSITORY": "../shop"}, "not owner/name"),
        ({"GITHUB_REPOSITORY": "org/shop/x"}, "not owner/name"),
        ({"GITHUB_EVENT_NAME": ""}, "GITHUB_EVENT_NAME is not set"),
        ({"GITHUB_API_URL": "file:///etc"}, "GITHUB_API_URL is not a plain"),
        (
            {"GITHUB_SERVER_URL": "https://x:y@example.com"},
            "GITHUB_SERVER_URL is not a plain",
        ),
    ],
)
def test_a_runner_that_is_none_is_wrong_usage(changed: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError) as told:
        read_runner(ENVIRON | changed)
    assert why in str(told.value)


def test_the_token_of_the_action_wins_over_the_runners() -> None:
    assert read_runner(ENVIRON | {"JUDGEGATE_TOKEN": "ghs_2"}).token == "ghs_2"


def test_every_event_leads_to_a_verdict(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    for event in ("pull_request", "pull_request_review"):
        assert stage.judge(event=event).outputs["outcome"] == "review"
    by_hand = stage.payload("workflow_dispatch", inputs={"pull-request": "1"})
    assert (
        stage.judge(event="workflow_dispatch", payload=by_hand).outputs["outcome"]
        == "review"
    )
    assert stage.judge(variables={"GITHUB_RUN_ATTEMPT": "2"}).outputs["outcome"] == "review"


def test_the_pull_request_can_be_named_by_the_step(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    payload = stage.payload("workflow_dispatch")
    done = stage.judge(
        event="workflow_dispatch",
        payload=payload,
        variables={"JUDGEGATE_PULL_REQUEST": "1"},
    )
    assert done.outputs["outcome"] == "review"


def test_outside_of_a_workflow_it_says_what_is_missing(stage: Stage) -> None:
    done = stage.judge(payload="{}", variables={"GITHUB_EVENT_NAME": ""})
    assert done.code == 2
    assert "GITHUB_EVENT_NAME is not set" in done.run.err
