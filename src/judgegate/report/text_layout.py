"""Text laid out for a terminal: escaped, wrapped, and coloured if asked for."""

import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from judgegate.report.escape import disarm, escape

NARROWEST = 40
WIDEST = 100
"""Longer lines are hard to read, however wide the terminal is."""
UNWRAPPED = 100_000
"""Columns of a line that stays one line: it is copied, quoted or searched for."""
LONGEST_VALUE = 600
"""Characters of a single value; a message may be as long as its author likes, a report may not."""


class Style(Enum):
    """How text looks. The values are SGR codes (ECMA-48), empty for text as it is."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    RED = "1;31"
    GREEN = "1;32"
    YELLOW = "1;33"
    CYAN = "36"


class Span(Struct, frozen=True):
    """Text in one style."""

    text: str
    style: Style = Style.PLAIN


def count_columns(text: str) -> int:
    """How many columns a terminal needs for the (escaped) text."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fit(text: str, columns: int) -> str:
    """The (escaped) text cut to so many columns, with `...` where something is missing."""
    if count_columns(text) <= columns:
        return text
    while text and count_columns(text) > columns - 3:
        text = text[:-1]
    return text + "..."


class TextLayout(Struct, frozen=True):
    """Lays text out in lines of at most `width` columns; a single word that is longer, such as a path, stays whole to be copied."""

    width: int
    colour: bool

    @classmethod
    def of(cls, width: int, *, colour: bool) -> "TextLayout":
        """A layout as wide as the terminal, within reason."""
        return cls(min(max(width, NARROWEST), WIDEST), colour)

    def flow(self, *spans: Span | str, indent: int = 0, hang: int = 0) -> Iterator[str]:
        """The spans as wrapped lines, the first indented by `indent` columns, the others by `hang` more."""
        line: list[Span] = []
        column = start = indent
        for word in _words(spans):
            columns = sum(count_columns(span.text) for span in word)
            if line and column + 1 + columns > self.width:
                yield self._finish(line, start)
                line, start = [], indent + hang
                column = start
            if line:
                line.append(
                    Span(
                        " ",
                        word[0].style if word[0].style is line[-1].style else Style.PLAIN,
                    )
                )
                column += 1
            line += word
            column += columns
        yield self._finish(line, start)

    def row(self, *spans: Span | str, indent: int = 0) -> str:
        """The spans on one line, cut where the layout ends."""
        left = self.width - indent
        line: list[Span] = []
        for span in map(_escaped, spans):
            text = fit(span.text, max(left, 0)) if left > len("...") else ""
            line.append(Span(text, span.style))
            left -= count_columns(text)
        return self._finish(line, indent)

    def _finish(self, line: Iterable[Span], indent: int) -> str:
        text = " " * indent + "".join(self._paint(span) for span in _joined(line))
        return disarm(text).rstrip(" ")

    def _paint(self, span: Span) -> str:
        if not self.colour or span.style is Style.PLAIN or not span.text:
            return span.text
        return f"\x1b[{span.style.value}m{span.text}\x1b[0m"


def _escaped(span: Span | str) -> Span:
    text, style = (span, Style.PLAIN) if isinstance(span, str) else (span.text, span.style)
    cut = text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "..."
    return Span(escape(cut), style)


def _words(spans: Iterable[Span | str]) -> Iterator[list[Span]]:
    """The spans' words, each in as many pieces as it has styles."""
    word: list[Span] = []
    for span in map(_escaped, spans):
        first, *others = span.text.split(" ")
        word += [Span(first, span.style)] if first else []
        for text in others:
            if word:
                yield word
            word = [Span(text, span.style)] if text else []
    if word:
        yield word


def _joined(line: Iterable[Span]) -> Iterator[Span]:
    """Neighbours of one style as one span, so that colours are switched no more often than they change."""
    text, style = "", Style.PLAIN
    for span in line:
        if span.style is style:
            text += span.text
        else:
            yield Span(text, style)
            text, style = span.text, span.style
    yield Span(text, style)
