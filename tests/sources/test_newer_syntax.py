import pytest

from judgegate.sources.python import explain_syntax_error

OLD = (3, 11)


def explain(
    text: str,
    message: str = "invalid syntax",
    line: int = 1,
    running: tuple[int, int] = OLD,
) -> str:
    return explain_syntax_error(
        SyntaxError(message, ("x.py", line, 1, None)), text, running
    )


@pytest.mark.parametrize(
    ("text", "message", "name", "since"),
    [
        ("type X = int\n", "invalid syntax", "a type statement", "3.12"),
        ("type X[T] = list[T]\n", "invalid syntax", "a type statement", "3.12"),
        ("def f[T](x: T): pass\n", "expected '('", "type parameters", "3.12"),
        ("    async def f[*Ts](): pass\n", "expected '('", "type parameters", "3.12"),
        ("class A[**P, T: int]:\n", "invalid syntax", "type parameters", "3.12"),
        (
            "class A[T = int]: pass\n",
            "invalid syntax",
            "a default for a type parameter",
            "3.13",
        ),
        (
            "def f[T: (int, str) = int](): pass\n",
            "expected '('",
            "a default for a type parameter",
            "3.13",
        ),
        (
            "type X[T = int] = T\n",
            "invalid syntax",
            "a default for a type parameter",
            "3.13",
        ),
        (
            'x = f"{a["b"]}"\n',
            "f-string: unmatched '['",
            "an f-string with its own quotes inside braces",
            "3.12",
        ),
        (
            'x = f"{f"{1}"}"\n',
            "f-string: expecting '}'",
            "an f-string with its own quotes inside braces",
            "3.12",
        ),
        (
            "x = f'{'a'}'\n",
            "f-string: expecting '}'",
            "an f-string with its own quotes inside braces",
            "3.12",
        ),
        (
            'x = f"{b}"\n',
            "f-string expression part cannot include a backslash",
            "an f-string with a backslash or a comment inside braces",
            "3.12",
        ),
        (
            "except A, B:\n",
            "multiple exception types must be parenthesized",
            "except without parentheses",
            "3.14",
        ),
        (
            "except* A, B:\n",
            "multiple exception types must be parenthesized",
            "except without parentheses",
            "3.14",
        ),
        ('x = t"{a}"\n', "invalid syntax", "a template string", "3.14"),
        ("tr'{a}'\n", "invalid syntax", "a template string", "3.14"),
    ],
)
def test_newer_syntax_is_named_with_the_python_that_reads_it(
    text: str, message: str, name: str, since: str
) -> None:
    assert (
        explain(text, message)
        == f"line 1 has {name}, which Python {since} and newer read; this is Python 3.11"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("type X\n", "invalid syntax"),
        ("type X =\n", "invalid syntax"),
        ("def f[:\n", "expected '('"),
        ('x = f"{a["\n', "f-string: unmatched '['"),
        ('x = f"{a" + "b}"\n', "f-string: expecting '}'"),
        ("except A, B as c:\n", "multiple exception types must be parenthesized"),
        ('print(at"")\n', "invalid syntax"),
        ("x = = 1\n", "invalid syntax"),
    ],
)
def test_what_no_known_python_reads_is_a_plain_syntax_error(
    text: str, message: str
) -> None:
    assert (
        explain(text, message)
        == f"Python 3.11 cannot parse line 1: {message}; a newer Python may"
    )


def test_syntax_that_this_python_should_know_is_not_called_newer() -> None:
    assert (
        explain("def f[T](x):\n", running=(3, 13))
        == "Python 3.13 cannot parse line 1: invalid syntax; a newer Python may"
    )


def test_the_line_is_gits_number_where_a_lone_carriage_return_makes_them_differ() -> None:
    assert explain("a = 1\rb = 2\ntype X = int\n", line=3).startswith(
        "line 2 has a type statement"
    )


def test_an_error_without_a_line_is_told_without_one() -> None:
    error = SyntaxError("source is odd")
    assert (
        explain_syntax_error(error, "x", OLD)
        == "Python 3.11 cannot parse it: source is odd; a newer Python may"
    )


def test_a_line_beyond_the_text_does_no_harm() -> None:
    assert explain("x\n", line=9).startswith("Python 3.11 cannot parse line 2:")


def test_what_no_newer_python_will_read_raises_no_hope() -> None:
    error = IndentationError("unexpected indent", ("x.py", 1, 1, None))
    assert (
        explain_syntax_error(error, " x\n", OLD)
        == "Python 3.11 cannot parse line 1: unexpected indent"
    )
    assert explain(
        "print 'x'\n", "Missing parentheses in call to 'print'. Did you mean print(...)?"
    ).endswith("print(...)?")
