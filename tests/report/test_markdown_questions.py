"""What a brief asks first, once, and where."""

import pytest
from inline_snapshot import snapshot
from msgspec.structs import replace

from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.levels import Outcome
from tests.report.briefs import LINKED, REACH, WORKS, a_concern, a_hunk, brief
from tests.report.verdicts import BASE, HEAD, a_verdict


def test_a_question_is_asked_once_with_the_places_that_raise_it() -> None:
    hunks = [
        a_hunk(
            a_concern(line=3),
            a_concern(Stake.UNTESTED, WORKS, "no test touches it"),
            path=f"src/{n}.py",
        )
        for n in range(5)
    ]
    text = brief(a_verdict(Outcome.REVIEW, hunks=tuple(hunks)))
    assert text.count(REACH) == text.count(WORKS) == 1
    assert text.index(REACH) < text.index(WORKS)
    assert "`src/0.py:3`, `src/1.py:3`, `src/2.py:3` and 2 more" in text
    assert "`src/0.py:3-9`, `src/1.py:3-9`, `src/2.py:3-9` and 2 more" in text


def test_a_hunk_with_much_at_stake_does_not_hide_the_others() -> None:
    first = a_hunk(
        *(a_concern(question=f"Question {n}?") for n in range(4)), path="first.py"
    )
    text = brief(
        a_verdict(
            Outcome.REVIEW,
            hunks=(first, a_hunk(a_concern(question="And here?"), path="second.py")),
        )
    )
    asked = [line for line in text.split("\n") if "**" in line and "?" in line]
    assert [line.split("**")[1] for line in asked] == [
        "Question 0?",
        "Question 1?",
        "And here?",
        "Question 2?",
        "Question 3?",
    ]


def a_generic(stake: Stake, question: str, what: str) -> Concern:
    return Concern(stake, what, question, generic=True)


def test_generic_questions_stand_under_the_weightiest_of_their_hunk() -> None:
    asked = a_generic(
        Stake.ASSISTED, "Does it do what was asked?", "an AI helped to write the line"
    )
    tested = a_generic(Stake.UNTESTED, WORKS, "no test touches it")
    first = a_hunk(a_concern(line=5), a_concern(question="And this?"), asked, tested)
    second = a_hunk(
        a_generic(
            Stake.ASSISTED,
            "Does it do what was asked?",
            "an AI helped to write 3 of 5 lines",
        ),
        tested,
        path="b.py",
    )
    text = (
        brief(a_verdict(Outcome.REVIEW, hunks=(first, second)))
        .partition("### Question first\n\n")[2]
        .partition("\n\n")[0]
    )
    assert text == snapshot("""\
1. **Can an outsider reach it?**  \n\
   `src/shop/export.py:5`  \n\
   A shell starts it  \n\
   Also: Does it do what was asked? (an AI helped to write the line)  \n\
   Also: How do we know that it works? (no test touches it)
2. **And this?**  \n\
   `src/shop/export.py:3-9`  \n\
   A shell starts it
3. **Does it do what was asked?**  \n\
   `b.py:3-9`  \n\
   An AI helped to write 3 of 5 lines  \n\
   Also: How do we know that it works? (no test touches it)\
""")


def test_each_place_has_the_clause_that_is_true_of_it() -> None:
    asked = [
        a_generic(Stake.ASSISTED, REACH, f"an AI helped to write {lines}")
        for lines in ("the line", "3 of 5 lines", "", "", "")
    ]
    hunks = tuple(a_hunk(one, path=f"{number}.py") for number, one in enumerate(asked))
    text = brief(a_verdict(Outcome.REVIEW, hunks=(replace(hunks[0], alike=2), *hunks[1:])))
    assert text.partition("### Question first\n\n")[2].partition("\n\n")[0] == snapshot("""\
1. **Can an outsider reach it?**  \n\
   `0.py:3-9` and 2 more like it in this file: an AI helped to write the line  \n\
   `1.py:3-9`: an AI helped to write 3 of 5 lines  \n\
   `2.py:3-9`: an AI helped to write  \n\
   and 2 more\
""")


def test_that_more_of_a_file_is_like_it_is_said_at_the_place() -> None:
    text = brief(
        a_verdict(
            Outcome.REVIEW,
            hunks=(a_hunk(a_concern(), alike=2), a_hunk(a_concern(), path="b.py")),
        )
    )
    assert (
        "`src/shop/export.py:3-9` and 2 more like it in this file, `b.py:3-9`  \n   A shell starts it"
        in text
    )


def test_at_most_five_questions_are_asked_unless_all_are_wanted() -> None:
    verdict = a_verdict(
        Outcome.REVIEW,
        hunks=tuple(
            a_hunk(a_concern(question=f"Number {n}?"), path=f"{n}.py") for n in range(9)
        ),
    )
    assert "Number 4?" in brief(verdict)
    assert "Number 5?" not in brief(verdict)
    assert "And 4 more in the report." in brief(verdict)
    assert "Number 8?" in brief(verdict, show_all=True)


def test_where_all_is_well_but_the_tests_the_question_is_folded() -> None:
    hunks = (a_hunk(a_concern(Stake.UNTESTED, WORKS)),)
    assert "Question first" not in brief(a_verdict(hunks=hunks))
    assert "<summary><b>To question</b>: no test touches 1 hunk</summary>" in brief(
        a_verdict(hunks=hunks)
    )
    assert "### Question first" in brief(a_verdict(Outcome.REVIEW, hunks=hunks))


@pytest.mark.parametrize(
    ("hunk", "place"),
    [
        (
            a_hunk(a_concern()),
            f"[`src/shop/export.py:3-9`](https://github.com/acme/shop/blob/{HEAD}/src/shop/export.py#L3-L9)",
        ),
        (
            a_hunk(a_concern(line=4)),
            f"[`src/shop/export.py:4`](https://github.com/acme/shop/blob/{HEAD}/src/shop/export.py#L4)",
        ),
        (
            a_hunk(a_concern(line=44)),
            f"[`src/shop/export.py:3-9`](https://github.com/acme/shop/blob/{HEAD}/src/shop/export.py#L3-L9)",
        ),
        (
            a_hunk(a_concern(Stake.GUARD, line=2)),
            f"[`src/shop/export.py:2`](https://github.com/acme/shop/blob/{BASE}/src/shop/export.py#L2) (removed)",
        ),
        (
            a_hunk(a_concern(), added=None),
            f"[`src/shop/export.py:2-4`](https://github.com/acme/shop/blob/{BASE}/src/shop/export.py#L2-L4) (removed)",
        ),
    ],
)
def test_what_is_gone_is_shown_where_it_was(hunk: Hunk, place: str) -> None:
    assert f"   {place}  \n" in brief(a_verdict(Outcome.REVIEW, hunks=(hunk,)), LINKED)


def test_a_file_as_a_whole_is_shown_among_the_files_of_the_pull_request() -> None:
    text = brief(
        a_verdict(
            Outcome.REVIEW,
            hunks=(
                a_hunk(a_concern(Stake.UNREAD), path="logo.bin", added=None, removed=None),
            ),
        ),
        LINKED,
    )
    assert "[`logo.bin`](https://github.com/acme/shop/pull/12/files#diff-" in text
