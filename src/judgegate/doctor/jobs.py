"""Whether the gate's job runs, and whether its result is the gate's."""

import re
from collections.abc import Iterable, Iterator, Mapping

from judgegate.doctor.expressions import Value, holds
from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import Carrier, Gate
from judgegate.doctor.setup import PULL_EVENTS, Setup
from judgegate.doctor.workflow import FOLDER, Trigger, lets_through, location_of
from judgegate.policy.yaml_document import Scalar

EVENTS = (*PULL_EVENTS, "pull_request_review", "workflow_run", "merge_group")
TYPES = frozenset(
    (
        "opened",
        "synchronize",
        "reopened",
        "edited",
        "labeled",
        "unlabeled",
        "submitted",
        "dismissed",
        "completed",
        "checks_requested",
    )
)
"""The moments at which the gate must judge."""
FILTERS = frozenset({"branches", "branches-ignore", "paths", "paths-ignore"})
TAKEN_BACK = frozenset({"pull_request_review", "workflow_run"})
"""Events that bring news of an approval that is taken back: without them a status that is green stays so."""
_OWN_TERMS = re.compile(r"\b(?:always|cancelled|failure|success)\s*\(", re.IGNORECASE)
"""What a condition must name for a job to run whatever became of those that it needs."""

UNLESS_STATUS = (
    "where a status that is known to be required carries the verdict, and every review is judged all the same, since a change that is not"
    " judged then waits for ever"
)
UNLESS_CARRIED = (
    "where a status carries the verdict, since it then only hides that the gate could not complete"
)

CONDITIONAL_JOB = FindingKind(
    "conditional-job",
    Gravity.HOLE,
    "GitHub counts a job that is skipped as success, and what is skipped is not judged.",
    "Take the if: out, or let it leave out events only that bring no pull request.",
    Gravity.WEAKNESS,
    UNLESS_STATUS,
)
CONDITIONAL_STEP = FindingKind(
    "conditional-step",
    Gravity.HOLE,
    "A job whose step is skipped succeeds, and nothing was judged.",
    "Take the if: out of the step.",
    Gravity.WEAKNESS,
    UNLESS_STATUS,
)
NEEDS_JOB = FindingKind(
    "needs-job",
    Gravity.HOLE,
    "If the other job fails or is skipped, this one is skipped, and GitHub counts that as success.",
    "Take needs out: the gate depends on nothing.",
    Gravity.WEAKNESS,
    UNLESS_STATUS,
)
CONTINUE_ON_ERROR = FindingKind(
    "continue-on-error",
    Gravity.HOLE,
    "A failure counts as success.",
    "Take continue-on-error out; report mode (fail-on: never) is the way to look without holding anything.",
    Gravity.WEAKNESS,
    UNLESS_CARRIED,
)
MATRIX_JOB = FindingKind(
    "matrix-job",
    Gravity.HOLE,
    "A matrix gives the job other names than the required one, and an empty one skips it, which GitHub counts as success.",
    "Take the matrix out: one job judges once.",
    Gravity.WEAKNESS,
    UNLESS_CARRIED,
)
SWALLOWED_EXIT = FindingKind(
    "swallowed-exit",
    Gravity.HOLE,
    "The step succeeds although judgegate says that the change must not merge, or could not complete.",
    "Let judgegate be the last command of its step, alone on its line.",
    Gravity.WEAKNESS,
    UNLESS_CARRIED,
)


def check_jobs(setup: Setup) -> Iterator[DoctorFinding]:
    judged = {
        moment
        for gate in setup.deciding_gates
        for moment in _moments(gate, setup)
        if _judges(gate, *moment, setup)
    }
    is_required = setup.is_required is True
    for gate in setup.deciding_gates:
        carried = gate.carrier is Carrier.STATUS
        unjudged = [moment for moment in _moments(gate, setup) if moment not in judged]
        yield from _check_conditions(setup, gate, unjudged, milder=carried and is_required)
        for workflow, job in gate.chain:
            if job.needs:
                milder = carried and is_required and not _takes_back(event for event, _ in unjudged)
                yield new_finding(
                    NEEDS_JOB, job.location, f"The job {job.id} needs {', '.join(job.needs)}.", milder=milder
                )
            if _is_on(job.continues):
                yield new_finding(
                    CONTINUE_ON_ERROR,
                    _at(job.continues, job.location),
                    f"The job {job.id} continues on error.",
                    milder=carried,
                )
            if job.matrix is not None:
                yield new_finding(
                    MATRIX_JOB,
                    job.matrix,
                    f"The job {job.id} of {workflow.path} has a matrix.",
                    milder=carried,
                )
        if gate.step is not None and _is_on(gate.step.continues):
            yield new_finding(
                CONTINUE_ON_ERROR,
                _at(gate.step.continues, gate.location),
                "The step continues on error.",
                milder=carried,
            )
        if gate.flaw:
            yield new_finding(
                SWALLOWED_EXIT,
                gate.location,
                f"In the script of {gate.form.value}: {gate.flaw}.",
                milder=carried,
            )


def _check_conditions(
    setup: Setup, gate: Gate, unjudged: list[tuple[str, str]], *, milder: bool
) -> Iterator[DoctorFinding]:
    """A condition matters for a moment at which no gate judges for certain."""
    conditions = [(CONDITIONAL_JOB, job.condition) for _, job in gate.chain]
    conditions.append((CONDITIONAL_STEP, gate.step.condition if gate.step is not None else None))
    for kind, condition in conditions:
        if condition is None:
            continue
        failed = {
            event: answer
            for event, moment in unjudged
            if (answer := holds(condition.text, _known(event, moment, gate, setup))) is not True
        }
        if failed:
            says = "is false" if all(answer is False for answer in failed.values()) else "may be false"
            what = f"The if: {condition.text} {says} on {', '.join(failed)}."
            yield new_finding(kind, location_of(condition), what, milder=milder and not _takes_back(failed))


def _takes_back(events: Iterable[str]) -> bool:
    return not TAKEN_BACK.isdisjoint(events)


def _moments(gate: Gate, setup: Setup) -> Iterator[tuple[str, str]]:
    for trigger in gate.workflow.triggers:
        if trigger.event in EVENTS and not _belongs_elsewhere(trigger, setup):
            yield from ((trigger.event, one) for one in trigger.types if one in TYPES)


def _belongs_elsewhere(trigger: Trigger, setup: Setup) -> bool:
    """Whether it starts for other branches only. After a workflow, its branches are those of the head."""
    at_base = trigger.event != "workflow_run" and setup.branch is not None
    return at_base and not lets_through(trigger.filters, setup.branch or "")


def _judges(gate: Gate, event: str, moment: str, setup: Setup) -> bool:
    """Whether the gate judges for certain at one of its moments."""
    trigger = gate.workflow.trigger(event)
    narrowed = {"paths", "paths-ignore"} if setup.branch is not None and event != "workflow_run" else FILTERS
    if trigger is None or not narrowed.isdisjoint(trigger.filters):
        return False
    if any(
        job.needs and not (job.condition and _OWN_TERMS.search(job.condition.text)) for _, job in gate.chain
    ):
        return False
    conditions = [job.condition for _, job in gate.chain] + [
        gate.step.condition if gate.step is not None else None
    ]
    known = _known(event, moment, gate, setup)
    return all(one is None or holds(one.text, known) is True for one in conditions)


def _known(event: str, moment: str, gate: Gate, setup: Setup) -> Mapping[str, Value]:
    """What is known of an event before the run."""
    known: dict[str, Value] = {
        "github.event_name": event,
        "github.event.action": moment,
        "github.event.issue": False,
        "github.event.issue.pull_request": False,
        "github.event.comment": False,
        "github.event.pull_request": event.startswith("pull_request"),
        "github.event.workflow_run": event == "workflow_run",
        "github.event.merge_group": event == "merge_group",
    }
    if not any(job.needs for _, job in gate.chain):
        known["success()"] = True
    if setup.repository is not None:
        known |= {
            "github.repository": setup.repository,
            "github.repository_owner": setup.repository.partition("/")[0],
        }
    return known


def _is_on(value: Scalar | None) -> bool:
    return value is not None and value.text != "false"


def _at(value: Scalar | None, otherwise: FindingLocation) -> FindingLocation:
    return location_of(value) if value is not None else otherwise


JOBS = FindingGroup(
    (CONDITIONAL_JOB, CONDITIONAL_STEP, NEEDS_JOB, CONTINUE_ON_ERROR, MATRIX_JOB, SWALLOWED_EXIT), check_jobs
)


NO_WORKFLOW = FindingKind(
    "no-workflow",
    Gravity.HOLE,
    "Nothing judges a pull request, so nothing holds one.",
    "Copy docs/workflows/judgegate.yml to .github/workflows/, and require its status.",
)
WORKFLOW_UNREADABLE = FindingKind(
    "workflow-unreadable",
    Gravity.WEAKNESS,
    "GitHub does not run a workflow that it cannot read, and nobody can say what this one was meant to do.",
    "Mend the file; actionlint shows what GitHub would say.",
)
REPORT_MODE = FindingKind(
    "report-mode",
    Gravity.HOLE,
    "In report mode no status is posted and no step fails, whatever the verdict is.",
    "When the reports are what you want, take docs/workflows/judgegate.yml instead of this workflow, and fail_on: never out of the policy.",
)


def check_missing_workflow(setup: Setup) -> Iterator[DoctorFinding]:
    for unread in setup.unread:
        yield new_finding(WORKFLOW_UNREADABLE, unread.location, f"The workflow cannot be read: {unread.why}.")
    if (
        not setup.gates
        and not setup.foreign_workflows
        and not any(one.names_judgegate for one in setup.unread)
    ):
        yield new_finding(NO_WORKFLOW, FindingLocation(FOLDER), "No workflow runs judgegate.")
    if setup.deciding_gates:
        return
    for gate in setup.gates:
        if gate.fail_on is not None:
            reported = (
                f"the workflow says fail-on: {gate.fail_on.text}"
                if gate.knows_level
                else f"only the run knows fail-on: {gate.fail_on.text}"
            )
            yield new_finding(
                REPORT_MODE,
                FindingLocation(gate.location.place, gate.fail_on.place.line),
                f"Report mode: {reported}.",
            )


MISSING_WORKFLOW = FindingGroup((NO_WORKFLOW, WORKFLOW_UNREADABLE, REPORT_MODE), check_missing_workflow)
