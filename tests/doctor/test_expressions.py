"""Conditions, as far as they can be told before the run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.doctor.expressions import UNDECIDED, Undecided, Value, holds

KNOWN: dict[str, Value] = {
    "github.event_name": "pull_request_target",
    "github.event.issue.pull_request": False,
    "success()": True,
}


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
        ("!!vars.ON", UNDECIDED),
        ("github.event_name == 'Pull_Request_Target'", True),
        ("github.event_name != 'push' && always()", True),
        ("github.event_name == 'push' && vars.ON", False),
        ("vars.ON && github.event_name == 'push'", False),
        ("vars.ON || github.event_name != 'push'", True),
        ("vars.ON || github.event_name == 'push'", UNDECIDED),
        ("vars.ON && true", UNDECIDED),
        ("false || 'x' == 'x'", True),
        ("github.event.issue.pull_request", False),
        ("github.event.number > 1", UNDECIDED),
        ("true == true", UNDECIDED),
        ("contains(github.event.labels.*.name, 'a')", UNDECIDED),
        ("format('{0}', github.event_name, (true))", UNDECIDED),
        ("${{ vars.ON }} && ${{ true }}", UNDECIDED),
        ("${{ vars.ON }} == 'x'", UNDECIDED),
        ("(true", UNDECIDED),
        ("true)", UNDECIDED),
        ("==", UNDECIDED),
        ("", UNDECIDED),
        ("true && ", UNDECIDED),
        ("{", UNDECIDED),
        ("'open", UNDECIDED),
        ("(" * 900 + "true" + ")" * 900, UNDECIDED),
        ("!" * 1500 + "true", True),
        ("true " * 1000, UNDECIDED),
        ("f(" * 300, UNDECIDED),
    ],
)
def test_a_condition_is_true_false_or_depends(
    condition: str, expected: bool | Undecided
) -> None:
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
    assert holds(condition, KNOWN) in {True, False, UNDECIDED}
