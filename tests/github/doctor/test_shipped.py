"""The workflows that users copy are tight, each where it is meant to stand."""

from pathlib import Path

import pytest

from judgegate.github.doctor.settings import RequiredCheck, RequiredWorkflow, Settings
from tests.github.doctor.consulting import JUDGE, REQUIRED, consult, ids

SHIPPED = Path(__file__).parents[3] / "docs" / "workflows"
BY_APP = Settings(42, is_private=False, checks=(RequiredCheck("judgegate/main", 99, "ruleset 7"),))
BY_RULESET = Settings(42, is_private=False, workflows=(RequiredWorkflow(JUDGE, 42, "ruleset 7"),))
QUEUED = Settings(42, is_private=False, checks=REQUIRED.checks, has_queue=True)

SETTINGS = {
    ("judgegate",): (REQUIRED, ["forgeable-status"]),
    ("forks", "forks-review"): (REQUIRED, ["forgeable-status"]),
    ("merge-queue",): (QUEUED, ["fork-reviews", "forgeable-status"]),
    ("own-app", "forks-review"): (BY_APP, []),
    ("report-only",): (REQUIRED, ["report-mode"]),
    ("required", "required-again", "forks-review"): (BY_RULESET, []),
}


@pytest.mark.parametrize("names", SETTINGS, ids="+".join)
def test_a_shipped_workflow_is_tight_where_it_is_meant_to_stand(names: tuple[str, ...]) -> None:
    settings, expected = SETTINGS[names]
    examination = consult(*((SHIPPED / f"{name}.yml").read_text() for name in names), settings=settings)
    assert ids(examination, without=()) == expected


def test_no_shipped_workflow_is_left_out() -> None:
    assert {name for names in SETTINGS for name in names} == {file.stem for file in SHIPPED.glob("*.yml")}


def test_reviews_of_forks_go_unnoticed_without_the_second_workflow() -> None:
    for name in ("forks", "own-app"):
        assert "no-review-event" in ids(consult((SHIPPED / f"{name}.yml").read_text(), settings=REQUIRED))
