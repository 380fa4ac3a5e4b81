"""The jobs that run judgegate, with all that stands between an event and the verdict."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from judgegate.doctor.document import UnreadableWorkflowError, read_nodes, text_at
from judgegate.doctor.finding import FindingKind, FindingLocation, Gravity
from judgegate.doctor.scripts import UNKNOWN_LEVEL, Call, find_calls, levels_named, mildest
from judgegate.doctor.workflow import (
    FOLDER,
    FileSource,
    Job,
    Permissions,
    Workflow,
    WorkflowStep,
    location_of,
)
from judgegate.policy.yaml_document import Scalar

DEEPEST_CALLS = 10
"""Reusable workflows that GitHub lets call one another."""

_ACTION = re.compile(r"[^/@\s]+/judgegate(?:/[^@\s]*)?@\S+", re.IGNORECASE)
_JOB_TOKEN = re.compile(
    r"\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}", re.IGNORECASE
)
_LEVELS = ("none", "read", "write")


class GateForm(Enum):
    """How judgegate is run. `CHECK` knows of no approvals and posts nothing."""

    ACTION = "the Action"
    GITHUB = "judgegate github"
    CHECK = "judgegate check"

    @property
    def knows_approvals(self) -> bool:
        return self is not GateForm.CHECK


class Carrier(Enum):
    """What a merge waits for: the commit status, the job's own result, or nothing."""

    STATUS = "status"
    JOB = "job"
    NOTHING = "nothing"


class Gate(Struct, frozen=True):
    """A place where judgegate is run: `chain` leads from the workflow that an event starts to the job that holds the step.

    `step` is None where that is in another repository. `fail_on` is what the workflow says of it,
    and where; None: the policy says it.
    """

    chain: tuple[tuple[Workflow, Job], ...]
    step: WorkflowStep | None
    form: GateForm
    location: FindingLocation
    fail_on: Scalar | None
    own_token: bool
    flaw: str = ""

    @property
    def workflow(self) -> Workflow:
        return self.chain[0][0]

    @property
    def job(self) -> Job:
        return self.chain[0][1]

    @property
    def check_name(self) -> str:
        """What the job's check is called, where a rule can name it."""
        return " / ".join(job.name for _, job in self.chain)

    @property
    def grants(self) -> tuple[Permissions, ...]:
        """What is said of the token, from outside to inside; empty: nothing is said."""
        # A job that names permissions takes the place of its workflow's: they do not add up.
        said = (job.permissions or workflow.permissions for workflow, job in self.chain)
        return tuple(one for one in said if one is not None)

    def level(self, scope: str) -> str:
        """What the job's token may do there: what every link grants.

        Nothing said counts as what a new repository grants.
        """
        if not self.grants:
            return "read" if scope == "contents" else "none"
        # A link that says nothing takes what is granted to it, so only those that speak can narrow it.
        return min(
            (grant.level(scope) for grant in self.grants),
            key=lambda one: _LEVELS.index(one) if one in _LEVELS else 0,
        )

    @property
    def knows_level(self) -> bool:
        """Whether the workflow says word by word what it fails on, or leaves it to the policy."""
        return self.fail_on is None or not any(
            mark in self.fail_on.text for mark in (UNKNOWN_LEVEL, "`")
        )

    @property
    def carrier(self) -> Carrier:
        if self.fail_on is not None and (
            self.fail_on.text.strip() == "never" or not self.knows_level
        ):
            return Carrier.NOTHING
        if self.form is GateForm.CHECK:
            return Carrier.JOB
        return (
            Carrier.STATUS
            if not self.own_token or self.level("statuses") == "write"
            else Carrier.JOB
        )

    @property
    def decides_by_result(self) -> bool:
        """Whether its result carries the verdict, which a status would carry if it might post one."""
        return self.carrier is Carrier.JOB and self.form.knows_approvals


def find_gates(workflows: Iterable[Workflow], source: FileSource) -> tuple[Gate, ...]:
    """Every gate that an event can start."""
    by_path = {workflow.path: workflow for workflow in workflows}
    # A workflow that is only called is looked at where it is called: what holds comes from its caller.
    search = _Search(by_path, source)
    return tuple(
        gate
        for workflow in by_path.values()
        if workflow.events - {"workflow_call"}
        for gate in search.of(workflow)
    )


class _Search(Struct, frozen=True):
    workflows: Mapping[str, Workflow]
    source: FileSource

    def of(self, workflow: Workflow) -> Iterator[Gate]:
        for job in workflow.jobs:
            yield from self._in_job(((workflow, job),))

    def _in_job(self, chain: tuple[tuple[Workflow, Job], ...]) -> Iterator[Gate]:
        _, job = chain[-1]
        if job.uses is not None:
            yield from self._called(chain, job.uses)
        # A step can set the environment of those behind it, so what scripts name adds up from step to step.
        levels: set[str] = set()
        for step in job.steps:
            levels |= levels_named(step.run.text) if step.run is not None else set()
            yield from self._in_step(chain, step, mildest(levels))

    def _called(
        self, chain: tuple[tuple[Workflow, Job], ...], uses: Scalar
    ) -> Iterator[Gate]:
        if _ACTION.fullmatch(uses.text):
            inputs = chain[-1][1].inputs
            yield Gate(
                chain,
                None,
                GateForm.ACTION,
                location_of(uses),
                _said(inputs.get("fail-on")),
                _is_own(inputs.get("github-token")),
            )
        elif uses.text.startswith("./" + FOLDER) and len(chain) < DEEPEST_CALLS:
            called = self.workflows.get(uses.text.removeprefix("./"))
            if called is not None:
                for job in called.jobs:
                    yield from self._in_job((*chain, (called, job)))

    def _in_step(
        self, chain: tuple[tuple[Workflow, Job], ...], step: WorkflowStep, level: str
    ) -> Iterator[Gate]:
        if step.uses is not None and self._is_judgegate(step.uses.text):
            own = _is_own(step.inputs.get("github-token"))
            yield Gate(
                chain,
                step,
                GateForm.ACTION,
                location_of(step.uses),
                _said(step.inputs.get("fail-on")),
                own,
            )
        elif step.run is not None:
            for call in find_calls(step.run, step.shell):
                yield self._of_call(chain, step, call, level)

    def _of_call(
        self,
        chain: tuple[tuple[Workflow, Job], ...],
        step: WorkflowStep,
        call: Call,
        level: str,
    ) -> Gate:
        """`level` is what scripts up to here put into the environment."""
        environment = {
            name: value
            for workflow, job in chain[-1:]
            for name, value in {**workflow.environment, **job.environment}.items()
        }
        environment |= step.environment
        location = FindingLocation(chain[-1][0].path, call.line)
        form = GateForm.GITHUB if call.command == "github" else GateForm.CHECK
        said = (
            _said(environment.get("JUDGEGATE_FAIL_ON")) if form is GateForm.GITHUB else None
        )
        # `check` knows no such variable; and an option beats the variable.
        reported = call.fail_on or (level if form is GateForm.GITHUB else "")
        if reported and step.run is not None:
            said = Scalar(step.run.place, reported, plain=True)
        token = environment.get("JUDGEGATE_TOKEN") or environment.get("GITHUB_TOKEN")
        return Gate(chain, step, form, location, said, _is_own(token), call.flaw)

    def _is_judgegate(self, uses: str) -> bool:
        return _ACTION.fullmatch(uses) is not None or (
            uses in {".", "./"} and self._is_action()
        )

    def _is_action(self) -> bool:
        """Whether the repository is judgegate's own, or a copy of it.

        In a folder below it could stand anything that is called so.
        """
        for name in ("action.yml", "action.yaml"):
            content = self.source.read(name)
            if content is not None:
                try:
                    return (
                        text_at(read_nodes(content, name), "name").casefold() == "judgegate"
                    )
                except UnreadableWorkflowError:
                    return False
        return False


def _said(level: Scalar | None) -> Scalar | None:
    """What is said of the level; nothing where it is empty, as in the Action and the program."""
    empty = (
        level is None
        or not level.text.strip()
        or (level.plain and level.text.lower() in {"~", "null"})
    )
    return None if empty else level


def _is_own(token: Scalar | None) -> bool:
    """Whether it is the job's own token."""
    return token is None or _JOB_TOKEN.fullmatch(token.text.strip()) is not None


REPORT_MODE = FindingKind(
    "report-mode",
    Gravity.HOLE,
    "In report mode judgegate posts no status and fails no step, whatever the verdict is.",
    "When the reports are as you want them, use docs/workflows/judgegate.yml instead of this workflow, and "
    "remove fail_on: never from the policy.",
)
