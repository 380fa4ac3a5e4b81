"""What reaches a terminal: nothing that it obeys, hides or reorders, in lines that fit."""

import pytest

from judgegate.report.escape import escape
from judgegate.report.text_layout import Span, Style, TextLayout, count_columns, fit

SHEET = TextLayout.of(40, colour=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("src/app.py", "src/app.py"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("\x00\x7f", r"\x00\x7f"),
        ("\x9b31m", r"\u{9b}31m"),
        ("caf\udce9", r"caf\xe9"),
        ("\ud800", r"\u{d800}"),
        ("user\u202eexe.py", r"user\u{202e}exe.py"),
        ("a\u200bb\u2066c\ufeff", r"a\u{200b}b\u{2066}c\u{feff}"),
        ("a\u2028b\u2029c\x85", r"a\u{2028}b\u{2029}c\u{85}"),
        ("tag\U000e0041 fill\u3164 vs\ufe0f", r"tag\u{e0041} fill\u{3164} vs\u{fe0f}"),
        ("nb\u00a0sp", r"nb\u{a0}sp"),
        ("раураl", "раураl"),  # noqa: RUF001 - letters that look like others stay as they are
        ("größe/\N{ROBOT FACE}", "größe/\N{ROBOT FACE}"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_spelt_out(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("größe", 5), ("漢字", 4), ("e\u0301", 1), ("\N{ROBOT FACE}", 2)],
)
def test_columns_are_counted_as_a_terminal_draws_them(text: str, columns: int) -> None:
    assert count_columns(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "lo..."),
        ("漢字漢字", 6, "漢..."),
        ("e\u0301" * 4, 4, "e\u0301" * 4),
    ],
)
def test_a_row_is_cut_where_it_ends(text: str, columns: int, shown: str) -> None:
    assert fit(text, columns) == shown
    assert count_columns(fit(text, columns)) <= columns


@pytest.mark.parametrize(("asked", "used"), [(10, 40), (72, 72), (500, 100)])
def test_a_sheet_is_never_too_narrow_or_too_wide_to_read(asked: int, used: int) -> None:
    assert TextLayout.of(asked, colour=False).width == used


def test_words_wrap_and_hang() -> None:
    lines = list(
        SHEET.flow("one two three four five six seven eight nine ten", indent=2, hang=2)
    )
    assert lines == ["  one two three four five six seven", "    eight nine ten"]


def test_a_path_longer_than_the_sheet_stays_whole() -> None:
    path = "src/" + "deep/" * 12 + "file.py"
    assert list(SHEET.flow("see", Span(f" {path}", Style.BOLD), hang=2)) == [
        "see",
        f"  {path}",
    ]


def test_a_value_of_endless_length_is_cut() -> None:
    assert len(" ".join(SHEET.flow("x" * 100_000))) < 700


def test_colour_is_switched_on_and_off_within_each_line() -> None:
    layout = TextLayout.of(40, colour=True)
    lines = list(
        layout.flow(
            Span("a red sentence that is longer than one line", Style.RED), " and plain"
        )
    )
    assert lines == [
        "\x1b[1;31ma red sentence that is longer than one\x1b[0m",
        "\x1b[1;31mline\x1b[0m and plain",
    ]


def test_a_row_stops_where_the_sheet_ends_and_keeps_its_spaces() -> None:
    assert SHEET.row("12 | ", "if  a:  return", indent=4) == "    12 | if  a:  return"
    assert SHEET.row("1" * 39, "gone", "gone too") == "1" * 39


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::add-mask::x", r"\x3a:add-mask::x"),
        ("std::vector a::b", "std::vector a::b"),
        ("##[error]x and ##[group]", r"#\x23[error]x and #\x23[group]"),
        (
            "a much longer message whose next word ::stop-commands::y",
            r"\x3a:stop-commands::y",
        ),
    ],
)
@pytest.mark.parametrize("colour", [False, True])
def test_no_line_is_a_command_to_the_runner_of_a_workflow(
    text: str, shown: str, colour: bool
) -> None:
    lines = list(TextLayout.of(40, colour=colour).flow(Span(text, Style.RED), indent=2))
    assert lines[-1].replace("\x1b[1;31m", "").replace("\x1b[0m", "").strip() == shown


def test_two_pieces_do_not_make_a_command_together() -> None:
    assert list(SHEET.flow(":", ":debug::x")) == [r"\x3a:debug::x"]
    assert SHEET.row("##", "[debug]") == r"#\x23[debug]"
