"""The workflows that users copy are tight, each where it is meant to stand."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from judgegate.doctor.finding import Gravity
from judgegate.doctor.setup import RequiredCheck, RequiredWorkflow, Settings
from judgegate.model.errors_and_exit_codes import ExitCode
from tests.doctor.repositories import (
    JUDGE,
    PIN,
    REQUIRED,
    TIGHT,
    altered,
    consult,
    ids,
    one,
)

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "docs" / "workflows"
BY_APP = Settings(
    42, is_private=False, checks=(RequiredCheck("judgegate/main", 99, "ruleset 7"),)
)
BY_RULESET = Settings(
    42, is_private=False, workflows=(RequiredWorkflow(JUDGE, 42, "ruleset 7"),)
)
QUEUED = Settings(42, is_private=False, checks=REQUIRED.checks, has_queue=True)

SETTINGS = {
    ("judgegate",): (REQUIRED, ["forgeable-status"]),
    ("forks", "forks-review"): (REQUIRED, ["forgeable-status"]),
    ("merge-queue",): (QUEUED, ["fork-reviews", "forgeable-status"]),
    ("own-app", "forks-review"): (BY_APP, []),
    ("report-only",): (REQUIRED, ["report-mode"]),
    ("required", "required-again", "forks-review"): (BY_RULESET, []),
}


def shipped(name: str) -> str:
    return (SHIPPED / f"{name}.yml").read_text()


@pytest.mark.parametrize("names", SETTINGS, ids="+".join)
def test_a_shipped_workflow_is_tight_where_it_is_meant_to_stand(
    names: tuple[str, ...],
) -> None:
    settings, expected = SETTINGS[names]
    report = consult(*map(shipped, names), settings=settings)
    assert ids(report, without=()) == expected


def test_no_shipped_workflow_is_left_out() -> None:
    assert {name for names in SETTINGS for name in names} == {
        file.stem for file in SHIPPED.glob("*.yml")
    }


@pytest.mark.parametrize(
    "names", [("forks",), ("own-app",), ("required", "required-again")]
)
def test_reviews_go_unnoticed_without_the_second_workflow_and_that_one_is_named(
    names: tuple[str, ...],
) -> None:
    found = one(consult(*map(shipped, names)), "review-workflow-missing")
    assert (found.gravity, found.what) == (
        Gravity.HOLE,
        "workflow_run waits for judgegate review, but no workflow has that name.",
    )
    assert "docs/workflows/forks-review.yml" in found.kind.remedy


OFFLINE = {
    ("judgegate",): ["fork-reviews", "forgeable-status"],
    ("forks", "forks-review"): ["forgeable-status"],
    ("merge-queue",): ["fork-reviews", "forgeable-status"],
    ("own-app", "forks-review"): ["source-unnamed"],
    ("report-only",): ["report-mode"],
    ("required", "required-again", "forks-review"): ["own-result"],
}


@pytest.mark.parametrize("names", OFFLINE, ids="+".join)
def test_the_files_alone_show_nothing_worse_than_how_github_is(
    names: tuple[str, ...],
) -> None:
    report = consult(*map(shipped, names))
    assert ids(report, without=()) == OFFLINE[names]
    assert {one.gravity for one in report.findings} == {
        Gravity.HOLE if names == ("report-only",) else Gravity.NOTE
    }


def test_a_run_that_a_ruleset_waits_for_may_post_no_status() -> None:
    posts = altered(
        shipped("required"),
        ("      pull-requests: read", "      statuses: write\n      pull-requests: read"),
    )
    by_app = altered(
        shipped("required"),
        (
            "          comment: false",
            "          github-token: ${{ steps.app.outputs.token }}",
        ),
    )
    for text in (posts, by_app):
        report = consult(
            text, shipped("required-again"), shipped("forks-review"), settings=BY_RULESET
        )
        assert ids(report, without=("forgeable-status", "source-unnamed")) == [
            "status-in-required-run"
        ]
        assert report.exit_code is ExitCode.BLOCK
        assert not report.setup.is_required
    both = replace(BY_RULESET, checks=REQUIRED.checks)
    assert "status-in-required-run" not in ids(consult(posts, settings=both))


def test_a_run_that_a_ruleset_waits_for_is_the_gate_whatever_posts_a_status_besides() -> (
    None
):
    besides = altered(TIGHT, ("    runs-on", "    if: false\n    runs-on"))
    again = shipped("required-again"), shipped("forks-review")
    report = consult(shipped("required"), besides, *again, settings=BY_RULESET)
    assert ids(report) == []
    assert report.setup.is_required


def test_a_result_alone_is_a_weakness_where_no_ruleset_waits_for_it() -> None:
    plain = shipped("required"), shipped("required-again"), shipped("forks-review")
    by_job = Settings(
        42, is_private=True, checks=(RequiredCheck("Judge", None, "ruleset 7"),)
    )
    report = consult(*plain, settings=by_job)
    assert [(one.kind.id, one.gravity) for one in report.findings] == [
        ("edit-types", Gravity.WEAKNESS),
        ("own-result", Gravity.WEAKNESS),
    ]


def test_what_a_ruleset_does_not_start_could_take_more_types() -> None:
    by_hand = altered(shipped("required"), ("on:\n", "on:\n  workflow_dispatch:\n"))
    assert "edit-types" in ids(consult(by_hand))


def test_an_app_that_no_rule_names_keeps_nobody_from_forging() -> None:
    found = one(
        consult(shipped("own-app"), shipped("forks-review"), settings=REQUIRED),
        "source-unnamed",
    )
    assert found.gravity is Gravity.WEAKNESS
    assert "In the ruleset, select the App as the source of the status" in found.kind.remedy


def test_the_remedy_of_report_mode_is_the_workflow_that_gates() -> None:
    found = one(consult(shipped("report-only")), "report-mode")
    assert "use docs/workflows/judgegate.yml instead" in found.kind.remedy


def test_the_workflow_on_the_front_page_is_as_tight_as_the_one_that_it_shortens() -> None:
    (snippet,) = [
        block
        for block in re.findall(
            r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
        )
        if "on:\n" in block
    ]
    report = consult(altered(snippet, ("<commit of the release>", PIN)))
    assert ids(report, without=()) == ids(consult(shipped("judgegate")), without=())
