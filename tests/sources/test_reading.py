import ast
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model.ranges import LineRange
from judgegate.sources.text import Lines
from judgegate.workers.wire import Limits
from tests.checks.reading import read, reason_of


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"x = " + b"9" * 5000,
            "line 1 has a number of more than 4300 digits, which Python does not read",
        ),
        (b"x = [" + b"(" * 300 + b")" * 300 + b"]", "too many nested parentheses"),
        (b"if x:\n\ty\n        z\n", "cannot parse line 3"),
        (b"x = = 1\n", "cannot parse line 1: invalid syntax"),
        (b"def f(:\n", "cannot parse line 1"),
    ],
)
def test_what_does_not_parse_says_why(data: bytes, reason: str) -> None:
    assert reason in str(reason_of(data))


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_a_parser_that_gives_up_says_so(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(_: str) -> ast.Module:
        raise error

    monkeypatch.setattr(ast, "parse", give_up)
    assert (
        reason_of(b"x\n")
        == "it is nested too deeply for Python's parser, or needs more memory than a check may have"
    )


def test_an_error_of_the_parser_that_is_no_syntax_error_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def give_up(_: str) -> ast.Module:
        raise ValueError("something\nelse")

    monkeypatch.setattr(ast, "parse", give_up)
    assert reason_of(b"x\n") == "Python cannot parse it: something else"


def test_a_warning_about_the_source_stays_inside() -> None:
    assert read("x = '\\d' is 1\n").tree is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n", [1, 2, 3]),
        ("a\r\nb\r\n", [1, 2, 3]),
        ("a\rb\nc", [1, 1, 2]),
        ("\r\r\na\r\nb", [1, 1, 2, 3]),
        ("a\x0cb\x0b\x1c\u2028\x85c\nd", [1, 2]),
        ("", [1]),
    ],
)
def test_python_lines_are_reported_in_gits_numbers(text: str, expected: list[int]) -> None:
    lines = Lines(text)
    assert [lines.from_python(number) for number in range(1, len(expected) + 1)] == expected


@pytest.mark.parametrize("text", ["", "a\n", "a\rb"])
def test_a_number_outside_the_file_becomes_its_first_or_last_line(text: str) -> None:
    lines = Lines(text)
    assert lines.from_python(0) == 1
    assert lines.from_python(99) == len(lines)


def test_lines_that_only_text_splitting_sees_are_reported_in_gits_numbers() -> None:
    lines = Lines("a\x0cb\u2028c\r\nd\x85e\rf\ng")
    assert [lines.from_splitlines(number) for number in range(1, 8)] == [
        1,
        1,
        1,
        2,
        2,
        2,
        3,
    ]


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from("ab\r\n\x0c\u2028")))
def test_every_statement_is_found_on_the_line_that_git_shows(text: str) -> None:
    parts = Lines(text)
    python_lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(python_lines, start=1):
        assert line in parts.texts[parts.from_python(number) - 1]


def test_definitions_are_named_by_all_that_encloses_them() -> None:
    source = read(
        """
        class Outer:
            def method(self):
                async def inner():
                    class Local:
                        def deep(self): ...
        if x:
            pass
        elif y:
            def chosen(): ...
        else:
            try:
                def tried(): ...
            except* E:
                def handled(): ...
            else:
                def other(): ...
            finally:
                def last(): ...
        match x:
            case 1:
                def cased(): ...
        for x in y:
            while z:
                with w:
                    def buried(): ...
        """
    )
    assert [definition.name for definition in source.definitions] == [
        "Outer",
        "Outer.method",
        "Outer.method.inner",
        "Outer.method.inner.Local",
        "Outer.method.inner.Local.deep",
        *("chosen", "tried", "handled", "other", "last", "cased", "buried"),
    ]


def test_a_definition_knows_its_lines_with_and_without_decorators() -> None:
    [definition] = read("x = 1\n@one\n@two(\n  3)\ndef f():\n    return 1\n\n").definitions
    assert (definition.lines, definition.whole) == (LineRange(5, 6), LineRange(2, 6))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (1, None),
        (2, "A"),
        (3, "A"),
        (4, "A.f"),
        (5, "A.f"),
        (6, "A.f.g"),
        (7, "A.f"),
        (8, "A"),
        (9, None),
        (10, "h"),
    ],
)
def test_a_line_belongs_to_the_innermost_definition(line: int, name: str | None) -> None:
    source = read(
        "import x\nclass A:\n    y = 1\n    @dec\n    def f(self):\n        def g(): 1\n        return g\n    z = 2\nw = 3\ndef h(): ...\n"
    )
    enclosing = source.enclosing(line)
    assert (enclosing.name if enclosing else None) == name


@pytest.fixture
def _recursion_of_a_worker() -> Iterator[None]:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(Limits().recursion)
    yield
    sys.setrecursionlimit(usual)


@pytest.mark.usefixtures("_recursion_of_a_worker")
def test_definitions_under_a_thousand_branches_are_found() -> None:
    text = (
        "if x: ...\n"
        + "".join(f"elif x == {number}: ...\n" for number in range(800))
        + "else:\n    def f(): ...\n"
    )
    assert [definition.name for definition in read(text).definitions] == ["f"]
