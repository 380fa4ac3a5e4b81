"""What to question first, at a terminal."""

from msgspec.structs import replace

from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.levels import Outcome
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import Verdict
from judgegate.report.formats import render_report
from judgegate.report.options import ReportOptions
from tests.report.verdicts import a_verdict, ai_assisted, evidence

SHELL = Concern(
    Stake.FINDING, "A shell is started", "Where does the command come from?", 12
)
PRINT = Concern(Stake.FINDING, "A print", "Who reads it?", 20)
ASSISTED = Concern(
    Stake.ASSISTED, "an AI helped to write the 9 lines", "Does it do what was asked?"
)
UNTESTED = Concern(Stake.UNTESTED, "no test of the change touches it", "How do we know?")
GUARD = Concern(Stake.GUARD, "`login_required` is removed", "Who can reach this now?", 4)
UNREAD = Concern(Stake.UNREAD, "it is a link", "Where does it lead?")
HUNK = Hunk(
    "app.py", LineRange(10, 30), LineRange(3, 5), (SHELL, PRINT, ASSISTED, UNTESTED), 17
)


def section(verdict: Verdict, *, show_all: bool = False) -> list[str]:
    """The paragraph's lines below its heading; none where there is no such paragraph."""
    lines = render_report(
        "text", verdict, ReportOptions(show_all=show_all, width=200)
    ).split("\n")
    if "Question first:" not in lines:
        return []
    below = lines[lines.index("Question first:") + 1 :]
    return below[: below.index("")]


def asked(
    *hunks: Hunk, outcome: Outcome = Outcome.REVIEW, show_all: bool = False
) -> list[str]:
    return section(a_verdict(outcome, hunks=hunks), show_all=show_all)


def test_a_hunk_is_one_question_with_what_is_at_stake() -> None:
    assert asked(HUNK) == [
        "  - app.py:12: Where does the command come from? (2 findings; AI-assisted; no test touched)"
    ]


def test_what_is_gone_is_shown_where_it_was() -> None:
    gone = replace(HUNK, concerns=(GUARD, UNTESTED))
    assert asked(gone) == [
        "  - app.py:4 (removed): Who can reach this now? (`login_required` is removed; no test touched)"
    ]
    assert asked(replace(gone, added=None, concerns=(ASSISTED,)))[0].startswith(
        "  - app.py:3 (removed): "
    )


def test_a_file_without_lines_is_a_place_too_and_the_same_elsewhere_is_counted() -> None:
    link = Hunk("link", None, None, (UNREAD,), 5, alike=1)
    assert asked(link) == [
        "  - link: Where does it lead? (not checked; the same in 1 more place)"
    ]
    assert asked(replace(link, alike=4))[0].endswith("the same in 4 more places)")


def test_only_the_first_three_are_reported_unless_all_are_wanted() -> None:
    hunks = [replace(HUNK, path=f"app{number}.py") for number in range(5)]
    assert len(asked(*hunks)) == 3
    assert len(asked(*hunks, show_all=True)) == 5


def test_that_no_test_came_along_is_no_question_of_the_first() -> None:
    assert asked(replace(HUNK, concerns=(UNTESTED,))) == []


def test_what_may_merge_is_asked_about_only_if_an_ai_took_part() -> None:
    assert asked(HUNK, outcome=Outcome.PASS) == []
    assisted = a_verdict(Outcome.PASS, hunks=(HUNK,), provenance=ai_assisted(evidence()))
    assert len(section(assisted)) == 1
