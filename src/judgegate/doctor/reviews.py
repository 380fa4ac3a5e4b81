"""Whether the gate notices what becomes of reviews, and of commands that somebody gave in a comment."""

from collections.abc import Iterator

from judgegate.doctor.finding import DoctorFinding, FindingGroup, FindingKind, Gravity, new_finding
from judgegate.doctor.gates import Carrier, Gate
from judgegate.doctor.setup import Setup
from judgegate.doctor.workflow import Trigger, Workflow, location_of
from judgegate.policy.yaml_document import Scalar

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


def check_reviews(setup: Setup) -> Iterator[DoctorFinding]:
    knowing = [gate for gate in setup.deciding_gates if gate.form.knows_approvals]
    if not knowing:
        return
    directly = {one for _, trigger in setup.triggers("pull_request_review") for one in trigger.types}
    by_way = _types_by_way(setup)
    if missing := [one for one in ("submitted", "dismissed") if one not in directly | by_way]:
        if waiting := list(_waiting(setup)):
            for trigger in waiting:
                what = f"workflow_run waits for {', '.join(trigger.workflows)}, and no workflow is called so."
                yield new_finding(REVIEW_WORKFLOW_MISSING, trigger.location, what)
            return
        location = next(
            (trigger.location for _, trigger in setup.triggers("pull_request_review")), knowing[0].location
        )
        yield new_finding(
            NO_REVIEW_EVENT, location, f"Nothing judges again when a review is {' or '.join(missing)}."
        )
    elif (
        not by_way
        and knowing[0].carrier is Carrier.STATUS
        and not (setup.settings and setup.settings.is_private)
    ):
        for _, trigger in setup.triggers("pull_request_review"):
            yield new_finding(
                FORK_REVIEWS, trigger.location, "Reviews start the gate directly, and in no other way."
            )


def _waiting(setup: Setup) -> Iterator[Trigger]:
    """The triggers that wait for workflows that are not there, where a review could have come by way of them."""
    names = {workflow.name for workflow in setup.workflows}
    for workflow in _judging_after(setup):
        after = workflow.trigger("workflow_run")
        if after is not None and names.isdisjoint(after.workflows):
            yield after


def _judging_after(setup: Setup) -> Iterator[Workflow]:
    """The workflows that judge, and those that repeat a judging run."""
    own = {gate.workflow.path for gate in setup.deciding_gates}
    yield from (workflow for workflow in setup.workflows if workflow.path in own or _repeats_runs(workflow))


def _types_by_way(setup: Setup) -> set[str]:
    """The types of reviews that reach the gate through another workflow: the gate starts after it, or it repeats the gate's run."""
    own = {gate.workflow.path for gate in setup.deciding_gates}
    types: set[str] = set()
    for workflow in _judging_after(setup):
        types |= _types_after(workflow, setup)
        if workflow.path not in own and (trigger := workflow.trigger("pull_request_review")):
            types |= set(trigger.types)
    return types


def _types_after(workflow: Workflow, setup: Setup) -> set[str]:
    """The types of reviews that start a workflow after which this one starts."""
    after = workflow.trigger("workflow_run")
    if after is None or "completed" not in after.types or after.filters:
        return set()
    reviews = (one.trigger("pull_request_review") for one in setup.workflows if one.name in after.workflows)
    return {kind for trigger in reviews if trigger is not None for kind in trigger.types}


def _repeats_runs(workflow: Workflow) -> bool:
    """Whether one of its jobs may repeat a run."""
    grants = [job.permissions or workflow.permissions for job in workflow.jobs]
    return any(grant is not None and grant.level("actions") == "write" for grant in grants)


REVIEWS = FindingGroup((NO_REVIEW_EVENT, REVIEW_WORKFLOW_MISSING, FORK_REVIEWS), check_reviews)


COMMENT_TYPES = FindingKind(
    "comment-types",
    Gravity.WEAKNESS,
    "A comment /judgegate reviewed or override that is taken back, by an edit or by deleting it, leaves the status as green as it made it.",
    "Start on issue_comment created, edited and deleted, with the if: of docs/workflows/judgegate.yml, which sees earlier words.",
)


def check_comments(setup: Setup) -> Iterator[DoctorFinding]:
    gates_on_comments = [
        (gate, trigger) for gate, trigger in setup.triggers("issue_comment") if gate.carrier is Carrier.STATUS
    ]
    types = {one for _, trigger in gates_on_comments for one in trigger.types}
    if gates_on_comments and (missing := [one for one in ("edited", "deleted") if one not in types]):
        yield new_finding(
            COMMENT_TYPES,
            gates_on_comments[0][1].location,
            f"issue_comment lacks the types {', '.join(missing)}.",
        )
        return
    for gate, _ in gates_on_comments:
        if (condition := _blind_condition(gate)) is not None:
            yield new_finding(
                COMMENT_TYPES,
                location_of(condition),
                "The if: looks at a comment's words, and not at those before an edit.",
            )


def _blind_condition(gate: Gate) -> Scalar | None:
    conditions = [job.condition for _, job in gate.chain] + [
        gate.step.condition if gate.step is not None else None
    ]
    spoken = [one for one in conditions if one is not None and "comment.body" in one.text]
    return next((one for one in spoken if "changes.body" not in one.text), None)


COMMENTS = FindingGroup((COMMENT_TYPES,), check_comments)
