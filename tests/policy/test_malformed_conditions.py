"""Malformed conditions."""

import pytest

from tests.policy.policies import lines_of

CASE = "version: 1\nextends: []\nrules:\n  security/insecure-code:\n    action: warn\n    cases:\n      - when: {}\n        action: block\n"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "{}",
            [
                ":7:15: expected a condition such as {provenance: ai}, found an empty mapping"
            ],
        ),
        ("{provenance: human}", [':7:28: expected ai or unmarked, found "human"']),
        (
            "{severity: [high, severe]}",
            [':7:33: expected low, medium, high or critical, found "severe"'],
        ),
        (
            "{severity: []}",
            [":7:26: expected a severity or a list of them, found an empty list"],
        ),
        (
            "{confidence: critical}",
            [':7:28: expected low, medium or high, found "critical"'],
        ),
        (
            "{pats: [src/]}",
            [':7:16: unknown key "pats" in a condition; did you mean "paths"?'],
        ),
        (
            "{paths: [/]}",
            [
                ':7:24: expected a path pattern that can match something, in the language of .gitignore, found "/"'
            ],
        ),
        (
            "{paths: ['!src/']}",
            [
                ":7:23: these patterns match nothing: each one only excludes (!) what an earlier one matched"
            ],
        ),
        (
            "{paths: ['../src/']}",
            [
                (
                    ':7:24: expected a path pattern without . or .. as a folder: patterns start at the policy\'s folder, found "../src/"'
                )
            ],
        ),
        (
            "{paths: ['src/[']}",
            [
                ':7:24: expected a path pattern that can match something, in the language of .gitignore, found "src/["'
            ],
        ),
        (
            "{paths: ['*a*b*c*d*e']}",
            [
                ':7:24: expected a path pattern with at most 4 stars between two slashes, found "*a*b*c*d*e"'
            ],
        ),
        (
            "{paths: [' src/']}",
            [
                ':7:24: expected a path pattern without white space at its ends, found " src/"'
            ],
        ),
        (
            "{paths: ['#src']}",
            [
                ':7:24: expected a path pattern that is not a comment (write \\# for a name that starts with #), found "#src"'
            ],
        ),
        (
            "{code: '*B*'}",
            [':7:22: expected a text with at most one *, at its end, found "*B*"'],
        ),
        ("{code: 602}", [':7:22: expected a text (put it in quotes: "602"), found "602"']),
        (
            "{target_branch: '*'}",
            [':7:31: expected a text with at most one *, at its end, found "*"'],
        ),
        (
            "{added_lines: 100}",
            [':7:29: expected limits: {min: 1} or {max: 100} (a mapping), found "100"'],
        ),
        (
            "{added_lines: {}}",
            [":7:29: expected limits: {min: 1} or {max: 100}, found an empty mapping"],
        ),
        (
            "{added_lines: {min: 10, max: 5}}",
            [":7:29: this can never be true: max 5 is below min 10"],
        ),
        (
            "{added_lines: {minimum: 10}}",
            [':7:30: unknown key "minimum" in added_lines; did you mean "min"?'],
        ),
        (
            "{any: {provenance: ai}}",
            [":7:21: expected a list of conditions, found a mapping"],
        ),
        ("{any: []}", [":7:21: expected a list of conditions, found an empty list"]),
        ("{not: [provenance]}", [":7:21: expected a condition (a mapping), found a list"]),
        (
            "{all: [{provenance: ai}, {provenance: unmarked}]}",
            [":7:9: the condition of this case can never be true"],
        ),
        (
            "{not: {provenance: [ai, unmarked]}}",
            [":7:9: the condition of this case can never be true"],
        ),
        ("{labels: 1}", [':7:24: expected a text (put it in quotes: "1"), found "1"']),
        ("{dependency_update: bot}", [':7:35: expected true or false, found "bot"']),
        ("{dependency_update: [true]}", [":7:35: expected true or false, found a list"]),
        (
            "{languages: [on]}",
            [':7:28: expected a text (put it in quotes: "on"), found "on"'],
        ),
    ],
)
def test_malformed_conditions_are_told_with_line_column_and_what_was_expected(
    condition: str, expected: list[str]
) -> None:
    assert lines_of(CASE.replace("{}", condition, 1)) == expected
