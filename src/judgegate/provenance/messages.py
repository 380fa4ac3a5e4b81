"""Markers in text: a commit's message, the body of a pull request, the message that is being written."""

from bisect import bisect

from judgegate.provenance.hints import line_starts, lines_near
from judgegate.provenance.lines import evidence_lines
from judgegate.provenance.markers import Found
from judgegate.provenance.matcher import SIGN_OFF, Matcher
from judgegate.provenance.reading import line_readings, readings
from judgegate.provenance.scan import MOST_LOOKS, WRAPPED, Scan
from judgegate.provenance.single_lines import shorten

NOTHING, UNREAD = Found(), Found(unread=True)
LOGGED, TICK = "author: ", "[x]"
"""What else can begin a line that counts: in the log of a squash, and in a body."""


def read_message(raw: bytes, encoding: str | None, matcher: Matcher) -> Found:
    """What a message holds, whatever it claims to be encoded in."""
    return _together([read_text(text, matcher, squashes=True) for text in readings(raw, encoding)])


def read_text(text: str, matcher: Matcher, *, squashes: bool = False, boxes: bool = False) -> Found:
    """What a text holds.

    Args:
        text: as it came.
        matcher: what to look for.
        squashes: whether the text can hold several messages, as a commit's can.
        boxes: whether ticked check-boxes are statements, as in the body of a pull request.
    """
    return _together([_read_lines(*lines, matcher, squashes=squashes, boxes=boxes) for lines in line_readings(text)])


def _together(found: list[Found]) -> Found:
    if len(found) == 1:
        return found[0]
    denials = dict.fromkeys(denial for one in found for denial in one.denials)
    return Found(tuple(marker for one in found for marker in one.markers), tuple(denials), any(one.unread for one in found))


def _read_lines(raw: list[str], folded: list[str], matcher: Matcher, *, squashes: bool, boxes: bool) -> Found:
    """What the lines hold. The last are looked at first, so that a text of any length has its trailers read."""
    lowered = "\n".join(folded).lower()
    hints = [hint for hint in matcher.hints if hint in lowered]
    if "squash" in lowered:
        hints.append(LOGGED)
    if boxes:
        hints.append(TICK)
    wanted = lines_near(lowered, hints, WRAPPED) if raw and hints else frozenset()
    signed, unread = _known_sign_offs(lowered, matcher) if SIGN_OFF in lowered else (frozenset(), False)
    if not wanted and not signed:
        return UNREAD if unread else NOTHING
    wanted |= signed
    if len(wanted) > MOST_LOOKS:
        wanted, unread = frozenset(sorted(wanted)[-MOST_LOOKS:]), True
    footers = [hint for hint in hints if hint in matcher.footer_hints]
    scan = Scan(folded, lines_near(lowered, footers, WRAPPED), matcher)
    lines = evidence_lines(raw, folded, squashes=squashes, wanted=wanted)
    found = [scan.look(line, boxes=boxes) for line in reversed(list(lines))]
    return Found(
        tuple(marker for one in reversed(found) for marker in one), tuple(reversed(scan.denials)), unread or not scan.patience.left
    )


def _known_sign_offs(lowered: str, matcher: Matcher) -> tuple[frozenset[int], bool]:
    """The lines in which an agent signs off, and whether there were too many to look at each.

    In some histories everybody signs off, so that the others are not worth a closer look.
    """
    known, looks, place = [], 0, lowered.rfind(SIGN_OFF)
    while place >= 0 and looks < MOST_LOOKS:
        end = lowered.find("\n", place)
        value = shorten(lowered[place + len(SIGN_OFF) : end if end >= 0 else len(lowered)])
        if matcher.is_signed_by_agent(value.lstrip(" :=")):
            known.append(place)
        looks += 1
        place = lowered.rfind(SIGN_OFF, 0, max(lowered.rfind("\n", 0, place), 0))
    starts = line_starts(lowered) if known else []
    return frozenset(bisect(starts, place) - 1 for place in known), place >= 0
