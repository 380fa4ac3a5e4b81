"""Whether there is a gate at all."""

from collections.abc import Iterator

from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    new_finding,
)
from judgegate.doctor.setup import Setup
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
