"""Which pull requests and which moments of them start the gate."""

from collections.abc import Iterator

from judgegate.doctor.expressions import lets_through
from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import Gate
from judgegate.doctor.setup import PULL_EVENTS, Setup, lacking, types_of
from judgegate.doctor.workflow import Trigger

UNLESS_REQUIRED = (
    "if GitHub is known to require the gate's verdict, because then the pull request waits "
    "forever"
)
HEADS = ("opened", "synchronize", "reopened")
EDITS = ("edited", "labeled", "unlabeled")
OWN_EVENT = (
    "The gate starts on pull_request, and it does not start on pull_request_target for every "
    "head."
)
OF_RULESETS = frozenset((*PULL_EVENTS, "merge_group"))
"""The events on which a ruleset starts a workflow; of a pull request's types only the `HEADS` start it."""

PATH_FILTER = FindingKind(
    "path-filter",
    Gravity.HOLE,
    "A change that the filter excludes is not judged, but the policy applies to every change.",
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
    "The branch has a merge queue, but the gate does not judge the commits that the queue makes.",
    "Start the workflow on merge_group too, as docs/workflows/merge-queue.yml does.",
    Gravity.WEAKNESS,
    "if GitHub is known to require the gate's verdict, because then nothing leaves the queue",
)


def check_triggers(setup: Setup) -> Iterator[DoctorFinding]:
    """The pull requests and the moments at which no gate starts."""
    if not setup.deciding_gates:
        return
    # A ruleset starts its workflow by itself, for every pull request: then no trigger can leave one out.
    if not any(map(setup.is_ruleset, setup.deciding_gates)):
        yield from _check_pulls(setup)
    yield from _check_queue(setup)


def _check_pulls(setup: Setup) -> Iterator[DoctorFinding]:
    """Each trigger is looked at by itself: what one leaves out, another one must take in whole."""
    milder = setup.is_required is True
    pulls = setup.triggers(*PULL_EVENTS)
    if not pulls:
        what = f"The gate starts on {', '.join(_events(setup))} only."
        location = setup.deciding_gates[0].location
        yield new_finding(NO_PULL_EVENT, location, what, milder=milder)
        return
    there = [trigger for trigger in pulls if _is_at(trigger, setup.branch)]
    if not there:
        for trigger in pulls:
            what = f"The filter of {trigger.event} leaves out {setup.branch}."
            yield new_finding(BRANCH_FILTER, trigger.location, what, milder=milder)
        # Where none is for the branch, all are checked: with the filter corrected, the rest applies too.
        there = pulls
    yield from _check_paths(there, milder=milder)
    yield from _check_types(setup, there, milder=milder)
    yield from _check_copies(there)


def _events(setup: Setup) -> list[str]:
    """The events that start a gate, sorted."""
    events: set[str] = set()
    for gate in setup.deciding_gates:
        events |= gate.workflow.events
    return sorted(events)


def _check_types(
    setup: Setup, there: list[Trigger], *, milder: bool
) -> Iterator[DoctorFinding]:
    """The types of a pull request's events on which no trigger starts."""
    types, first = types_of(there), there[0]
    if missing := lacking(HEADS, types):
        what = f"{first.event} lacks the types {missing}."
        yield new_finding(HEAD_TYPES, first.location, what, milder=milder)
    # A ruleset starts no run for an edit. Without GitHub's settings only the workflow's look hints at one.
    if setup.settings is None and all(map(_fits_ruleset, setup.deciding_gates)):
        return
    if missing := lacking(EDITS, types):
        what = f"{first.event} lacks the types {missing}."
        yield new_finding(EDIT_TYPES, first.location, what)


def _check_queue(setup: Setup) -> Iterator[DoctorFinding]:
    """Whether what a merge queue builds is judged."""
    if setup.settings is None or not setup.settings.has_queue:
        return
    if any(_is_at(trigger, setup.branch) for trigger in setup.triggers("merge_group")):
        return
    what = "The workflow does not start on merge_group."
    milder = setup.is_required is True
    yield new_finding(MERGE_QUEUE, setup.deciding_gates[0].location, what, milder=milder)


def _fits_ruleset(gate: Gate) -> bool:
    """Whether the workflow looks meant for a ruleset.

    Then nothing starts it but what a ruleset starts, and its run is the gate.
    """
    if not gate.decides_by_result or not gate.workflow.events <= OF_RULESETS:
        return False
    return all(gate.workflow.types_on(event) <= set(HEADS) for event in PULL_EVENTS)


def _check_paths(there: list[Trigger], *, milder: bool) -> Iterator[DoctorFinding]:
    """The filters that leave out changes by their files."""
    whole = types_of(trigger for trigger in there if trigger.path_filter is None)
    for trigger in there:
        name = trigger.path_filter
        needed = {*HEADS, *EDITS}.intersection(trigger.types)
        # What the filter leaves out is no loss if another trigger judges it on the same types.
        if name is None or needed <= whole:
            continue
        what = f"{trigger.event} has the filter {name}."
        yield new_finding(PATH_FILTER, trigger.location, what, milder=milder)


def _check_copies(there: list[Trigger]) -> Iterator[DoctorFinding]:
    """The pull request's own copy matters unless the default branch's judges every head as well."""
    if types_of(filter(_is_trusted, there)).issuperset(HEADS):
        return
    for trigger in there:
        if trigger.event == "pull_request":
            yield new_finding(OWN_COPY, trigger.location, OWN_EVENT)
            yield new_finding(SKIP_CI, trigger.location, OWN_EVENT)


def _is_trusted(trigger: Trigger) -> bool:
    """Whether it runs the default branch's copy of the workflow for every change."""
    return trigger.event == "pull_request_target" and trigger.path_filter is None


def _is_at(trigger: Trigger, branch: str | None) -> bool:
    """Whether it starts for the branch.

    If the branch is not known that is assumed, and said not to have been checked.
    """
    return branch is None or lets_through(trigger.filters, branch)


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
