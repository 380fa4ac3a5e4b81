"""How many of a place's lines an AI helped to write, or the policy treats as if one had."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.questions import ASSISTED as QUESTION
from judgegate.gate.attention.weights import ASSISTED
from judgegate.model.attention import Concern, Stake
from judgegate.model.lines import LineRange, count_lines
from judgegate.provenance import Testimony
from judgegate.provenance.testimony import ASSUMED


@dataclass(frozen=True, slots=True)
class Assistance:
    """The lines of a file that evidence shows to be AI-assisted, and who says so of all the others, if anybody does."""

    shown: Sequence[LineRange] = ()
    assumed_by: str | None = None


def assistance_in(testimony: Testimony, path: str) -> Assistance:
    """What is known of the file. That a policy treats every change as AI-assisted shows nothing of who wrote a line."""
    if testimony.assumed is None:
        return Assistance(testimony.ai_lines(path))
    return Assistance(testimony.assisted.get(path, ()), "--assume-ai" if testimony.assumed == ASSUMED else "the policy")


def weigh_assistance(place: LineRange | None, added: Iterable[LineRange], assistance: Assistance) -> Iterator[Weighed]:
    """The concern of a place in which AI-assisted lines stand. `added` are the file's added lines."""
    if place is None:
        return
    lines, whole = count_lines(_within(place, assistance.shown)), count_lines(_within(place, added))
    if lines:
        yield _weigh(f"an AI helped to write {_share(lines, whole)}")
    elif assistance.assumed_by and whole:
        yield _weigh(f"{assistance.assumed_by} treats it as AI-assisted")


def _weigh(what: str) -> Weighed:
    return Weighed(Concern(Stake.ASSISTED, what, QUESTION, generic=True), ASSISTED)


def _share(lines: int, whole: int) -> str:
    if lines < whole:
        return f"{lines} of the {whole} lines"
    return "the line" if whole == 1 else f"the {whole} lines"


def _within(place: LineRange, ranges: Iterable[LineRange]) -> Iterator[LineRange]:
    for one in ranges:
        if one.overlaps(place):
            yield LineRange(max(one.start, place.start), min(one.end, place.end))
