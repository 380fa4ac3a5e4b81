"""Markers in text: a commit's people and its message, the body of a pull request, the message that is being written."""

import re
from bisect import bisect
from collections.abc import Iterator

from msgspec.structs import replace

from judgegate.model.change import Commit, Identity
from judgegate.model.evidence import Evidence, Signal
from judgegate.model.levels import Certainty
from judgegate.provenance.addresses import people_in
from judgegate.provenance.matcher import (
    AUTHORING,
    QUOTE_LENGTH,
    SIGN_OFF,
    Found,
    Marker,
    Matcher,
    as_evidence,
    quote_of,
)
from judgegate.provenance.message_lines import evidence_lines
from judgegate.provenance.text_lines import (
    Line,
    line_readings,
    normalize,
    readings,
    shorten,
)

MOST_COMPARISONS = 20_000
"""Lines, their wrapped forms and people that are compared with the catalogue in one text: more than any that somebody wrote needs.
"""

WRAPPED = 2
"""Lines that a footer can go on for."""

FOLDED = 16
"""Lines that a trailer can go on for."""

LONGEST_DECORATION = 300
DECORATION = re.compile(r"(?:</?\w{1,10} ?/?>|[*_\s])+")
DECORATED_END = re.compile(r"(?:</?\w{1,10} ?/?>|[*_\s]){1,20}$")
ORNAMENT = re.compile(r"(?:[^\x00-\x7f]\S{0,12}|\\[uU][0-9A-Fa-f]{8}|:\w{1,30}:)\s+")
TICKED = re.compile(r"[-*+] \[[xX]\] +(\S.*)")
LINE_END = re.compile("\n")
NOTHING, UNREAD = Found(), Found(unread=True)

LOGGED, TICK = "author: ", "[x]"
"""What else can begin a line that counts: in the log of a squash, and in a body."""


def read_commit(
    commit: Commit, matcher: Matcher
) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """The evidence that a commit carries, and its statements that no AI took part."""
    evidence, message = read_whole_commit(commit, matcher)
    return evidence, message.denials


def read_whole_commit(
    commit: Commit, matcher: Matcher
) -> tuple[tuple[Evidence, ...], Found]:
    """The evidence that a commit carries, and what its message holds: whether it was too much to be read, too."""
    message = read_message(commit.message, commit.encoding, matcher)
    markers = (*_identities(commit, matcher), *message.markers)
    return (as_evidence(markers, commit.oid) if markers else ()), message


def _identities(commit: Commit, matcher: Matcher) -> Iterator[Marker]:
    author, committer = commit.author, commit.committer
    signal = _who(author, matcher)
    if signal:
        yield Marker(signal, "author", _quote(author))
    elif committer != author and (signal := _who(committer, matcher)):
        # An agent that rebases or picks becomes the committer of people's work.
        yield Marker(
            replace(signal, confidence=Certainty.WEAK), "committer", _quote(committer)
        )


def _who(identity: Identity, matcher: Matcher) -> Signal | None:
    name, email = identity.name, identity.email
    if not (name.isascii() and email.isascii()):
        name, email = normalize(name), normalize(email)
    return matcher.author(name, email)


def _quote(identity: Identity) -> str:
    return f"{identity.name} <{identity.email}>"


def read_message(raw: bytes, encoding: str | None, matcher: Matcher) -> Found:
    """What a message holds, whatever it claims to be encoded in."""
    return _together(
        [read_text(text, matcher, squashes=True) for text in readings(raw, encoding)]
    )


def read_text(
    text: str, matcher: Matcher, *, squashes: bool = False, boxes: bool = False
) -> Found:
    """What a text holds.

    Args:
        text: as it came.
        matcher: what to find.
        squashes: whether the text can hold several messages, as a commit's can.
        boxes: whether ticked check-boxes are statements, as in the body of a pull request.
    """
    return _together(
        [
            _read_lines(*lines, matcher, squashes=squashes, boxes=boxes)
            for lines in line_readings(text)
        ]
    )


def _together(found: list[Found]) -> Found:
    if len(found) == 1:
        return found[0]
    denials = dict.fromkeys(denial for one in found for denial in one.denials)
    return Found(
        tuple(marker for one in found for marker in one.markers),
        tuple(denials),
        any(one.unread for one in found),
    )


def _read_lines(
    raw: list[str], folded: list[str], matcher: Matcher, *, squashes: bool, boxes: bool
) -> Found:
    """What the lines hold. The last are read first, so that a text of any length has its trailers read."""
    lowered = "\n".join(folded).lower()
    hints = _hints_in(lowered, matcher, boxes=boxes)
    near = lines_near(lowered, hints, WRAPPED) if raw else frozenset()
    wanted, unread = _choose_lines(near, lowered, matcher)
    if not wanted:
        return UNREAD if unread else NOTHING
    footers = [hint for hint in hints if hint in matcher.footer_hints]
    scan = LineScan(folded, lines_near(lowered, footers, WRAPPED), matcher)
    lines = evidence_lines(raw, folded, squashes=squashes, wanted=wanted)
    found = [scan.compare(line, boxes=boxes) for line in reversed(list(lines))]
    return Found(
        tuple(marker for one in reversed(found) for marker in one),
        tuple(reversed(scan.denials)),
        unread or not scan.budget.left,
    )


def _choose_lines(
    near: frozenset[int], lowered: str, matcher: Matcher
) -> tuple[frozenset[int], bool]:
    """The lines that are compared: those `near` hints and the sign-offs; and whether some were left out because they are too many."""
    signed, were_too_many = _known_sign_offs(lowered, matcher)
    wanted = near | signed
    if len(wanted) <= MOST_COMPARISONS:
        return wanted, were_too_many
    # The last ones stay, because a message ends with its trailers.
    return frozenset(sorted(wanted)[-MOST_COMPARISONS:]), True


def _hints_in(lowered: str, matcher: Matcher, *, boxes: bool) -> list[str]:
    """What stands in the text, or may, near which a marker is worth searching."""
    hints = [hint for hint in matcher.hints if hint in lowered]
    if "squash" in lowered:
        hints.append(LOGGED)
    if boxes:
        hints.append(TICK)
    return hints


def _known_sign_offs(lowered: str, matcher: Matcher) -> tuple[frozenset[int], bool]:
    """The lines in which an agent signs off, and whether there were too many to compare each.

    In some histories everybody signs off, so that the others are not worth comparing.
    """
    known, comparisons, place = [], 0, lowered.rfind(SIGN_OFF)
    while place >= 0 and comparisons < MOST_COMPARISONS:
        end = lowered.find("\n", place)
        value = shorten(lowered[place + len(SIGN_OFF) : end if end >= 0 else len(lowered)])
        if matcher.is_signed_by_agent(value.lstrip(" :=")):
            known.append(place)
        comparisons += 1
        place = lowered.rfind(SIGN_OFF, 0, max(lowered.rfind("\n", 0, place), 0))
    starts = line_starts(lowered) if known else []
    return frozenset(bisect(starts, place) - 1 for place in known), place >= 0


def lines_near(lowered: str, hints: list[str], before: int) -> frozenset[int]:
    """The places of the lines that hold a hint, and of as many before each.

    Takes as long as the text, not as its lines times the hints.
    """
    if not hints:
        return frozenset()
    starts = line_starts(lowered)
    found: set[int] = set()
    for hint in hints:
        place = lowered.find(hint)
        while 0 <= place < len(lowered):
            number = bisect(starts, place) - 1
            found.update(range(max(number - before, 0), number + 1))
            place = lowered.find(hint, starts[number + 1])
    return frozenset(found)


def line_starts(text: str) -> list[int]:
    """Where each line begins, and where one after the last would."""
    return [0, *(match.end() for match in LINE_END.finditer(text)), len(text) + 1]


class ComparisonBudget:
    """How often a text may still be compared with the catalogue."""

    def __init__(self) -> None:
        self.left = MOST_COMPARISONS

    def take(self) -> bool:
        """Whether there is one; then it is gone."""
        had = self.left > 0
        self.left -= had
        return had


class LineScan:
    """One pass over one text."""

    def __init__(
        self, lines: list[str], near_footers: frozenset[int], matcher: Matcher
    ) -> None:
        self.matcher = matcher
        self.lines = lines
        self.near_footers = near_footers
        self.budget = ComparisonBudget()
        self.markers: list[Marker] = []
        self.denials: list[str] = []

    def compare(self, line: Line, *, boxes: bool) -> list[Marker]:
        """Compare one line with everything that it could be; the markers in it."""
        self.markers = []
        if not self.budget.take():
            return []
        if line.comment:
            self._keep(self.matcher.comments.find(line.text.lower()), "comment", line.text)
            return self.markers
        if line.subject:
            self._keep(self.matcher.subjects.find(line.text.lower()), "subject", line.text)
        if boxes and (ticked := TICKED.fullmatch(line.text)):
            self._compare_box(ticked[1].lower(), line)
        if line.key:
            self._compare_trailer(line)
        if line.number in self.near_footers:
            self._compare_footer(line)
        return self.markers

    def _compare_box(self, text: str, line: Line) -> None:
        if self.matcher.box_denials.find(text):
            self.denials.append(quote_of(line.raw))
        self._keep(self.matcher.boxes.find(text), "check-box", line.raw)

    def _compare_trailer(self, line: Line) -> None:
        self._keep(self.matcher.trailer_keys.find(line.key), "trailer", line.raw)
        for value in (line.value, *self._folded(line)):
            if not self.budget.take():
                return
            trailer = f"{line.key}: {value}".lower()
            if self.matcher.trailer_denials.find(trailer):
                self.denials.append(quote_of(line.raw))
            self._keep(self.matcher.trailers.find(trailer), "trailer", line.raw)
            if line.key in AUTHORING or line.key in ("author", SIGN_OFF):
                self._compare_people(line, value)

    def _compare_people(self, line: Line, value: str) -> None:
        is_co_author = line.key.startswith(("co-", "coauth"))
        for signal in _identities_in(value, self.matcher, self.budget, named=is_co_author):
            if line.key == SIGN_OFF:
                signal = replace(signal, confidence=Certainty.WEAK)  # noqa: PLW2901 - an agent that rebases signs off people's work
            self._keep(signal, "co-author" if is_co_author else "trailer", line.raw)

    def _compare_footer(self, line: Line) -> None:
        lowered = line.text.lower()
        if any(self.matcher.footer_denials.find(form) for form in _plain_forms(lowered)):
            self.denials.append(quote_of(line.raw))
        for signal in self._in_line(lowered):
            self._keep(signal, signal.kind.value, line.text)
        for parts in self._wrapped(line):
            if not self.budget.take():
                return
            joined = " ".join(parts)
            alone = {
                signal.id
                for part in parts
                for signal in self.matcher.fragments.search(part.lower())
            }
            for signal in self._in_line(joined.lower()):
                # Only what the break hid: the other line may be one that does not count.
                if signal.id not in alone:
                    self._keep(signal, signal.kind.value, joined)

    def _in_line(self, lowered: str) -> Iterator[Signal]:
        yield from (
            signal
            for form in _plain_forms(lowered)
            if (signal := self.matcher.footers.find(form))
        )
        yield from self.matcher.fragments.search(lowered)

    def _folded(self, line: Line) -> Iterator[str]:
        """A trailer's value with the indented lines that follow it, or with an address that stands alone on the next line.

        With one, with two, and with all: something else can follow that is indented too.
        """
        value, more = line.value, 0
        for text in self.lines[line.number + 1 : line.number + 1 + FOLDED]:
            if not (text[:1].isspace() or text.startswith("<")) or not text.strip():
                break
            value, more = shorten(f"{value} {shorten(text).strip()}").strip(), more + 1
            if more <= WRAPPED:
                yield value
        if more > WRAPPED:
            yield value

    def _wrapped(self, line: Line) -> Iterator[list[str]]:
        """The line with one and with two of those that follow it, for a footer that was wrapped."""
        parts = [line.text]
        for following in self.lines[line.number + 1 : line.number + 3]:
            if not following.strip() or len(parts[-1]) > QUOTE_LENGTH:
                return
            parts.append(following[:QUOTE_LENGTH].strip())
            yield parts

    def _keep(self, signal: Signal | None, source: str, quote: str) -> None:
        if signal:
            self.markers.append(Marker(signal, source, quote))


def _plain_forms(text: str) -> Iterator[str]:
    """A footer's line as it stands, and without emphasis, tags and the emoji before it."""
    yield text
    if text[0].isalpha() and text[-1].isalnum():
        return
    plain = ORNAMENT.sub("", _undecorated(text), count=1)
    if plain and plain != text:
        yield _undecorated(plain)


def _undecorated(text: str) -> str:
    start = match.end() if (match := DECORATION.match(text)) else 0
    backwards = DECORATED_END.search(text, max(start, len(text) - LONGEST_DECORATION))
    return text[start : backwards.start() if backwards else len(text)]


def _identities_in(
    value: str, matcher: Matcher, budget: ComparisonBudget, *, named: bool = False
) -> list[Signal]:
    """The signals of everybody that a trailer names.

    `named`: names count too, where the address says nothing. The value of other keys than
    co-authors' is free text.
    """
    people = dict.fromkeys(
        (name if named else "", address) for name, address in people_in(value)
    )
    return [
        signal
        for name, address in people
        if budget.take() and (signal := matcher.co_author(name, address))
    ]
