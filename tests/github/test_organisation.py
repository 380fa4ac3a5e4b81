"""The organisation's policy comes from another repository at a commit, whole or not at all."""

import json
from pathlib import Path

import pytest

from judgegate.github.client.api import Api
from judgegate.github.runner import PolicyAddress, fetch_policy, parse_address
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

COMMIT = "b" * 40
ADDRESS = f"org/policies:judgegate/all.yml@{COMMIT}"
POLICY = b"version: 1\nreview: {approvals: 2}\n"


def place(fake: FakeGitHub, content: bytes) -> None:
    fake.world.files["org/policies", "judgegate/all.yml", COMMIT] = content


def test_the_organisations_policy_holds(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    place(fake, POLICY)
    fake.world.review(BOB)
    done = stage.judge("--org-policy", ADDRESS)
    assert done.outputs["outcome"] == "review"
    assert done.report["review"]["demands"][0]["missing"] == 1


def test_the_teams_that_it_names_are_asked(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    place(fake, b"version: 1\nreview: {from: [{team: org/core}]}\n")
    fake.world.teams["org/core"] = {BOB.id: "active"}
    fake.world.review(BOB)
    assert stage.judge("--org-policy", ADDRESS).outputs["outcome"] == "pass"


@pytest.mark.parametrize("broken", [b"version: 1\nrules: [\n", b"nonsense: 1\n"])
def test_one_that_does_not_load_is_an_error_on_the_commit(
    fake: FakeGitHub, stage: Stage, broken: bytes
) -> None:
    open_by_person(fake)
    place(fake, broken)
    done = stage.judge("--org-policy", ADDRESS)
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (done.code, done.outputs["outcome"], status.state) == (2, "error", "error")


def test_one_that_cannot_be_reached_is_an_error_on_the_commit(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    done = stage.judge("--org-policy", ADDRESS)
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (done.code, status.state) == (4, "error")


@pytest.mark.parametrize(
    "changed",
    [
        {"size": 3},
        {"encoding": "none", "content": ""},
        {"content": "&&&"},
        {"type": "symlink"},
    ],
)
def test_one_that_does_not_come_whole_is_an_error(
    fake: FakeGitHub, stage: Stage, changed: dict[str, object]
) -> None:
    open_by_person(fake)
    answer = {"type": "file", "encoding": "base64", "content": "eA==", "size": 1, **changed}
    fake.fail("contents", 200, body=json.dumps(answer).encode())
    done = stage.judge("--org-policy", ADDRESS)
    assert done.code == 4
    assert "not a file that GitHub sends completely" in done.run.err


def test_a_place_that_cannot_be_written_is_an_error(
    fake: FakeGitHub, tmp_path: Path
) -> None:
    place(fake, POLICY)
    (tmp_path / "file").write_text("")
    with (
        Api(fake.api_url, TOKEN) as api,
        pytest.raises(IncompleteError, match="could not be written to"),
    ):
        fetch_policy(api, parse_address(ADDRESS), tmp_path / "file")


def test_an_address_is_read() -> None:
    assert parse_address(ADDRESS) == PolicyAddress(
        "org/policies", "judgegate/all.yml", COMMIT
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "org/policies",
        f"org:a.yml@{COMMIT}",
        "org/policies:a.yml@main",
        f"org/policies:../a.yml@{COMMIT}",
        f"org/policies:/a@{COMMIT}",
    ],
)
def test_what_is_no_address_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="owner/repository:path@commit"):
        parse_address(text)


def test_nothing_is_left_behind(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    place(fake, POLICY)
    done = stage.judge("--org-policy", ADDRESS)
    kept = {path.name for path in Path(done.outputs["report"]).parent.parent.iterdir()}
    assert kept == {"event.json", "output", "summary", "judgegate"}
