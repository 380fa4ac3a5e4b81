"""What the workflow asks for, as the Action hands it over."""

import pytest

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
