"""Conditions, as far as they can be told before the run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.github.doctor.expressions import UNKNOWN, Unknown, Value, holds

KNOWN: dict[str, Value] = {"github.event_name": "pull_request_target", "github.event.issue.pull_request": False, "success()": True}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("true", True),
        ("false", False),
        ("null", False),
        ("''", False),
        ("'it''s'", True),
        ("${{ false }}", False),
        ("always()", True),
        ("success()", True),
        ("failure()", False),
        ("!cancelled()", True),
        ("!(failure())", True),
        ("!!vars.ON", UNKNOWN),
        ("github.event_name == 'Pull_Request_Target'", True),
        ("github.event_name != 'push' && always()", True),
        ("github.event_name == 'push' && vars.ON", False),
        ("vars.ON && github.event_name == 'push'", False),
        ("vars.ON || github.event_name != 'push'", True),
        ("vars.ON || github.event_name == 'push'", UNKNOWN),
        ("vars.ON && true", UNKNOWN),
        ("false || 'x' == 'x'", True),
        ("github.event.issue.pull_request", False),
        ("github.event.number > 1", UNKNOWN),
        ("true == true", UNKNOWN),
        ("contains(github.event.labels.*.name, 'a')", UNKNOWN),
        ("format('{0}', github.event_name, (true))", UNKNOWN),
        ("${{ vars.ON }} && ${{ true }}", UNKNOWN),
        ("${{ vars.ON }} == 'x'", UNKNOWN),
        ("(true", UNKNOWN),
        ("true)", UNKNOWN),
        ("==", UNKNOWN),
        ("", UNKNOWN),
        ("true && ", UNKNOWN),
        ("{", UNKNOWN),
        ("'open", UNKNOWN),
        ("(" * 900 + "true" + ")" * 900, UNKNOWN),
        ("!" * 1500 + "true", True),
        ("true " * 1000, UNKNOWN),
        ("f(" * 300, UNKNOWN),
    ],
)
def test_a_condition_is_true_false_or_depends(condition: str, expected: bool | Unknown) -> None:
    assert holds(condition, KNOWN) is expected


PIECES = [
    "(",
    ")",
    "!",
    "&&",
    "||",
    "==",
    "<",
    "'",
    "''",
    ",",
    " ",
    "${{",
    "}}",
    "true",
    "false",
    "github.event_name",
    "success",
    "é",
    "\0",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_any_text_is_answered(condition: str) -> None:
    assert holds(condition, KNOWN) in {True, False, UNKNOWN}
