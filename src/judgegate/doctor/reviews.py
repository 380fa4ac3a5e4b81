"""Whether the gate notices what becomes of reviews."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import DoctorFinding, FindingGroup, FindingKind, Gravity, diagnose
from judgegate.doctor.gates import Carrier
from judgegate.doctor.wiring import Wiring
from judgegate.doctor.workflow import Trigger, Workflow

NO_REVIEW_EVENT = FindingKind(
    "no-review-event",
    Gravity.HOLE,
    "Once the gate let a change pass, an approval that is taken back or a request for changes leaves it so.",
    "Start the workflow on pull_request_review, submitted and dismissed; for forks take docs/workflows/forks.yml with forks-review.yml.",
)
REVIEW_WORKFLOW_MISSING = FindingKind(
    "review-workflow-missing",
    Gravity.HOLE,
    "The workflow waits for one that is to hear of reviews. Without that one, an approval that is taken back changes nothing.",
    "Copy docs/workflows/forks-review.yml beside it, as .github/workflows/judgegate-review.yml.",
)
FORK_REVIEWS = FindingKind(
    "fork-reviews",
    Gravity.NOTE,
    "A review of a fork's pull request starts a run whose token may not write, so the status stays what it was.",
    "If you take pull requests from forks, use docs/workflows/forks.yml.",
)


def check_reviews(wiring: Wiring) -> Iterator[DoctorFinding]:
    knowing = [gate for gate in wiring.holders if gate.form.knows_approvals]
    if not knowing:
        return
    directly = {one for _, trigger in wiring.triggers("pull_request_review") for one in trigger.types}
    by_way = _types_by_way(wiring)
    if missing := [one for one in ("submitted", "dismissed") if one not in directly | by_way]:
        if waiting := list(_waiting(wiring)):
            for trigger in waiting:
                what = f"workflow_run waits for {', '.join(trigger.workflows)}, and no workflow is called so."
                yield diagnose(REVIEW_WORKFLOW_MISSING, trigger.spot, what)
            return
        spot = next((trigger.spot for _, trigger in wiring.triggers("pull_request_review")), knowing[0].spot)
        yield diagnose(
            NO_REVIEW_EVENT, spot, f"Nothing judges again when a review is {' or '.join(missing)}."
        )
    elif (
        not by_way
        and knowing[0].carrier is Carrier.STATUS
        and not (wiring.settings and wiring.settings.is_private)
    ):
        for _, trigger in wiring.triggers("pull_request_review"):
            yield diagnose(
                FORK_REVIEWS, trigger.spot, "Reviews start the gate directly, and in no other way."
            )


def _waiting(wiring: Wiring) -> Iterator[Trigger]:
    """The triggers that wait for workflows that are not there, where a review could have come by way of them."""
    names = {workflow.name for workflow in wiring.workflows}
    for workflow in _judging_after(wiring):
        after = workflow.trigger("workflow_run")
        if after is not None and names.isdisjoint(after.workflows):
            yield after


def _judging_after(wiring: Wiring) -> Iterator[Workflow]:
    """The workflows that judge, and those that repeat a judging run."""
    own = {gate.workflow.path for gate in wiring.holders}
    yield from (workflow for workflow in wiring.workflows if workflow.path in own or _repeats_runs(workflow))


def _types_by_way(wiring: Wiring) -> set[str]:
    """The types of reviews that reach the gate through another workflow: the gate starts after it, or it repeats the gate's run."""
    own = {gate.workflow.path for gate in wiring.holders}
    types: set[str] = set()
    for workflow in _judging_after(wiring):
        types |= _types_after(workflow, wiring)
        if workflow.path not in own and (trigger := workflow.trigger("pull_request_review")):
            types |= set(trigger.types)
    return types


def _types_after(workflow: Workflow, wiring: Wiring) -> set[str]:
    """The types of reviews that start a workflow after which this one starts."""
    after = workflow.trigger("workflow_run")
    if after is None or "completed" not in after.types or after.filters:
        return set()
    reviews = (one.trigger("pull_request_review") for one in wiring.workflows if one.name in after.workflows)
    return {kind for trigger in reviews if trigger is not None for kind in trigger.types}


def _repeats_runs(workflow: Workflow) -> bool:
    """Whether one of its jobs may repeat a run."""
    grants = [job.permissions or workflow.permissions for job in workflow.jobs]
    return any(grant is not None and grant.level("actions") == "write" for grant in grants)


REVIEWS = FindingGroup((NO_REVIEW_EVENT, REVIEW_WORKFLOW_MISSING, FORK_REVIEWS), check_reviews)
