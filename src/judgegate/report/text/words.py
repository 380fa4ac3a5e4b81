"""The turns of phrase that several paragraphs share."""

from collections.abc import Iterable, Iterator, Sequence

from judgegate.model.levels import Action, Outcome
from judgegate.model.verdict import FileState, Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.text_layout import Span, Style, TextLayout

ACTION_STYLES = {
    Action.BLOCK: Style.RED,
    Action.REVIEW: Style.YELLOW,
    Action.WARN: Style.CYAN,
    Action.OFF: Style.DIM,
}
OUTCOME_STYLES = {
    Outcome.PASS: Style.GREEN,
    Outcome.REVIEW: Style.YELLOW,
    Outcome.BLOCK: Style.RED,
    Outcome.ERROR: Style.RED,
}

SHORT_OID = 7
"""Hexadecimal digits, as GitHub shows them; the JSON has them all."""


def count(number: int, word: str) -> str:
    """`1 file`, `2 files`; for words whose plural ends in `s`."""
    if number == 1:
        return f"1 {word}"
    return f"{number} {word}s"


def shorten(oid: str) -> str:
    """A commit's id as people write it."""
    return oid[:SHORT_OID]


def is_partly_checked(verdict: Verdict) -> bool:
    """Whether checks covered only some of the files, or none."""
    return verdict.count(FileState.ANALYSED) < len(verdict.files)


def describe_checked(verdict: Verdict) -> str:
    """Such as: 6 of 9 files."""
    return f"{verdict.count(FileState.ANALYSED)} of {count(len(verdict.files), 'file')}"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """The words as a sentence lists them: `a, b and c`.

    One word is itself, and of none there is nothing.
    """
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def render_list(
    items: Sequence[Iterable[Span | str]],
    longest: int,
    options: ReportOptions,
    layout: TextLayout,
    indent: int = 2,
) -> Iterator[str]:
    """One item a line or more, cut after `longest` of them with a word on the rest."""
    most = len(items) if options.show_all else longest
    for item in items[:most]:
        yield from layout.flow(*item, indent=indent, hang=2)
    rest = len(items) - most
    if rest > 0:
        yield from layout.flow(render_rest(rest), indent=indent)


def render_rest(number: int, what: str = "") -> Span:
    """What is said where a list was cut."""
    return Span(f"and {number} more{what} (--all shows them)", Style.DIM)
