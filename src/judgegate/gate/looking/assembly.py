"""Put the workers' answers back beside the files that they are about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from judgegate.checks import Compare, Scan
from judgegate.checks import Side as Whose
from judgegate.gate.analysis import AnalysedFile
from judgegate.gate.looking.sides import Side, Sides
from judgegate.model.observation import Observation
from judgegate.workers.tasks import Answer, Compared, Failed, Scanned


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen on a side, the rules that were looked for, and why it could not be looked at."""

    seen: tuple[Observation, ...] = ()
    rules: tuple[str, ...] = ()
    obstacle: str | None = None


def comparison_id(new: Side, old: Side | None) -> str:
    """The id of the task that compares two sides; a side that no check can read counts as absent."""
    return f"{old.task if old is not None and old.is_readable else None}..{new.task}"


def assemble(one: Sides, answers: Mapping[str, Answer], checks: Sequence[Scan | Compare], *, coverable: bool) -> AnalysedFile:
    """The file with all that was seen of it. `checks` are those that apply to it; `coverable`: some check covers its language."""
    judged = one.judged
    if judged is None or judged.language is None:
        return AnalysedFile(one.change, obstacle=judged.obstacle if judged else one.change.obstacle)
    covered = any(check.covers for check in checks)
    if judged.obstacle is not None:
        return AnalysedFile(one.change, judged.language, covered, obstacle=judged.obstacle, coverable=coverable, missed=_others(checks))
    olds = [_look(side, answers) for side in one.olds]
    blind = next((old.obstacle for old in olds if old.obstacle is not None), None)
    before = tuple(old.seen for old in olds)
    if one.change.new is None:
        rules = tuple(sorted({rule for old in olds for rule in old.rules}))
        return AnalysedFile(one.change, judged.language, covered, rules, before=before, obstacle=blind, coverable=coverable)
    new = _look(one.new, answers)
    found = AnalysedFile(one.change, judged.language, covered, new.rules, new.seen, before, new.obstacle, blind, coverable)
    if new.obstacle is not None:
        found = replace(found, missed=_others(checks))
    return _with_comparisons(found, [answers.get(comparison_id(judged, old)) for old in one.olds])


def _others(checks: Iterable[Scan | Compare]) -> tuple[str, ...]:
    """The rules of the checks that cover nothing."""
    return tuple(rule for check in checks if not check.covers for rule in check.rules)


def _look(side: Side | None, answers: Mapping[str, Answer]) -> _Look:
    if side is None or side.language is None:
        return _Look()
    if side.obstacle is not None:
        return _Look(obstacle=side.obstacle)
    match answers.get(side.task):
        case Scanned(rules=rules, observations=observations):
            return _Look(observations, rules)
        case Failed(reason=reason):
            return _Look(obstacle=reason)
        case _:
            return _Look()


def _with_comparisons(found: AnalysedFile, answers: Iterable[Answer | None]) -> AnalysedFile:
    """Add what comparisons saw: the head's sightings to the head's observations, the merge base's to those of that merge base."""
    for number, answer in enumerate(answers):
        match answer:
            case Compared(rules=rules, sightings=sightings):
                after = (sighting.observation for sighting in sightings if sighting.side is Whose.HEAD)
                before = tuple(sighting.observation for sighting in sightings if sighting.side is Whose.BASE)
                sides = (*found.before[:number], found.before[number] + before, *found.before[number + 1 :])
                kept = tuple(seen for seen in after if seen not in found.after)
                found = replace(found, after=found.after + kept, before=sides, rules=tuple(sorted({*found.rules, *rules})))
            case Failed(reason=reason):
                found = replace(found, obstacle=found.obstacle or reason)
            case _:
                continue
    return found
