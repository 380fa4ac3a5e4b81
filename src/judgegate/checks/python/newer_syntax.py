"""Why a file does not parse: an error in it, or syntax that only a newer Python reads."""

import re
import sys
from dataclasses import dataclass

from judgegate.checks.python.lines import Lines

_LONGEST_MESSAGE = 200
_LINE_END = re.compile(r"\r\n|\r|\n")
_RUNNING = sys.version_info[:2]


@dataclass(frozen=True, slots=True)
class _Novelty:
    """Syntax that an older Python rejects, told by the line that it rejects and, where that is not enough, by its message."""

    name: str
    since: tuple[int, int]
    line: re.Pattern[str]
    message: re.Pattern[str] = re.compile("")


# f"...{...["..."]...}...": the inner text begins where an operand may, and something that may follow an operand comes after it.
_QUOTES_INSIDE = re.compile(
    r""".*\b[rR]?[fF][rR]?(?P<q>["'])[^"'{}]*\{(?:[^"'{}]*[\[(,=+\s])?[fF]?(?P=q)[^"']*(?P=q)\s*[\])},.+:!][^"']*(?P=q)"""
)
_PYTHON_2 = re.compile("Missing parentheses in call to '(?:print|exec)'")
_TOO_MANY_DIGITS = re.compile(r"Exceeds the limit \((\d+) digits\)")

# The line must be one that the named Python accepts; what is only likely stays a plain syntax error.
_NOVELTIES = (
    _Novelty("a default for a type parameter", (3, 13), re.compile(r"\s*(?:async\s+def|def|class|type)\s+\w+\s*\[[^\]]*[^=!<>:]=[^=]")),
    _Novelty("type parameters", (3, 12), re.compile(r"\s*(?:async\s+def|def|class)\s+\w+\s*\[\s*\*{0,2}\w+")),
    _Novelty("a type statement", (3, 12), re.compile(r"\s*type\s+\w+\s*(?:\[[^\]]*\]\s*)?=\s*[^=\s]")),
    _Novelty(
        "an f-string with a backslash or a comment inside braces",
        (3, 12),
        re.compile(""),
        re.compile(r"f-string expression part cannot include (?:a backslash|'#')"),
    ),
    _Novelty("an f-string with its own quotes inside braces", (3, 12), _QUOTES_INSIDE, re.compile("f-string: ")),
    _Novelty(
        "except without parentheses",
        (3, 14),
        re.compile(r"\s*except\*?\s+[^()]+,(?!.*\bas\b)"),
        re.compile("multiple exception types must be parenthesized"),
    ),
    _Novelty("a template string", (3, 14), re.compile(r"(?:.*[^\w\"'])?(?:[tT][rR]?|[rR][tT])[\"']")),
)


def explain_syntax_error(error: SyntaxError, text: str, running: tuple[int, int] = _RUNNING) -> str:
    """A sentence that names the line (git's number), and the Python that reads it where that is sure."""
    message = " ".join((error.msg or "invalid syntax").split())[:_LONGEST_MESSAGE]
    if error.lineno is None:
        return f"Python {_dotted(running)} cannot parse it: {message}; a newer Python may"
    number = Lines(text).from_python(error.lineno)
    novelty = _recognise(message, _line_of(text, error.lineno), running)
    if novelty is not None:
        since = _dotted(novelty.since)
        return f"line {number} has {novelty.name}, which Python {since} and newer read; this is Python {_dotted(running)}"
    if digits := _TOO_MANY_DIGITS.match(message):
        return f"line {number} has a number of more than {digits[1]} digits, which Python does not read"
    hope = "" if isinstance(error, IndentationError) or _PYTHON_2.match(message) else "; a newer Python may"
    return f"Python {_dotted(running)} cannot parse line {number}: {message}{hope}"


def _recognise(message: str, line: str, running: tuple[int, int]) -> _Novelty | None:
    newer = (novelty for novelty in _NOVELTIES if novelty.since > running)
    return next((novelty for novelty in newer if novelty.message.search(message) and novelty.line.match(line)), None)


def _line_of(text: str, number: int) -> str:
    lines = _LINE_END.split(text)
    return lines[number - 1][:1000] if 0 < number <= len(lines) else ""


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
