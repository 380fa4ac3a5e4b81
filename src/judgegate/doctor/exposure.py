"""The jobs that what anybody sends in starts, and what a stranger's code would hold in its hands there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from judgegate.doctor.gates import DEEPEST_CALLS, Gate
from judgegate.doctor.heads import Marks, find_marks, hand_over
from judgegate.doctor.wiring import Wiring
from judgegate.doctor.workflow import Job, Workflow

PRIVILEGED = frozenset(
    {"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment"}
)
"""Events that anybody can cause, and whose runs have the repository's own token and secrets."""
STAKES = ("statuses", "checks", "contents", "actions")
"""Scopes with which a verdict can be forged: a check of the status's name does for a rule what the status does."""

_SECRET = re.compile(
    r"\bsecrets(?:\.(?P<name>[\w-]+)|\[\s*['\"](?P<key>[\w-]+)['\"]\s*\]|(?P<all>\b))", re.IGNORECASE
)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
ALL = "*"
"""Stands for whatever secrets there are."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A job, with the calls that lead to it from the workflow that an event starts, and the names that the head has there."""

    chain: tuple[tuple[Workflow, Job], ...]
    marks: Marks

    @property
    def job(self) -> Job:
        return self.chain[-1][1]

    @property
    def events(self) -> str:
        return ", ".join(sorted(self.chain[0][0].events & PRIVILEGED))

    @property
    def says(self) -> bool:
        """Whether anything is said of what the token may do."""
        return any((job.permissions or workflow.permissions) is not None for workflow, job in self.chain)

    def may_write(self, scope: str) -> bool:
        """Whether every link that says something grants it."""
        grants = [
            grant
            for workflow, job in self.chain
            if (grant := job.permissions or workflow.permissions) is not None
        ]
        return bool(grants) and all(grant.level(scope) == "write" for grant in grants)


def find_exposed(wiring: Wiring) -> Iterator[Exposed]:
    """Every such job, those of the repository's reusable workflows included."""
    by_path = {workflow.path: workflow for workflow in wiring.workflows}
    for workflow in wiring.workflows:
        if workflow.events & PRIVILEGED:
            yield from _follow(by_path, (), workflow, Marks(), set())


def _follow(
    by_path: dict[str, Workflow],
    chain: tuple[tuple[Workflow, Job], ...],
    workflow: Workflow,
    handed: Marks,
    seen: set[tuple[str, Marks]],
) -> Iterator[Exposed]:
    marks = find_marks(workflow, handed)
    for job in workflow.jobs:
        link = (*chain, (workflow, job))
        yield Exposed(link, marks)
        called = (
            by_path.get(job.uses.text.removeprefix("./"))
            if job.uses is not None and job.uses.text.startswith("./")
            else None
        )
        if called is None or len(link) >= DEEPEST_CALLS:
            continue
        given = hand_over(job, marks)
        if (called.path, given) not in seen:
            seen.add((called.path, given))
            yield from _follow(by_path, link, called, given, seen)


def turns_verdicts(wiring: Wiring, exposed: Exposed) -> bool:
    """Whether code that runs in the job could turn a verdict: by the token, by the gate's own key, or by what the gate keeps."""
    if not exposed.says or any(map(exposed.may_write, STAKES)):
        return True
    return _holds_key(wiring, exposed) or any(map(_keeps_analyses, wiring.gates))


def _holds_key(wiring: Wiring, exposed: Exposed) -> bool:
    """Whether the job makes or uses the token that the gate posts with, or has a secret that goes into it."""
    foreign = [gate for gate in wiring.gates if not gate.own_token]
    here = exposed.chain[-1]
    if any(here in gate.chain for gate in foreign):
        return True
    keys = {name for gate in foreign for link in gate.chain for name in _secrets_of(*link)}
    held = {name for link in exposed.chain for name in _secrets_of(*link)}
    return bool(keys & held) or (bool(keys) and ALL in held)


def _keeps_analyses(gate: Gate) -> bool:
    """Whether verdicts rest on a folder that a run of the same branch can have filled."""
    step = gate.step
    if step is None:
        return False
    return (
        "cache" in step.inputs
        or "JUDGEGATE_CACHE" in step.environment
        or (step.run is not None and "--cache" in step.run.text)
    )


def _secrets_of(workflow: Workflow, job: Job) -> Iterator[str]:
    """The secrets that the job names, in lower case, besides the token that every job has."""
    values = [*workflow.environment.values(), *job.environment.values(), *job.inputs.values()]
    for step in job.steps:
        values += [
            *step.environment.values(),
            *step.inputs.values(),
            *([step.run] if step.run is not None else []),
        ]
    for value in values:
        for expression in _EXPRESSION.findall(value.text):
            names = ((found["name"] or found["key"] or ALL).lower() for found in _SECRET.finditer(expression))
            yield from (name for name in names if name != "github_token")
