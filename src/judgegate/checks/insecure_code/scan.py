"""Scan with bandit: its issues become observations, and what may be a secret in their lines is masked."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from msgspec.structs import replace

from judgegate.checks.excerpts import (
    digest_body,
    digest_surroundings,
    excerpt_of,
    mask_tokens,
)
from judgegate.checks.insecure_code.bandit_contexts import FindingContexts, written_value
from judgegate.checks.insecure_code.bandit_stand_ins import PluginCrashedError
from judgegate.checks.insecure_code.rule import INSECURE_CODE
from judgegate.model.intervals import Intervals
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation, fingerprint, secret_key
from judgegate.model.ranges import LineRange
from judgegate.sources.python import Definition, PythonSource

SECRET_CODES = frozenset({"B105", "B106", "B107"})
"""Bandit's tests for a password that is written down."""

MASK = '"***"'
RULE = INSECURE_CODE.id
LONGEST_MESSAGE = 500
# What a test leaves undefined ranks below LOW in bandit; here LOW is the lowest.
_IMPORTS = (ast.Import, ast.ImportFrom)
_SEVERITIES = {
    "UNDEFINED": Severity.LOW,
    "LOW": Severity.LOW,
    "MEDIUM": Severity.MEDIUM,
    "HIGH": Severity.HIGH,
}
_CONFIDENCES = {
    "UNDEFINED": Confidence.LOW,
    "LOW": Confidence.LOW,
    "MEDIUM": Confidence.MEDIUM,
    "HIGH": Confidence.HIGH,
}
_SECRET_TYPES = (str, bytes, int, float, complex)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_BRACES = re.compile(r"\{.*\}", re.DOTALL)


class Masking:
    """The texts of lines with every literal in them masked. Built once for a file that holds a secret."""

    def __init__(self, source: PythonSource) -> None:
        self._lines = _mask_literals(source)

    def texts_of(self, lines: LineRange) -> Sequence[str]:
        """As `PythonSource.texts_of`."""
        return self._lines[lines.start - 1 : lines.end]


def scan_insecure_code(source: PythonSource) -> Iterator[Observation]:
    """Observe what every test of bandit reports, in the order of lines.

    Suppression comments (`# nosec`) are not obeyed.

    Raises:
        PluginCrashedError: at the end, if one of bandit's tests did not come to its own. Whatever stopped
            the reading of a context is raised at the end as well.
    """
    found, crash = _find_all(source)
    secrets = secret_lines(
        source, (node for issue, node in found if issue.test_id in SECRET_CODES)
    )
    # Which lines hold a secret is not known where a test that looks for them crashed.
    unknown = crash is not None and not SECRET_CODES.isdisjoint(crash.tests)
    masking = Masking(source) if secrets.ranges or unknown else None
    # Made once for each definition: many lines of a long one can have an issue.
    digest_of = cache(lambda definition: _digest_definition(definition, source))
    contexts = FindingContexts(source.walk)
    placed = [(_lines_of(issue, node, source), issue, node) for issue, node in found]
    for lines, issue, node in sorted(placed, key=_order):
        # Another test may flag the line of a secret, and must not show it either.
        is_secret = unknown or issue.test_id in SECRET_CODES or secrets.meets(lines)
        observation = _observe(
            issue, lines, source, digest_of, masking if is_secret else None
        )
        # An import has no place: it means the same among any others.
        place = None if isinstance(node, _IMPORTS) else observation.body
        yield replace(observation, body=place, context=contexts.of(issue.test_id, node))
    failure = crash or contexts.crash
    if failure is not None:
        raise failure


def _find_all(
    source: PythonSource,
) -> tuple[list[tuple[Any, Any]], PluginCrashedError | None]:
    """The issues that there are, and what stopped one of the tests that look for more."""
    try:
        return find_issues(source), None
    except PluginCrashedError as crash:
        return crash.found, crash


@cache
def prepare() -> Any:
    """Bandit's tests, imported on the first call."""
    from judgegate.checks.insecure_code.bandit_stand_ins import load_test_set

    test_set = load_test_set()
    # Only now, because it imports bandit, which must be as the line above imported it.
    from judgegate.checks.insecure_code.bandit_run import BanditTests

    return BanditTests(test_set)


def find_issues(source: PythonSource) -> list[tuple[Any, Any]]:
    """Bandit's issues, each with the node that it speaks of, None for the file as a whole.

    Raises:
        PluginCrashedError: one of bandit's tests did not come to its end.
    """
    found: list[tuple[Any, Any]] = prepare().run(source.walk, source.data)
    return found


def _order(placed: tuple[LineRange, Any, Any]) -> tuple[object, ...]:
    """By place, and issues in one place always in the same order."""
    lines, issue, _ = placed
    return (lines.start, issue.col_offset, issue.test_id, lines.end, issue.lineno)


def _lines_of(issue: Any, node: Any, source: PythonSource) -> LineRange:
    """The lines of the flagged node, a definition's without its body, in git's numbers."""
    if node is None:  # a file-level test, which splits lines as `str.splitlines` does
        line = source.lines.from_splitlines(issue.lineno)
        return LineRange(line, line)
    start, end = node.lineno, node.end_lineno
    if hasattr(node, "decorator_list"):
        end = header_end(node)
    elif issue.test_id == "B105":
        end = written_value(node).end_lineno
    return source.range_of(start, end)


def _observe(
    issue: Any,
    lines: LineRange,
    source: PythonSource,
    digest_of: Callable[[Definition], str],
    masking: Masking | None,
) -> Observation:
    code = issue.test_id
    enclosing = source.enclosing(lines.start)
    subject = enclosing.name if enclosing else ""
    plain = source.texts_of(lines)
    shown = masking.texts_of(lines) if masking else plain
    mark = fingerprint(RULE, code, subject, shown)
    return Observation(
        rule=RULE,
        code=code,
        lines=lines,
        subject=subject,
        message=_message(issue),
        fingerprint=mark,
        key=secret_key(source.salt, RULE, code, subject, plain) if masking else mark,
        excerpt=excerpt_of(shown),
        severity=_SEVERITIES[issue.severity],
        confidence=_CONFIDENCES[issue.confidence],
        body=_digest_place(enclosing, lines, source, digest_of),
        definition=enclosing.whole if enclosing else None,
    )


def _digest_place(
    enclosing: Definition | None,
    lines: LineRange,
    source: PythonSource,
    digest_of: Callable[[Definition], str],
) -> str:
    """A digest of the function around the lines, or, where there is none, of the lines near them."""
    if enclosing is None or isinstance(enclosing.node, ast.ClassDef):
        return digest_surroundings(source.lines.texts, lines, source.salt)
    return digest_of(enclosing)


def _digest_definition(definition: Definition, source: PythonSource) -> str:
    """A digest of the definition's words."""
    texts = source.texts_of(definition.lines)
    return digest_body(definition.node.name, [text.strip() for text in texts], source.salt)


def _message(issue: Any) -> str:
    """Bandit's text in one line, without a secret.

    And without what differs from run to run: addresses, and the order of sets.
    """
    text: str = issue.text
    if issue.test_id in SECRET_CODES:
        return text.partition(":")[0] + " (not shown)"
    if issue.test_id == "B103":
        text = _BRACES.sub("...", text)
    text = mask_tokens(" ".join(_ADDRESS.sub("", text).split())[:LONGEST_MESSAGE])
    # The text may quote a literal with half a surrogate pair, which no report could be written with.
    return text.encode("utf-8", "replace").decode()


def secret_lines(source: PythonSource, nodes: Iterable[ast.AST | None]) -> Intervals:
    """The lines, by git's numbers, of the statements in which secrets were found."""
    return Intervals(_statement_lines(source, node) for node in filter(None, nodes))


def _statement_lines(source: PythonSource, node: Any) -> LineRange:
    """The lines of the statement that the node belongs to, without the block that hangs on it."""
    while not isinstance(node, ast.stmt):
        node = node._bandit_parent  # noqa: SLF001 - the visitor has put it there
    return source.range_of(node.lineno, header_end(node))


def header_end(node: ast.stmt) -> int:
    """The last line of a statement's own words, as Python counts.

    A block that follows them does not belong to them.
    """
    first: ast.stmt | None = next(iter(getattr(node, "body", ())), None)
    if first is None:
        return node.end_lineno or node.lineno
    # The line of a definition is that of its `def`, and its decorators come before.
    decorators = getattr(first, "decorator_list", ())
    start: int = min(one.lineno for one in (first, *decorators))
    return max(node.lineno, start - 1)


def _mask_literals(source: PythonSource) -> list[str]:
    """Git's lines with every literal masked.

    Where a literal spans several, its mask is on the first, and its other lines lose what belongs
    to it.
    """
    plain = source.text.replace("\r\n", "\n").replace("\r", "\n").encode()
    masked: list[bytes] = [b""] * len(source.lines)
    for number, row in enumerate(_mask(plain, _literals(source.tree)), start=1):
        masked[source.lines.from_python(number) - 1] += row
    return [row.decode("utf-8", "replace") for row in masked]


def _literals(tree: ast.AST) -> Iterator[ast.expr]:
    """The outermost literals of the tree that can have a secret in them.

    Text, bytes and numbers, never True, False or None.
    """
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr) or type(node).__name__ == "TemplateStr":
            yield node  # type: ignore[misc] # a TemplateStr is an expression too, where it exists
        elif not isinstance(node, ast.Constant):
            pending.extend(ast.iter_child_nodes(node))
        # By the very types, because True is an int for `isinstance`.
        elif type(node.value) in _SECRET_TYPES:
            yield node


def _mask(plain: bytes, literals: Iterable[ast.expr]) -> list[bytes]:
    """The rows of a text with the mask in the place of each literal, whose columns are counted in bytes."""
    starts = list(accumulate((len(row) + 1 for row in plain.split(b"\n")), initial=0))
    pieces = []
    done = 0
    for node in sorted(literals, key=lambda node: (node.lineno, node.col_offset)):
        last = node.end_lineno or node.lineno
        pieces += [
            plain[done : starts[node.lineno - 1] + node.col_offset],
            MASK.encode(),
            b"\n" * (last - node.lineno),
        ]
        done = starts[last - 1] + (node.end_col_offset or 0)
    return b"".join([*pieces, plain[done:]]).split(b"\n")
