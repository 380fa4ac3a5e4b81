"""Whether the gate notices what becomes of reviews."""

from collections.abc import Iterator

from judgegate.github.doctor.diagnosis import Diagnosis, Gravity, Group, Kind, diagnose
from judgegate.github.doctor.gates import Carrier
from judgegate.github.doctor.wiring import Wiring
from judgegate.github.doctor.workflow import Workflow

NO_REVIEW_EVENT = Kind(
    "no-review-event",
    Gravity.HOLE,
    "Once the gate let a change pass, an approval that is taken back or a request for changes leaves it so.",
    "Start the workflow on pull_request_review, submitted and dismissed; for forks see docs/workflows/forks.yml.",
)
FORK_REVIEWS = Kind(
    "fork-reviews",
    Gravity.NOTE,
    "A review of a fork's pull request starts a run whose token may not write, so the status stays what it was.",
    "If you take pull requests from forks, use docs/workflows/forks.yml.",
)


def look(wiring: Wiring) -> Iterator[Diagnosis]:
    knowing = [gate for gate in wiring.holders if gate.form.knows_approvals]
    if not knowing:
        return
    directly = {one for _, trigger in wiring.triggers("pull_request_review") for one in trigger.types}
    by_way = _types_by_way(wiring)
    if missing := [one for one in ("submitted", "dismissed") if one not in directly | by_way]:
        spot = next((trigger.spot for _, trigger in wiring.triggers("pull_request_review")), knowing[0].spot)
        yield diagnose(NO_REVIEW_EVENT, spot, f"Nothing judges again when a review is {' or '.join(missing)}.")
    elif not by_way and knowing[0].carrier is Carrier.STATUS and not (wiring.settings and wiring.settings.is_private):
        for _, trigger in wiring.triggers("pull_request_review"):
            yield diagnose(FORK_REVIEWS, trigger.spot, "Reviews start the gate directly, and in no other way.")


def _types_by_way(wiring: Wiring) -> set[str]:
    """The types of reviews that reach the gate through another workflow: the gate starts after it, or it repeats the gate's run."""
    own = {gate.workflow.path for gate in wiring.holders}
    types: set[str] = set()
    for workflow in wiring.workflows:
        if workflow.path not in own and not _repeats_runs(workflow):
            continue
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


REVIEWS = Group((NO_REVIEW_EVENT, FORK_REVIEWS), look)
