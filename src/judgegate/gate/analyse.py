"""Look at a change: every check that the plan asks for, on every side of every file."""

from collections.abc import Callable, Iterable, Sequence

from judgegate.change import Repository
from judgegate.checks import CHECKS, Check, Compare, Scan, applicable
from judgegate.gate.analysis import Analysis
from judgegate.gate.assembly import assemble, comparison_id
from judgegate.gate.sides import Side, Sides, look_at
from judgegate.gate.surveys import run_surveys
from judgegate.model.change import Change
from judgegate.model.evidence import ProvenanceRecord
from judgegate.policy import Plan
from judgegate.workers.pool import Pool
from judgegate.workers.tasks import CompareTask, ScanTask, Task

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
    tasks = list(_tasks(repository, sides, rules, checks))
    answers = {answer.id: answer for answer in pool.scan(tasks, lambda done: advance(done, len(tasks)))}
    files = [assemble(one, answers, applicable(tuple(checks), one.language, rules)) for one in sides]
    surveyed = run_surveys(change, repository, files, rules, checks)
    return Analysis(change, plan.digest, surveyed.files, provenance, surveyed.elsewhere)


def _tasks(repository: Repository, sides: Iterable[Sides], rules: frozenset[str], checks: Sequence[Check]) -> Iterable[Task]:
    known: dict[str, Task] = {}
    for one in sides:
        for side in (one.new, *one.olds):
            if side is not None and _asked(side, rules, checks, Scan):
                known.setdefault(side.task, ScanTask(side.task, str(side.language), rules, _reader(repository, side)))
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
