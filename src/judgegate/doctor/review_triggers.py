"""Whether the gate judges again after a review and after a comment."""

from collections.abc import Iterator, Sequence

from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import Carrier, Gate
from judgegate.doctor.setup import Setup, lacking, types_of
from judgegate.doctor.workflow import Trigger, Workflow, grants_along, location_of
from judgegate.policy.yaml_document import Scalar

NO_REVIEW_EVENT = FindingKind(
    "no-review-event",
    Gravity.HOLE,
    "If the gate has passed a change, it stays passed even if an approval is dismissed or a reviewer "
    "requests changes.",
    "Start the workflow on pull_request_review, submitted and dismissed. For forks, use "
    "docs/workflows/forks.yml with forks-review.yml.",
)
REVIEW_WORKFLOW_MISSING = FindingKind(
    "review-workflow-missing",
    Gravity.HOLE,
    "The workflow waits for another workflow, which starts on reviews and is missing. Without it, "
    "nothing happens when an approval is dismissed.",
    "Copy docs/workflows/forks-review.yml to .github/workflows/judgegate-review.yml.",
)
FORK_REVIEWS = FindingKind(
    "fork-reviews",
    Gravity.NOTE,
    "A review of a fork's pull request starts a run whose token may not write, so the status does not "
    "change.",
    "If you accept pull requests from forks, use docs/workflows/forks.yml.",
)


def check_reviews(setup: Setup) -> Iterator[DoctorFinding]:
    """Whether a change is judged again when a review comes or is taken back."""
    knowing = [gate for gate in setup.deciding_gates if gate.form.knows_approvals]
    if not knowing:
        return
    direct = setup.triggers("pull_request_review")
    by_way = _types_by_way(setup)
    reached = types_of(direct) | by_way
    if missing := lacking(("submitted", "dismissed"), reached, join=" or "):
        yield from _check_lost_reviews(setup, direct or knowing, missing)
    # A run by way of another workflow has a token that may write, so there a fork's review counts at once.
    elif not by_way and knowing[0].carrier is Carrier.STATUS:
        yield from _check_fork_reviews(setup, direct)


def _check_lost_reviews(
    setup: Setup, starts: Sequence[Trigger | Gate], missing: str
) -> Iterator[DoctorFinding]:
    """Why reviews do not reach the gate. A workflow that is waited for and not there explains it all."""
    waiting = list(_waiting(setup))
    for trigger in waiting:
        awaited = ", ".join(trigger.workflows)
        what = f"workflow_run waits for {awaited}, but no workflow has that name."
        yield new_finding(REVIEW_WORKFLOW_MISSING, trigger.location, what)
    if not waiting:
        what = f"The change is not judged again when a review is {missing}."
        yield new_finding(NO_REVIEW_EVENT, starts[0].location, what)


def _check_fork_reviews(setup: Setup, direct: Sequence[Trigger]) -> Iterator[DoctorFinding]:
    """Where only the review itself starts the gate: for a fork's pull request that posts no status."""
    # A private repository takes pull requests only from forks of people who can read it.
    if setup.settings is not None and setup.settings.is_private:
        return
    for trigger in direct:
        what = "Reviews start the gate only directly, not through workflow_run."
        yield new_finding(FORK_REVIEWS, trigger.location, what)


def _waiting(setup: Setup) -> Iterator[Trigger]:
    """The triggers that wait for missing workflows, where a review could have come by way of them."""
    names = {workflow.name for workflow in setup.workflows}
    for workflow in _judging_after(setup):
        after = workflow.trigger("workflow_run")
        if after is not None and names.isdisjoint(after.workflows):
            yield after


def _judging_after(setup: Setup) -> Iterator[Workflow]:
    """The workflows that judge, and those that repeat a judging run."""
    own = _gate_paths(setup)
    for workflow in setup.workflows:
        if workflow.path in own or _repeats_runs(workflow):
            yield workflow


def _gate_paths(setup: Setup) -> set[str]:
    """The workflows that an event starts and that lead to a gate."""
    return {gate.workflow.path for gate in setup.deciding_gates}


def _types_by_way(setup: Setup) -> set[str]:
    """The types of reviews that reach the gate through another workflow.

    Either the gate starts after that one, or that one repeats the gate's run.
    """
    own = _gate_paths(setup)
    types: set[str] = set()
    for workflow in _judging_after(setup):
        types |= _types_after(workflow, setup)
        # What only repeats the gate's run starts on reviews itself. The gate's own triggers count elsewhere.
        if workflow.path not in own:
            types |= workflow.types_on("pull_request_review")
    return types


def _types_after(workflow: Workflow, setup: Setup) -> set[str]:
    """The types of reviews that start a workflow after which this one starts."""
    types: set[str] = set()
    after = workflow.trigger("workflow_run")
    # A filter of branches is about the head here, so what comes through is not known.
    if after is None or "completed" not in after.types or after.filters:
        return types
    for one in setup.workflows:
        if one.name in after.workflows:
            types |= one.types_on("pull_request_review")
    return types


def _repeats_runs(workflow: Workflow) -> bool:
    """Whether one of its jobs may repeat a run."""
    for job in workflow.jobs:
        for grant in grants_along(((workflow, job),)):
            if grant.level("actions") == "write":
                return True
    return False


REVIEWS = FindingGroup(
    (NO_REVIEW_EVENT, REVIEW_WORKFLOW_MISSING, FORK_REVIEWS), check_reviews
)


COMMENT_TYPES = FindingKind(
    "comment-types",
    Gravity.WEAKNESS,
    "If the comment /judgegate reviewed or /judgegate override is edited or deleted later, the status that "
    "it made green stays green.",
    "Start on issue_comment created, edited and deleted, with the if: of docs/workflows/judgegate.yml, "
    "which also reads the text before an edit.",
)


def check_comments(setup: Setup) -> Iterator[DoctorFinding]:
    """Whether a change is judged again when a comment with a command is edited or deleted."""
    # A job's own result cannot be made green by a comment, so only a status is at stake.
    gates = [gate for gate in setup.deciding_gates if gate.carrier is Carrier.STATUS]
    found = [gate.workflow.trigger("issue_comment") for gate in gates]
    triggers = list(filter(None, found))
    if not triggers:
        return
    if missing := lacking(("edited", "deleted"), types_of(triggers)):
        what = f"issue_comment lacks the types {missing}."
        yield new_finding(COMMENT_TYPES, triggers[0].location, what)
        return
    for gate in gates:
        condition = _blind_condition(gate)
        if condition is not None and "issue_comment" in gate.workflow.events:
            what = "The if: reads a comment's text, but not the text before an edit."
            yield new_finding(COMMENT_TYPES, location_of(condition), what)


def _blind_condition(gate: Gate) -> Scalar | None:
    """The first `if:` on the way to the verdict that does not see that a command was edited away."""
    of_step = gate.step.condition if gate.step is not None else None
    conditions = (*(job.condition for _, job in gate.chain), of_step)
    return next(filter(_is_blind, conditions), None)


def _is_blind(condition: Scalar | None) -> bool:
    """Whether it reads a comment's text as it is, and not as it was before an edit."""
    if condition is None:
        return False
    return "comment.body" in condition.text and "changes.body" not in condition.text


COMMENTS = FindingGroup((COMMENT_TYPES,), check_comments)
