"""A condition in words is the condition as one would write it."""

import pytest

from judgegate.policy.condition_text import describe_condition
from judgegate.policy.conditions import Condition
from judgegate.policy.review import describe_standings
from tests.policy.policies import load

RULE = "security/insecure-code"


def condition(text: str) -> Condition:
    policy = load(f"version: 1\nrules: {{{RULE}: {{action: warn, when: {{{text}}}}}}}\n")
    when = policy.merged(RULE).when
    assert when is not None
    return when.value


@pytest.mark.parametrize(
    "text",
    [
        "provenance: ai",
        "severity: [medium, high]",
        "confidence: high",
        "code: [B602, B3*]",
        "paths: [src/**, tests/]",
        "target_branch: release/*",
        "author: alice",
        "labels: [later, urgent]",
        "languages: python",
        "dependency_update: true",
        "dependency_update: false",
        "paths: src/**, dependency_update: false",
        "added_lines: {min: 400}",
        "added_lines: {max: 10}",
        "added_lines: {min: 1, max: 10}",
        "paths: src/**, severity: high",
        "not: {provenance: ai}",
        "any: [{severity: high}, {paths: src/**, code: B602}]",
        "all: [{labels: a}, {labels: b}]",
    ],
)
def test_a_condition_reads_as_it_is_written(text: str) -> None:
    found = condition(text)
    assert describe_condition(found) == text
    assert condition(describe_condition(found)) == found


def test_people_read_as_they_are_written() -> None:
    text = "[{permission: write}, {team: org/a}, {user: alice}, code_owners]"
    assert (
        describe_standings(
            load(
                f"version: 1\nextends: [default]\nreview: {{from: {text}}}\n"
            ).review.standings
        )
        == text
    )
