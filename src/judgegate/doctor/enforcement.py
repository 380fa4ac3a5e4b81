"""Whether GitHub waits for the gate's word. Without its settings nothing is said."""

from collections.abc import Iterator

from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import Carrier
from judgegate.doctor.setup import OWN_ACTIONS, Setup

STATUS_NOT_REQUIRED = FindingKind(
    "status-not-required",
    Gravity.HOLE,
    "GitHub allows the merge, whatever the verdict is.",
    "Require the status in a ruleset of the branch: Settings, Rules, Require status checks to pass.",
)
STATUS_IN_REQUIRED_RUN = FindingKind(
    "status-in-required-run",
    Gravity.HOLE,
    "A ruleset checks only the run's result. A run that can post a status puts the verdict there, and "
    "succeeds whatever the verdict is.",
    "Remove statuses: write and every token except the job's own, as docs/workflows/required.yml does; or "
    "require the status too.",
)
OTHER_SOURCE = FindingKind(
    "other-source",
    Gravity.WEAKNESS,
    "The rule waits for a status from one App, but the gate's token belongs to another App. Nothing can be "
    "merged, which invites people to bypass the rule.",
    "In the rule, select the App that posts the status as its source.",
)
BYPASS = FindingKind(
    "bypass",
    Gravity.WEAKNESS,
    "Those who may bypass the rule can merge what the gate stops.",
    "Remove them from the list, or let them bypass it only in pull requests, where it is visible. For "
    "emergencies the policy has an override, which leaves a trace.",
)
SAME_NAME = FindingKind(
    "same-name",
    Gravity.WEAKNESS,
    "If a job has the same name as the status, a rule that requires the name waits for both, and a skipped "
    "job counts as success.",
    "Give the job another name.",
)


def check_enforcement(setup: Setup) -> Iterator[DoctorFinding]:
    yield from _check_names(setup)
    if setup.settings is None or not setup.deciding_gates:
        return
    location = FindingLocation(f"rules of {setup.branch}")
    yield from _check_requirement(setup, location)
    if setup.is_required:
        for who in setup.settings.bypasses:
            yield new_finding(BYPASS, location, f"{who[:1].upper()}{who[1:]}.")


def _check_names(setup: Setup) -> Iterator[DoctorFinding]:
    for workflow in setup.workflows:
        for job in workflow.jobs:
            if setup.context in {job.name, job.id}:
                what = f"The job has the name of the status, {setup.context}."
                yield new_finding(SAME_NAME, job.location, what)


def _check_requirement(setup: Setup, location: FindingLocation) -> Iterator[DoctorFinding]:
    """The first thing that keeps GitHub from waiting for the verdict; what follows from it is not said."""
    posting = [
        gate
        for gate in setup.deciding_gates
        if setup.is_ruleset(gate) and gate.carrier is Carrier.STATUS
    ]
    # A run that posts a status always succeeds, so a ruleset that waits for the run alone waits for nothing.
    if posting and setup.is_required is not True:
        what = "A ruleset runs this workflow, and the job can post a status."
        yield from (
            new_finding(STATUS_IN_REQUIRED_RUN, gate.location, what) for gate in posting
        )
    elif setup.is_required is False:
        yield new_finding(STATUS_NOT_REQUIRED, location, _what_is_missing(setup))
    elif foreign := _foreign_source(setup):
        yield new_finding(OTHER_SOURCE, location, foreign)


def _what_is_missing(setup: Setup) -> str:
    names = dict.fromkeys(
        name for gate in setup.deciding_gates for name in setup.names_of(gate)
    )
    required = (
        {check.context for check in setup.settings.checks} if setup.settings else set()
    )
    jobs = sorted(
        gate.check_name
        for gate in setup.deciding_gates
        if gate.carrier is Carrier.STATUS and gate.check_name in required
    )
    besides = (
        f" A rule requires the job {jobs[0]}, but that job succeeds whatever the verdict is."
        if jobs
        else ""
    )
    return f"No rule requires {' or '.join(names)}.{besides}"


def _foreign_source(setup: Setup) -> str:
    """What is wrong if no gate's token is one of whom a rule takes the status."""
    checks = setup.settings.checks if setup.settings is not None else ()
    wanted = {
        check.app
        for check in checks
        if check.context == setup.context and check.app is not None
    }
    own = all(
        gate.own_token for gate in setup.deciding_gates if gate.carrier is Carrier.STATUS
    )
    others = sorted(wanted - {OWN_ACTIONS})
    return (
        f"The rule accepts {setup.context} only from App {others[0]}, but the gate posts it with the job's "
        "own token."
        if own and others
        else ""
    )


ENFORCEMENT = FindingGroup(
    (STATUS_NOT_REQUIRED, STATUS_IN_REQUIRED_RUN, OTHER_SOURCE, BYPASS, SAME_NAME),
    check_enforcement,
)
