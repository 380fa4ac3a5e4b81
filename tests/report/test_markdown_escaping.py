"""Text that is not ours is shown in Markdown, and does nothing there."""

import re

import pytest
from hypothesis import given

from judgegate.report.escape import escape
from judgegate.report.markdown.escaping import NOTHING, code, fenced, prose
from tests.report.hostile import TEXT, WEAPONS, WORDS
from tests.report.rendering import render

MEANS_SOMETHING = re.compile(
    r"""@\w | \#\w | \b[a-z]{2,}-\d | \b[0-9a-f]{7,} | :[\w+-]+: | [$\[\]<>`*_~|\\&=] | :// | \bwww\. | ^\s*(?:[-+]|\d+[.)])\s""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
"""What GitHub or Markdown makes something of, outside of code."""


def spelt(text: str) -> str:
    return escape(text).replace("##[", "#\\x23[").replace("<!--", "<\\x21--")


@given(TEXT)
def test_prose_is_words_and_code_and_nothing_else(text: str) -> None:
    for comment in (True, False):
        page = render(prose(text, 10_000), comment=comment)
        assert set(page.tags) <= {"p", "code"}
        assert page.attributes == set()
        assert page.comments == []
        assert not MEANS_SOMETHING.search("\0".join(page.plain))


@pytest.mark.parametrize("weapon", WEAPONS)
def test_no_weapon_works_alone_or_among_words(weapon: str) -> None:
    for text in (weapon, f"{weapon} b", f"a {weapon} b", f"({weapon}), b"):
        page = render(prose(text))
        assert set(page.tags) <= {"p", "code"}
        assert not MEANS_SOMETHING.search("\0".join(page.plain))


@given(TEXT)
def test_prose_says_what_the_text_says(text: str) -> None:
    """Backticks around words are taken for what they mean: that the words are code."""
    said = render(prose(text, 10_000)).text.replace("`", "")
    assert " ".join(said.split()) == " ".join(spelt(text).replace("`", "").split())


@given(WORDS)
def test_code_shows_the_very_text(text: str) -> None:
    page = render(code(text, 10_000))
    assert page.tags == ["p", "code"]
    assert page.code == [spelt(text)]
    assert page.plain == ["\n"]


@given(TEXT)
def test_a_fence_shows_the_very_lines(text: str) -> None:
    page = render(fenced(f"first\n{text}"))
    assert page.tags == ["pre", "code"]
    lines = page.code[0].removesuffix("\n").split("\n")
    assert len(lines) == len(f"first\n{text}".removesuffix("\n").split("\n"))
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@given(TEXT, TEXT)
def test_two_texts_beside_each_other_do_not_conspire(one: str, other: str) -> None:
    page = render(
        f"- {prose(one)}: {code(other)}\n- **{prose(other) or 'x'}** ({prose(one)})"
    )
    assert page.tags.count("li") == 2
    assert set(page.tags) <= {"ul", "li", "code", "strong"}
    assert not MEANS_SOMETHING.search("\0".join(page.plain))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "total() has 17 paths (cyclomatic complexity); the limit is 10.",
            "total() has 17 paths (cyclomatic complexity); the limit is 10.",
        ),
        ("Consider `yaml.safe_load()`.", "Consider `yaml.safe_load()`."),
        ("Consider yaml.safe_load().", "Consider `yaml.safe_load()`."),
        ('(as a_b("x"), and @c)', '(as `a_b("x")`, and `@c`)'),
        ("(see a_b(c(1))).", "(see `a_b(c(1))`)."),
        ("ask @alice, or @org/team.", "ask `@alice`, or `@org/team`."),
        (
            "`review.author: attest` would allow @bob",
            "`review.author: attest` would allow `@bob`",
        ),
        ("it is called (`main`), they say", "it is called (`main`), they say"),
        ("see #12 and 9fceb02d0ae5", "see `#12` and `9fceb02d0ae5`"),
        ("a\u202eb\nc", r"`a\u{202e}b\nc`"),
        ("1. first", "`1.` first"),
        ("- first", "`-` first"),
        ("a - b", "a - b"),
        ("`a``b`", "``` `a``b` ```"),
        ("", ""),
    ],
)
def test_plain_words_stay_and_the_others_become_code(text: str, expected: str) -> None:
    assert prose(text) == expected


def test_no_code_is_empty() -> None:
    assert code("") == NOTHING
    assert render(code("")).code == ['""']


def test_what_is_too_long_is_cut_before_it_is_marked_up() -> None:
    assert code("`" * 700, 3) == "```` ```... ````"
    assert len(fenced("x\n" * 100).split("\n")) == 33
    assert "... and 70 more lines" in fenced("x\n" * 100)
