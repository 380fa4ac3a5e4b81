"""How many of a place's lines an AI helped to write."""

from collections.abc import Iterable, Iterator

from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.questions import ASSISTED as QUESTION
from judgegate.gate.attention.weights import ASSISTED
from judgegate.model.attention import Concern, Stake
from judgegate.model.lines import LineRange, count_lines


def weigh_assistance(place: LineRange | None, added: Iterable[LineRange], assisted: Iterable[LineRange]) -> Iterator[Weighed]:
    """The concern of a place in which AI-assisted lines stand. `added` are the file's added lines, `assisted` those by an AI."""
    if place is None:
        return
    lines = count_lines(_within(place, assisted))
    if lines:
        whole = count_lines(_within(place, added))
        share = f"{lines} of the {whole} lines" if lines < whole else "the line" if whole == 1 else f"the {whole} lines"
        yield Weighed(Concern(Stake.ASSISTED, f"an AI helped to write {share}", QUESTION), ASSISTED)


def _within(place: LineRange, ranges: Iterable[LineRange]) -> Iterator[LineRange]:
    for one in ranges:
        if one.overlaps(place):
            yield LineRange(max(one.start, place.start), min(one.end, place.end))
