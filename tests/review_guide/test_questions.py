"""Every finding has a question, short, and about nobody."""

import re
from pathlib import Path

import pytest

from judgegate.checks.insecure_code.rule import INSECURE_CODE, QUESTIONS, REMEDIES
from judgegate.checks.registry import QUESTIONS as PATTERN_QUESTIONS
from judgegate.checks.removed_guards.kinds import KINDS
from judgegate.model.levels import Action, Family, Severity
from judgegate.report.rule_pages import shipped_rules
from judgegate.review_guide import concerns
from judgegate.review_guide.concerns import (
    ACTIONS,
    ASKED_MORE,
    ASSISTED,
    FAMILIES,
    GROWN,
    GROWN_MOST,
    LONGEST,
    POLICY,
    SEVERITIES,
    UNREAD,
    UNTESTED,
    WAIVED,
    question_about,
)
from judgegate.review_guide.critical_paths import CRITICAL

ALL = [
    *QUESTIONS.values(),
    *(row.question for row in shipped_rules().values()),
    *FAMILIES.values(),
    *(row.question for row in CRITICAL),
    *(kind.question for kind in KINDS.values()),
    *(
        value
        for name, value in vars(concerns).items()
        if name.isupper() and isinstance(value, str)
    ),
]


@pytest.mark.parametrize("rule", sorted(shipped_rules()))
def test_every_shipped_rule_has_a_question(rule: str) -> None:
    assert shipped_rules()[rule].question


def test_no_rule_that_is_gone_has_one() -> None:
    assert set(PATTERN_QUESTIONS) <= set(shipped_rules())


def test_every_code_with_a_remedy_has_a_question_of_its_own() -> None:
    assert set(REMEDIES) <= set(QUESTIONS)


@pytest.mark.parametrize("question", sorted(set(ALL)))
def test_a_question_asks_and_fits_a_line(question: str) -> None:
    assert "?" in question
    assert len(question) < LONGEST
    assert not re.search(r"@\w|\b(?:alice|bob)\b", question)


def test_a_code_is_asked_about_before_its_rule() -> None:
    assert question_about("security/insecure-code", "B602", "") == QUESTIONS["B602"]
    assert question_about("security/insecure-code", "B999", "") == INSECURE_CODE.question
    assert (
        question_about("reliability/breakpoint", "B602", "")
        == PATTERN_QUESTIONS["reliability/breakpoint"]
    )


@pytest.mark.parametrize(
    ("why", "asked"),
    [
        (
            "Prints do not reach our logs.",
            "Prints do not reach our logs. Why is an exception right here?",
        ),
        ("", FAMILIES[Family.RELIABILITY]),
        ("Far too long to be asked. " * 9, FAMILIES[Family.RELIABILITY]),
        ("Two\nlines", FAMILIES[Family.RELIABILITY]),
    ],
)
def test_a_rule_of_the_team_asks_with_the_team_s_words_where_they_fit(
    why: str, asked: str
) -> None:
    assert question_about("reliability/no-print", None, why) == asked


def test_the_page_has_the_weights() -> None:
    """The table of the documentation, row by row, in the words that stand there."""
    page = (
        Path("docs/how-it-decides.md").read_text().partition("## What to question first")[2]
    )
    rows = [
        line.strip("| \n").split("|")
        for line in page.splitlines()
        if line.startswith("|") and "---" not in line
    ]
    weights = [cells[-1].strip() for cells in rows[1:]]
    actions = f"{ACTIONS[Action.BLOCK]}, {ACTIONS[Action.REVIEW]}, {ACTIONS[Action.WARN]}"
    assert weights[0] == str(POLICY)
    assert (
        weights[1]
        == f"{actions}, plus {SEVERITIES[Severity.LOW]} to {SEVERITIES[Severity.CRITICAL]} for its severity (low to critical)"
    )
    assert weights[2] == str(WAIVED)
    assert sorted(map(int, weights[3:14])) == sorted(kind.weight for kind in KINDS.values())
    assert weights[14].startswith(f"{UNREAD};")
    assert weights[15] == str(ASKED_MORE)
    assert (
        weights[16]
        == f"{min(row.weight for row in CRITICAL)} to {max(row.weight for row in CRITICAL)}"
    )
    assert weights[17].startswith(f"{GROWN}, ")
    assert weights[17].endswith(f"at most {GROWN_MOST}")
    assert weights[18:] == [str(ASSISTED), str(UNTESTED)]
