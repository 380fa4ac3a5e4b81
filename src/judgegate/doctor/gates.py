"""The jobs that run judgegate, with all that is between an event and the verdict."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from judgegate.doctor.document import UnreadableWorkflowError, read_nodes, text_at
from judgegate.doctor.finding import FindingKind, FindingLocation, Gravity
from judgegate.doctor.scripts import UNKNOWN_LEVEL, Call, find_calls, levels_named, mildest
from judgegate.doctor.workflow import (
    FOLDER,
    Chain,
    FileSource,
    Job,
    Permissions,
    Workflow,
    WorkflowStep,
    grants_along,
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
    """A place where judgegate is run.

    `chain` leads from the workflow that an event starts to the job that has the step.
    `step` is None where that is in another repository. `fail_on` is what the workflow says of it,
    and where; None: the policy says it.
    """

    chain: Chain
    step: WorkflowStep | None
    form: GateForm
    location: FindingLocation
    fail_on: Scalar | None
    own_token: bool
    flaw: str = ""

    @property
    def workflow(self) -> Workflow:
        """The workflow that an event starts."""
        return self.chain[0][0]

    @property
    def job(self) -> Job:
        """The job of that workflow that leads to the gate."""
        return self.chain[0][1]

    @property
    def check_name(self) -> str:
        """What the job's check is called, where a rule can name it."""
        return " / ".join(job.name for _, job in self.chain)

    @property
    def grants(self) -> tuple[Permissions, ...]:
        """What is said of the token, from outside to inside; empty: nothing is said."""
        return grants_along(self.chain)

    def level(self, scope: str) -> str:
        """What the job's token may do there: what every link grants.

        Nothing said counts as what a new repository grants.
        """
        if not self.grants:
            return "read" if scope == "contents" else "none"
        # A link that says nothing takes what is granted to it, so only those that speak can narrow it.
        levels = [grant.level(scope) for grant in self.grants]
        return min(levels, key=_rank)

    @property
    def knows_level(self) -> bool:
        """Whether the workflow says word by word what it fails on, or leaves it to the policy."""
        text = self.fail_on.text if self.fail_on is not None else ""
        return UNKNOWN_LEVEL not in text and "`" not in text

    @property
    def only_reports(self) -> bool:
        """Whether it fails on nothing, as far as is known: what only the run knows is taken for that."""
        if self.fail_on is None:
            return False
        return self.fail_on.text.strip() == "never" or not self.knows_level

    @property
    def carrier(self) -> Carrier:
        """What carries the verdict."""
        if self.only_reports:
            return Carrier.NOTHING
        if self.form is GateForm.CHECK:
            return Carrier.JOB
        # A token from elsewhere is there to post with; the job's own can do so only with the permission.
        if self.own_token and self.level("statuses") != "write":
            return Carrier.JOB
        return Carrier.STATUS

    @property
    def decides_by_result(self) -> bool:
        """Whether its result carries the verdict, which a status would carry if it might post one."""
        return self.carrier is Carrier.JOB and self.form.knows_approvals


def _rank(level: str) -> int:
    """How much a level grants. A word that is not known grants nothing."""
    return _LEVELS.index(level) if level in _LEVELS else 0


def find_gates(workflows: Iterable[Workflow], source: FileSource) -> tuple[Gate, ...]:
    """Every gate that an event can start."""
    by_path = {workflow.path: workflow for workflow in workflows}
    search = _Search(by_path, source)
    gates: list[Gate] = []
    for workflow in by_path.values():
        # A workflow that is only called is looked at where it is called: its caller decides what applies.
        if workflow.events - {"workflow_call"}:
            gates += search.of(workflow)
    return tuple(gates)


class _Search(Struct, frozen=True):
    """Follows the calls between workflows to every gate."""

    workflows: Mapping[str, Workflow]
    source: FileSource

    def of(self, workflow: Workflow, callers: Chain = ()) -> Iterator[Gate]:
        """The gates in a workflow that the callers lead to."""
        for job in workflow.jobs:
            yield from self._in_job((*callers, (workflow, job)))

    def _in_job(self, chain: Chain) -> Iterator[Gate]:
        """The gates in the last job of the chain, and in what it calls."""
        _, job = chain[-1]
        if job.uses is not None:
            yield from self._called(chain, job.uses)
        # A step can set the environment of those behind it, so what scripts name adds up from step to step.
        levels: set[str] = set()
        for step in job.steps:
            if step.run is not None:
                levels |= levels_named(step.run.text)
            yield from self._in_step(chain, step, mildest(levels))

    def _called(self, chain: Chain, uses: Scalar) -> Iterator[Gate]:
        """The gates in what a job calls: the Action's own workflow, or one of the repository."""
        if _ACTION.fullmatch(uses.text):
            yield _of_action(chain, None, uses, chain[-1][1].inputs)
        elif uses.text.startswith("./" + FOLDER) and len(chain) < DEEPEST_CALLS:
            called = self.workflows.get(uses.text.removeprefix("./"))
            if called is not None:
                yield from self.of(called, chain)

    def _in_step(self, chain: Chain, step: WorkflowStep, level: str) -> Iterator[Gate]:
        """`level` is what scripts up to here put into the environment."""
        if step.uses is not None and self._is_judgegate(step.uses.text):
            yield _of_action(chain, step, step.uses, step.inputs)
        elif step.run is not None:
            for call in find_calls(step.run, step.shell):
                yield _of_call(chain, step, step.run, call, level)

    def _is_judgegate(self, uses: str) -> bool:
        """Whether a step that uses this runs the Action."""
        if uses in {".", "./"}:
            return self._is_action()
        return _ACTION.fullmatch(uses) is not None

    def _is_action(self) -> bool:
        """Whether the repository is judgegate's own, or a copy of it.

        In a folder below there could be anything of that name.
        """
        for name in ("action.yml", "action.yaml"):
            content = self.source.read(name)
            if content is not None:
                return _names_judgegate(content, name)
        return False


def _names_judgegate(action: bytes, file: str) -> bool:
    """Whether the file of an Action gives judgegate as its name."""
    try:
        return text_at(read_nodes(action, file), "name").casefold() == "judgegate"
    except UnreadableWorkflowError:
        return False


def _of_action(
    chain: Chain,
    step: WorkflowStep | None,
    uses: Scalar,
    inputs: Mapping[str, Scalar],
) -> Gate:
    """The gate where the Action is used, by a step or by a whole job."""
    return Gate(
        chain,
        step,
        GateForm.ACTION,
        location_of(uses),
        _said(inputs.get("fail-on")),
        _is_own(inputs.get("github-token")),
    )


def _of_call(
    chain: Chain, step: WorkflowStep, script: Scalar, call: Call, level: str
) -> Gate:
    """The gate where a script calls judgegate.

    `level` is what scripts up to here put into the environment.
    """
    workflow, job = chain[-1]
    environment = {**workflow.environment, **job.environment, **step.environment}
    form, said, reported = GateForm.CHECK, None, call.fail_on
    # `check` knows no variable of the environment; for both an option counts before the variable.
    if call.command == "github":
        form = GateForm.GITHUB
        said = _said(environment.get("JUDGEGATE_FAIL_ON"))
        reported = call.fail_on or level
    if reported:
        said = Scalar(script.place, reported, plain=True)
    token = environment.get("JUDGEGATE_TOKEN") or environment.get("GITHUB_TOKEN")
    location = FindingLocation(workflow.path, call.line)
    return Gate(chain, step, form, location, said, _is_own(token), call.flaw)


def _said(level: Scalar | None) -> Scalar | None:
    """What is said of the level; nothing where it is empty, as in the Action and the program."""
    if level is None:
        return None
    if not level.text.strip():
        return None
    # YAML reads these words as no value, but only without quotes.
    is_null = level.plain and level.text.lower() in {"~", "null"}
    return None if is_null else level


def _is_own(token: Scalar | None) -> bool:
    """Whether it is the job's own token."""
    return token is None or _JOB_TOKEN.fullmatch(token.text.strip()) is not None


REPORT_MODE = FindingKind(
    "report-mode",
    Gravity.HOLE,
    "In report mode judgegate posts no status, and the step succeeds even if the verdict is a block.",
    "When your team is satisfied with the reports, use docs/workflows/judgegate.yml instead of this "
    "workflow, and remove fail_on: never from the policy.",
)
