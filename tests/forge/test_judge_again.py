"""Judging again until what was judged is still what there is."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from judgegate.forge.judge_again import MOST_ATTEMPTS, Attempt, judge_until_current
from judgegate.forge.pull import Pull
from judgegate.model.approvals import Person
from judgegate.model.errors_and_exit_codes import IncompleteError

PULL = Pull(7, "a" * 40, "topic", "org/shop", "main", Person(1, "alice"))
OTHER = replace(PULL, number=8)


def judge(pull: Pull, later: Sequence[Pull], others: tuple[Pull, ...] = ()) -> Attempt[str]:
    """Judge while the pull request becomes each of `later` in turn."""
    states = iter(later)
    return judge_until_current(
        pull, lambda seen: seen.title, lambda _seen: (next(states), others)
    )


def test_what_did_not_change_meanwhile_is_judged_once() -> None:
    assert judge(PULL, [PULL], (OTHER,)) == Attempt(PULL, "", others=(OTHER,))
    assert judge(
        PULL, [PULL], (OTHER, replace(OTHER, number=9, base_branch="next"))
    ).siblings == (8,)


def test_what_was_edited_is_judged_again_and_the_branch_that_it_left_is_remembered() -> (
    None
):
    edited = replace(PULL, title="Another", base_branch="next")
    assert judge(PULL, [edited, edited]) == Attempt(
        edited, "Another", former_bases=("main",)
    )


def test_what_was_pushed_over_is_left_to_the_run_for_the_new_head() -> None:
    attempt = judge(PULL, [replace(PULL, head="b" * 40)])
    assert (attempt.judged, attempt.pull.head) == ("", "b" * 40)
    assert attempt.superseded.startswith("The head is now bbbbbbbbbbbb")


def test_what_is_closed_is_not_judged() -> None:
    closed = replace(PULL, is_open=False)
    assert judge(closed, []) == Attempt(
        closed, None, "Pull request 7 is closed: nothing to judge."
    )


def test_what_is_edited_again_and_again_has_no_verdict() -> None:
    edits = [replace(PULL, title=f"{number}") for number in range(MOST_ATTEMPTS)]
    with pytest.raises(IncompleteError, match="edited repeatedly"):
        judge(PULL, edits)
