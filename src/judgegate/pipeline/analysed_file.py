"""A file of the analysis, made once from its parts.

What the workers answered, what surveys saw, and the guards that it lost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from judgegate.checks.check_types import Compare, Scan, ScannedSide, Sighting
from judgegate.model.analysis import AnalysedFile, LostGuard
from judgegate.model.change import FileChange, FileStatus
from judgegate.model.facts import UnitKind
from judgegate.model.intervals import Intervals
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Regex, Sought, import_contracts, regexes
from judgegate.model.ranges import LineRange
from judgegate.pipeline.file_sides import ReadableSide, Sides
from judgegate.workers.wire import Answer, Compared, Failed, Scanned

_FUNCTIONS = frozenset({UnitKind.FUNCTION, UnitKind.METHOD})
Observations = tuple[Observation, ...]


class _SideResult(Struct, frozen=True):
    """What a worker observed on one side, the rules whose checks ran, and why it could not be read, if so.

    `is_partial`: only one of the checks failed, and what the others saw is there.
    """

    seen: Observations = ()
    rules: tuple[str, ...] = ()
    obstacle: str | None = None
    is_partial: bool = False


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
        # A survey reads the first merge base only, so all of them count as having what it saw:
        # else what was there would count as introduced.
        more = _on_side(surveyed, ScannedSide.BASE)
        before = before or ((),)
        before = tuple(seen + more for seen in before)
    rules = code.rules
    # Where code could not be read, regular expressions alone do not make a rule count as checked.
    if code.obstacle is None:
        rules = tuple(sorted({*code.rules, *text.rules}))
    return AnalysedFile(
        sides.change,
        language=sides.language,
        covered=any(check.covers for check in checks),
        rules=rules,
        after=(*code.after, *text.after, *_on_side(surveyed, ScannedSide.HEAD)),
        before=before,
        obstacle=code.obstacle or text.obstacle,
        blind_side=code.blind_side or text.blind_side,
        coverable=coverable,
        missed=(*code.missed, *text.missed),
        unread=sides.is_unread,
        oddity=sides.oddity,
        lost=lost,
        definitions=_functions_of(sides.new, answers),
    )


def _functions_of(
    side: ReadableSide | None, answers: Mapping[str, Answer]
) -> tuple[LineRange, ...]:
    """The lines of the functions in a side, where its facts are known."""
    answer = None if side is None else answers.get(side.task)
    if not isinstance(answer, Scanned) or answer.facts is None:
        return ()
    units = answer.facts.units
    return tuple(unit.lines for unit in units if unit.kind in _FUNCTIONS)


def assemble_elsewhere(path: str, surveyed: Sequence[Sighting]) -> AnalysedFile:
    """A file that the change leaves alone, with what surveys saw in it."""
    return AnalysedFile(
        FileChange(path, FileStatus.MODIFIED, old=None, new=None),
        after=_on_side(surveyed, ScannedSide.HEAD),
        before=(_on_side(surveyed, ScannedSide.BASE),),
    )


def is_accident(answer: Answer) -> bool:
    """Whether it failed for a reason that may be gone the next time."""
    if isinstance(answer, Scanned):
        return answer.failure is not None
    return isinstance(answer, Failed) and not answer.lasting


def comparison_id(new: ReadableSide, old: ReadableSide | None) -> str:
    """The id of the task that compares two sides."""
    # A side that no check can read counts as absent.
    if old is None or not old.is_readable:
        return f"None..{new.task}"
    return f"{old.task}..{new.task}"


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
    path = sides.change.path
    if sides.change.new is None:
        deleted = _read_deleted_code(sides, answers)
        return _without_kept_imports(deleted, path, contracts)
    code = _read_head_code(sides, judged, answers, checks)
    return _without_kept_imports(code, path, contracts)


def _without_kept_imports(part: _Part, path: str, contracts: Sequence[Sought]) -> _Part:
    """The part without imports that break no contract."""
    # Here and not in a worker: it goes by the path, and a worker scans a content for all the paths
    # that have it.
    if not contracts:
        return part
    # Imported here, because few policies have contracts.
    from judgegate.checks.own.imports import keep_breaks

    return replace(
        part,
        after=keep_breaks(part.after, path, contracts),
        before=tuple(keep_breaks(seen, path, contracts) for seen in part.before),
    )


def _read_deleted_code(sides: Sides, answers: Mapping[str, Answer]) -> _Part:
    """What was observed of a file that the change deletes."""
    olds = [_result_of(side, answers) for side in sides.olds]
    rules = set(chain.from_iterable(old.rules for old in olds))
    return _Part(
        before=tuple(old.seen for old in olds),
        rules=tuple(sorted(rules)),
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
    """What was observed of a file that the head has.

    By scans of each side, and by comparisons of the head with each merge base.
    """
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
        blind_side=_first_blindness(olds),
        missed=_rules_without_cover(checks) if new.obstacle is not None else (),
    )


def _rules_without_cover(checks: Iterable[Scan | Compare]) -> tuple[str, ...]:
    """The rules that are missed where a file cannot be read, without the obstacle saying so.

    Their checks alone do not make it count as covered.
    """
    missed = (check.rules for check in checks if not check.covers)
    return tuple(chain.from_iterable(missed))


def _first_blindness(olds: Iterable[_SideResult]) -> str | None:
    """Why nothing is known of an old side.

    What only a failed check would have seen there is missing, and excuses nothing.
    """
    return _first_obstacle(old for old in olds if not old.is_partial)


def _first_obstacle(sides: Iterable[_SideResult]) -> str | None:
    """Why the first of the sides that could not be read could not, if there is one."""
    for side in sides:
        if side.obstacle is not None:
            return side.obstacle
    return None


def _result_of(side: ReadableSide | None, answers: Mapping[str, Answer]) -> _SideResult:
    """What scans of the side's language observed; nothing where it has none."""
    if side is None or side.language is None:
        return _SideResult()
    return _result(side, answers.get(side.task))


def _result(side: ReadableSide, answer: Answer | None) -> _SideResult:
    """What a worker answered; no answer where no check of the plan asked for one."""
    if side.obstacle is not None:
        return _SideResult(obstacle=side.obstacle)
    match answer:
        case Scanned(observations=observations, failure=str(failure)):
            return _SideResult(observations, obstacle=failure, is_partial=True)
        case Scanned(rules=rules, observations=observations):
            return _SideResult(observations, rules)
        case Failed(reason=reason):
            return _SideResult(obstacle=reason)
        case _:
            return _SideResult()


def _with_compared(seen: Observations, compared: Iterable[Answer | None]) -> Observations:
    """The head's observations with those of comparisons."""
    # What comparisons with several merge bases show of the head counts once.
    known = set(seen)
    for answer in compared:
        shown = _compared_on(answer, ScannedSide.HEAD)
        more = tuple(one for one in shown if one not in known)
        known.update(more)
        seen += more
    return seen


def _compared_on(answer: Answer | None, side: ScannedSide) -> Observations:
    if not isinstance(answer, Compared):
        return ()
    return _on_side(answer.sightings, side)


def _compared_rules(compared: Iterable[Answer | None]) -> Iterator[str]:
    """The rules whose comparisons ran to their end, some perhaps twice."""
    for answer in compared:
        if isinstance(answer, Compared):
            yield from answer.rules


def _on_side(sightings: Iterable[Sighting], side: ScannedSide) -> Observations:
    """What was seen on this side, out of what was seen on both."""
    return tuple(sighting.observation for sighting in sightings if sighting.side is side)


def _read_text(
    sides: Sides, answers: Mapping[str, Answer], searches: Sequence[Sought]
) -> _Part:
    """What the regular expressions found."""
    if not searches or not any((sides.new, *sides.olds)):
        return _Part()
    rules = tuple(search.rule for search in searches)
    of_added_lines = frozenset(
        search.rule for search in searches if _searches_added_lines(search)
    )
    olds = [_text_result(side, answers) for side in sides.olds]
    change = sides.change
    # What is searched in added lines was there before if the same lines are removed elsewhere. Which these
    # are is known of the first merge base.
    removed = [change.removed_at, *(Intervals(()) for _ in olds[1:])]
    before = tuple(
        _on_lines(old.seen, of_added_lines, lines)
        for old, lines in zip(olds, removed, strict=False)
    )
    new = _text_result(sides.new, answers)
    after = _on_lines(new.seen, of_added_lines, change.added_at)
    if new.obstacle is not None:
        return _Part(after=after, before=before, obstacle=new.obstacle, missed=rules)
    return _Part(
        after=after,
        before=before,
        rules=rules,
        # Without a head nothing is introduced, so an unreadable base leaves nothing open.
        blind_side=_first_blindness(olds) if sides.new is not None else None,
    )


def _on_lines(
    seen: Observations, of_added_lines: frozenset[str], lines: Intervals
) -> Observations:
    """The observations without those of rules on added lines that are of another line than these."""

    def is_kept(one: Observation) -> bool:
        return one.rule not in of_added_lines or lines.meets(one.lines)

    return tuple(filter(is_kept, seen))


def _searches_added_lines(sought: Sought) -> bool:
    """Whether it looks at single lines that the change adds, and at no others."""
    return isinstance(sought.search, Regex) and sought.search.added


def _text_result(side: ReadableSide | None, answers: Mapping[str, Answer]) -> _SideResult:
    """What scans of any text observed on the side; nothing where there is no side."""
    if side is None:
        return _SideResult()
    return _result(side, answers.get(side.text_task))


def _beside(
    before: tuple[Observations, ...], more: tuple[Observations, ...]
) -> tuple[Observations, ...]:
    """Two parts' observations of the merge bases, put together base by base."""
    # A part that saw nothing at all has no entry for any of them.
    if not before or not more:
        return before or more
    return tuple(one + other for one, other in zip(before, more, strict=True))
