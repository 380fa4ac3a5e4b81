"""Which lines of a message or a body can be evidence: not what is quoted, fenced, indented as code, hidden, or copied by a revert.

Whether a line counts is decided by it and the lines before it alone, so that lines that are appended never take evidence away.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_LINE = 2000
"""Characters of a line that are read: a marker is shorter, and a team's own pattern must come to an end."""

KEY = re.compile(r"(?:# ?)?\*{0,2}([A-Za-z][A-Za-z0-9 _-]{1,40}?)\*{0,2} ?:(?!//)\*{0,2}\s*(\S.*)?")
FENCE = re.compile(r"(`{3,}|~{3,})\s*(?:[\w+.#-]*|\{.*\})$")
"""With more than a word after it, it is prose that a wrap put at the beginning of a line."""

BREAKS = re.compile(r"[\s_-]+")
LOG_HEADER = "Squashed commit of the following:"
LOG_COMMIT = re.compile(r"commit [0-9a-f]{40,64}\s*")
LOG_AUTHOR = re.compile(r"Author: .+ <[^<>]*>\s*")
TELLING_STARTS = ("diff --git ", "commit ", "Author: ")
COMBINATION = re.compile(r"# This is (?:a combination of|the \w+ commit message|the commit message #)")
SEPARATOR = re.compile(r"-{9,}\s*")
REVERT = re.compile(r'(?:Revert "(?!Revert\b|Reapply\b)(.*?)"?|[Rr]evert(?:\([^)]*\))?!?: (.*?))(?: \(#\d+\))?')
COPIED = re.compile(
    r"(?:the )?(?:original|reverted) (?:(?:commit|change|pr|pull request|patch)(?:'s)? ?)?"
    r"(?:message|description|commit|change|text)\b.{0,40}:",
    re.IGNORECASE,
)
DIFF = re.compile(
    r"(?:[-+ @\\]|diff --|index [0-9a-f]|(?:new|deleted) file mode|(?:old|new) mode|(?:dis)?similarity index|(?:rename|copy) |Binary )|$"
)


class Line(NamedTuple):
    """A line that can be evidence.

    `text` is folded and stripped, `raw` as it came, `number` its place in the text from 0. `key` (lower case, with `-`) and `value` are
    set for what looks like a trailer. `subject` marks the first line of a message, `comment` an HTML comment.
    """

    text: str
    raw: str
    number: int
    key: str = ""
    value: str = ""
    subject: bool = False
    comment: bool = False


def evidence_lines(raw_lines: list[str], folded: list[str], *, squashes: bool) -> Iterator[Line]:
    """The lines that count, in their order.

    Args:
        raw_lines: the text's lines without their ends.
        folded: the same, folded.
        squashes: whether the text can hold several messages, one after the other (a commit's can, a body cannot).
    """
    reader = _Reader(folded, squashes=squashes)
    for number, (whole, raw) in enumerate(zip(folded, raw_lines, strict=True)):
        text = whole[:LONGEST_LINE]
        if not text and reader.is_calm:
            reader.after_blank = True
        elif (text[:1].isalpha() or text[:2] == "- ") and reader.is_calm and "<!--" not in text and not text.startswith(TELLING_STARTS):
            reader.after_blank = False
            yield _line(text.rstrip(), raw, number)
        else:
            yield from reader.take(number, text, raw)


def _line(text: str, raw: str, number: int, *, subject: bool = False) -> Line:
    match = KEY.match(text) if ":" in text else None
    if match is None:
        return Line(text, raw, number, subject=subject)
    return Line(text, raw, number, BREAKS.sub("-", match[1].lower()), (match[2] or "").strip(), subject)


class _Reader:
    """What the lines so far say about the next one."""

    def __init__(self, folded: list[str], *, squashes: bool) -> None:
        self.folded = folded
        self.squashes = squashes
        self.searched = 0
        self.listing: bool | None = None
        self.log = False
        self.after_blank = True
        self.start_message()

    def start_message(self, *, subject: bool = True) -> None:
        """Whatever the message before left open ends here."""
        self.subject_due = subject
        self.fence = self.hidden = self.reverted = ""
        self.copied = self.copied_trailers = self.diff = False

    @property
    def is_calm(self) -> bool:
        """Whether a line that begins with a letter surely counts, and neither it nor an empty one changes anything for those after it."""
        return not (
            self.fence
            or self.hidden
            or self.diff
            or self.reverted
            or self.log
            or self.subject_due
            or (self.squashes and self.listing is None)
        )

    def take(self, number: int, text: str, raw: str) -> Iterator[Line]:
        if self.squashes:
            text = self._enter(text, number)
        stripped = text.strip()
        if not stripped:
            self._end_paragraph()
            return
        if not self._is_code(text, stripped):
            yield from self._visible(number, stripped, raw)
        self.after_blank = False

    def _enter(self, text: str, number: int) -> str:
        """The line without what a squash put before it; a new message starts where a squash says so."""
        if text.startswith("commit ") and LOG_COMMIT.fullmatch(text) and self._is_log(number):
            self.start_message(subject=False)
            return ""
        if text.startswith("Author: ") and LOG_AUTHOR.fullmatch(text):
            self._is_log(number)
        if self.log:
            return text.removeprefix("    ")
        if text.startswith("-") and self.after_blank and SEPARATOR.fullmatch(text):
            self.start_message(subject=False)
            return ""
        if text.startswith("#") and COMBINATION.match(text):
            self.start_message()
            return ""
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
            self.log = text.strip() == LOG_HEADER
        if self.subject_due and text.strip() == LOG_HEADER:
            self.log = True
        if self.listing and self.after_blank and text.startswith("* "):
            self.start_message()
            return text[2:]
        return text

    def _end_paragraph(self) -> None:
        self.after_blank = True
        if self.hidden == "inline":
            self.hidden = ""
        if self.copied_trailers:
            self.copied = self.copied_trailers = False

    def _is_code(self, text: str, stripped: str) -> bool:
        """Whether the line belongs to a fence, an indented block, a quotation or a patch."""
        if self.fence:
            if stripped.startswith(self.fence) and not stripped.strip(self.fence[0]):
                self.fence = ""
            return True
        if self.hidden:
            return False
        if self.diff and DIFF.match(text):
            return True
        self.diff = text.startswith("diff --git ")
        if text.startswith(("\t", "    ")) or " \t" in text[:4]:
            return True
        if stripped[0] in "`~" and (fence := FENCE.match(stripped)):
            self.fence = fence[1]
            return True
        return stripped[0] == ">" or self.diff

    def _visible(self, number: int, text: str, raw: str) -> Iterator[Line]:
        if self.hidden or "<!--" in text:
            text, comments = self._strip_comments(text)
            if not self.copied:
                yield from (Line(comment, comment, number, comment=True) for comment in comments)
            if not text:
                return
        subject, self.subject_due = self.subject_due, False
        if subject and (revert := REVERT.fullmatch(text)):
            self.reverted = revert[1] or revert[2]
        line = _line(text, raw, number, subject=subject)
        if not self._is_copied(text, is_trailer="-" in line.key):
            yield line

    def _is_copied(self, text: str, *, is_trailer: bool) -> bool:
        """Whether a revert repeats here what it takes back: from a heading, or from the old subject, to the end of the old trailers."""
        if not self.reverted:
            return False
        if self.copied:
            self.copied_trailers |= is_trailer
            return True
        title = re.sub(r" \(#\d+\)$", "", text)
        self.copied = bool(COPIED.fullmatch(text)) or (self.after_blank and title == self.reverted)
        return self.copied

    def _strip_comments(self, text: str) -> tuple[str, list[str]]:
        """The line without HTML comments, and those that begin and end in it.

        One that does not end hides what follows it: to its end, or, if text stands before it, to the end of the paragraph.
        """
        kept, place = "", 0
        comments: list[str] = []
        while place < len(text):
            if self.hidden:
                end = text.find("-->", place)
                if end < 0:
                    return kept.strip(), comments
                self.hidden, place = "", end + 3
                continue
            start = text.find("<!--", place)
            if start < 0 or text.count("`", 0, start) % 2:
                return (kept + text[place:]).strip(), comments
            kept += text[place:start]
            end = text.find("-->", start + 4)
            if end < 0:
                self.hidden = "inline" if kept.strip() else "block"
                return kept.strip(), comments
            comments.append(text[start : end + 3])
            place = end + 3
        return kept.strip(), comments
