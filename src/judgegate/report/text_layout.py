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
    # Most text is ASCII, and `unicodedata` is slow.
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    """How many columns a character takes: none if it is put on the one before, two if it is wide."""
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 2
    return 1


def fit(text: str, columns: int) -> str:
    """The (escaped) text cut to so many columns, with `...` where something is missing."""
    if count_columns(text) <= columns:
        return text
    while text and count_columns(text) > columns - 3:
        text = text[:-1]
    return text + "..."


class TextLayout(Struct, frozen=True):
    """Lays text out in lines of at most `width` columns.

    A single word that is longer, such as a path, stays whole to be copied.
    """

    width: int
    colour: bool

    @classmethod
    def of(cls, width: int, *, colour: bool) -> "TextLayout":
        """A layout as wide as the terminal, within reason."""
        return cls(min(max(width, NARROWEST), WIDEST), colour)

    def flow(self, *spans: Span | str, indent: int = 0, hang: int = 0) -> Iterator[str]:
        """The spans as wrapped lines.

        The first line is indented by `indent` columns, the others by `hang` more.
        """
        line: list[Span] = []
        column = start = indent
        for word in _words(spans):
            columns = sum(count_columns(span.text) for span in word)
            if line and column + 1 + columns > self.width:
                yield self._finish(line, start)
                line, start = [], indent + hang
                column = start
            if line:
                line.append(_blank_between(line[-1], word[0]))
                column += 1
            line += word
            column += columns
        yield self._finish(line, start)

    def row(self, *spans: Span | str, indent: int = 0) -> str:
        """The spans on one line, cut where the layout ends."""
        left = self.width - indent
        line: list[Span] = []
        for span in map(_escaped, spans):
            # Where there is no room for more than the dots of a cut, a span goes as a whole.
            text = fit(span.text, left) if left > len("...") else ""
            line.append(Span(text, span.style))
            left -= count_columns(text)
        return self._finish(line, indent)

    def _finish(self, line: Iterable[Span], indent: int) -> str:
        """The spans as one line of text."""
        text = " " * indent + "".join(map(self._paint, _joined(line)))
        # Last, because only a whole line shows whether a runner would obey it.
        return disarm(text).rstrip(" ")

    def _paint(self, span: Span) -> str:
        # Without text there is nothing to paint: codes alone would be bytes that show nothing.
        if not self.colour or span.style is Style.PLAIN or not span.text:
            return span.text
        return f"\x1b[{span.style.value}m{span.text}\x1b[0m"


def _blank_between(left: Span, right: Span) -> Span:
    """A blank in the style of its neighbours, plain where they differ."""
    if left.style is not right.style:
        return Span(" ")
    return Span(" ", left.style)


def _escaped(span: Span | str) -> Span:
    """The span with nothing in it that a terminal obeys, and not longer than a report bears."""
    if isinstance(span, str):
        span = Span(span)
    text = span.text
    if len(text) > LONGEST_VALUE:
        text = f"{text[:LONGEST_VALUE]}..."
    return Span(escape(text), span.style)


def _words(spans: Iterable[Span | str]) -> Iterator[list[Span]]:
    """The spans' words, each in as many pieces as it has styles."""
    word: list[Span] = []
    for span in map(_escaped, spans):
        # Without a blank between them, the end of one span and the start of the next are one word.
        for number, text in enumerate(span.text.split(" ")):
            if number and word:
                yield word
                word = []
            if text:
                word.append(Span(text, span.style))
    if word:
        yield word


def _joined(line: Iterable[Span]) -> Iterator[Span]:
    """Neighbours of one style as one span.

    So colours are switched no more often than they change.
    """
    text, style = "", Style.PLAIN
    for span in line:
        if span.style is style:
            text += span.text
        else:
            yield Span(text, style)
            text, style = span.text, span.style
    yield Span(text, style)
