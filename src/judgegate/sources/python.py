"""Python files: decoded, parsed and shared by every check of Python, or the reason why one cannot be read."""

import ast
import codecs
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from judgegate.model.intervals import Intervals
from judgegate.model.ranges import LineRange
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import DefinitionNode, WalkedDefinition
from judgegate.sources.text import LINE_END, Lines, Unreadable

ACCEPTED = frozenset({"utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
"""Encodings in which every ASCII byte stands for itself and no sequence of bytes hides another text.

With any other (`raw_unicode_escape`, `utf-7`, `cp037` ...) Python may run what a reviewer sees as a
comment. The two single-byte encodings beside Latin-1 differ from it in printable characters only.
"""

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_MESSAGE = 200
_RUNNING = sys.version_info[:2]
TOO_DEEP = "it is nested too deeply for Python's parser, or needs more memory than a check may have"


class Definition(Struct, frozen=True):
    """A function or class.

    `name` is qualified with dots, whatever encloses it: `Outer.method.inner`. `lines` are git's,
    `whole` with the decorators.
    """

    name: str
    node: DefinitionNode
    lines: LineRange
    whole: LineRange


class PythonSource(Struct, frozen=True, dict=True):
    """One side of a Python file, read once and shared by all checks.

    `data` are the bytes that `text` was decoded from. `walk` is what one walk over the tree has written
    down for everyone. Line numbers in the tree are Python's;
    `lines` turns them into git's. `definitions` stand in the order of the file, outer before inner.
    `salt` is the run's, for the inner keys of secrets.
    """

    data: bytes
    text: str
    tree: ast.Module
    walk: Walk
    lines: Lines
    definitions: tuple[Definition, ...]
    salt: bytes = b""

    def range_of(self, start: int, end: int) -> LineRange:
        """Git's lines for a range of Python's."""
        first = self.lines.from_python(start)
        return LineRange(first, max(first, self.lines.from_python(end)))

    def texts_of(self, lines: LineRange) -> Sequence[str]:
        """The lines' texts."""
        return self.lines.texts[lines.start - 1 : lines.end]

    def enclosing(self, line: int) -> Definition | None:
        """The innermost definition, decorators included, that the line (git's) stands in."""
        number = self._wholes.find(line)
        return self.definitions[number] if number >= 0 else None

    @cached_property
    def _wholes(self) -> Intervals:
        """The lines of the definitions, to be asked about."""
        return Intervals(definition.whole for definition in self.definitions)


def read_python(data: bytes, salt: bytes = b"") -> PythonSource:
    """Read one side of a Python file.

    Raises:
        Unreadable: with the reason. Anything that Python itself would not run, or would run
            differently from what is seen, is unreadable.
    """
    text = decode(data)
    tree = _parse(text)
    walk = _walk(tree, salt)
    lines = Lines(text)
    definitions = tuple(_definition(walked, lines) for walked in walk.definitions)
    return PythonSource(data, text, tree, walk, lines, definitions, salt)


def _walk(tree: ast.Module, salt: bytes) -> Walk:
    """What one walk over the tree writes down.

    Raises:
        Unreadable: it is nested too deeply.
    """
    try:
        return Walk(tree, salt)
    except RecursionError:
        raise Unreadable(TOO_DEEP, lasting=False) from None


def _parse(text: str) -> ast.Module:
    """Python's tree of the text.

    Raises:
        Unreadable: this Python cannot parse it, here or at all.
    """
    try:
        # What Python warns of is no finding of ours.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(explain_syntax_error(error, text)) from None
    except (RecursionError, MemoryError):
        raise Unreadable(TOO_DEEP, lasting=False) from None
    except ValueError as error:
        raise Unreadable(f"Python cannot parse it: {_one_line(error)}") from None


def decode(data: bytes) -> str:
    """The text, without a byte order mark, its line ends as they came.

    Raises:
        Unreadable: Python could not decode it, or would decode it to something that a reader does not see.
    """
    if data.startswith(_UTF16_MARKS):
        raise Unreadable("it is encoded in UTF-16, which Python does not read")
    if b"\0" in data:
        raise Unreadable("it contains a NUL byte, which Python does not read")
    encoding = _encoding_of(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"line {line} is not valid {encoding.removesuffix('-sig')}"
        ) from None


def _encoding_of(data: bytes) -> str:
    """The encoding that the first lines name, where both ways of counting lines agree on it.

    Python ends a line at a lone carriage return too, `tokenize.detect_encoding` does not: a cookie
    behind one is obeyed but not detected.
    """
    as_python_counts = _detect(_first_lines(data))
    if _detect(data) != as_python_counts:
        raise Unreadable(
            "its encoding cookie comes after a single carriage return, where only some readers use it"
        )
    return as_python_counts


def _first_lines(data: bytes) -> bytes:
    """The first two lines, which may name the encoding, with plain line ends."""
    # In three parts, because a character that is cut off would look like an invalid one.
    return b"".join(line + b"\n" for line in re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2])


def _detect(data: bytes) -> str:
    """The encoding that Python finds in the data, by the name that its codec has.

    Raises:
        Unreadable: Python finds none, or one in which text can hide.
    """
    try:
        named, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = codecs.lookup(named).name
    except (SyntaxError, LookupError, ValueError) as error:
        raise Unreadable(f"its encoding cannot be determined: {_one_line(error)}") from None
    if encoding not in ACCEPTED:
        raise Unreadable(
            f"its encoding cookie names {encoding}, in which Python may run text that a reader sees as a "
            "comment"
        )
    return encoding


def _one_line(error: Exception) -> str:
    """The error's text as part of a sentence."""
    return " ".join(str(error).split())[:200]


def _definition(walked: WalkedDefinition, lines: Lines) -> Definition:
    """A function or class with its lines, in git's numbers."""
    name, node = walked.name, walked.node
    first = min(one.lineno for one in (node, *node.decorator_list))
    start = lines.from_python(node.lineno)
    end = lines.from_python(node.end_lineno or node.lineno)
    return Definition(
        name,
        node,
        LineRange(start, end),
        LineRange(min(start, lines.from_python(first)), end),
    )


class _Novelty(Struct, frozen=True):
    """Syntax that an older Python rejects.

    It is recognised by the line that is rejected and, where that is not enough, by the message.
    """

    name: str
    since: tuple[int, int]
    line: re.Pattern[str]
    message: re.Pattern[str] = re.compile("")


# f"...{...["..."]...}...": the inner text begins where an operand may, and something that may
# follow an operand comes after it.
_QUOTES_INSIDE = re.compile(
    r""".*\b[rR]?[fF][rR]?(?P<q>["'])[^"'{}]*\{(?:[^"'{}]*[\[(,=+\s])?"""
    r"""[fF]?(?P=q)[^"']*(?P=q)\s*[\])},.+:!][^"']*(?P=q)"""
)
_PYTHON_2 = re.compile("Missing parentheses in call to '(?:print|exec)'")
_TOO_MANY_DIGITS = re.compile(r"Exceeds the limit \((\d+) digits\)")
# The line must be one that the named Python accepts; what is only likely stays a plain syntax error.
_NOVELTIES = (
    _Novelty(
        "a default for a type parameter",
        (3, 13),
        re.compile(r"\s*(?:async\s+def|def|class|type)\s+\w+\s*\[[^\]]*[^=!<>:]=[^=]"),
    ),
    _Novelty(
        "type parameters",
        (3, 12),
        re.compile(r"\s*(?:async\s+def|def|class)\s+\w+\s*\[\s*\*{0,2}\w+"),
    ),
    _Novelty(
        "a type statement",
        (3, 12),
        re.compile(r"\s*type\s+\w+\s*(?:\[[^\]]*\]\s*)?=\s*[^=\s]"),
    ),
    _Novelty(
        "an f-string with a backslash or a comment inside braces",
        (3, 12),
        re.compile(""),
        re.compile(r"f-string expression part cannot include (?:a backslash|'#')"),
    ),
    _Novelty(
        "an f-string with its own quotes inside braces",
        (3, 12),
        _QUOTES_INSIDE,
        re.compile("f-string: "),
    ),
    _Novelty(
        "except without parentheses",
        (3, 14),
        re.compile(r"\s*except\*?\s+[^()]+,(?!.*\bas\b)"),
        re.compile("multiple exception types must be parenthesized"),
    ),
    _Novelty(
        "a template string",
        (3, 14),
        re.compile(r"(?:.*[^\w\"'])?(?:[tT][rR]?|[rR][tT])[\"']"),
    ),
)


def explain_syntax_error(
    error: SyntaxError, text: str, running: tuple[int, int] = _RUNNING
) -> str:
    """A sentence that names the line (git's number), and the Python that reads it where that is sure."""
    message = " ".join((error.msg or "invalid syntax").split())[:_LONGEST_MESSAGE]
    if error.lineno is None:
        return f"Python {_dotted(running)} cannot parse it: {message}; a newer Python may"
    number = Lines(text).from_python(error.lineno)
    novelty = _recognise(message, _line_of(text, error.lineno), running)
    if novelty is not None:
        since = _dotted(novelty.since)
        return (
            f"line {number} has {novelty.name}, which Python {since} and newer read; "
            f"this is Python {_dotted(running)}"
        )
    if digits := _TOO_MANY_DIGITS.match(message):
        return (
            f"line {number} has a number of more than {digits[1]} digits, "
            "which Python does not read"
        )
    # No newer Python reads what is indented wrongly, or was written for Python 2.
    is_hopeless = isinstance(error, IndentationError) or _PYTHON_2.match(message)
    hope = "" if is_hopeless else "; a newer Python may"
    return f"Python {_dotted(running)} cannot parse line {number}: {message}{hope}"


def _recognise(message: str, line: str, running: tuple[int, int]) -> _Novelty | None:
    """The first novelty that explains why this Python rejects the line, if one does."""
    for novelty in _NOVELTIES:
        if novelty.since <= running:
            continue
        if novelty.message.search(message) and novelty.line.match(line):
            return novelty
    return None


def _line_of(text: str, number: int) -> str:
    lines = LINE_END.split(text)
    return lines[number - 1][:1000] if 0 < number <= len(lines) else ""


def _dotted(version: tuple[int, int]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))
