"""A file of the analysis, made once from its parts: what the workers answered, what surveys saw, and the guards that it lost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from judgegate.checks.check_types import Compare, Scan, ScannedSide, Sighting
from judgegate.model.analysis import AnalysedFile, LostGuard
from judgegate.model.change import FileChange, FileStatus
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Regex, Sought, import_contracts, regexes
from judgegate.model.ranges import LineRange, overlap
from judgegate.pipeline.file_sides import ReadableSide, Sides
from judgegate.workers.wire import Answer, Compared, Failed, Scanned

Observations = tuple[Observation, ...]


class _SideResult(Struct, frozen=True):
    """What a worker observed on one side, the rules whose checks ran, and why it could not be read, if so."""

    seen: Observations = ()
    rules: tuple[str, ...] = ()
    obstacle: str | None = None


class _Part(Struct, frozen=True):
    """What one kind of check gives for a file. The fields are those of `AnalysedFile`."""

    after: Observations = ()
    before: tuple[Observations, ...] = ()
    rules: tuple[str, ...] = ()
    obstacle: str | None = None
    blind_side: str | None = None
    missed: tuple[str, ...] = ()


def assemble_file(
    sides: Sides,
    answers: Mapping[str, Answer],
    checks: Sequence[Scan | Compare],
    searches: Sequence[Sought],
    *,
    surveyed: Sequence[Sighting],
    lost: tuple[LostGuard, ...],
    coverable: bool,
) -> AnalysedFile:
    """The file with all that was observed of it.

    `checks` are those that apply to it, `surveyed` is what surveys saw in it; `coverable`: some
    check covers its language.
    """
    code = _read_code(sides, answers, checks, import_contracts(searches))
    text = _read_text(sides, answers, regexes(searches))
    before = _beside(code.before, text.before)
    if surveyed:
        more = _on_side(surveyed, ScannedSide.BASE)
        before = tuple(seen + more for seen in (before or ((),)))
    return AnalysedFile(
        sides.change,
        language=sides.language,
        covered=any(check.covers for check in checks),
        # Where code could not be read, regular expressions alone do not make a rule count as checked.
        rules=code.rules
        if code.obstacle is not None
        else tuple(sorted({*code.rules, *text.rules})),
        after=(*code.after, *text.after, *_on_side(surveyed, ScannedSide.HEAD)),
        before=before,
        obstacle=code.obstacle or text.obstacle,
        blind_side=code.blind_side or text.blind_side,
        coverable=coverable,
        missed=(*code.missed, *text.missed),
        unread=sides.is_unread,
        oddity=sides.oddity,
        lost=lost,
    )


def assemble_elsewhere(path: str, surveyed: Sequence[Sighting]) -> AnalysedFile:
    """A file that the change leaves alone, with what surveys saw in it."""
    return AnalysedFile(
        FileChange(path, FileStatus.MODIFIED, old=None, new=None),
        after=_on_side(surveyed, ScannedSide.HEAD),
        before=(_on_side(surveyed, ScannedSide.BASE),),
    )


def comparison_id(new: ReadableSide, old: ReadableSide | None) -> str:
    """The id of the task that compares two sides; a side that no check can read counts as absent."""
    return f"{old.task if old is not None and old.is_readable else None}..{new.task}"


def _read_code(
    sides: Sides,
    answers: Mapping[str, Answer],
    checks: Sequence[Scan | Compare],
    contracts: Sequence[Sought],
) -> _Part:
    """What the checks of the file's language observed."""
    judged = sides.judged
    if judged is None:
        return _Part(obstacle=sides.change.obstacle)
    if judged.language is None:
        return _Part(obstacle=judged.obstacle)
    if judged.obstacle is not None:
        return _Part(obstacle=judged.obstacle, missed=_rules_without_cover(checks))
    if sides.change.new is None:
        return _without_kept_imports(
            _read_deleted_code(sides, answers), sides.change.path, contracts
        )
    code = _read_head_code(sides, judged, answers, checks)
    return _without_kept_imports(code, sides.change.path, contracts)


def _without_kept_imports(part: _Part, path: str, contracts: Sequence[Sought]) -> _Part:
    """The part without imports that break no contract: only here is the path known, by which it is decided."""
    if not contracts:
        return part
    from judgegate.checks.own.imports import keep_breaks  # only where there are contracts

    return replace(
        part,
        after=keep_breaks(part.after, path, contracts),
        before=tuple(keep_breaks(seen, path, contracts) for seen in part.before),
    )


def _read_deleted_code(sides: Sides, answers: Mapping[str, Answer]) -> _Part:
    olds = [_result_of(side, answers) for side in sides.olds]
    return _Part(
        before=tuple(old.seen for old in olds),
        rules=tuple(sorted({rule for old in olds for rule in old.rules})),
        # A deleted file is judged by its old sides alone, so one that cannot be read leaves the
        # file unread, and not one side blind.
        obstacle=_first_obstacle(olds),
    )


def _read_head_code(
    sides: Sides,
    judged: ReadableSide,
    answers: Mapping[str, Answer],
    checks: Sequence[Scan | Compare],
) -> _Part:
    """What was observed of a file that the head has: by scans of each side, and by comparisons of the head with each merge base."""
    olds = [_result_of(side, answers) for side in sides.olds]
    new = _result_of(sides.new, answers)
    compared = [answers.get(comparison_id(judged, old)) for old in sides.olds]
    failures = (answer.reason for answer in compared if isinstance(answer, Failed))
    return _Part(
        after=_with_compared(new.seen, compared),
        before=tuple(
            old.seen + _compared_on(answer, ScannedSide.BASE)
            for old, answer in zip(olds, compared, strict=True)
        ),
        rules=tuple(sorted({*new.rules, *_compared_rules(compared)})),
        obstacle=new.obstacle or next(failures, None),
        blind_side=_first_obstacle(olds),
        missed=_rules_without_cover(checks) if new.obstacle is not None else (),
    )


def _rules_without_cover(checks: Iterable[Scan | Compare]) -> tuple[str, ...]:
    """The rules that are missed where a file cannot be read, although their checks alone do not make it count as covered."""
    return tuple(rule for check in checks if not check.covers for rule in check.rules)


def _first_obstacle(sides: Iterable[_SideResult]) -> str | None:
    return next((side.obstacle for side in sides if side.obstacle is not None), None)


def _result_of(side: ReadableSide | None, answers: Mapping[str, Answer]) -> _SideResult:
    if side is None or side.language is None:
        return _SideResult()
    return _result(side, answers.get(side.task))


def _result(side: ReadableSide, answer: Answer | None) -> _SideResult:
    if side.obstacle is not None:
        return _SideResult(obstacle=side.obstacle)
    match answer:
        case Scanned(rules=rules, observations=observations):
            return _SideResult(observations, rules)
        case Failed(reason=reason):
            return _SideResult(obstacle=reason)
        case _:
            return _SideResult()


def _with_compared(seen: Observations, compared: Iterable[Answer | None]) -> Observations:
    """The head's observations with those of comparisons: what several merge bases show of the head counts once."""
    for answer in compared:
        more = _compared_on(answer, ScannedSide.HEAD)
        seen += tuple(one for one in more if one not in seen)
    return seen


def _compared_on(answer: Answer | None, side: ScannedSide) -> Observations:
    return _on_side(answer.sightings, side) if isinstance(answer, Compared) else ()


def _compared_rules(compared: Iterable[Answer | None]) -> Iterator[str]:
    for answer in compared:
        if isinstance(answer, Compared):
            yield from answer.rules


def _on_side(sightings: Iterable[Sighting], side: ScannedSide) -> Observations:
    return tuple(sighting.observation for sighting in sightings if sighting.side is side)


def _read_text(
    sides: Sides, answers: Mapping[str, Answer], searches: Sequence[Sought]
) -> _Part:
    """What the regular expressions found.

    Those of added lines are introduced by nature, so no other side has them.
    """
    if not searches or (sides.new is None and not any(sides.olds)):
        return _Part()
    rules = tuple(search.rule for search in searches)
    of_added_lines = frozenset(
        search.rule for search in searches if _searches_added_lines(search)
    )
    olds = [_text_result(side, answers) for side in sides.olds]
    before = tuple(_of_any_line(old.seen, of_added_lines) for old in olds)
    new = _text_result(sides.new, answers)
    if new.obstacle is not None:
        return _Part(before=before, obstacle=new.obstacle, missed=rules)
    return _Part(
        after=_of_line_added(new.seen, of_added_lines, sides.change.added),
        before=before,
        rules=rules,
        # Without a head nothing is introduced, so an unreadable base leaves nothing open.
        blind_side=_first_obstacle(olds) if sides.new is not None else None,
    )


def _of_any_line(seen: Observations, of_added_lines: frozenset[str]) -> Observations:
    return tuple(one for one in seen if one.rule not in of_added_lines)


def _of_line_added(
    seen: Observations, of_added_lines: frozenset[str], added: Sequence[LineRange]
) -> Observations:
    """The observations without those of rules on added lines that are of another line."""
    return tuple(
        one for one in seen if one.rule not in of_added_lines or overlap(added, [one.lines])
    )


def _searches_added_lines(sought: Sought) -> bool:
    return isinstance(sought.search, Regex) and sought.search.added


def _text_result(side: ReadableSide | None, answers: Mapping[str, Answer]) -> _SideResult:
    return _SideResult() if side is None else _result(side, answers.get(side.text_task))


def _beside(
    before: tuple[Observations, ...], more: tuple[Observations, ...]
) -> tuple[Observations, ...]:
    """Two parts' observations of the merge bases, put together base by base; a part that saw none has no entry for any."""
    if not before or not more:
        return before or more
    return tuple(one + other for one, other in zip(before, more, strict=True))
