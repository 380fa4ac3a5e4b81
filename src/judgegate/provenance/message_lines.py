"""Which lines of a message or a body can be evidence.

Not those that are quoted, fenced, indented as code, hidden, or copied by a revert.

Two things are true whatever else the text has in it. Lines that git takes for the message's
trailers count. And a fence or a comment hides nothing unless it is closed: so lines that are added
take evidence away only by closing what was left open before it, or by making what was a message's
trailer block a quotation in it.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice

from judgegate.provenance.message_parts import MessagePart, split_parts
from judgegate.provenance.text_lines import Line, read_line, shorten

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
INDENTED = re.compile(r"\t|    |.{0,2} \t")
FENCE_END = re.compile("`{3,}|~{3,}")
REVERT = re.compile(
    r'(?:Revert "(?!Revert\b|Reapply\b)(.*?)"?|[Rr]evert(?:\([^)]*\))?!?: (.*?))(?: \(#\d+\))?'
)
COPIED = re.compile(
    r"(?:the )?(?:original|reverted) (?:(?:commit|change|pr|pull request|patch)(?:'s)? ?)?"
    r"(?:message|description|commit|change|text)\b.{0,40}:",
    re.IGNORECASE,
)
DIFF = re.compile(
    r"(?:[-+ @\\]|diff --|index [0-9a-f]|(?:new|deleted) file mode|(?:old|new) mode"
    r"|(?:dis)?similarity index|(?:rename|copy) |Binary )|$"
)


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
    if wanted is None:
        wanted = frozenset(range(len(folded)))
    if len(folded) > MOST_LINES:
        yield from _every_line(raw_lines, folded, wanted)
        return
    block = trailer_lines(folded)
    for part in split_parts(folded, squashes=squashes):
        if wanted.isdisjoint(part.numbers):
            continue
        own = set(block)
        if part.lines is not folded:
            own.update(part.numbers[place] for place in trailer_lines(part.lines))
        yield from _lines_of_part(part, raw_lines, own, wanted)


def _every_line(
    raw_lines: list[str], folded: list[str], wanted: frozenset[int]
) -> Iterator[Line]:
    """The wanted lines that are not blank, whatever stands around them."""
    for number in sorted(wanted):
        if folded[number].strip():
            yield read_line(folded[number], raw_lines[number], number)


def _lines_of_part(
    part: MessagePart, raw_lines: list[str], block: set[int], wanted: frozenset[int]
) -> Iterator[Line]:
    """The lines of one message that count.

    Those of its `block` of trailers count whatever stands around them.
    """
    reader = _Reader(part)
    for place, (number, text) in enumerate(zip(part.numbers, part.lines, strict=True)):
        needed = number in wanted
        if not needed and reader.passes(text):
            continue
        found = reader.take(place, number, raw_lines[number], needed=needed)
        if number not in block:
            yield from found
            continue
        # The reader has seen the line as prose, so its own is not the one that counts.
        yield from (line for line in found if line.comment)
        if needed and (stripped := text.strip()):
            yield read_line(stripped, raw_lines[number], number, in_block=True)


def trailer_lines(lines: Sequence[str]) -> frozenset[int]:
    """The places of the lines in a message's trailer block, with those that go on with a trailer."""
    found: set[int] = set()
    for end in _ends(lines):
        found.update(_block(lines, _before_conflicts(lines, end)))
    return frozenset(found)


def _ends(lines: Sequence[str]) -> Iterator[int]:
    """Where the message may end: at its end, at a line of dashes, at scissors."""
    # Both have three dashes, and few lines do: a search for them is faster than the expression.
    marked = [number for number, text in enumerate(lines) if "---" in text]
    dashes = (number for number in marked if DIVIDER.match(lines[number]))
    scissors = (number for number in marked if lines[number].endswith(SCISSORS))
    yield len(lines)
    yield from islice(dashes, 1)
    yield from islice(scissors, 1)


def _before_conflicts(lines: Sequence[str], last: int) -> int:
    """The end without the list of conflicts that git may have put there."""
    heading = _skip_back(lines, last, ("#", "\t")) - 1
    is_list = heading >= 0 and lines[heading] == "Conflicts:"
    return heading if is_list else last


def _skip_back(lines: Sequence[str], end: int, signs: tuple[str, ...]) -> int:
    """The end without the blank lines, and those that begin with one of these signs, before it."""
    while end and (lines[end - 1].startswith(signs) or not lines[end - 1].strip()):
        end -= 1
    return end


def _block(lines: Sequence[str], end: int) -> range:
    """The block of trailers before this end, found by git's own rule; empty if there is none.

    It is the last paragraph.
    """
    end = start = _skip_back(lines, end, ("#",))
    paragraph = _Paragraph()
    while start and lines[start - 1].strip():
        start -= 1
        paragraph.count(lines[start])
    # At the very start of a text the paragraph is its subject, whatever it looks like.
    return range(start, end) if start and paragraph.is_block else range(0)


class _Paragraph:
    """How many trailers and other lines a paragraph has, counted from its last line to its first.

    So an indented line is counted before the line that it goes on with: `continued` waits for that
    one, which decides whether it belongs to a trailer. `is_gits`: git itself wrote one of the
    trailers.
    """

    def __init__(self) -> None:
        self.trailers = self.others = self.continued = 0
        self.is_gits = False

    def count(self, text: str) -> None:
        """Count one more line, the one above those that were counted."""
        if text[0].isspace():
            self.continued += 1
            return
        is_gits = text.startswith(WRITTEN_BY_GIT)
        if is_gits or TRAILER.match(text):
            self.is_gits |= is_gits
            self.trailers += 1
        else:
            # Git does not count its comments, but a line that goes on with one is no trailer's.
            self.others += self.continued + (text[0] != "#")
        self.continued = 0

    @property
    def is_block(self) -> bool:
        """Whether git takes the paragraph for a block of trailers."""
        # What still waits goes on with nothing: the paragraph begins with it.
        others = self.others + self.continued
        if not self.trailers:
            return False
        return not others or (self.is_gits and self.trailers * FEWEST >= others)


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
        """Whether the next line says nothing about others.

        It begins with a letter, and nothing is open that it could end. Most lines of most texts do,
        and need not be read.
        """
        if not text[:1].isalpha() or "<!--" in text or text.startswith("diff --git "):
            return False
        if self.fence or self.hidden or self.diff or self.reverted or self.subject_due:
            return False
        self.after_blank = False
        return True

    def take(self, place: int, number: int, raw: str, *, needed: bool) -> tuple[Line, ...]:
        """What counts in the next line: itself, comments in it, or nothing.

        One that is not `needed` is read for what it says of others.
        """
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
        """Whether the line can say something of others.

        That is: what is reverted, how far that is repeated, or what a comment hides.
        """
        return any((self.subject_due, self.reverted, self.hidden, "<!--" in text))

    def _end_paragraph(self) -> None:
        """Notice a blank line."""
        self.after_blank = True
        # What a revert repeats ends with its trailers, which are one paragraph.
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
        if self._is_patch(text) or INDENTED.match(text):
            return True
        self.fence = self._fence_begun(stripped)
        return bool(self.fence) or stripped[0] == ">"

    def _is_patch(self, text: str) -> bool:
        """Whether the line goes on with a patch, or begins one."""
        goes_on = self.diff and DIFF.match(text) is not None
        self.diff = goes_on or text.startswith("diff --git ")
        return self.diff

    def _end_fence(self, stripped: str) -> None:
        """Notice whether the line closes the fence: with the same sign, at least as often, alone."""
        if stripped.startswith(self.fence) and not stripped.strip(self.fence[0]):
            self.fence = ""

    def _fence_begun(self, stripped: str) -> str:
        """The signs of a fence that begins in this line and is closed later; empty if none does."""
        if stripped[0] not in "`~":
            return ""
        fence = FENCE.match(stripped)
        return fence[1] if fence and self._is_closed(fence[1]) else ""

    def _is_closed(self, fence: str) -> bool:
        """Whether a later line closes a fence of these signs."""
        places, longest = self._closing[fence[0]]
        return longest[bisect(places, self.place)] >= len(fence)

    @cached_property
    def _closing(self) -> dict[str, tuple[list[int], list[int]]]:
        """For each sign of a fence the places of lines that can close one.

        And the length of the longest from there on, 0 behind the last.
        """
        # Found once for a message: a search for each fence would take the square of its length.
        places: dict[str, list[int]] = {"`": [], "~": []}
        lengths: dict[str, list[int]] = {"`": [], "~": []}
        for place, text in enumerate(map(str.strip, self.lines)):
            if FENCE_END.fullmatch(text):
                places[text[0]].append(place)
                lengths[text[0]].append(len(text))
        return {
            sign: (places[sign], [*accumulate(reversed(found), max, initial=0)][::-1])
            for sign, found in lengths.items()
        }

    def _visible(self, number: int, text: str, raw: str) -> Iterator[Line]:
        """What counts in a line that is no code: the comments in it, and what is left without them."""
        text, comments = self._strip_comments(text)
        if not self.copied:
            yield from (Line(one, one, number, comment=True) for one in comments)
        if not text:
            return
        subject, self.subject_due = self.subject_due, False
        if subject and (revert := REVERT.fullmatch(text)):
            self.reverted = revert[1] or revert[2]
        line = read_line(text, raw, number, subject=subject)
        if not self._is_copied(text, is_trailer="-" in line.key):
            yield line

    def _is_copied(self, text: str, *, is_trailer: bool) -> bool:
        """Whether a revert repeats here what it takes back.

        It does from a heading, or from the old subject, to the end of the old trailers.
        """
        if not self.reverted:
            return False
        if self.copied:
            self.copied_trailers |= is_trailer
            return True
        self.copied = self._begins_copy(text)
        return self.copied

    def _begins_copy(self, text: str) -> bool:
        """Whether the line is such a heading, or the old subject at the start of a paragraph."""
        if COPIED.fullmatch(text):
            return True
        # The forge puts the number of the pull request behind a subject.
        return self.after_blank and re.sub(r" \(#\d+\)$", "", text) == self.reverted

    def _strip_comments(self, text: str) -> tuple[str, list[str]]:
        """The line without HTML comments, and those that begin and end in it.

        One that begins in it hides what follows up to its end.
        """
        kept, place = "", self._skip_hidden(text)
        comments: list[str] = []
        while (start := _comment_start(text, place)) >= 0:
            kept += text[place:start]
            end = text.find("-->", start + 4)
            if end < 0:
                self.hidden = self._is_ended(in_paragraph=bool(kept.strip()))
                rest = "" if self.hidden else text[start:]
                return (kept + rest).strip(), comments
            place = end + 3
            comments.append(text[start:place])
        return (kept + text[place:]).strip(), comments

    def _skip_hidden(self, text: str) -> int:
        """Where the line goes on behind the end of a comment that began before it."""
        if not self.hidden:
            return 0
        end = text.find("-->")
        if end < 0:
            return len(text)
        self.hidden = False
        return end + 3

    def _is_ended(self, *, in_paragraph: bool) -> bool:
        """Whether a comment that begins in this line ends in a later one.

        With text before it, the end must be in the same paragraph.
        """
        ends, blanks = self._ends
        end, blank = self._next_of(ends), self._next_of(blanks)
        return end < len(self.lines) and (not in_paragraph or end < blank)

    def _next_of(self, places: Sequence[int]) -> int:
        """The first of the places after this line; the end of the message, if none comes."""
        later = bisect(places, self.place)
        return places[later] if later < len(places) else len(self.lines)

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """The places of lines that can end a comment, and of empty ones."""
        lines = list(enumerate(self.lines))
        ends = [place for place, text in lines if "-->" in text]
        blanks = [place for place, text in lines if not text.strip()]
        return ends, blanks


def _comment_start(text: str, place: int) -> int:
    """Where the next HTML comment begins; -1 if none does.

    Behind an odd number of backticks it is code, which hides nothing.
    """
    start = text.find("<!--", place)
    return -1 if text.count("`", 0, start) % 2 else start
