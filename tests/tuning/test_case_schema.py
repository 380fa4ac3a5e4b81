"""The schema of cases that editors get agrees with what reads them."""

import json
from pathlib import Path

import jsonschema
import pytest

from judgegate.policy.problems import Problems
from judgegate.tuning.cases import read_cases
from tests.policy.test_schema import value_of
from tests.runs import run
from tests.tuning import test_malformed_cases

FILES = sorted(
    (Path(__file__).parent.parent.parent / "docs" / "examples").rglob(
        ".judgegate/tests/*.yml"
    )
)
VALIDATOR = jsonschema.Draft202012Validator(json.loads(run("schema", "policy-test").out))
(MARK,) = test_malformed_cases.test_a_mistake_is_named_with_its_place.pytestmark  # type: ignore[attr-defined]  # pytest adds it
MALFORMED = [text for text, _ in MARK.args[1] if value_of(text) is not None]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("file", FILES, ids=[file.parts[-4] for file in FILES])
def test_the_examples_cases_are_valid(file: Path) -> None:
    VALIDATOR.validate(value_of(file.read_text()))


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_file_is_refused_by_both(text: str) -> None:
    problems = Problems()
    read_cases(text.encode(), "cases.yml", problems)
    beyond = ("already", "a day such as")
    assert not VALIDATOR.is_valid(value_of(text)) or all(
        any(word in one.message for word in beyond) for one in problems.found
    )
