"""What the workflow asks for, as the Action hands it over."""

from pathlib import Path

import pytest

from judgegate.pipeline.sealed_store import SEALED_FILE
from tests.github.fake.server import FakeGitHub
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage

SWITCHES = ("comment", "annotations", "labels", "request-reviews")


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", ["yes", "True", "1", "true ", "\n::error::x"])
def test_a_word_that_is_neither_true_nor_false_is_wrong_usage(
    fake: FakeGitHub, stage: Stage, name: str, value: str
) -> None:
    open_by_agent(fake)
    done = stage.judge(variables={f"JUDGEGATE_{name.upper().replace('-', '_')}": value})
    assert done.code == 2
    assert f"The input {name} is {value!r}: write true or false." in done.run.err
    assert fake.log == []


def test_an_input_that_is_left_empty_is_as_if_it_were_not_there(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_agent(fake)
    stage.judge(
        variables={
            f"JUDGEGATE_{name}": ""
            for name in ("COMMENT", "ANNOTATIONS", "LABELS", "REQUEST_REVIEWS", "ACTS_AS")
        }
    )
    assert (len(fake.world.comments()), pull.labels) == (1, [])


def test_the_inputs_come_through_the_environment(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_agent(fake)
    stage.judge(variables={"JUDGEGATE_COMMENT": "false", "JUDGEGATE_LABELS": "true"})
    assert (len(fake.world.comments()), len(pull.labels)) == (0, 2)


def test_a_key_seals_the_cache_and_is_never_shown(
    fake: FakeGitHub, stage: Stage, tmp_path: Path
) -> None:
    open_by_agent(fake)
    secret = "0123456789abcdef" * 4
    folder = tmp_path / "analyses"
    variables = {"JUDGEGATE_CACHE": str(folder), "JUDGEGATE_CACHE_KEY": f"{secret}\n"}
    first = stage.judge(variables=variables)
    names = {path.name for path in folder.iterdir()}
    assert SEALED_FILE in names
    assert len(names) == 2  # the other one is the whole analysis
    again = stage.judge(variables=variables)
    assert again.report["findings"] == first.report["findings"]
    told = [again.run.out, again.run.err, again.summary, str(again.report)]
    assert not any(secret in text for text in told)
    assert all(secret.encode() not in path.read_bytes() for path in folder.iterdir())


def test_without_a_key_no_single_answers_are_kept(
    fake: FakeGitHub, stage: Stage, tmp_path: Path
) -> None:
    open_by_agent(fake)
    folder = tmp_path / "analyses"
    stage.judge(
        variables={"JUDGEGATE_CACHE": str(folder), "JUDGEGATE_CACHE_KEY": ""},
    )
    assert [len(path.name) for path in folder.iterdir()] == [64]


def test_a_short_key_is_wrong_usage(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    done = stage.judge(variables={"JUDGEGATE_CACHE_KEY": "hunter2"})
    assert done.code == 2
    assert "fewer than 32 characters" in done.run.err
    assert "hunter2" not in done.run.err
    assert fake.log == []
