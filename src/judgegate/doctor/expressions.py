"""Whether an `if:` holds on an event: yes, no, or it depends.

Only what can be known of it without running is evaluated.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum

LONGEST = 2_000
DEEPEST = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<op>\|\||&&|==|!=|<=|>=|[!()<>,])|'(?P<text>(?:[^']|'')*)'|(?P<name>[\w.*\[\]$+-]+))"
)
_WHOLE = re.compile(r"\s*\$\{\{(?P<inner>(?:(?!\}\}|\$\{\{).)*)\}\}\s*", re.DOTALL)


class Undecided(Enum):
    """It depends on what only the run knows."""

    UNDECIDED = "undecided"


UNDECIDED = Undecided.UNDECIDED

Value = str | bool | None | Undecided


def holds(condition: str, known: Mapping[str, Value]) -> bool | Undecided:
    """Whether a condition holds; `known` are the values of names such as `github.event_name`, by their lower-case spelling."""
    whole = _WHOLE.fullmatch(condition)
    return _truth(value_of(whole["inner"] if whole else condition, known))


def value_of(expression: str, known: Mapping[str, Value]) -> Value:
    """What an expression comes to."""
    if len(expression) > LONGEST or "${{" in expression:
        return UNDECIDED
    try:
        return _ExpressionParser(list(_tokens(expression)), known).whole()
    except _Unclear:
        return UNDECIDED


class _Unclear(Exception):  # noqa: N818 - a signal inside this module
    """The text is no expression that is understood here."""


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at or match.lastgroup is None:
            raise _Unclear
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


def _truth(value: Value) -> bool | Undecided:
    return value if isinstance(value, bool | Undecided) else bool(value)


def _or(left: Value, right: Value) -> Value:
    """The left value if it holds, else the right one.

    If the left is undecided, a right one that holds counts.
    """
    truth = _truth(left)
    if truth is True:
        return left
    if truth is False:
        return right
    return True if _truth(right) is True else UNDECIDED


def _and(left: Value, right: Value) -> Value:
    """The left value if it fails, else the right one.

    If the left is undecided, a right one that fails counts.
    """
    truth = _truth(left)
    if truth is False:
        return left
    if truth is True:
        return right
    return False if _truth(right) is False else UNDECIDED


class _ExpressionParser:
    """A descent through the operators, the loosest first."""

    def __init__(self, tokens: list[tuple[str, str]], known: Mapping[str, Value]) -> None:
        self.tokens = tokens
        self.known = known
        self.at = 0
        self.depth = 0

    def whole(self) -> Value:
        value = self._either()
        if self.at < len(self.tokens):
            raise _Unclear
        return value

    def _either(self) -> Value:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Unclear
        value = self._both()
        while self._takes("||"):
            value = _or(value, self._both())
        self.depth -= 1
        return value

    def _both(self) -> Value:
        value = self._compared()
        while self._takes("&&"):
            value = _and(value, self._compared())
        return value

    def _compared(self) -> Value:
        value = self._single()
        while (operator := self._peek()) in {"==", "!=", "<", ">", "<=", ">="}:
            self.at += 1
            other = self._single()
            if (
                operator not in {"==", "!="}
                or not isinstance(value, str)
                or not isinstance(other, str)
            ):
                value = UNDECIDED
            else:
                value = (value.casefold() == other.casefold()) == (operator == "==")
        return value

    def _single(self) -> Value:
        negated = False
        while self._takes("!"):
            negated = not negated
        value = self._primary()
        if not negated:
            return value
        truth = _truth(value)
        return truth if isinstance(truth, Undecided) else not truth

    def _primary(self) -> Value:
        if self._takes("("):
            value = self._either()
            if not self._takes(")"):
                raise _Unclear
            return value
        if self.at >= len(self.tokens):
            raise _Unclear
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return word.replace("''", "'")
        if kind != "name":
            raise _Unclear
        return self._call(word.lower()) if self._takes("(") else self._named(word.lower())

    def _call(self, name: str) -> Value:
        while not self._takes(")"):
            self._either()
            self._takes(",")
        return {"always": True, "cancelled": False, "failure": False}.get(
            name, self.known.get(f"{name}()", UNDECIDED)
        )

    def _named(self, name: str) -> Value:
        if name in {"true", "false", "null"}:
            return {"true": True, "false": False}.get(name)
        return self.known.get(name, UNDECIDED)

    def _peek(self) -> str:
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return word if kind == "op" else ""

    def _takes(self, operator: str) -> bool:
        if self._peek() != operator:
            return False
        self.at += 1
        return True
