"""The messages in a text, which a squash puts one after the other."""

import re
from collections.abc import Iterator

from msgspec import Struct, field

LOG_HEADER = "Squashed commit of the following:"
LOG_COMMIT = re.compile(r"commit [0-9a-f]{40,64}\s*")
LOG_AUTHOR = re.compile(r"Author: .+ <[^<>]*>\s*")
COMBINATION = re.compile(
    r"# This is (?:a combination of|the \w+ commit message|the commit message #)"
)
SEPARATOR = re.compile(r"-{9,}\s*")
STARTS_OF_A_PART = ("* ", "-" * 9, "# This is ", "commit ", "Author: ", LOG_HEADER)
"""Without one of these at the beginning of a line a text is one message."""


class MessagePart(Struct):
    """One message: its lines without what a squash put before them, and their places in the text.

    The places are those in the whole text, from 0. `subject`: whether its first line is a subject.
    """

    subject: bool = True
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def add(self, number: int, line: str) -> None:
        """Add a line and its place in the whole text."""
        self.lines.append(line)
        self.numbers.append(number)


def split_parts(folded: list[str], *, squashes: bool) -> Iterator[MessagePart]:
    """The messages in a text, at least one.

    Args:
        folded: the text's lines, folded to plain letters.
        squashes: whether it can have several; if not, it is one message as it is.
    """
    if not squashes or not any(text.startswith(STARTS_OF_A_PART) for text in folded):
        yield MessagePart(lines=folded, numbers=list(range(len(folded))))
        return
    splitter = _Splitter(folded)
    for number, text in enumerate(folded):
        done = splitter.part
        splitter.take(number, text)
        if splitter.part is not done:
            yield done
    yield splitter.part


class _Splitter:
    """What the lines so far say about the next one.

    `listing`: whether the messages are the entries of a list, each behind a star; None as long as
    that is not known. `log`: whether they stand in what `git log` prints.
    """

    def __init__(self, folded: list[str]) -> None:
        self.folded = folded
        self.searched = 0
        self.listing: bool | None = None
        self.log = False
        self.after_blank = True
        self.part = MessagePart()
        self.subject_due = True

    def take(self, number: int, text: str) -> None:
        """Add the next line to the message that it belongs to, which may begin here.

        `part` is another one then.
        """
        line = self._enter(number, text)
        if line is None:
            self.after_blank = True
            return
        self.part.add(number, line)
        self.after_blank = not line.strip()
        if not self.after_blank:
            self.subject_due = False

    def _start(self, *, subject: bool = True) -> None:
        """Begin the next message."""
        self.part = MessagePart(subject)
        self.subject_due = subject

    def _enter(self, number: int, text: str) -> str | None:
        """The line without what a squash put before it.

        None if it is only where a squash says that a message starts.
        """
        if LOG_COMMIT.fullmatch(text) and self._is_log(number):
            self._start(subject=False)
            return None
        if LOG_AUTHOR.fullmatch(text):
            self._is_log(number)
        # A log indents the messages, and nothing else in it can begin one.
        if self.log:
            return text.removeprefix("    ")
        # Dashes right below text underline a heading.
        if self.after_blank and SEPARATOR.fullmatch(text):
            self._start(subject=False)
            return None
        if COMBINATION.match(text):
            self._start()
            return None
        return self._enter_listing(text)

    def _is_log(self, number: int) -> bool:
        """Whether the text is a log of what was squashed: something before says so.

        Otherwise it only shows another commit.
        """
        # Each line is searched once, however many lines of a log a text has.
        before = self.folded[self.searched : number]
        self.searched = number
        self.log = self.log or any("squash" in line.lower() for line in before)
        return self.log

    def _enter_listing(self, text: str) -> str:
        """The line without its star, if it begins the message of an entry in a list."""
        self._notice_form(text)
        if self.listing and self.after_blank and text.startswith("* "):
            self._start()
            return text[2:]
        return text

    def _notice_form(self, text: str) -> None:
        """Notice whether a log begins here, and whether the text is a list.

        The first line after the subject decides that: a later star may be anybody's.
        """
        is_undecided = self.listing is None
        if text.rstrip() == LOG_HEADER and (is_undecided or self.subject_due):
            self.log = True
        if is_undecided and not self.subject_due and text.strip():
            self.listing = text.startswith("* ")
