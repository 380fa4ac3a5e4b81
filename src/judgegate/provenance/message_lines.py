"""Which lines of a message or a body can be evidence: not what is quoted, fenced, indented as code, hidden, or copied by a revert.

Two things hold whatever else stands in the text. Lines that git takes for the message's trailers
count. And a fence or a comment hides nothing unless it is closed: so lines that are added take
evidence away only by closing what was left open before it, or by making what was a message's
trailer block a quotation in it.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from msgspec import Struct, field

from judgegate.provenance.text_lines import Line, read_line, shorten

LOG_HEADER = "Squashed commit of the following:"
LOG_COMMIT = re.compile(r"commit [0-9a-f]{40,64}\s*")
LOG_AUTHOR = re.compile(r"Author: .+ <[^<>]*>\s*")
COMBINATION = re.compile(
    r"# This is (?:a combination of|the \w+ commit message|the commit message #)"
)
SEPARATOR = re.compile(r"-{9,}\s*")
STARTS_OF_A_PART = ("* ", "-" * 9, "# This is ", "commit ", "Author: ", LOG_HEADER)
"""Without one of these at the beginning of a line a text is one message."""
TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*[:=]")
"""With `=`, which a repository's configuration can make a separator."""
WRITTEN_BY_GIT = ("Signed-off-by: ", "(cherry picked from commit ")
DIVIDER = re.compile(r"---(?:\s|$)")
SCISSORS = "------------------------ >8 ------------------------"
FEWEST = 3
"""Other lines for each trailer, at most, beside one that git writes."""

MOST_LINES = 50_000
"""Lines of a text up to which it is read what is hidden in it.

In a longer one, which nobody wrote, every line counts.
"""
FENCE = re.compile(r"(`{3,}|~{3,})\s*(?:[\w+.#-]*|\{.*\})$")
"""With more than a word after it, it is prose that a wrap put at the beginning of a line."""
REVERT = re.compile(
    r'(?:Revert "(?!Revert\b|Reapply\b)(.*?)"?|[Rr]evert(?:\([^)]*\))?!?: (.*?))(?: \(#\d+\))?'
)
COPIED = re.compile(
    r"(?:the )?(?:original|reverted) (?:(?:commit|change|pr|pull request|patch)(?:'s)? ?)?"
    r"(?:message|description|commit|change|text)\b.{0,40}:",
    re.IGNORECASE,
)
DIFF = re.compile(
    r"(?:[-+ @\\]|diff --|index [0-9a-f]|(?:new|deleted) file mode|(?:old|new) mode|(?:dis)?similarity index|(?:rename|copy) |Binary )|$"
)


class MessagePart(Struct):
    """One message: its lines without what a squash put before them, and their places in the whole text, from 0.

    `subject`: whether its first line is a subject.
    """

    subject: bool = True
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def evidence_lines(
    raw_lines: list[str],
    folded: list[str],
    *,
    squashes: bool,
    wanted: frozenset[int] | None = None,
) -> Iterator[Line]:
    """The lines that count, in their order.

    Args:
        raw_lines: the text's lines without their ends.
        folded: the same, folded.
        squashes: whether the text can hold several messages, one after the other (a commit's can, a
            body cannot).
        wanted: the places of the lines that are asked for; all by default.
    """
    wanted = frozenset(range(len(folded))) if wanted is None else wanted
    if len(folded) > MOST_LINES:
        yield from (
            read_line(text, raw, n)
            for n, (text, raw) in enumerate(zip(folded, raw_lines, strict=True))
            if n in wanted and text.strip()
        )
        return
    block = trailer_lines(folded)
    for part in split_parts(folded, squashes=squashes):
        if wanted.isdisjoint(part.numbers):
            continue
        own = set(block)
        if part.lines is not folded:
            own.update(part.numbers[place] for place in trailer_lines(part.lines))
        yield from _lines_of_part(part, raw_lines, own, wanted)


def _lines_of_part(
    part: MessagePart, raw_lines: list[str], block: set[int], wanted: frozenset[int]
) -> Iterator[Line]:
    """The lines of one message that count; those of its `block` of trailers count whatever stands around them."""
    reader = _Reader(part)
    for place, (number, text) in enumerate(zip(part.numbers, part.lines, strict=True)):
        if number not in wanted and reader.passes(text):
            continue
        found = reader.take(place, number, raw_lines[number], needed=number in wanted)
        if number not in block:
            yield from found
            continue
        yield from (line for line in found if line.comment)
        if number in wanted and (stripped := text.strip()):
            yield read_line(stripped, raw_lines[number], number, in_block=True)


def split_parts(folded: list[str], *, squashes: bool) -> Iterator[MessagePart]:
    """The messages in a text, at least one; the text as it is, unless it can hold several (`squashes`)."""
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
    """What the lines so far say about the next one."""

    def __init__(self, folded: list[str]) -> None:
        self.folded = folded
        self.searched = 0
        self.listing: bool | None = None
        self.log = False
        self.after_blank = True
        self.part = MessagePart()
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
        self.part = MessagePart(subject)
        self.subject_due = subject

    def _enter(self, text: str, number: int) -> str | None:
        """The line without what a squash put before it; None if it is only where a squash says that a message starts."""
        if (
            text.startswith("commit ")
            and LOG_COMMIT.fullmatch(text)
            and self._is_log(number)
        ):
            self._start(subject=False)
            return None
        if text.startswith("Author: ") and LOG_AUTHOR.fullmatch(text):
            self._is_log(number)
        # A log indents the messages, and nothing else in it can begin one.
        if self.log:
            return text.removeprefix("    ")
        if self._is_separator(text):
            self._start(subject=False)
            return None
        if text.startswith("#") and COMBINATION.match(text):
            self._start()
            return None
        return self._enter_listing(text)

    def _is_separator(self, text: str) -> bool:
        # Dashes right below text underline a heading.
        return text.startswith("-") and self.after_blank and bool(SEPARATOR.fullmatch(text))

    def _is_log(self, number: int) -> bool:
        """Whether the text is a log of what was squashed: something before says so.

        Otherwise it only shows another commit.
        """
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


def trailer_lines(lines: Sequence[str]) -> frozenset[int]:
    """The places of the lines in a message's trailer block, those that go on with a trailer included."""
    return frozenset(number for end in set(_ends(lines)) for number in _block(lines, end))


def _ends(lines: Sequence[str]) -> Iterator[int]:
    """Where the message may end: at its end, at a line of dashes, at scissors; each without the list of conflicts at its end."""
    marked = [
        (number, text)
        for number, text in enumerate(lines)
        if text[-1:] == "-" or text[:3] == "---"
    ]
    dashes = (number for number, text in marked if DIVIDER.match(text))
    scissors = (number for number, text in marked if text.endswith(SCISSORS))
    for end in (len(lines), *islice(dashes, 1), *islice(scissors, 1)):
        yield _before_conflicts(lines, end)


def _before_conflicts(lines: Sequence[str], last: int) -> int:
    """The end without the list of conflicts that git may have put there."""
    end = last
    while end and (not lines[end - 1].strip() or lines[end - 1][0] in "#\t"):
        end -= 1
    return end - 1 if end and lines[end - 1] == "Conflicts:" else last


def _block(lines: Sequence[str], end: int) -> range:
    """The block of trailers before this end, found by git's own rule; empty if there is none.

    It is the last paragraph, read from its end, so that an indented line is counted before the line
    that it goes on with: `continued` waits for that one, which decides whether it belongs to a
    trailer.
    """
    end = start = _without_comments(lines, end)
    trailers = others = continued = 0
    is_gits = False
    while start and lines[start - 1].strip():
        start -= 1
        text = lines[start]
        if text[0] == "#":
            others, continued = others + continued, 0
        elif text.startswith(WRITTEN_BY_GIT) or TRAILER.match(text):
            is_gits = is_gits or text.startswith(WRITTEN_BY_GIT)
            trailers, continued = trailers + 1, 0
        elif text[0].isspace():
            continued += 1
        else:
            others, continued = others + continued + 1, 0
    others += continued
    # At the very start of a text the paragraph is its subject, whatever it looks like.
    if not start or not _is_block(trailers, others, is_gits=is_gits):
        return range(0)
    return range(start, end)


def _is_block(trailers: int, others: int, *, is_gits: bool) -> bool:
    """Whether a paragraph of so many trailers and other lines is a block; `is_gits`: git itself wrote one of the trailers."""
    return bool(trailers) and (not others or (is_gits and trailers * FEWEST >= others))


def _without_comments(lines: Sequence[str], end: int) -> int:
    """The end without the blank lines and comments before it."""
    while end and (not lines[end - 1].strip() or lines[end - 1][0] == "#"):
        end -= 1
    return end


class _Reader:
    """What the lines of a message so far say about the next one."""

    def __init__(self, part: MessagePart) -> None:
        self.lines = part.lines
        self.place = -1
        self.subject_due = part.subject
        self.after_blank = True
        self.fence = self.reverted = ""
        self.hidden = self.copied = self.copied_trailers = self.diff = False

    def passes(self, text: str) -> bool:
        """Whether the next line says nothing about others: it begins with a letter, and nothing is open that it could end."""
        if not text[:1].isalpha() or "<!--" in text or text.startswith("diff --git "):
            return False
        if self.fence or self.hidden or self.diff or self.reverted or self.subject_due:
            return False
        self.after_blank = False
        return True

    def take(self, place: int, number: int, raw: str, *, needed: bool) -> tuple[Line, ...]:
        """What counts in the next line: itself, comments in it, or nothing; one that is not needed is read for what it says of others."""
        self.place = place
        text = shorten(self.lines[place])
        stripped = text.strip()
        if not stripped:
            self._end_paragraph()
            return ()
        found: tuple[Line, ...] = ()
        # `_is_code` first, whether the line is needed or not: it notices fences and patches that
        # begin or end here.
        if not self._is_code(text, stripped) and (needed or self._says_more(text)):
            found = tuple(self._visible(number, stripped, raw))
        self.after_blank = False
        return found

    def _says_more(self, text: str) -> bool:
        """Whether the line can say something of others: what is reverted, how far that is repeated, or what a comment hides."""
        return bool(self.subject_due or self.reverted or self.hidden or "<!--" in text)

    def _end_paragraph(self) -> None:
        self.after_blank = True
        if self.copied_trailers:
            self.copied = self.copied_trailers = False

    def _is_code(self, text: str, stripped: str) -> bool:
        """Whether the line belongs to a fence, an indented block, a quotation or a patch."""
        if self.fence:
            self._end_fence(stripped)
            return True
        # Inside of a comment nothing is markup but its end.
        if self.hidden:
            return False
        if self.diff and DIFF.match(text):
            return True
        self.diff = text.startswith("diff --git ")
        if text.startswith(("\t", "    ")) or " \t" in text[:4]:
            return True
        self.fence = self._fence_begun(stripped)
        return bool(self.fence) or stripped[0] == ">" or self.diff

    def _end_fence(self, stripped: str) -> None:
        if stripped.startswith(self.fence) and not stripped.strip(self.fence[0]):
            self.fence = ""

    def _fence_begun(self, stripped: str) -> str:
        """The signs of a fence that begins in this line and is closed later; empty if none does."""
        fence = FENCE.match(stripped) if stripped[0] in "`~" else None
        return fence[1] if fence and self._is_closed(fence[1]) else ""

    def _is_closed(self, fence: str) -> bool:
        places, longest = self._closing[fence[0]]
        later = bisect(places, self.place)
        return later < len(places) and longest[later] >= len(fence)

    @cached_property
    def _closing(self) -> dict[str, tuple[list[int], list[int]]]:
        """For each sign of a fence the places of lines that can close one, and the length of the longest from there on."""
        found: dict[str, tuple[list[int], list[int]]] = {"`": ([], []), "~": ([], [])}
        for place in range(len(self.lines) - 1, -1, -1):
            text = self.lines[place].strip()
            if text[:3] in {"```", "~~~"} and not text.strip(text[0]):
                places, longest = found[text[0]]
                places.append(place)
                longest.append(max(len(text), longest[-1] if longest else 0))
        return {
            sign: (places[::-1], longest[::-1]) for sign, (places, longest) in found.items()
        }

    def _visible(self, number: int, text: str, raw: str) -> Iterator[Line]:
        if self.hidden or "<!--" in text:
            text, comments = self._strip_comments(text)
            if not self.copied:
                yield from (
                    Line(comment, comment, number, comment=True) for comment in comments
                )
            if not text:
                return
        subject, self.subject_due = self.subject_due, False
        if subject and (revert := REVERT.fullmatch(text)):
            self.reverted = revert[1] or revert[2]
        line = read_line(text, raw, number, subject=subject)
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
        self.copied = bool(COPIED.fullmatch(text)) or (
            self.after_blank and title == self.reverted
        )
        return self.copied

    def _strip_comments(self, text: str) -> tuple[str, list[str]]:
        """The line without HTML comments, and those that begin and end in it.

        One that begins in it hides what follows up to its end.
        """
        kept, place = "", 0
        comments: list[str] = []
        while place < len(text):
            if self.hidden:
                end = text.find("-->", place)
                if end < 0:
                    return kept.strip(), comments
                self.hidden, place = False, end + 3
                continue
            start = text.find("<!--", place)
            if start < 0 or text.count("`", 0, start) % 2:
                return (kept + text[place:]).strip(), comments
            kept += text[place:start]
            end = text.find("-->", start + 4)
            if end < 0:
                self.hidden = self._is_ended(in_paragraph=bool(kept.strip()))
                return (kept if self.hidden else kept + text[start:]).strip(), comments
            comments.append(text[start : end + 3])
            place = end + 3
        return kept.strip(), comments

    def _is_ended(self, *, in_paragraph: bool) -> bool:
        """Whether a comment that begins in this line ends in a later one: of the same paragraph, if text stands before it."""
        ends, blanks = self._ends
        end, blank = bisect(ends, self.place), bisect(blanks, self.place)
        return end < len(ends) and not (
            in_paragraph and blank < len(blanks) and blanks[blank] < ends[end]
        )

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """The places of lines that can end a comment, and of empty ones."""
        lines = list(enumerate(self.lines))
        return [place for place, text in lines if "-->" in text], [
            place for place, text in lines if not text.strip()
        ]
