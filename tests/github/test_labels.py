"""The labels follow the verdict, and no verdict follows them."""

import pytest

from judgegate.forge.pull import ASSISTED, OWN_LABELS, WAITING
from judgegate.github.client.answers import PullAnswer
from judgegate.github.client.json_reading import read
from judgegate.provenance.catalogue import load_catalogue
from tests.github.fake.answers import tell_pull
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

LABELS = ("--labels", "true")


def labelling(fake: FakeGitHub) -> list[str]:
    return [
        f"{entry.method} {entry.path} {entry.note}".strip()
        for entry in fake.log
        if "/labels" in entry.path
    ]


def test_they_are_put_on_and_taken_off_as_the_verdict_has_it(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_agent(fake)
    pull.labels = ["bug"]
    stage.judge(*LABELS)
    assert pull.labels == ["bug", ASSISTED, WAITING]
    fake.world.review(BOB)
    stage.judge(*LABELS)
    assert pull.labels == ["bug", ASSISTED]
    assert labelling(fake) == [
        f"POST /issues/1/labels {ASSISTED}, {WAITING}",
        f"DELETE /issues/1/labels/{WAITING}",
    ]


def test_nothing_is_asked_where_they_are_right(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_agent(fake)
    pull.labels = [WAITING.upper(), ASSISTED]
    stage.judge(*LABELS)
    assert labelling(fake) == []


def test_without_the_input_they_are_left_alone(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_person(fake)
    pull.labels = [WAITING]
    stage.judge()
    assert pull.labels == [WAITING]


def test_a_label_that_somebody_else_put_there_is_no_evidence_and_is_taken_off(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_person(fake)
    pull.labels = [ASSISTED, WAITING]
    done = stage.judge(*LABELS)
    assert (done.outputs["ai-assisted"], done.outputs["outcome"], pull.labels) == (
        "false",
        "pass",
        [],
    )


@pytest.mark.parametrize(
    ("label", "outcome"), [("hold", "block"), (WAITING, "pass"), (ASSISTED, "pass")]
)
def test_no_policy_sees_them(
    fake: FakeGitHub, stage: Stage, label: str, outcome: str
) -> None:
    rule = f"{{message: Wait., regex: price, action: warn, cases: [{{when: {{labels: ['{label}']}}, action: block}}]}}"
    fake.world.git.write(
        ".judgegate.yml",
        f"version: 1\nextends: [default]\nrules:\n  reliability/no-price: {rule}\n",
    ).commit("Policy")
    pull = open_by_person(fake)
    pull.labels = [label]
    assert stage.judge().outputs["outcome"] == outcome


def test_toggling_them_starts_no_second_round(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_agent(fake)
    fake.when(r"GET .*/[0-9a-f]+/pulls$", lambda: pull.labels.append(WAITING))
    stage.judge(*LABELS)
    assert sum(entry.path == "/pulls/1/reviews" for entry in fake.log) == 1
    assert labelling(fake) == [f"POST /issues/1/labels {ASSISTED}"]


def test_any_other_label_does(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_agent(fake)
    fake.when(r"GET .*/[0-9a-f]+/pulls$", lambda: pull.labels.append("judgegate"))
    payload = stage.payload("pull_request_target")
    stage.judge(payload=payload)
    assert sum(entry.path == "/pulls/1/reviews" for entry in fake.log) == 2


@pytest.mark.parametrize("name", sorted(OWN_LABELS))
def test_the_catalogue_does_not_know_them(name: str) -> None:
    literals = [
        literal for signal in load_catalogue().signals for literal in signal.literals
    ]
    assert not [literal for literal in literals if literal.casefold() == name]


def test_the_fields_that_are_judged_are_without_them(fake: FakeGitHub) -> None:
    pull = open_by_agent(fake)
    pull.labels = ["bug", ASSISTED]
    value = read(PullAnswer, tell_pull(fake.world, pull), "the pull request").value
    assert value.described.labels == ("bug",)
    assert value.own_labels == {ASSISTED}


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("status", [403, 404])
def test_a_token_that_may_not_label_changes_nothing_else(
    fake: FakeGitHub, stage: Stage, method: str, status: int
) -> None:
    pull = open_by_agent(fake)
    pull.labels = [WAITING]
    fake.world.review(BOB)
    fake.fail("labels", status, method=method)
    done = stage.judge(*LABELS)
    posted = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert posted is not None
    assert (done.code, posted.state) == (0, "success")
    assert (
        f"The labels were not set. GitHub did not answer {method} /repos/org/shop/issues/1/labels"
        in done.run.out
    )
