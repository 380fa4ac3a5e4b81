"""Whether there is a gate at all."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    diagnose,
)
from judgegate.doctor.wiring import Wiring
from judgegate.doctor.workflow import FOLDER

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


def check_presence(wiring: Wiring) -> Iterator[DoctorFinding]:
    for unread in wiring.unread:
        yield diagnose(WORKFLOW_UNREADABLE, unread.spot, f"The workflow cannot be read: {unread.why}.")
    if not wiring.gates and not wiring.foreign_workflows and not any(one.names_us for one in wiring.unread):
        yield diagnose(NO_WORKFLOW, FindingLocation(FOLDER), "No workflow runs judgegate.")
    if wiring.holders:
        return
    for gate in wiring.gates:
        if gate.fail_on is not None:
            told = (
                f"the workflow says fail-on: {gate.fail_on.text}"
                if gate.knows_level
                else f"only the run knows fail-on: {gate.fail_on.text}"
            )
            yield diagnose(
                REPORT_MODE,
                FindingLocation(gate.spot.place, gate.fail_on.place.line),
                f"Report mode: {told}.",
            )


PRESENCE = FindingGroup((NO_WORKFLOW, WORKFLOW_UNREADABLE, REPORT_MODE), check_presence)
