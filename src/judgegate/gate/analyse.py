"""Look at a change: every check that the plan asks for, on every side of every file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from judgegate.change import Repository
from judgegate.checks import CHECKS, Check, Compare, Scan, Survey, applicable
from judgegate.checks.own import own_checks
from judgegate.gate.analysis import AnalysedFile, Analysis
from judgegate.gate.guards import with_losses
from judgegate.gate.looking.assembly import assemble, comparison_id
from judgegate.gate.looking.contracts import hold_to_contracts
from judgegate.gate.looking.sides import NOT_HERE, Side, Sides, look_at
from judgegate.gate.looking.surveys import run_surveys
from judgegate.gate.looking.texts import with_texts
from judgegate.model.change import Change
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.languages import PYTHON, TEXT
from judgegate.model.searches import Sought, import_contracts, patterns_for, regexes
from judgegate.policy import Plan
from judgegate.workers.pool import Pool
from judgegate.workers.tasks import Answer, CompareTask, Failed, ScanTask, Task

Advance = Callable[[int, int], None]


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
    sides = [look_at(repository, file) for file in change.files]
    everything = (*checks, *own_checks(plan.searches))
    tasks = [*_tasks(repository, sides, plan, everything), *_text_tasks(repository, sides, plan)]
    answers = {answer.id: answer for answer in pool.scan(tasks, lambda done: advance(done, len(tasks)))}
    files = [_assemble(one, answers, plan, everything, coverable=_covers(checks, one.language)) for one in sides]
    surveyed = run_surveys(change, repository, files, rules, checks)
    lasting = not any(map(_is_accident, answers.values())) and not any(map(_lacks_content, sides))
    return Analysis(change, plan.digest, with_losses(surveyed.files, repository.read), provenance, surveyed.elsewhere, lasting=lasting)


def _is_accident(answer: Answer) -> bool:
    """Whether looking failed for a reason that may be gone the next time."""
    return isinstance(answer, Failed) and not answer.lasting


def _lacks_content(one: Sides) -> bool:
    """Whether a side's content is not here, as it may be the next time."""
    return any(side is not None and side.obstacle == NOT_HERE for side in (one.new, *one.olds))


def _assemble(one: Sides, answers: Mapping[str, Answer], plan: Plan, checks: Sequence[Check], *, coverable: bool) -> AnalysedFile:
    file = assemble(one, answers, applicable(tuple(checks), one.language, frozenset(plan.rules)), coverable=coverable)
    file = replace(file, unread=one.is_unread, oddity=one.oddity)
    return with_texts(hold_to_contracts(file, import_contracts(plan.searches)), one, answers, regexes(plan.searches))


def _covers(checks: Iterable[Check], language: str | None) -> bool:
    return any(check.covers and language in check.languages for check in checks if not isinstance(check, Survey))


def _text_tasks(repository: Repository, sides: Iterable[Sides], plan: Plan) -> Iterable[Task]:
    sought = regexes(plan.searches)
    rules = frozenset(one.rule for one in sought)
    wanted = (side for one in sides for side in (one.new, *one.olds) if side is not None and side.obstacle is None)
    tasks = {side.text_task: ScanTask(side.text_task, TEXT, rules, _reader(repository, side), sought) for side in wanted if sought}
    return tasks.values()


def _searches(plan: Plan, language: str | None) -> tuple[Sought, ...]:
    contracts = import_contracts(plan.searches) if language == PYTHON else ()
    return (*patterns_for(plan.searches, language), *contracts)


def _tasks(repository: Repository, sides: Iterable[Sides], plan: Plan, checks: Sequence[Check]) -> Iterable[Task]:
    known: dict[str, Task] = {}
    rules = frozenset(plan.rules)
    for one in sides:
        for side in (one.new, *one.olds):
            if side is not None and _asked(side, rules, checks, Scan):
                searches = _searches(plan, side.language)
                known.setdefault(side.task, ScanTask(side.task, str(side.language), rules, _reader(repository, side), searches))
        if one.new is not None and one.olds and _asked(one.new, rules, checks, Compare):
            for old in one.olds:
                task = comparison_id(one.new, old)
                before = _reader(repository, old) if old is not None and old.is_readable else None
                known.setdefault(task, CompareTask(task, str(one.new.language), rules, before, _reader(repository, one.new)))
    return known.values()


def _asked(side: Side, rules: frozenset[str], checks: Sequence[Check], shape: type[Scan | Compare]) -> bool:
    return side.is_readable and any(isinstance(check, shape) for check in applicable(tuple(checks), side.language, rules))


def _reader(repository: Repository, side: Side) -> Callable[[], bytes]:
    return lambda: repository.read(side.blob.oid)
