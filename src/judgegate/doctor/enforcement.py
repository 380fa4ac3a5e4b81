"""Whether GitHub waits for the gate's word. Without its settings nothing is said."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    diagnose,
)
from judgegate.doctor.gates import Carrier
from judgegate.doctor.settings import OWN_ACTIONS
from judgegate.doctor.wiring import Wiring

STATUS_NOT_REQUIRED = FindingKind(
    "status-not-required",
    Gravity.HOLE,
    "Whatever the gate says, the pull request can be merged.",
    "Require it in a ruleset of the branch: Settings, Rules, Require status checks to pass.",
)
STATUS_IN_REQUIRED_RUN = FindingKind(
    "status-in-required-run",
    Gravity.HOLE,
    "A ruleset looks at the run's result, and a run that can post a status says everything there: it succeeds whatever the verdict is.",
    "Take statuses: write and any token but the job's own out, as docs/workflows/required.yml does; or require the status too.",
)
OTHER_SOURCE = FindingKind(
    "other-source",
    Gravity.WEAKNESS,
    "The rule waits for one App's status, and the gate's token is another one's: nothing can be merged, which invites going past the rule.",
    "Name the App that posts the status as its source in the rule.",
)
BYPASS = FindingKind(
    "bypass",
    Gravity.WEAKNESS,
    "Who may pass the rule may merge what the gate holds.",
    "Take them off the list, or let them pass in pull requests only, where it is seen; the policy's override leaves a trace.",
)
SAME_NAME = FindingKind(
    "same-name",
    Gravity.WEAKNESS,
    "Where a job is called like the status, a rule that requires the name waits for both, and a skipped job counts as success.",
    "Call the job something else.",
)


def check_enforcement(wiring: Wiring) -> Iterator[DoctorFinding]:
    for workflow in wiring.workflows:
        for job in workflow.jobs:
            if wiring.context in {job.name, job.id}:
                yield diagnose(SAME_NAME, job.spot, f"The job is called {wiring.context}, like the status.")
    if wiring.settings is None or not wiring.holders:
        return
    spot = FindingLocation(f"rules of {wiring.branch}")
    posting = [gate for gate in wiring.holders if wiring.is_ruleset(gate) and gate.carrier is Carrier.STATUS]
    if posting and wiring.is_required is not True:
        for gate in posting:
            yield diagnose(
                STATUS_IN_REQUIRED_RUN,
                gate.spot,
                "A ruleset runs this workflow, and the job can post a status.",
            )
    elif wiring.is_required is False:
        yield diagnose(STATUS_NOT_REQUIRED, spot, _what_is_missing(wiring))
    elif foreign := _foreign_source(wiring):
        yield diagnose(OTHER_SOURCE, spot, foreign)
    if wiring.is_required:
        yield from (diagnose(BYPASS, spot, f"{who[:1].upper()}{who[1:]}.") for who in wiring.settings.passes)


def _what_is_missing(wiring: Wiring) -> str:
    names = dict.fromkeys(name for gate in wiring.holders for name in wiring.names_of(gate))
    required = {check.context for check in wiring.settings.checks} if wiring.settings else set()
    jobs = sorted(
        gate.check_name
        for gate in wiring.holders
        if gate.carrier is Carrier.STATUS and gate.check_name in required
    )
    besides = f" The job {jobs[0]} is, but it succeeds whatever the verdict is." if jobs else ""
    return f"No rule requires {' or '.join(names)}.{besides}"


def _foreign_source(wiring: Wiring) -> str:
    """What is wrong if no gate's token is one of whom a rule takes the status."""
    checks = wiring.settings.checks if wiring.settings is not None else ()
    wanted = {check.app for check in checks if check.context == wiring.context and check.app is not None}
    own = all(gate.own_token for gate in wiring.holders if gate.carrier is Carrier.STATUS)
    others = sorted(wanted - {OWN_ACTIONS})
    return (
        f"The rule takes {wiring.context} from App {others[0]} only, and the gate posts it with the job's own token."
        if own and others
        else ""
    )


ENFORCEMENT = FindingGroup(
    (STATUS_NOT_REQUIRED, STATUS_IN_REQUIRED_RUN, OTHER_SOURCE, BYPASS, SAME_NAME), check_enforcement
)
