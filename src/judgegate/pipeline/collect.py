"""Collect what can be observed of a change.

That is what every check that the plan asks for sees, on every side of every file.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from judgegate.change.repository import Repository
from judgegate.checks.check_types import Check, Compare, Scan, Sighting, Survey, applicable
from judgegate.checks.own.registry import own_checks
from judgegate.checks.registry import CHECKS
from judgegate.model.analysis import Analysis, LostGuard
from judgegate.model.change import Change
from judgegate.model.file_names import PYTHON, TEXT
from judgegate.model.notices import Advance, ignore_progress
from judgegate.model.own_rules import Sought, import_contracts, patterns_for, regexes
from judgegate.pipeline.analysed_file import (
    assemble_elsewhere,
    assemble_file,
    comparison_id,
    is_accident,
)
from judgegate.pipeline.budget import (
    beyond_budget,
    explain_stop,
    stopped,
    until_cpu_is_spent,
)
from judgegate.pipeline.definition_maps import explain_cut, map_definitions
from judgegate.pipeline.file_sides import (
    NOT_HERE,
    BlobContent,
    ReadableSide,
    Sides,
    read_sides,
)
from judgegate.pipeline.read_change import GitTree
from judgegate.policy.policy import Plan
from judgegate.workers.wire import Answer, CompareTask, ScanTask, Task

if TYPE_CHECKING:
    from judgegate.pipeline.answers_of_plan import AnswersOfPlan
    from judgegate.pipeline.kept_answers import KeptAnswers
    from judgegate.pipeline.pool_scaling import LimitedPool
    from judgegate.workers.pool import Pool


def collect(
    change: Change,
    repository: Repository,
    plan: Plan,
    pool: "Pool | LimitedPool",
    *,
    checks: Sequence[Check] = CHECKS,
    advance: Advance = ignore_progress,
    for_guide: bool = True,
    kept: "KeptAnswers | None" = None,
) -> Analysis:
    """What the plan's checks observe on both sides of the change.

    Contents are read by object id, when a worker is free for them. `for_guide` False: it is of no
    interest which guards the change removes. Facts are made in any case: a file without them is not
    analysed, and a verdict must not depend on the report that is asked for. `kept` has answers of
    earlier runs.
    """
    every_check = (*checks, *own_checks(plan.searches))
    every_side = [read_sides(repository, file) for file in change.files]

    tasks = [
        *_code_tasks(repository, every_side, plan, every_check),
        *_text_tasks(repository, every_side, plan),
    ]
    beyond = beyond_budget(tasks, every_side, plan.limits)
    given = [task for task in tasks if task.id not in beyond]
    kept_for_plan = _kept_under(plan, repository, every_check, kept)
    answers = _answer(given, pool, advance, kept_for_plan)
    late = stopped(task for task in given if task.id not in answers)
    answers |= beyond | late
    surveyed = _run_surveys(change, repository, plan, checks)
    lost = _find_lost_guards(change, repository) if for_guide else {}

    files = tuple(
        assemble_file(
            sides,
            answers,
            applicable(every_check, sides.language, frozenset(plan.rules)),
            plan.searches,
            surveyed=surveyed.pop(sides.change.path, ()),
            lost=lost.get(number, ()),
            coverable=_is_coverable(checks, sides.language),
        )
        for number, sides in enumerate(every_side)
    )
    # What is left was seen in files that the change does not touch.
    elsewhere = tuple(
        assemble_elsewhere(path, sightings) for path, sightings in sorted(surveyed.items())
    )
    definition_maps = map_definitions(every_side, answers)
    # An analysis that another run could better must not be cached.
    had_accident = any(map(is_accident, answers.values()))
    lasting = not had_accident and not any(map(_lacks_content, every_side))
    return Analysis(
        change,
        plan.digest,
        files,
        elsewhere=elsewhere,
        notices=(*explain_stop(len(late)), *explain_cut(definition_maps)),
        lasting=lasting,
        definition_maps=definition_maps,
    )


def _kept_under(
    plan: Plan,
    repository: Repository,
    checks: Sequence[Check],
    kept: "KeptAnswers | None",
) -> "AnswersOfPlan | None":
    """What earlier runs kept that holds for the plan; None where nothing is kept."""
    if kept is None:
        return None
    # Imported here, because many runs keep nothing.
    from judgegate.pipeline.answers_of_plan import AnswersOfPlan

    untrusted = [repository.work_tree or repository.git_dir]
    return AnswersOfPlan(kept, plan, checks, untrusted)


def _answer(
    tasks: Sequence[Task],
    pool: "Pool | LimitedPool",
    advance: Advance,
    kept: "AnswersOfPlan | None",
) -> dict[str, Answer]:
    """The answer to each task by its id: one that is kept, or else a worker's, which is kept from then on.

    None to those that came up when this process had used its CPU time.
    """
    known = kept.find(tasks) if kept is not None else {}
    missing = [task for task in tasks if task.id not in known]
    new: list[Answer] = []
    # Without any, no worker may have been started, and none has to be.
    if missing:
        new.extend(
            pool.scan(
                until_cpu_is_spent(missing),
                lambda done: advance(len(known) + done, len(tasks)),
            )
        )
    if kept is not None:
        # The answers come in the order of the tasks, and the last tasks may have none.
        kept.keep(zip(missing, new, strict=False))
    return known | {answer.id: answer for answer in new}


def _code_tasks(
    repository: Repository,
    every_side: Iterable[Sides],
    plan: Plan,
    checks: tuple[Check, ...],
) -> Iterable[Task]:
    """A task for each content in each language, and one for each two sides that a check compares."""
    rules = frozenset(plan.rules)
    tasks: dict[str, Task] = {}

    def is_wanted(side: ReadableSide, shape: type[Scan | Compare]) -> bool:
        if not side.is_readable:
            return False
        asked = applicable(checks, side.language, rules)
        return any(isinstance(check, shape) for check in asked)

    for sides in every_side:
        for side in filter(None, (sides.new, *sides.olds)):
            # What several paths have is scanned once.
            if side.task in tasks or not is_wanted(side, Scan):
                continue
            searches = _searches_in(plan, side.language)
            content = BlobContent(repository, side.blob.oid)
            tasks[side.task] = ScanTask(
                side.task, str(side.language), rules, content, searches, facts=True
            )
        if sides.new is None or not is_wanted(sides.new, Compare):
            continue
        after = BlobContent(repository, sides.new.blob.oid)
        for old in sides.olds:
            task = comparison_id(sides.new, old)
            before = None
            if old is not None and old.is_readable:
                before = BlobContent(repository, old.blob.oid)
            tasks.setdefault(
                task, CompareTask(task, str(sides.new.language), rules, before, after)
            )
    return tasks.values()


def _text_tasks(
    repository: Repository, every_side: Iterable[Sides], plan: Plan
) -> Iterable[Task]:
    """A task for each content in which regular expressions are searched, whatever its language."""
    searches = regexes(plan.searches)
    if not searches:
        return ()
    rules = frozenset(search.rule for search in searches)
    tasks: dict[str, Task] = {}
    for sides in every_side:
        for side in filter(None, (sides.new, *sides.olds)):
            if side.obstacle is None:
                content = BlobContent(repository, side.blob.oid)
                tasks[side.text_task] = ScanTask(
                    side.text_task, TEXT, rules, content, searches
                )
    return tasks.values()


def _searches_in(plan: Plan, language: str | None) -> tuple[Sought, ...]:
    """What the policy's own rules look for in this language."""
    patterns = patterns_for(plan.searches, language)
    if language != PYTHON:
        return patterns
    return (*patterns, *import_contracts(plan.searches))


def _run_surveys(
    change: Change, repository: Repository, plan: Plan, checks: Iterable[Check]
) -> dict[str, Sequence[Sighting]]:
    """What the surveys that observe for one of the plan's rules saw, by path."""
    base = GitTree(repository, change.base_tree)
    head = GitTree(repository, change.head_tree)
    asked = frozenset(plan.rules)
    found: dict[str, list[Sighting]] = defaultdict(list)
    for check in checks:
        if not isinstance(check, Survey) or asked.isdisjoint(check.rules):
            continue
        for sighting in check.run(change, base, head):
            found[sighting.path or ""].append(sighting)
    return dict(found)


def _find_lost_guards(
    change: Change, repository: Repository
) -> dict[int, tuple[LostGuard, ...]]:
    """The guards that each file lost, by its number."""
    if not any(file.removed for file in change.files):
        return {}
    # Imported here, because only lines that are removed can be guards that are lost.
    from judgegate.checks.removed_guards.compare import find_lost_guards

    return find_lost_guards(change.files, repository.read)


def _is_coverable(checks: Iterable[Check], language: str | None) -> bool:
    """Whether some check covers the language, asked for or not."""
    for check in checks:
        # A survey has no language of its own.
        if isinstance(check, Survey):
            continue
        if check.covers and language in check.languages:
            return True
    return False


def _lacks_content(sides: Sides) -> bool:
    """Whether a side's content is not here, as it may be the next time."""
    present = filter(None, (sides.new, *sides.olds))
    return any(side.obstacle == NOT_HERE for side in present)
