"""Whether an `if:` lets an event through, and whether a filter lets a branch through.

Only what can be known without a run is evaluated: the answer to an `if:` is yes, no, or it depends.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum

from judgegate.policy.yaml_document import Scalar

LONGEST = 2_000
DEEPEST = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<op>\|\||&&|==|!=|<=|>=|[!()<>,])"
    r"|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<name>[\w.*\[\]$+-]+))"
)
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
_WHOLE = re.compile(r"\s*\$\{\{(?P<inner>(?:(?!\}\}|\$\{\{).)*)\}\}\s*", re.DOTALL)


class Undecided(Enum):
    """It depends on what only the run knows."""

    UNDECIDED = "undecided"


UNDECIDED = Undecided.UNDECIDED

Value = str | bool | None | Undecided

_CONSTANTS: Mapping[str, Value] = {"true": True, "false": False, "null": None}
_CALLS: Mapping[str, Value] = {"always": True, "cancelled": False, "failure": False}
"""What a function answers in a run in which nothing failed and nothing was cancelled."""


def holds(condition: str, known: Mapping[str, Value]) -> bool | Undecided:
    """Whether a condition is true.

    `known` are the values of names such as `github.event_name`, by their lower-case spelling.
    """
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
    """Each token's kind (`op`, `text` or `name`) and its text."""
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at or match.lastgroup is None:
            raise _Unclear
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


def _truth(value: Value) -> bool | Undecided:
    """Whether a value counts as true: a text does unless it is empty, and null does not."""
    return value if isinstance(value, bool | Undecided) else bool(value)


def _or(left: Value, right: Value) -> Value:
    """The left value if it is true, else the right one.

    If the left is undecided, a right one that is true counts.
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


def _compare(left: Value, operator: str, right: Value) -> Value:
    """What a comparison comes to: only texts are compared, and only whether they are the same."""
    # GitHub turns values of other types into numbers first; what that gives is left open here.
    if not isinstance(left, str) or not isinstance(right, str):
        return UNDECIDED
    # GitHub ignores the case of letters.
    same = left.casefold() == right.casefold()
    return {"==": same, "!=": not same}.get(operator, UNDECIDED)


class _ExpressionParser:
    """A descent through the operators, the loosest first."""

    def __init__(self, tokens: list[tuple[str, str]], known: Mapping[str, Value]) -> None:
        self.tokens = tokens
        self.known = known
        self.at = 0
        self.depth = 0

    def whole(self) -> Value:
        """What all the tokens together come to."""
        value = self._either()
        if self.at < len(self.tokens):
            raise _Unclear
        return value

    def _either(self) -> Value:
        """What `||` joins; all that is in parentheses begins here, so depth is counted here."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Unclear
        value = self._both()
        while self._takes("||"):
            value = _or(value, self._both())
        self.depth -= 1
        return value

    def _both(self) -> Value:
        """What `&&` joins."""
        value = self._compared()
        while self._takes("&&"):
            value = _and(value, self._compared())
        return value

    def _compared(self) -> Value:
        """What a comparison joins; without one, the value itself."""
        value = self._single()
        while (operator := self._peek()) in _COMPARISONS:
            self.at += 1
            value = _compare(value, operator, self._single())
        return value

    def _single(self) -> Value:
        """A value with the `!` before it."""
        negated = False
        while self._takes("!"):
            negated = not negated
        value = self._primary()
        if not negated:
            return value
        truth = _truth(value)
        return truth if isinstance(truth, Undecided) else not truth

    def _primary(self) -> Value:
        """What is in parentheses, a text, a name, or the call of a function."""
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
        """What a function answers. Its arguments are only read, to find where they end."""
        while not self._takes(")"):
            self._either()
            self._takes(",")
        return _CALLS.get(name, self.known.get(f"{name}()", UNDECIDED))

    def _named(self, name: str) -> Value:
        """The value of a name. Of one that is not known only the run knows it."""
        return _CONSTANTS.get(name, self.known.get(name, UNDECIDED))

    def _peek(self) -> str:
        """The operator that comes next, or nothing."""
        if self.at >= len(self.tokens):
            return ""
        kind, word = self.tokens[self.at]
        return word if kind == "op" else ""

    def _takes(self, operator: str) -> bool:
        """Whether the operator comes next; it is passed then."""
        if self._peek() != operator:
            return False
        self.at += 1
        return True


_GLOB = re.compile(
    r"\\(?P<literal>.)|(?P<deep>\*\*)|(?P<any>\*)|(?P<repeat>[?+])"
    r"|(?P<set>\[[A-Za-z0-9_-]+\])|(?P<plain>.)",
    re.DOTALL,
)


def lets_through(filters: Mapping[str, tuple[Scalar, ...]], branch: str) -> bool:
    """Whether a trigger with these filters starts for a pull request that wants to join the branch."""
    if "branches" in filters and not _matches(filters["branches"], branch):
        return False
    return not _matches(filters.get("branches-ignore", ()), branch)


def _matches(patterns: tuple[Scalar, ...], branch: str) -> bool:
    """The last pattern that matches decides; one that starts with `!` takes back.

    One that cannot be read matches nothing.
    """
    matched = False
    for pattern in patterns:
        text = pattern.text
        if _matches_one(text.removeprefix("!"), branch):
            matched = not text.startswith("!")
    return matched


def _matches_one(glob: str, branch: str) -> bool:
    """Whether one pattern, without its `!`, matches the whole branch."""
    import re2  # only a filter needs it

    # The pattern is a text of the repository: re2 needs linear time for any, and re can take forever.
    expression = "".join(_regex_of(token) for token in _GLOB.finditer(glob))
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.fullmatch(expression, branch, options=options) is not None
    except re2.error:
        return False


def _regex_of(token: re.Match[str]) -> str:
    """A token of a filter's pattern, as a regular expression."""
    match token.lastgroup:
        case "deep":
            return ".*"
        case "any":
            return "[^/]*"
        case "repeat" | "set":
            return token[0]
        case _:
            return re.escape(token["literal"] or token["plain"])
