"""A rule's documentation as a terminal shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from msgspec.structs import replace

from judgegate.model.levels import Severity
from judgegate.model.rules import Option, RulePage, RuleSpec, Stricter
from judgegate.report.rule_pages import render_rule_list, render_rule_text
from judgegate.report.text_layout import TextLayout, count_columns
from tests.report.hostile import TEXT
from tests.report.test_hostile_text import is_shown_only

PAGE = RulePage(
    what="Looks for **print** and for `logging.debug`\nin what is shipped; see [the guide](https://example.com/guide).\n\nNot in tests.",
    why="Nobody reads them.",
    fix="Take one of these:\n\n- a logger, which somebody reads and which can be told to be quiet\n- nothing at all",
    tune="Give it a path:\n\n```yaml\nrules:\n  reliability/no-print:\n    when: {paths: [src/]}\n```\n\nOr a waiver.",
    before="print(f'{order} was sent to {address}, and nobody will ever look here')\n",
    after="log.info('sent', order)\n",
)
LIMIT = Option("max_prints", "How many may stay.", 0, 0, 9, Stricter.SMALLER)
NO_PRINT = RuleSpec(
    "reliability/no-print",
    "A print that was forgotten.",
    Severity.LOW,
    "Use the logger.",
    PAGE,
    (LIMIT,),
)
HARD_EXIT = replace(
    NO_PRINT,
    id="architecture/exit",
    summary="A library that ends the program of whoever calls it.",
    severity=Severity.HIGH,
)

NARROW = TextLayout.of(40, colour=False)


def test_a_page_is_laid_out_without_the_marks_of_markdown() -> None:
    assert render_rule_text(NO_PRINT, NARROW) == snapshot("""\
reliability/no-print

A print that was forgotten.

Severity, unless a check or the policy
sets another one: low.

What it looks for
  Looks for print and for
  `logging.debug` in what is shipped;
  see the guide
  (https://example.com/guide).

  Not in tests.

Why
  Nobody reads them.

How to fix it
  Take one of these:

  - a logger, which somebody reads and
    which can be told to be quiet
  - nothing at all

  Before:

    print(f'{order} was sent to {address}, and nobody will ever look here')

  After:

    log.info('sent', order)

Options
  max_prints: How many may stay (0
    unless set, 0 to 9, smaller is
    stricter)

How to tune it
  Give it a path:

    rules:
      reliability/no-print:
        when: {paths: [src/]}

  Or a waiver.
""")


def test_a_rule_without_examples_and_options_has_no_place_for_them() -> None:
    page = render_rule_text(
        replace(NO_PRINT, options=(), own_page=replace(PAGE, before="", after="", fix="")),
        NARROW,
    )
    assert not any(title in page for title in ("Before:", "After:", "Options"))
    assert "\n\nHow to fix it\n\nHow to tune it\n" in page


def test_a_long_paragraph_is_not_cut() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    assert "word299" in render_rule_text(
        replace(NO_PRINT, own_page=replace(PAGE, what=words)), NARROW
    )


@pytest.mark.parametrize(
    ("width", "listed"),
    [
        (
            40,
            """\
architecture/exit (high)
  A library that ends the program of
  whoever calls it.
reliability/no-print (low)
  A print that was forgotten.
""",
        ),
        (
            72,
            """\
architecture/exit     high  A library that ends the program of whoever
                            calls it.
reliability/no-print  low   A print that was forgotten.
""",
        ),
    ],
)
def test_the_list_fits_the_terminal(width: int, listed: str) -> None:
    assert (
        render_rule_list([NO_PRINT, HARD_EXIT], TextLayout.of(width, colour=False))
        == listed
    )


@given(TEXT, TEXT, st.booleans())
def test_what_a_policy_says_of_its_own_rules_is_only_shown(
    prose: str, code: str, colour: bool
) -> None:
    page = RulePage(
        what=f"{prose}\n\n```\n{code}\n```\n",
        why=prose,
        fix=f"- {prose}\n- {code}",
        tune=code,
        before=code,
    )
    layout = TextLayout.of(50, colour=colour)
    assert is_shown_only(
        render_rule_text(replace(NO_PRINT, summary=prose, own_page=page), layout),
        colour=colour,
    )
    assert is_shown_only(
        render_rule_list([replace(NO_PRINT, summary=prose)], layout), colour=colour
    )


@given(st.text("ab .`*-[]()\n", max_size=200), st.integers(40, 100))
def test_prose_keeps_within_the_width(prose: str, width: int) -> None:
    prose = " ".join(word[:20] for word in prose.split(" "))
    page = render_rule_text(
        replace(NO_PRINT, own_page=RulePage(prose, prose, prose, prose)),
        TextLayout.of(width, colour=False),
    )
    for line in page.splitlines():
        assert count_columns(line) <= width or " " not in line.strip()
