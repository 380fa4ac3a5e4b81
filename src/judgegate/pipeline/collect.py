"""Look at a change: every check that the plan asks for, on every side of every file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from judgegate.change.repository import Repository
from judgegate.checks.own.registry import own_checks
from judgegate.checks.registry import CHECKS
from judgegate.checks.removed_guards.compare import with_losses
from judgegate.checks.shapes import Check, Compare, Scan, Survey, applicable
from judgegate.checks.shapes import ScannedSide as Whose
from judgegate.model.analysis import AnalysedFile, Analysis
from judgegate.model.change import Change, FileChange
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.languages import PYTHON, TEXT
from judgegate.model.observation import Observation
from judgegate.model.progress import Advance
from judgegate.model.ranges import overlap
from judgegate.model.searches import Regex, Sought, import_contracts, patterns_for, regexes
from judgegate.pipeline.import_contracts import hold_to_contracts
from judgegate.pipeline.sides import NOT_HERE, ReadableSide, Sides, read_sides
from judgegate.pipeline.surveys import run_surveys
from judgegate.policy.policy import Plan
from judgegate.workers.pool import Pool
from judgegate.workers.tasks import Answer, Compared, CompareTask, Failed, Scanned, ScanTask, Task


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen on a side, the rules that were looked for, and why it could not be looked at."""

    seen: tuple[Observation, ...] = ()
    rules: tuple[str, ...] = ()
    obstacle: str | None = None


def comparison_id(new: ReadableSide, old: ReadableSide | None) -> str:
    """The id of the task that compares two sides; a side that no check can read counts as absent."""
    return f"{old.task if old is not None and old.is_readable else None}..{new.task}"


def assemble(
    one: Sides, answers: Mapping[str, Answer], checks: Sequence[Scan | Compare], *, coverable: bool
) -> AnalysedFile:
    """The file with all that was seen of it. `checks` are those that apply to it; `coverable`: some check covers its language."""
    judged = one.judged
    if judged is None or judged.language is None:
        return AnalysedFile(one.change, obstacle=judged.obstacle if judged else one.change.obstacle)
    covered = any(check.covers for check in checks)
    if judged.obstacle is not None:
        return AnalysedFile(
            one.change,
            judged.language,
            covered,
            obstacle=judged.obstacle,
            coverable=coverable,
            missed=_others(checks),
        )
    olds = [_scan_tasks(side, answers) for side in one.olds]
    blind = next((old.obstacle for old in olds if old.obstacle is not None), None)
    before = tuple(old.seen for old in olds)
    if one.change.new is None:
        rules = tuple(sorted({rule for old in olds for rule in old.rules}))
        return AnalysedFile(
            one.change, judged.language, covered, rules, before=before, obstacle=blind, coverable=coverable
        )
    new = _scan_tasks(one.new, answers)
    found = AnalysedFile(
        one.change, judged.language, covered, new.rules, new.seen, before, new.obstacle, blind, coverable
    )
    if new.obstacle is not None:
        found = replace(found, missed=_others(checks))
    return _with_comparisons(found, [answers.get(comparison_id(judged, old)) for old in one.olds])


def _others(checks: Iterable[Scan | Compare]) -> tuple[str, ...]:
    """The rules of the checks that cover nothing."""
    return tuple(rule for check in checks if not check.covers for rule in check.rules)


def _scan_tasks(side: ReadableSide | None, answers: Mapping[str, Answer]) -> _Look:
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
                found = replace(
                    found, after=found.after + kept, before=sides, rules=tuple(sorted({*found.rules, *rules}))
                )
            case Failed(reason=reason):
                found = replace(found, obstacle=found.obstacle or reason)
            case _:
                continue
    return found


def with_texts(
    file: AnalysedFile, one: Sides, answers: Mapping[str, Answer], sought: Sequence[Sought]
) -> AnalysedFile:
    """The file with the regular expressions' observations. Those of added lines are introduced by nature, so no other side has them."""
    if not sought or (one.new is None and not any(one.olds)):
        return file
    rules = tuple(search.rule for search in sought)
    of_lines = frozenset(
        search.rule for search in sought if isinstance(search.search, Regex) and search.search.added
    )
    olds = [_seen(side, answers) for side in one.olds]
    before = tuple(
        _merged(seen, old, of_lines) for seen, old in zip(file.before or ((),) * len(olds), olds, strict=True)
    )
    blind = next((old for old in olds if isinstance(old, str)), None)
    new = _seen(one.new, answers)
    if isinstance(new, str):
        return replace(file, before=before, obstacle=file.obstacle or new, missed=(*file.missed, *rules))
    added = tuple(
        seen for seen in new if seen.rule not in of_lines or overlap(file.change.added, [seen.lines])
    )
    return replace(
        file,
        after=file.after + added,
        before=before,
        rules=tuple(sorted({*file.rules, *rules})) if file.obstacle is None else file.rules,
        blind_side=file.blind_side or (blind if one.new is not None else None),
    )


def _seen(side: ReadableSide | None, answers: Mapping[str, Answer]) -> tuple[Observation, ...] | str:
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


def _merged(
    seen: tuple[Observation, ...], old: Iterable[Observation] | str, of_lines: frozenset[str]
) -> tuple[Observation, ...]:
    return seen if isinstance(old, str) else (*seen, *(one for one in old if one.rule not in of_lines))


def analyse(
    change: Change,
    repository: Repository,
    plan: Plan,
    pool: Pool,
    provenance: ProvenanceRecord,
    *,
    checks: Sequence[Check] = CHECKS,
    advance: Advance = lambda _done, _total: None,
) -> Analysis:
    """What the plan's checks see on both sides of the change. Contents are read by object id, when a worker is free for them."""
    rules = frozenset(plan.rules)
    sides = [read_sides(repository, file) for file in change.files]
    everything = (*checks, *own_checks(plan.searches))
    tasks = [*_tasks(repository, sides, plan, everything), *_text_tasks(repository, sides, plan)]
    answers = {answer.id: answer for answer in pool.scan(tasks, lambda done: advance(done, len(tasks)))}
    files = [
        _assemble(one, answers, plan, everything, coverable=_covers(checks, one.language)) for one in sides
    ]
    surveyed = run_surveys(change, repository, files, rules, checks)
    lasting = not any(map(_is_accident, answers.values())) and not any(map(_lacks_content, sides))
    return Analysis(
        change,
        plan.digest,
        with_losses(surveyed.files, repository.read),
        provenance,
        surveyed.elsewhere,
        lasting=lasting,
    )


def _is_accident(answer: Answer) -> bool:
    """Whether looking failed for a reason that may be gone the next time."""
    return isinstance(answer, Failed) and not answer.lasting


def _lacks_content(one: Sides) -> bool:
    """Whether a side's content is not here, as it may be the next time."""
    return any(side is not None and side.obstacle == NOT_HERE for side in (one.new, *one.olds))


def _assemble(
    one: Sides, answers: Mapping[str, Answer], plan: Plan, checks: Sequence[Check], *, coverable: bool
) -> AnalysedFile:
    file = assemble(
        one, answers, applicable(tuple(checks), one.language, frozenset(plan.rules)), coverable=coverable
    )
    file = replace(file, unread=one.is_unread, oddity=one.oddity)
    return with_texts(
        hold_to_contracts(file, import_contracts(plan.searches)), one, answers, regexes(plan.searches)
    )


def _covers(checks: Iterable[Check], language: str | None) -> bool:
    return any(
        check.covers and language in check.languages for check in checks if not isinstance(check, Survey)
    )


def _text_tasks(repository: Repository, sides: Iterable[Sides], plan: Plan) -> Iterable[Task]:
    sought = regexes(plan.searches)
    rules = frozenset(one.rule for one in sought)
    wanted = (
        side for one in sides for side in (one.new, *one.olds) if side is not None and side.obstacle is None
    )
    tasks = {
        side.text_task: ScanTask(side.text_task, TEXT, rules, _reader(repository, side), sought)
        for side in wanted
        if sought
    }
    return tasks.values()


def _searches(plan: Plan, language: str | None) -> tuple[Sought, ...]:
    contracts = import_contracts(plan.searches) if language == PYTHON else ()
    return (*patterns_for(plan.searches, language), *contracts)


def _tasks(
    repository: Repository, sides: Iterable[Sides], plan: Plan, checks: Sequence[Check]
) -> Iterable[Task]:
    known: dict[str, Task] = {}
    rules = frozenset(plan.rules)
    for one in sides:
        for side in (one.new, *one.olds):
            if side is not None and _asked(side, rules, checks, Scan):
                searches = _searches(plan, side.language)
                known.setdefault(
                    side.task,
                    ScanTask(side.task, str(side.language), rules, _reader(repository, side), searches),
                )
        if one.new is not None and one.olds and _asked(one.new, rules, checks, Compare):
            for old in one.olds:
                task = comparison_id(one.new, old)
                before = _reader(repository, old) if old is not None and old.is_readable else None
                known.setdefault(
                    task,
                    CompareTask(task, str(one.new.language), rules, before, _reader(repository, one.new)),
                )
    return known.values()


def _asked(
    side: ReadableSide, rules: frozenset[str], checks: Sequence[Check], shape: type[Scan | Compare]
) -> bool:
    return side.is_readable and any(
        isinstance(check, shape) for check in applicable(tuple(checks), side.language, rules)
    )


def _reader(repository: Repository, side: ReadableSide) -> Callable[[], bytes]:
    return lambda: repository.read(side.blob.oid)


def mark_outdated(analysis: Analysis, repository: Repository) -> Analysis:
    """The analysis with the files marked at whose path the base's tip has something else than the merge base."""
    change = analysis.change
    if change.base is None or change.base.oid in change.merge_bases:
        return analysis
    return replace(
        analysis,
        files=tuple(
            replace(file, outdated=_is_outdated(repository, change, file.change)) for file in analysis.files
        ),
    )


def _is_outdated(repository: Repository, change: Change, file: FileChange) -> bool:
    return (
        change.base is not None
        and file.old is not None
        and repository.oid_at(change.base.oid, file.path) != file.old.oid
    )
