"""A text as the messages that it is put together of: a squash holds several, one after the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LOG_HEADER = "Squashed commit of the following:"
LOG_COMMIT = re.compile(r"commit [0-9a-f]{40,64}\s*")
LOG_AUTHOR = re.compile(r"Author: .+ <[^<>]*>\s*")
COMBINATION = re.compile(r"# This is (?:a combination of|the \w+ commit message|the commit message #)")
SEPARATOR = re.compile(r"-{9,}\s*")
TELLING_STARTS = ("* ", "-" * 9, "# This is ", "commit ", "Author: ", LOG_HEADER)
"""Without one of these at the beginning of a line a text is one message."""


@dataclass(slots=True)
class Part:
    """One message: its lines without what a squash put before them, and their places in the whole text, from 0.

    `subject`: whether its first line is a subject.
    """

    subject: bool = True
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def split_parts(folded: list[str], *, squashes: bool) -> Iterator[Part]:
    """The messages in a text, at least one; the text as it is, unless it can hold several (`squashes`)."""
    if not squashes or not any(text.startswith(TELLING_STARTS) for text in folded):
        yield Part(lines=folded, numbers=list(range(len(folded))))
        return
    splitter = _Splitter(folded)
    for number, text in enumerate(folded):
        done = splitter.part
        splitter.take(number, text)
        if splitter.part is not done:
            yield done
    yield splitter.part


class _Splitter:
    """What the lines so far say about the next one."""

    def __init__(self, folded: list[str]) -> None:
        self.folded = folded
        self.searched = 0
        self.listing: bool | None = None
        self.log = False
        self.after_blank = True
        self.part = Part()
        self.subject_due = True

    def take(self, number: int, text: str) -> None:
        line = self._enter(text, number)
        if line is None:
            self.after_blank = True
            return
        self.part.lines.append(line)
        self.part.numbers.append(number)
        self.after_blank = not line or line.isspace()
        if not self.after_blank:
            self.subject_due = False

    def _start(self, *, subject: bool = True) -> None:
        self.part = Part(subject)
        self.subject_due = subject

    def _enter(self, text: str, number: int) -> str | None:
        """The line without what a squash put before it; None if it is only where a squash says that a message starts."""
        if text.startswith("commit ") and LOG_COMMIT.fullmatch(text) and self._is_log(number):
            self._start(subject=False)
            return None
        if text.startswith("Author: ") and LOG_AUTHOR.fullmatch(text):
            self._is_log(number)
        if self.log:
            return text.removeprefix("    ")
        if text.startswith("-") and self.after_blank and SEPARATOR.fullmatch(text):
            self._start(subject=False)
            return None
        if text.startswith("#") and COMBINATION.match(text):
            self._start()
            return None
        return self._enter_listing(text)

    def _is_log(self, number: int) -> bool:
        """Whether the text is a log of what was squashed: something before says so. Otherwise it only shows another commit."""
        before = self.folded[self.searched : number]
        self.searched = number
        self.log = self.log or any("squash" in line.lower() for line in before)
        return self.log

    def _enter_listing(self, text: str) -> str:
        if self.listing is None and not self.subject_due and text.strip():
            self.listing = text.startswith("* ")
            self.log = text.rstrip() == LOG_HEADER
        if self.subject_due and text.rstrip() == LOG_HEADER:
            self.log = True
        if self.listing and self.after_blank and text.startswith("* "):
            self._start()
            return text[2:]
        return text
