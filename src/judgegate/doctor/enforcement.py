"""Whether GitHub waits for the gate's verdict. Without GitHub's settings nothing is said."""

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
    "GitHub allows the merge, even if the verdict is a block.",
    "Require the status in a ruleset of the branch: Settings, Rules, Require status checks to pass.",
)
STATUS_IN_REQUIRED_RUN = FindingKind(
    "status-in-required-run",
    Gravity.HOLE,
    "A ruleset checks only the run's result. A run that can post a status puts the verdict there, and "
    "succeeds even if the verdict is a block.",
    "Remove statuses: write and every token except the job's own, as docs/workflows/required.yml does; or "
    "require the status too.",
)
OTHER_SOURCE = FindingKind(
    "other-source",
    Gravity.WEAKNESS,
    "The rule waits for a status from one App, but the gate's token belongs to another App. So nothing "
    "can be merged, and people will want to bypass the rule.",
    "In the rule, select the App that posts the status as its source.",
)
BYPASS = FindingKind(
    "bypass",
    Gravity.WEAKNESS,
    "People who may bypass the rule can merge a change that the gate stops.",
    "Remove them from the list, or let them bypass it only in pull requests, where it is visible. For "
    "emergencies the policy has an override, which the report shows.",
)
SAME_NAME = FindingKind(
    "same-name",
    Gravity.WEAKNESS,
    "If a job has the same name as the status, a rule that requires the name waits for both, and a skipped "
    "job counts as success.",
    "Give the job another name.",
)


def check_enforcement(setup: Setup) -> Iterator[DoctorFinding]:
    """What lets a change be merged although the gate says no."""
    yield from _check_names(setup)
    if setup.settings is None or not setup.deciding_gates:
        return
    location = FindingLocation(f"rules of {setup.branch}")
    yield from _check_requirement(setup, location)
    if setup.is_required:
        for who in setup.settings.bypasses:
            yield new_finding(BYPASS, location, f"{who[:1].upper()}{who[1:]}.")


def _check_names(setup: Setup) -> Iterator[DoctorFinding]:
    """Jobs with the name of the status."""
    for workflow in setup.workflows:
        for job in workflow.jobs:
            # A job without a name is called by its id.
            if setup.context in {job.name, job.id}:
                what = f"The job has the name of the status, {setup.context}."
                yield new_finding(SAME_NAME, job.location, what)


def _check_requirement(setup: Setup, location: FindingLocation) -> Iterator[DoctorFinding]:
    """The first thing that keeps GitHub from waiting for the verdict; what follows from it is not said."""
    # A run that posts a status always succeeds, so a ruleset that waits for the run alone waits for nothing.
    posting = list(filter(setup.is_ruleset, setup.carried_by(Carrier.STATUS)))
    if posting and setup.is_required is not True:
        what = "A ruleset runs this workflow, and the job can post a status."
        for gate in posting:
            yield new_finding(STATUS_IN_REQUIRED_RUN, gate.location, what)
    elif setup.is_required is False:
        what = f"No rule requires {_names(setup)}.{_besides(setup)}"
        yield new_finding(STATUS_NOT_REQUIRED, location, what)
    elif foreign := _foreign_app(setup):
        what = (
            f"The rule accepts {setup.context} only from App {foreign}, but the gate posts it with the "
            "job's own token."
        )
        yield new_finding(OTHER_SOURCE, location, what)


def _names(setup: Setup) -> str:
    """The contexts that a rule could require, each once."""
    names: dict[str, None] = {}
    for gate in setup.deciding_gates:
        names |= dict.fromkeys(setup.names_of(gate))
    return " or ".join(names)


def _besides(setup: Setup) -> str:
    """What a rule requires in place of the status, as a sentence with a space before it, or nothing."""
    required = {check.context for check in setup.required_checks}
    jobs = {gate.check_name for gate in setup.carried_by(Carrier.STATUS)} & required
    if not jobs:
        return ""
    return f" A rule requires the job {min(jobs)}, but that job succeeds whatever the verdict is."


def _foreign_app(setup: Setup) -> int | None:
    """The App from which a rule takes the status, if every gate posts with the job's own token."""
    if not all(gate.own_token for gate in setup.carried_by(Carrier.STATUS)):
        return None
    wanted = {
        check.app for check in setup.required_checks if check.context == setup.context
    }
    # A rule without an App takes the status from any.
    return min(filter(None, wanted - {OWN_ACTIONS}), default=None)


ENFORCEMENT = FindingGroup(
    (STATUS_NOT_REQUIRED, STATUS_IN_REQUIRED_RUN, OTHER_SOURCE, BYPASS, SAME_NAME),
    check_enforcement,
)
