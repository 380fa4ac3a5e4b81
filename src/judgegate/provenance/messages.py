"""Markers in text.

It may be a commit's people and its message, the body of a pull request, or the message that is
being written.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import chain, islice, takewhile

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
    plain_forms,
    readings,
    shorten,
)

MOST_COMPARISONS = 20_000
"""Lines, their wrapped forms and people that are compared with the catalogue in one text.

More than any text that somebody wrote needs.
"""

WRAPPED = 2
"""Lines that a footer can go on for."""

FOLDED = 16
"""Lines that a trailer can go on for."""

TICKED = re.compile(r"[-*+] \[[xX]\] +(\S.*)")
LINE_END = re.compile("\n")
NOTHING, UNREAD = Found(), Found(unread=True)

NAMING = AUTHORING | {"author", SIGN_OFF}
"""Keys whose value can name a person."""

LOGGED, TICK = "author: ", "[x]"
"""What else can begin a line that counts: in the log of a squash, and in a body."""


def read_commit(
    commit: Commit, matcher: Matcher
) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """The evidence that a commit carries, and its statements that no AI took part.

    Evidence is of the commit's people and of its message; notes and traces are not read.
    """
    evidence, message = read_whole_commit(commit, matcher)
    return evidence, message.denials


def read_whole_commit(
    commit: Commit, matcher: Matcher
) -> tuple[tuple[Evidence, ...], Found]:
    """The evidence that a commit carries, and what its message holds.

    The latter says, too, whether the message was too much to be read.
    """
    message = read_message(commit.message, commit.encoding, matcher)
    markers = (*_identities(commit, matcher), *message.markers)
    return (as_evidence(markers, commit.oid) if markers else ()), message


def _identities(commit: Commit, matcher: Matcher) -> Iterator[Marker]:
    """The marker in the commit's people, if there is one."""
    author, committer = commit.author, commit.committer
    if signal := _who(author, matcher):
        yield Marker(signal, "author", _quote(author))
        return
    if committer == author:
        return
    if signal := _who(committer, matcher):
        # An agent that rebases or picks becomes the committer of people's work.
        weak = replace(signal, confidence=Certainty.WEAK)
        yield Marker(weak, "committer", _quote(committer))


def _who(identity: Identity, matcher: Matcher) -> Signal | None:
    """The signal of a person whom git names; names in plain letters need not be folded."""
    name, email = identity.name, identity.email
    if not (name.isascii() and email.isascii()):
        name, email = normalize(name), normalize(email)
    return matcher.author(name, email)


def _quote(identity: Identity) -> str:
    """The person as a commit's header has it."""
    return f"{identity.name} <{identity.email}>"


def read_message(raw: bytes, encoding: str | None, matcher: Matcher) -> Found:
    """What a message has in it, whatever it claims to be encoded in."""
    found = [read_text(text, matcher, squashes=True) for text in readings(raw, encoding)]
    return _together(found)


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
    found = [
        _read_lines(*lines, matcher, squashes=squashes, boxes=boxes)
        for lines in line_readings(text)
    ]
    return _together(found)


def _together(found: list[Found]) -> Found:
    """What several readings of one text hold, each denial once."""
    if len(found) == 1:
        return found[0]
    markers = chain.from_iterable(one.markers for one in found)
    denials = dict.fromkeys(chain.from_iterable(one.denials for one in found))
    return Found(tuple(markers), tuple(denials), any(one.unread for one in found))


def _read_lines(
    raw: list[str], folded: list[str], matcher: Matcher, *, squashes: bool, boxes: bool
) -> Found:
    """What the lines hold. The last are read first, so that a text of any length has its trailers read."""
    lowered = "\n".join(folded).lower()
    hints = _hints_in(lowered, matcher, boxes=boxes)
    near = lines_near(lowered, hints, WRAPPED)
    wanted, unread = _choose_lines(near, lowered, matcher)
    if not wanted:
        return UNREAD if unread else NOTHING
    footers = [hint for hint in hints if hint in matcher.footer_hints]
    scan = LineScan(folded, lines_near(lowered, footers, WRAPPED), matcher)
    lines = evidence_lines(raw, folded, squashes=squashes, wanted=wanted)
    found = [scan.compare(line, boxes=boxes) for line in reversed(list(lines))]
    return Found(
        tuple(chain.from_iterable(reversed(found))),
        tuple(reversed(scan.denials)),
        unread or not scan.budget.left,
    )


def _choose_lines(
    near: frozenset[int], lowered: str, matcher: Matcher
) -> tuple[frozenset[int], bool]:
    """The lines that are compared: those `near` hints and the sign-offs.

    And whether some were left out because they are too many.
    """
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
    places = list(islice(_sign_offs(lowered), MOST_COMPARISONS + 1))
    were_too_many = len(places) > MOST_COMPARISONS
    known = [
        place
        for place in places[:MOST_COMPARISONS]
        if matcher.is_signed_by_agent(_signer(lowered, place))
    ]
    starts = line_starts(lowered) if known else []
    return frozenset(bisect(starts, place) - 1 for place in known), were_too_many


def _sign_offs(lowered: str) -> Iterator[int]:
    """Where sign-offs are, one for each line, from the end of the text to its start."""
    place = lowered.rfind(SIGN_OFF)
    while place >= 0:
        yield place
        line_start = max(lowered.rfind("\n", 0, place), 0)
        place = lowered.rfind(SIGN_OFF, 0, line_start)


def _signer(lowered: str, place: int) -> str:
    """What follows the key of the sign-off at this place, to the end of its line."""
    start = place + len(SIGN_OFF)
    end = lowered.find("\n", start)
    value = lowered[start:] if end < 0 else lowered[start:end]
    return shorten(value).lstrip(" :=")


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
        has_one = self.left > 0
        self.left -= has_one
        return has_one


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
        """Compare the text behind a ticked check-box."""
        if self.matcher.box_denials.find(text):
            self.denials.append(quote_of(line.raw))
        self._keep(self.matcher.boxes.find(text), "check-box", line.raw)

    def _compare_trailer(self, line: Line) -> None:
        """Compare a trailer: its key alone, then the whole, with its value as it may have been wrapped."""
        self._keep(self.matcher.trailer_keys.find(line.key), "trailer", line.raw)
        for value in (line.value, *self._folded(line)):
            if not self.budget.take():
                return
            trailer = f"{line.key}: {value}".lower()
            if self.matcher.trailer_denials.find(trailer):
                self.denials.append(quote_of(line.raw))
            self._keep(self.matcher.trailers.find(trailer), "trailer", line.raw)
            if line.key in NAMING:
                self._compare_people(line, value)

    def _compare_people(self, line: Line, value: str) -> None:
        """Compare the people whom the value of a trailer names."""
        is_co_author = line.key.startswith(("co-", "coauth"))
        source = "co-author" if is_co_author else "trailer"
        for signal in _identities_in(value, self.matcher, self.budget, named=is_co_author):
            # An agent that rebases signs off people's work.
            weak = replace(signal, confidence=Certainty.WEAK)
            self._keep(weak if line.key == SIGN_OFF else signal, source, line.raw)

    def _compare_footer(self, line: Line) -> None:
        """Compare a line of prose, alone and together with those after it."""
        lowered = line.text.lower()
        if any(self.matcher.footer_denials.find(form) for form in plain_forms(lowered)):
            self.denials.append(quote_of(line.raw))
        for signal in self._in_line(lowered):
            self._keep(signal, signal.kind.value, line.text)
        for parts in self._wrapped(line):
            if not self.budget.take():
                return
            self._compare_wrapped(parts)

    def _compare_wrapped(self, parts: list[str]) -> None:
        """Compare a footer's lines as one; the signals that only the break hid count."""
        joined = " ".join(parts)
        # What is in one of the lines alone is left out: that line may be one that does not count.
        alone: set[str] = set()
        for part in parts:
            alone.update(found.id for found in self.matcher.fragments.search(part.lower()))
        for signal in self._in_line(joined.lower()):
            if signal.id not in alone:
                self._keep(signal, signal.kind.value, joined)

    def _in_line(self, lowered: str) -> Iterator[Signal]:
        """The signals of the line as a footer, and of what is anywhere in it."""
        yield from filter(None, map(self.matcher.footers.find, plain_forms(lowered)))
        yield from self.matcher.fragments.search(lowered)

    def _folded(self, line: Line) -> Iterator[str]:
        """A trailer's value with the indented lines that follow it.

        Or with an address alone on the next line. With one, with two, and with all: something else
        can follow that is indented too.
        """
        value, more = line.value, 0
        following = self.lines[line.number + 1 : line.number + 1 + FOLDED]
        for text in takewhile(_goes_on, following):
            value = shorten(f"{value} {shorten(text).strip()}").strip()
            more += 1
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
        """Put a signal that was found among the line's markers."""
        if signal:
            self.markers.append(Marker(signal, source, quote))


def _goes_on(text: str) -> bool:
    """Whether a line can go on with the trailer above it."""
    is_indented = text[:1].isspace() and not text.isspace()
    return is_indented or text.startswith("<")


def _identities_in(
    value: str, matcher: Matcher, budget: ComparisonBudget, *, named: bool = False
) -> Iterator[Signal]:
    """The signals of everybody that a trailer names.

    `named`: names count too, where the address says nothing. The value of other keys than
    co-authors' is free text.
    """
    people = dict.fromkeys(
        (name if named else "", address) for name, address in people_in(value)
    )
    for name, address in people:
        if not budget.take():
            return
        if signal := matcher.co_author(name, address):
            yield signal
