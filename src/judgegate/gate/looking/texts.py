"""Put what regular expressions saw beside what was seen otherwise: they look at every file, whatever its language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from judgegate.gate.analysis import AnalysedFile
from judgegate.gate.looking.sides import Side, Sides
from judgegate.model.observation import Observation
from judgegate.model.searches import Regex, Sought
from judgegate.workers.tasks import Answer, Failed, Scanned


def with_texts(file: AnalysedFile, one: Sides, answers: Mapping[str, Answer], sought: Sequence[Sought]) -> AnalysedFile:
    """The file with the regular expressions' observations. Those of added lines are introduced by nature, so no other side has them."""
    if not sought or (one.new is None and not any(one.olds)):
        return file
    rules = tuple(search.rule for search in sought)
    of_lines = frozenset(search.rule for search in sought if isinstance(search.search, Regex) and search.search.added)
    olds = [_seen(side, answers) for side in one.olds]
    before = tuple(_merged(seen, old, of_lines) for seen, old in zip(file.before or ((),) * len(olds), olds, strict=True))
    blind = next((old for old in olds if isinstance(old, str)), None)
    new = _seen(one.new, answers)
    if isinstance(new, str):
        return replace(file, before=before, obstacle=file.obstacle or new, missed=(*file.missed, *rules))
    added = tuple(seen for seen in new if seen.rule not in of_lines or any(lines.overlaps(seen.lines) for lines in file.change.added))
    return replace(
        file,
        after=file.after + added,
        before=before,
        rules=tuple(sorted({*file.rules, *rules})) if file.obstacle is None else file.rules,
        blind_side=file.blind_side or (blind if one.new is not None else None),
    )


def _seen(side: Side | None, answers: Mapping[str, Answer]) -> tuple[Observation, ...] | str:
    """What was seen on a side, or why nothing could be."""
    if side is None:
        return ()
    if side.obstacle is not None:
        return side.obstacle
    match answers.get(side.text_task):
        case Scanned(observations=observations):
            return observations
        case Failed(reason=reason):
            return reason
        case _:
            return ()


def _merged(seen: tuple[Observation, ...], old: Iterable[Observation] | str, of_lines: frozenset[str]) -> tuple[Observation, ...]:
    return seen if isinstance(old, str) else (*seen, *(one for one in old if one.rule not in of_lines))
