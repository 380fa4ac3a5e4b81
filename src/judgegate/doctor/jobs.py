"""Whether the gate's job runs, and whether its result is the gate's."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from judgegate.doctor.expressions import UNDECIDED, Undecided, Value, holds, lets_through
from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import REPORT_MODE, Carrier, Gate
from judgegate.doctor.setup import PULL_EVENTS, Setup
from judgegate.doctor.workflow import (
    FILTERS,
    FOLDER,
    PATH_FILTERS,
    Job,
    Trigger,
    location_of,
)
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
"""The types of these events at which the gate must judge."""
TAKEN_BACK = frozenset({"pull_request_review", "workflow_run"})
"""Events that say that an approval was taken back: without them a status that is green stays so."""
_OWN_TERMS = re.compile(r"\b(?:always|cancelled|failure|success)\s*\(", re.IGNORECASE)
"""What a condition must name for a job to run whatever became of those that it needs."""

UNLESS_STATUS = (
    "if the verdict is a status that GitHub is known to require, and every review is still judged, "
    "because then a change that is not judged waits forever"
)
UNLESS_CARRIED = (
    "if the verdict is a status, because then the mistake only hides that the gate could not "
    "complete"
)

CONDITIONAL_JOB = FindingKind(
    "conditional-job",
    Gravity.HOLE,
    "GitHub counts a skipped job as success, but a skipped job judges nothing.",
    "Remove the if:, or let it skip only events that have no pull request.",
    Gravity.WEAKNESS,
    UNLESS_STATUS,
)
CONDITIONAL_STEP = FindingKind(
    "conditional-step",
    Gravity.HOLE,
    "A job whose step is skipped succeeds, although nothing was judged.",
    "Remove the if: from the step.",
    Gravity.WEAKNESS,
    UNLESS_STATUS,
)
NEEDS_JOB = FindingKind(
    "needs-job",
    Gravity.HOLE,
    "If the other job fails or is skipped, this job is skipped, and GitHub counts that as success.",
    "Remove needs: the gate does not depend on another job.",
    Gravity.WEAKNESS,
    UNLESS_STATUS,
)
CONTINUE_ON_ERROR = FindingKind(
    "continue-on-error",
    Gravity.HOLE,
    "A failure counts as success.",
    "Remove continue-on-error. To get reports without stopping a change, use report mode (fail-on: never).",
    Gravity.WEAKNESS,
    UNLESS_CARRIED,
)
MATRIX_JOB = FindingKind(
    "matrix-job",
    Gravity.HOLE,
    "A matrix gives the job other names than the required one. An empty matrix skips the job, which GitHub "
    "counts as success.",
    "Remove the matrix: one job that judges once is enough.",
    Gravity.WEAKNESS,
    UNLESS_CARRIED,
)
SWALLOWED_EXIT = FindingKind(
    "swallowed-exit",
    Gravity.HOLE,
    "The step succeeds although judgegate says that the change must not merge, or could not complete.",
    "Make judgegate the last command of its step, alone on its line.",
    Gravity.WEAKNESS,
    UNLESS_CARRIED,
)


class Moment(NamedTuple):
    """An event and one of its types, at which a gate runs."""

    event: str
    type: str


def check_jobs(setup: Setup) -> Iterator[DoctorFinding]:
    """What can skip a gate's job, or give it another result than the verdict's."""
    judged: set[Moment] = set()
    for gate in setup.deciding_gates:
        for moment in _moments(gate, setup):
            if _judges(gate, moment, setup):
                judged.add(moment)
    for gate in setup.deciding_gates:
        # A moment at which any gate judges for certain leaves no gap, whatever the other gates do then.
        unjudged = [moment for moment in _moments(gate, setup) if moment not in judged]
        yield from _check_conditions(setup, gate, unjudged)
        yield from _check_chain(setup, gate, unjudged)
        yield from _check_step(gate)


def _check_conditions(
    setup: Setup, gate: Gate, unjudged: list[Moment]
) -> Iterator[DoctorFinding]:
    """A condition matters for a moment at which no gate judges for certain."""
    for kind, condition in _conditions_of(gate):
        failed: dict[str, bool | Undecided] = {}
        for moment in unjudged:
            answer = holds(condition.text, _known(moment, gate, setup))
            if answer is not True:
                failed[moment.event] = answer
        if not failed:
            continue
        says = "may be false" if UNDECIDED in failed.values() else "is false"
        what = f"The if: {condition.text} {says} on {', '.join(failed)}."
        milder = _unjudged_waits(setup, gate, failed)
        yield new_finding(kind, location_of(condition), what, milder=milder)


def _check_chain(
    setup: Setup, gate: Gate, unjudged: list[Moment]
) -> Iterator[DoctorFinding]:
    """What each job on the way to the gate does to its result."""
    carried = gate.carrier is Carrier.STATUS
    for workflow, job in gate.chain:
        if job.needs:
            what = f"The job {job.id} needs {', '.join(job.needs)}."
            milder = _unjudged_waits(setup, gate, (moment.event for moment in unjudged))
            yield new_finding(NEEDS_JOB, job.location, what, milder=milder)
        if (continues := _where_on(job.continues)) is not None:
            what = f"The job {job.id} has continue-on-error."
            yield new_finding(CONTINUE_ON_ERROR, continues, what, milder=carried)
        if job.matrix is not None:
            what = f"The job {job.id} of {workflow.path} has a matrix."
            yield new_finding(MATRIX_JOB, job.matrix, what, milder=carried)


def _check_step(gate: Gate) -> Iterator[DoctorFinding]:
    """What the gate's own step does to its result."""
    carried = gate.carrier is Carrier.STATUS
    continues = _where_on(gate.step.continues) if gate.step is not None else None
    if continues is not None:
        what = "The step has continue-on-error."
        yield new_finding(CONTINUE_ON_ERROR, continues, what, milder=carried)
    if gate.flaw:
        what = f"In the script of {gate.form.value}: {gate.flaw}."
        yield new_finding(SWALLOWED_EXIT, gate.location, what, milder=carried)


def _conditions_of(gate: Gate) -> Iterator[tuple[FindingKind, Scalar]]:
    """Every `if:` between the event and the verdict, from outside to inside."""
    for _, job in gate.chain:
        if job.condition is not None:
            yield CONDITIONAL_JOB, job.condition
    if gate.step is not None and gate.step.condition is not None:
        yield CONDITIONAL_STEP, gate.step.condition


def _unjudged_waits(setup: Setup, gate: Gate, events: Iterable[str]) -> bool:
    """Whether a change that is not judged on these events waits, because a required status is missing."""
    if gate.carrier is not Carrier.STATUS or setup.is_required is not True:
        return False
    # An approval that is taken back comes after the status: that stays green if nothing judges again.
    return TAKEN_BACK.isdisjoint(events)


def _moments(gate: Gate, setup: Setup) -> Iterator[Moment]:
    """The moments at which the gate runs and must judge."""
    for trigger in gate.workflow.triggers:
        if trigger.event not in EVENTS or _belongs_elsewhere(trigger, setup):
            continue
        for one in trigger.types:
            # At other moments the gate need not judge.
            if one in TYPES:
                yield Moment(trigger.event, one)


def _belongs_elsewhere(trigger: Trigger, setup: Setup) -> bool:
    """Whether it starts for other branches only."""
    # After a workflow, its branches are those of the head.
    if setup.branch is None or trigger.event == "workflow_run":
        return False
    return not lets_through(trigger.filters, setup.branch)


def _judges(gate: Gate, moment: Moment, setup: Setup) -> bool:
    """Whether the gate judges for certain at one of its moments."""
    trigger = gate.workflow.trigger(moment.event)
    if trigger is None or _may_be_filtered(trigger, setup):
        return False
    if any(_is_held_by_others(job) for _, job in gate.chain):
        return False
    known = _known(moment, gate, setup)
    answers = [holds(condition.text, known) for _, condition in _conditions_of(gate)]
    # What only the run knows may be false, so it does not count as certain.
    return all(answer is True for answer in answers)


def _may_be_filtered(trigger: Trigger, setup: Setup) -> bool:
    """Whether a filter may leave out a change at a moment of `_moments`."""
    # `_moments` has left out the triggers whose filter excludes a known branch. The branches of a
    # finished run are the head's, so they are not known before.
    is_branch_checked = setup.branch is not None and trigger.event != "workflow_run"
    narrowing = PATH_FILTERS if is_branch_checked else FILTERS
    return not trigger.filters.keys().isdisjoint(narrowing)


def _is_held_by_others(job: Job) -> bool:
    """Whether the job is skipped if one that it needs fails, since its condition does not say otherwise."""
    if not job.needs:
        return False
    return job.condition is None or not _OWN_TERMS.search(job.condition.text)


def _known(moment: Moment, gate: Gate, setup: Setup) -> Mapping[str, Value]:
    """What is known of an event before the run."""
    event = moment.event
    known: dict[str, Value] = {
        "github.event_name": event,
        "github.event.action": moment.type,
        "github.event.issue": False,
        "github.event.issue.pull_request": False,
        "github.event.comment": False,
        "github.event.pull_request": event.startswith("pull_request"),
        "github.event.workflow_run": event == "workflow_run",
        "github.event.merge_group": event == "merge_group",
    }
    # Without needs nothing ran before that could fail; with them only the run knows.
    if not any(job.needs for _, job in gate.chain):
        known["success()"] = True
    if setup.repository is not None:
        known |= {
            "github.repository": setup.repository,
            "github.repository_owner": setup.repository.partition("/")[0],
        }
    return known


def _where_on(option: Scalar | None) -> FindingLocation | None:
    """Where an option is on; None if it is not. An expression counts: it may be true."""
    if option is None or option.text == "false":
        return None
    return location_of(option)


JOBS = FindingGroup(
    (
        CONDITIONAL_JOB,
        CONDITIONAL_STEP,
        NEEDS_JOB,
        CONTINUE_ON_ERROR,
        MATRIX_JOB,
        SWALLOWED_EXIT,
    ),
    check_jobs,
)


NO_WORKFLOW = FindingKind(
    "no-workflow",
    Gravity.HOLE,
    "Nothing judges a pull request, so nothing stops one.",
    "Copy docs/workflows/judgegate.yml to .github/workflows/ and require its status.",
)
WORKFLOW_UNREADABLE = FindingKind(
    "workflow-unreadable",
    Gravity.WEAKNESS,
    "GitHub does not run a workflow that it cannot read, and doctor cannot know what this one is for.",
    "Correct the file; actionlint shows the errors that GitHub would report.",
)


def check_missing_workflow(setup: Setup) -> Iterator[DoctorFinding]:
    """Why nothing judges a pull request, or nothing that a merge can wait for."""
    for unread in setup.unread:
        what = f"The workflow cannot be read: {unread.why}."
        yield new_finding(WORKFLOW_UNREADABLE, unread.location, what)
    if not _may_have_gate(setup):
        what = "No workflow runs judgegate."
        yield new_finding(NO_WORKFLOW, FindingLocation(FOLDER), what)
    if not setup.deciding_gates:
        yield from _check_report_mode(setup)


def _may_have_gate(setup: Setup) -> bool:
    """Whether there is a gate, or one may be in a workflow that could not be read."""
    if setup.gates or setup.foreign_workflows:
        return True
    return any(one.names_judgegate for one in setup.unread)


def _check_report_mode(setup: Setup) -> Iterator[DoctorFinding]:
    """Why no gate decides: each one's own level says so."""
    for gate in setup.gates:
        if gate.fail_on is not None:
            level = gate.fail_on.text
            reported = f"the workflow sets fail-on: {level}"
            if not gate.knows_level:
                reported = f"fail-on: {level} is known only when the workflow runs"
            location = FindingLocation(gate.location.place, gate.fail_on.place.line)
            yield new_finding(REPORT_MODE, location, f"Report mode: {reported}.")


MISSING_WORKFLOW = FindingGroup(
    (NO_WORKFLOW, WORKFLOW_UNREADABLE, REPORT_MODE), check_missing_workflow
)
