"""Markers in text: a commit's message, the body of a pull request, the message that is being written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from judgegate.model.evidence import Evidence
from judgegate.model.scales import Certainty
from judgegate.model.signals import Signal
from judgegate.provenance.lines import LONGEST_LINE, Line, evidence_lines
from judgegate.provenance.matcher import AUTHORING, Matcher
from judgegate.provenance.reading import readings, split_lines

QUOTE_LENGTH = 200
ADDRESS = re.compile(r"<([^<>]*)>")
BETWEEN_WORDS = re.compile(r"[\s<>,;]+")
SIGN_OFF = re.compile(r"^\W{0,3}signed-off-by\s*:(.*)$", re.MULTILINE)
DECORATION = re.compile(r"(?:</?\w{1,10} ?/?>|[*_\s])+")
ORNAMENT = re.compile(r"(?:[^\x00-\x7f]\S{0,12}|\\[uU][0-9A-Fa-f]{8}|:\w{1,30}:)\s+")
TICKED = re.compile(r"[-*+] \[[xX]\] +(\S.*)")


@dataclass(frozen=True, slots=True)
class Marker:
    """A signal seen in a text: the place (as `Evidence.source` has it) and the marker as it stands there."""

    signal: Signal
    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text holds: markers, and statements that no AI took part."""

    markers: tuple[Marker, ...] = ()
    denials: tuple[str, ...] = ()


def as_evidence(markers: Iterable[Marker], commit: str | None) -> tuple[Evidence, ...]:
    """Markers as evidence of a commit, or of the change as a whole (None); each signal and quote once."""
    once = {(marker.signal.id, quote_of(marker.quote)): marker for marker in reversed(tuple(markers))}
    return tuple(
        Evidence(marker.signal.tool, marker.signal.id, marker.signal.role, marker.signal.confidence, marker.source, commit, quote)
        for (_, quote), marker in reversed(once.items())
    )


def quote_of(text: str) -> str:
    """As much of a marker as evidence holds."""
    return text.strip()[:QUOTE_LENGTH]


def read_message(raw: bytes, encoding: str | None, matcher: Matcher) -> Found:
    """What a message holds, whatever it claims to be encoded in."""
    markers: list[Marker] = []
    denials: list[str] = []
    for text in readings(raw, encoding):
        found = read_text(text, matcher, squashes=True)
        markers += found.markers
        denials += found.denials
    return Found(tuple(markers), tuple(dict.fromkeys(denials))) if markers or denials else NOTHING


def read_text(text: str, matcher: Matcher, *, squashes: bool = False, boxes: bool = False) -> Found:
    """What a text holds.

    Args:
        text: as it came.
        matcher: what to look for.
        squashes: whether the text can hold several messages, as a commit's can.
        boxes: whether ticked check-boxes are statements, as in the body of a pull request.
    """
    raw_lines, folded = split_lines(text)
    lowered = "\n".join(folded).lower()
    if not raw_lines or (not boxes and not _worth_a_look(lowered, matcher)):
        return NOTHING
    scan = _Scan(folded, lowered, matcher)
    for line in evidence_lines(raw_lines, scan.lines, squashes=squashes):
        scan.look(line, boxes=boxes)
    return Found(tuple(scan.markers), tuple(scan.denials))


def _worth_a_look(lowered: str, matcher: Matcher) -> bool:
    for hint in matcher.hints:
        if hint in lowered:
            return True
    return "signed-off-by" in lowered and any(_identities_in(value, matcher) for value in SIGN_OFF.findall(lowered))


NOTHING = Found()


class _Scan:
    """One pass over one text."""

    def __init__(self, lines: list[str], lowered: str, matcher: Matcher) -> None:
        self.matcher = matcher
        self.lines = lines
        self.near_footers = _near(lowered, [hint for hint in matcher.footer_hints if hint in lowered])
        self.markers: list[Marker] = []
        self.denials: list[str] = []

    def look(self, line: Line, *, boxes: bool) -> None:
        """Compare one line with everything that it could be."""
        if line.comment:
            self._keep(self.matcher.comments.find(line.text.lower()), "comment", line.text)
            return
        if line.subject:
            self._keep(self.matcher.subjects.find(line.text.lower()), "subject", line.text)
        if boxes and (ticked := TICKED.fullmatch(line.text)):
            self._look_at_box(ticked[1].lower(), line)
        if line.key:
            self._look_at_trailer(line)
        if line.number in self.near_footers:
            self._look_at_footer(line)

    def _look_at_box(self, text: str, line: Line) -> None:
        if self.matcher.box_denials.find(text):
            self.denials.append(quote_of(line.raw))
        self._keep(self.matcher.boxes.find(text), "check-box", line.raw)

    def _look_at_trailer(self, line: Line) -> None:
        self._keep(self.matcher.trailer_keys.find(line.key), "trailer", line.raw)
        for value in (line.value, *self._folded(line)):
            trailer = f"{line.key}: {value}".lower()
            if self.matcher.trailer_denials.find(trailer):
                self.denials.append(quote_of(line.raw))
            self._keep(self.matcher.trailers.find(trailer), "trailer", line.raw)
            if line.key in AUTHORING or line.key in ("author", "signed-off-by"):
                self._look_at_people(line, value)

    def _look_at_people(self, line: Line, value: str) -> None:
        is_co_author = line.key.startswith(("co-", "coauth"))
        for signal in _identities_in(value, self.matcher, named=is_co_author):
            if line.key == "signed-off-by":
                signal = replace(signal, confidence=Certainty.WEAK)  # noqa: PLW2901 - an agent that rebases signs off people's work
            self._keep(signal, "co-author" if is_co_author else "trailer", line.raw)

    def _look_at_footer(self, line: Line) -> None:
        lowered = line.text.lower()
        if any(self.matcher.footer_denials.find(form) for form in _plain_forms(lowered)):
            self.denials.append(quote_of(line.raw))
        for signal in self._in_line(lowered):
            self._keep(signal, signal.kind.value, line.text)
        for parts in self._wrapped(line):
            joined = " ".join(parts)
            alone = {signal.id for part in parts for signal in self.matcher.fragments.search(part.lower())}
            for signal in self._in_line(joined.lower()):
                if signal.id not in alone:  # only what the break hid: the other line may be one that does not count
                    self._keep(signal, signal.kind.value, joined)

    def _in_line(self, lowered: str) -> Iterator[Signal]:
        yield from (signal for form in _plain_forms(lowered) if (signal := self.matcher.footers.find(form)))
        yield from self.matcher.fragments.search(lowered)

    def _folded(self, line: Line) -> Iterator[str]:
        """A trailer's value with the indented lines that follow it, or with an address that stands alone on the next line."""
        value = line.value
        for text in self.lines[line.number + 1 : line.number + 4]:
            if not (text[:1].isspace() or text.startswith("<")) or not text.strip():
                return
            value = f"{value} {text.strip()}".strip()[:LONGEST_LINE]
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


def _near(lowered: str, hints: list[str]) -> frozenset[int]:
    """The lines that hold a hint and the two before each, where a wrapped footer would begin."""
    if not hints:
        return frozenset()
    found = (number for number, text in enumerate(lowered.split("\n")) for hint in hints if hint in text)
    return frozenset(number - back for number in found for back in range(3))


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
    backwards = DECORATED_END.search(text, start)
    return text[start : backwards.start() if backwards else len(text)]


DECORATED_END = re.compile(r"(?:</?\w{1,10} ?/?>|[*_\s]){1,20}$")


def _identities_in(value: str, matcher: Matcher, *, named: bool = False) -> list[Signal]:
    """The signals of everybody that a trailer names: `Name <address>`, several of them, or an address without brackets.

    `named`: names count too, where the address says nothing. The value of other keys than co-authors' is free text.
    """
    if "<" not in value:
        bare = [word for word in BETWEEN_WORDS.split(value) if "@" in word]
        people = [(value.partition(address)[0], address) for address in bare] or [(value, "")]
    else:
        people, start = [], 0
        for match in ADDRESS.finditer(value):
            people.append((value[start : match.start()].strip(" ,;"), match[1]))
            start = match.end()
    return [signal for name, address in people if (signal := matcher.co_author(name.strip() if named else "", address.strip()))]
