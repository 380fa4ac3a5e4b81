"""Which pull requests and which moments of them start the gate."""

from collections.abc import Iterable, Iterator, Sequence

from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import Carrier, Gate
from judgegate.doctor.setup import PULL_EVENTS, Setup
from judgegate.doctor.workflow import Trigger, Workflow, lets_through, location_of
from judgegate.policy.yaml_document import Scalar

UNLESS_REQUIRED = "if GitHub is known to require the gate's verdict, because then the pull request waits forever"
HEADS = ("opened", "synchronize", "reopened")
EDITS = ("edited", "labeled", "unlabeled")
OWN_EVENT = "The gate starts on pull_request, and it does not start on pull_request_target for every head."
PATHS = ("paths", "paths-ignore")
OF_RULESETS = frozenset((*PULL_EVENTS, "merge_group"))
"""The events on which a ruleset starts a workflow, and of a pull request's moments the `HEADS` only."""

PATH_FILTER = FindingKind(
    "path-filter",
    Gravity.HOLE,
    "A change that the filter leaves out is not judged, but the policy applies to every change.",
    "Remove paths and paths-ignore. If files need no check, list them under exempt in the policy.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
BRANCH_FILTER = FindingKind(
    "branch-filter",
    Gravity.HOLE,
    "A pull request to this branch is not judged.",
    "Add the branch to the filter, or remove the filter.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
NO_PULL_EVENT = FindingKind(
    "no-pull-request-event",
    Gravity.HOLE,
    "The gate does not start when a pull request is opened or pushed to.",
    "Start the workflow on pull_request_target.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
HEAD_TYPES = FindingKind(
    "head-types",
    Gravity.HOLE,
    "The gate does not judge a head that comes with one of these types.",
    "Add the types, or remove types:.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
EDIT_TYPES = FindingKind(
    "edit-types",
    Gravity.WEAKNESS,
    "The text of a pull request (for example, that an AI helped) and its labels can make a verdict "
    "stricter, but only if it is judged again.",
    "Add the types to the event.",
)
OWN_COPY = FindingKind(
    "own-copy",
    Gravity.HOLE,
    "On pull_request, GitHub runs the pull request's own copy of the workflow. That copy can skip the job, "
    "and a skipped job counts as success.",
    "Start the gate on pull_request_target, which uses the workflow of the default branch; or let a ruleset "
    "require the workflow.",
)
SKIP_CI = FindingKind(
    "skip-ci",
    Gravity.WEAKNESS,
    "If the message of the head commit contains [skip ci], pull_request starts no workflow, so the change "
    "is not judged.",
    "Start the gate on pull_request_target: a commit message cannot skip it.",
)
MERGE_QUEUE = FindingKind(
    "merge-queue",
    Gravity.HOLE,
    "The branch has a merge queue, but the gate does not judge what the queue builds.",
    "Start the workflow on merge_group too, as docs/workflows/merge-queue.yml does.",
    Gravity.WEAKNESS,
    "if GitHub is known to require the gate's verdict, because then nothing leaves the queue",
)


def check_triggers(setup: Setup) -> Iterator[DoctorFinding]:
    if not setup.deciding_gates:
        return
    # A ruleset starts its workflow by itself, for every pull request: then no trigger can leave one out.
    if not any(setup.is_ruleset(gate) for gate in setup.deciding_gates):
        yield from _check_pulls(
            setup, [trigger for _, trigger in setup.triggers(*PULL_EVENTS)]
        )
    yield from _check_queue(setup)


def _check_pulls(setup: Setup, pulls: list[Trigger]) -> Iterator[DoctorFinding]:
    """Each trigger is looked at by itself: what one leaves out, another one must take in whole."""
    milder = setup.is_required is True
    if not pulls:
        events = ", ".join(
            sorted(
                {event for gate in setup.deciding_gates for event in gate.workflow.events}
            )
        )
        what = f"The gate starts on {events} only."
        yield new_finding(
            NO_PULL_EVENT, setup.deciding_gates[0].location, what, milder=milder
        )
        return
    there = [trigger for trigger in pulls if _is_at(trigger, setup.branch)]
    if not there:
        for trigger in pulls:
            what = f"The filter of {trigger.event} leaves out {setup.branch}."
            yield new_finding(BRANCH_FILTER, trigger.location, what, milder=milder)
    # Where none is for the branch, all are read on: who mends the filter learns at once what else is wrong.
    there = there or pulls
    yield from _check_paths(there, milder=milder)
    yield from _check_types(setup, there, milder=milder)
    yield from _check_copies(there)


def _check_types(
    setup: Setup, there: list[Trigger], *, milder: bool
) -> Iterator[DoctorFinding]:
    types, first = _types_of(there), there[0]
    if missing := [one for one in HEADS if one not in types]:
        what = f"{first.event} lacks the types {', '.join(missing)}."
        yield new_finding(HEAD_TYPES, first.location, what, milder=milder)
    # A ruleset starts no run for an edit. Without GitHub's settings only the workflow's look hints at one.
    may_be_ruleset = setup.settings is None and all(
        map(_fits_ruleset, setup.deciding_gates)
    )
    missing = [one for one in EDITS if one not in types]
    if missing and not may_be_ruleset:
        yield new_finding(
            EDIT_TYPES,
            first.location,
            f"{first.event} lacks the types {', '.join(missing)}.",
        )


def _check_queue(setup: Setup) -> Iterator[DoctorFinding]:
    if setup.settings is None or not setup.settings.has_queue:
        return
    if any(_is_at(trigger, setup.branch) for _, trigger in setup.triggers("merge_group")):
        return
    what = "The workflow does not start on merge_group."
    milder = setup.is_required is True
    yield new_finding(MERGE_QUEUE, setup.deciding_gates[0].location, what, milder=milder)


def _fits_ruleset(gate: Gate) -> bool:
    """Whether the workflow looks meant for a ruleset: nothing starts it but what a ruleset starts, and its run is the gate."""
    moments = {
        one
        for trigger in gate.workflow.triggers
        if trigger.event in PULL_EVENTS
        for one in trigger.types
    }
    return (
        gate.decides_by_result
        and gate.workflow.events <= OF_RULESETS
        and moments <= set(HEADS)
    )


def _check_paths(there: list[Trigger], *, milder: bool) -> Iterator[DoctorFinding]:
    whole = _types_of(trigger for trigger in there if _is_whole(trigger))
    for trigger in there:
        if not _is_whole(trigger) and not whole.issuperset(
            one for one in (*HEADS, *EDITS) if one in trigger.types
        ):
            name = next(name for name in PATHS if name in trigger.filters)
            yield new_finding(
                PATH_FILTER,
                trigger.location,
                f"{trigger.event} has the filter {name}.",
                milder=milder,
            )


def _check_copies(there: list[Trigger]) -> Iterator[DoctorFinding]:
    """The pull request's own copy matters unless the default branch's judges every head as well."""
    trusted = _types_of(
        trigger
        for trigger in there
        if trigger.event == "pull_request_target" and _is_whole(trigger)
    )
    if trusted.issuperset(HEADS):
        return
    for trigger in there:
        if trigger.event == "pull_request":
            yield new_finding(OWN_COPY, trigger.location, OWN_EVENT)
            yield new_finding(SKIP_CI, trigger.location, OWN_EVENT)


def _is_at(trigger: Trigger, branch: str | None) -> bool:
    """Whether it starts for the branch; of one that is not known that is assumed, and said not to have been checked."""
    return branch is None or lets_through(trigger.filters, branch)


def _is_whole(trigger: Trigger) -> bool:
    return trigger.filters.keys().isdisjoint(PATHS)


def _types_of(triggers: Iterable[Trigger]) -> set[str]:
    return {one for trigger in triggers for one in trigger.types}


TRIGGERS = FindingGroup(
    (
        PATH_FILTER,
        BRANCH_FILTER,
        NO_PULL_EVENT,
        HEAD_TYPES,
        EDIT_TYPES,
        OWN_COPY,
        SKIP_CI,
        MERGE_QUEUE,
    ),
    check_triggers,
)


NO_REVIEW_EVENT = FindingKind(
    "no-review-event",
    Gravity.HOLE,
    "If the gate has passed a change, it stays passed even if an approval is withdrawn or a reviewer "
    "requests changes.",
    "Start the workflow on pull_request_review, submitted and dismissed. For forks, use "
    "docs/workflows/forks.yml with forks-review.yml.",
)
REVIEW_WORKFLOW_MISSING = FindingKind(
    "review-workflow-missing",
    Gravity.HOLE,
    "The workflow waits for another workflow, which starts on reviews and is missing. Without it, "
    "withdrawing an approval changes nothing.",
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
    knowing = [gate for gate in setup.deciding_gates if gate.form.knows_approvals]
    if not knowing:
        return
    direct = [trigger for _, trigger in setup.triggers("pull_request_review")]
    by_way = _types_by_way(setup)
    reached = _types_of(direct) | by_way
    if missing := [one for one in ("submitted", "dismissed") if one not in reached]:
        yield from _check_lost_reviews(setup, direct or knowing, missing)
    # A run by way of another workflow has a token that may write, so there a fork's review counts at once.
    elif not by_way and knowing[0].carrier is Carrier.STATUS:
        yield from _check_fork_reviews(setup, direct)


def _check_lost_reviews(
    setup: Setup, starts: Sequence[Trigger | Gate], missing: list[str]
) -> Iterator[DoctorFinding]:
    """Why reviews do not reach the gate. A workflow that is waited for and not there explains it all."""
    waiting = list(_waiting(setup))
    for trigger in waiting:
        what = f"workflow_run waits for {', '.join(trigger.workflows)}, but no workflow has that name."
        yield new_finding(REVIEW_WORKFLOW_MISSING, trigger.location, what)
    if not waiting:
        what = f"The change is not judged again when a review is {' or '.join(missing)}."
        yield new_finding(NO_REVIEW_EVENT, starts[0].location, what)


def _check_fork_reviews(setup: Setup, direct: list[Trigger]) -> Iterator[DoctorFinding]:
    # A private repository takes no pull request from a stranger's fork.
    if setup.settings is not None and setup.settings.is_private:
        return
    for trigger in direct:
        what = "Reviews start the gate only directly, not through workflow_run."
        yield new_finding(FORK_REVIEWS, trigger.location, what)


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
    yield from (
        workflow
        for workflow in setup.workflows
        if workflow.path in own or _repeats_runs(workflow)
    )


def _types_by_way(setup: Setup) -> set[str]:
    """The types of reviews that reach the gate through another workflow: the gate starts after it, or it repeats the gate's run."""
    own = {gate.workflow.path for gate in setup.deciding_gates}
    types: set[str] = set()
    for workflow in _judging_after(setup):
        types |= _types_after(workflow, setup)
        # What only repeats the gate's run starts on reviews itself. The gate's own triggers count elsewhere.
        if workflow.path not in own and (
            trigger := workflow.trigger("pull_request_review")
        ):
            types |= set(trigger.types)
    return types


def _types_after(workflow: Workflow, setup: Setup) -> set[str]:
    """The types of reviews that start a workflow after which this one starts."""
    after = workflow.trigger("workflow_run")
    # A filter of branches is about the head here, so what comes through is not known.
    if after is None or "completed" not in after.types or after.filters:
        return set()
    reviews = (
        one.trigger("pull_request_review")
        for one in setup.workflows
        if one.name in after.workflows
    )
    return {kind for trigger in reviews if trigger is not None for kind in trigger.types}


def _repeats_runs(workflow: Workflow) -> bool:
    """Whether one of its jobs may repeat a run."""
    grants = [job.permissions or workflow.permissions for job in workflow.jobs]
    return any(grant is not None and grant.level("actions") == "write" for grant in grants)


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
    gates_on_comments = [
        (gate, trigger)
        for gate, trigger in setup.triggers("issue_comment")
        if gate.carrier is Carrier.STATUS
    ]
    if not gates_on_comments:
        return
    types = _types_of(trigger for _, trigger in gates_on_comments)
    if missing := [one for one in ("edited", "deleted") if one not in types]:
        what = f"issue_comment lacks the types {', '.join(missing)}."
        yield new_finding(COMMENT_TYPES, gates_on_comments[0][1].location, what)
        return
    for gate, _ in gates_on_comments:
        if (condition := _blind_condition(gate)) is not None:
            what = "The if: reads a comment's text, but not the text before an edit."
            yield new_finding(COMMENT_TYPES, location_of(condition), what)


def _blind_condition(gate: Gate) -> Scalar | None:
    conditions = [job.condition for _, job in gate.chain] + [
        gate.step.condition if gate.step is not None else None
    ]
    spoken = [one for one in conditions if one is not None and "comment.body" in one.text]
    return next((one for one in spoken if "changes.body" not in one.text), None)


COMMENTS = FindingGroup((COMMENT_TYPES,), check_comments)
