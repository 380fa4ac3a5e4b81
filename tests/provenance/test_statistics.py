"""The share of a history that is AI-assisted."""

import pytest
from msgspec.structs import replace

from judgegate.model.change import Commit
from judgegate.model.levels import Certainty, Role
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.statistics import Share, count_history, month_of, read_history
from tests.provenance.changes import CLAUDE, ROLES, a_commit

JANUARY, FEBRUARY = 1_767_614_400, 1_770_292_800
"""2026-01-05 and 2026-02-05, 12:00 UTC."""


def at(seconds: int, *trailers: str) -> Commit:
    return replace(a_commit("Add x\n\n" + "\n".join(trailers)), committed=seconds)


HISTORY = [
    at(FEBRUARY, CLAUDE, "Made-with: Cursor"),
    at(FEBRUARY),
    at(JANUARY, CLAUDE),
    at(
        JANUARY,
        "Co-authored-by: gemini-code-assist[bot] <1+gemini-code-assist[bot]@users.noreply.github.com>",
    ),
]


def test_commits_are_counted_by_tool_and_month() -> None:
    statistics = count_history(
        read_history(HISTORY, default_matcher()), Certainty.STRONG, ROLES
    )
    assert statistics.total == Share(
        4, 3, (("claude-code", 2), ("cursor", 1), ("gemini-code-assist", 1))
    )
    assert statistics.months == (
        ("2026-01", Share(2, 2, (("claude-code", 1), ("gemini-code-assist", 1)))),
        ("2026-02", Share(2, 1, (("claude-code", 1), ("cursor", 1)))),
    )
    assert statistics.total.percentage == 75.0


@pytest.mark.parametrize(
    ("gate_on", "roles", "tools_off", "assisted"),
    [
        (Certainty.CERTAIN, ROLES, frozenset(), 2),
        (None, ROLES, frozenset(), 3),
        (Certainty.WEAK, frozenset({Role.DECLARED}), frozenset(), 0),
        (Certainty.STRONG, ROLES, frozenset({"claude-code"}), 2),
    ],
)
def test_the_terms_decide_what_counts(
    gate_on: Certainty | None,
    roles: frozenset[Role],
    tools_off: frozenset[str],
    assisted: int,
) -> None:
    history = read_history(HISTORY, default_matcher())
    assert (
        count_history(history, gate_on, roles, tools_off=tools_off).total.assisted
        == assisted
    )


def test_no_commits_are_no_share() -> None:
    statistics = count_history([], Certainty.STRONG, ROLES)
    assert (statistics.total, statistics.months, statistics.total.percentage) == (
        Share(0, 0, ()),
        (),
        0.0,
    )


@pytest.mark.parametrize(
    ("seconds", "month"),
    [
        (0, "1970-01"),
        (JANUARY, "2026-01"),
        (-1, "unknown"),
        (253_402_300_799, "9999-12"),
        (253_402_300_800, "unknown"),
        (10**30, "unknown"),
    ],
)
def test_a_clock_that_no_calendar_has_is_unknown(seconds: int, month: str) -> None:
    assert month_of(seconds) == month
