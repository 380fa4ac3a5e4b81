"""Definitions that have more paths than before, whether or not that is over a limit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from judgegate.gate.analysis import AnalysedFile
from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.questions import GROWN as QUESTION
from judgegate.gate.attention.weights import GROWN, GROWN_MOST, GROWTH, WORST
from judgegate.gate.judging.pairing import Paired
from judgegate.gate.looking.testing import is_test
from judgegate.model.attention import Concern, Stake
from judgegate.model.lines import LineRange
from judgegate.model.observation import Observation


@dataclass(frozen=True, slots=True)
class Grown:
    """A definition that grew, where it is in the head, and the rule that measures it."""

    path: str
    rule: str
    lines: LineRange
    weighed: Weighed


def find_growth(pairs: Iterable[Paired]) -> Iterator[Grown]:
    """The definitions that grew by much, or to a new worst of their file. A test may have as many cases as it likes."""
    worst: dict[tuple[str, str], int] = {}
    for paired in pairs:
        seen, was = paired.now.seen, paired.was
        before = was.seen.measure if was is not None else None
        if seen.measure is None or seen.measure <= (before or 0) or is_test(paired.now.path, paired.now.file.language):
            continue
        key = (paired.now.path, seen.rule)
        if key not in worst:
            worst[key] = _worst(paired.now.file, seen.rule)
        weight = _weigh(seen.measure, before, worst[key])
        if weight:
            concern = Concern(Stake.COMPLEXITY, _describe(seen, before), QUESTION, seen.lines.start)
            yield Grown(paired.now.path, seen.rule, seen.definition or seen.lines, Weighed(concern, weight))


def _worst(file: AnalysedFile, rule: str) -> int:
    return max((seen.measure or 0 for side in file.before for seen in side if seen.rule == rule), default=0)


def _weigh(now: int, before: int | None, worst: int) -> int:
    """A new definition has not grown, so it counts only as the worst."""
    steps = (now - before) // GROWTH if before is not None else 0
    if steps:
        return min(GROWN + steps - 1, GROWN_MOST)
    return GROWN if now > max(worst, WORST) else 0


def _describe(seen: Observation, before: int | None) -> str:
    metric = (seen.metric or "the measure").partition(" (")[0]
    if before is None:
        return f"{metric} of the new `{seen.subject}` is {seen.measure}"
    return f"{metric} of `{seen.subject}` grew from {before} to {seen.measure}"
