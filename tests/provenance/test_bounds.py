"""The work that a text can ask for: so much for each line, and only for so many lines, from the trailers backwards."""

from collections.abc import Callable

import pytest

from judgegate.model.evidence import Signal
from judgegate.provenance.catalogue import load_catalogue
from judgegate.provenance.matcher import Matcher
from judgegate.provenance.message_lines import MOST_LINES
from judgegate.provenance.messages import MOST_COMPARISONS, read_message
from judgegate.provenance.text_lines import LONGEST_LINE, shorten
from tests.provenance.changes import CLAUDE

FOUR_MILLION = 4_000_000
ADDRESS = "claude-code/address"


def repeated(piece: str) -> str:
    return "Add x\n\n" + piece * (FOUR_MILLION // len(piece.encode()))


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        (repeated("signed-off-by: a@b, "), 10),
        (repeated("co-authored-by: a <a@b>, "), 400),
        ("Add x\n\n" + "".join(f"signed-off-by: a{number}@b\n" for number in range(60_000)), MOST_COMPARISONS),
        ("Add x\n\n" + "".join(f"co-authored-by: a{number} <a{number}@b>\n" for number in range(60_000)), MOST_COMPARISONS),
        (repeated("\U0001f916 Generated with [\n"), 5 * MOST_COMPARISONS),
        (repeated(" assisted-by: a@b\n"), 5 * MOST_COMPARISONS),
    ],
    ids=["one line of sign-offs", "one line of co-authors", "sign-offs", "co-authors", "footers that are none", "folded trailers"],
)  # fmt: skip
def test_four_megabytes_are_compared_with_the_catalogue_only_so_often(
    text: str, looks: int
) -> None:
    matcher, counted = counting_matcher()
    found = read_message(text.encode(), None, matcher)
    assert found.markers == ()
    assert 0 < counted() <= looks


@pytest.mark.parametrize(
    "filler",
    [
        "\U0001f916 Generated with [\n",
        "signed-off-by: a@b\n",
        "assisted-by: a\n a\n",
        "```\n",
        "- [x] generated\n",
    ],
)
def test_no_length_of_text_hides_the_trailers(filler: str) -> None:
    matcher, _ = counting_matcher()
    found = read_message(
        f"Add x\n\n{filler * 30_000}\n\n{CLAUDE}\n".encode(), None, matcher
    )
    assert ADDRESS in {marker.signal.id for marker in found.markers}


def test_a_text_that_was_not_read_to_its_end_says_so() -> None:
    matcher, _ = counting_matcher()
    assert not read_message(b"Add x\n\n" + b"assisted-by: a\n" * 100, None, matcher).unread
    assert read_message(b"Add x\n\n" + b"assisted-by: a\n" * 30_000, None, matcher).unread
    assert read_message(
        b"Add x\n\n" + b"signed-off-by: a@b\n" * 30_000, None, matcher
    ).unread


def test_in_a_text_too_long_to_ask_what_it_hides_every_line_counts() -> None:
    matcher, _ = counting_matcher()
    found = read_message(
        f"Add x\n\n```\n{CLAUDE}\n```\n{'a' * 9}\n".encode() + b"a\n" * MOST_LINES,
        None,
        matcher,
    )
    assert [marker.signal.id for marker in found.markers] == [ADDRESS]


@pytest.mark.parametrize(
    "line", ["a" * 9000, "  a: " + " " * 9000 + "b", "\t" + "a b " * 3000]
)
def test_a_long_line_keeps_its_beginning_and_its_end(line: str) -> None:
    short = shorten(line)
    assert len(short) <= LONGEST_LINE + 10
    assert (short[:5], short[-1:]) == (line[:5], line.rstrip()[-1:])


def counting_matcher() -> tuple[Matcher, Callable[[], int]]:
    """A matcher of its own, and how often it was asked about a person or a footer."""
    matcher = Matcher(load_catalogue())
    asked = 0
    person, footer = matcher.co_author, matcher.footers.find

    def count_person(name: str, address: str) -> Signal | None:
        nonlocal asked
        asked += 1
        return person(name, address)

    def count_footer(lowered: str) -> Signal | None:
        nonlocal asked
        asked += 1
        return footer(lowered)

    setattr(matcher, "co_author", count_person)  # noqa: B010 - a method is not assigned to
    setattr(matcher.footers, "find", count_footer)  # noqa: B010 - the same
    return matcher, lambda: asked
