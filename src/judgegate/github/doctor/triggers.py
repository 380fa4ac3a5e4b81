"""Which pull requests and which moments of them start the gate."""

from collections.abc import Iterable, Iterator

from judgegate.github.doctor.branches import lets_through
from judgegate.github.doctor.diagnosis import Diagnosis, Gravity, Group, Kind, diagnose
from judgegate.github.doctor.gates import Gate
from judgegate.github.doctor.wiring import PULL_EVENTS, Wiring
from judgegate.github.doctor.workflow import Trigger

UNLESS_REQUIRED = "where GitHub is known to require the gate's word, since the pull request then waits for ever"
HEADS = ("opened", "synchronize", "reopened")
EDITS = ("edited", "labeled", "unlabeled")
OF_RULESETS = frozenset((*PULL_EVENTS, "merge_group"))
"""The events on which a ruleset starts a workflow, and of a pull request's moments the `HEADS` only."""

PATH_FILTER = Kind(
    "path-filter",
    Gravity.HOLE,
    "A change that touches none of these paths is not judged, and a policy is about the whole change.",
    "Take paths and paths-ignore out; what needs no check is for the policy's exempt to say.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
BRANCH_FILTER = Kind(
    "branch-filter",
    Gravity.HOLE,
    "A pull request to this branch is not judged.",
    "Let the filter take the branch in, or take it out.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
NO_PULL_EVENT = Kind(
    "no-pull-request-event",
    Gravity.HOLE,
    "No pull request starts the gate by being opened or pushed to.",
    "Start the workflow on pull_request_target.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
HEAD_TYPES = Kind(
    "head-types",
    Gravity.HOLE,
    "A head that comes with one of these is not judged.",
    "Add them to the types, or leave types out.",
    Gravity.WEAKNESS,
    UNLESS_REQUIRED,
)
EDIT_TYPES = Kind(
    "edit-types",
    Gravity.WEAKNESS,
    "What a pull request says of itself (that an AI helped, say) and its labels can make a verdict stricter, if it is judged again.",
    "Add them to the types of the event.",
)
OWN_COPY = Kind(
    "own-copy",
    Gravity.HOLE,
    "On pull_request the pull request's own copy of the workflow runs: it can skip the job, and a skipped job counts as success.",
    "Start the gate on pull_request_target, whose workflow is the default branch's, or let a ruleset require the workflow.",
)
SKIP_CI = Kind(
    "skip-ci",
    Gravity.WEAKNESS,
    "A head commit whose message says [skip ci] starts nothing on pull_request, so the change is not judged.",
    "Start the gate on pull_request_target, which no commit message can skip.",
)
MERGE_QUEUE = Kind(
    "merge-queue",
    Gravity.HOLE,
    "The branch has a merge queue, and what the queue builds is not judged.",
    "Start the workflow on merge_group too: docs/workflows/merge-queue.yml.",
    Gravity.WEAKNESS,
    "where GitHub is known to require the gate's word, since nothing then leaves the queue",
)


def look(wiring: Wiring) -> Iterator[Diagnosis]:
    if not wiring.holders:
        return
    pulls = [(gate, trigger) for gate, trigger in wiring.triggers(*PULL_EVENTS) if not wiring.is_ruleset(gate)]
    is_on_ruleset = any(wiring.is_ruleset(gate) for gate in wiring.holders)
    if not is_on_ruleset:
        yield from _look_at_pulls(wiring, pulls)
        yield from _look_at_copies(pulls)
    if wiring.settings is not None and wiring.settings.has_queue and not any(wiring.triggers("merge_group")):
        gate = wiring.holders[0]
        yield diagnose(MERGE_QUEUE, gate.spot, "The workflow does not start on merge_group.", milder=wiring.is_required is True)


def _look_at_pulls(wiring: Wiring, pulls: list[tuple[Gate, Trigger]]) -> Iterator[Diagnosis]:
    milder = wiring.is_required is True
    if not pulls:
        events = ", ".join(sorted({event for gate in wiring.holders for event in gate.workflow.events}))
        yield diagnose(NO_PULL_EVENT, wiring.holders[0].spot, f"The gate starts on {events} only.", milder=milder)
        return
    yield from _look_at_filters(wiring, [trigger for _, trigger in pulls], milder=milder)
    types = {one for _, trigger in pulls for one in trigger.types}
    first = pulls[0][1]
    if missing := [one for one in HEADS if one not in types]:
        yield diagnose(HEAD_TYPES, first.spot, f"{first.event} lacks the types {', '.join(missing)}.", milder=milder)
    missing = [one for one in EDITS if one not in types]
    if missing and not (wiring.settings is None and all(map(_fits_ruleset, wiring.holders))):
        yield diagnose(EDIT_TYPES, first.spot, f"{first.event} lacks the types {', '.join(missing)}.")


def _fits_ruleset(gate: Gate) -> bool:
    """Whether the workflow looks meant for a ruleset: nothing starts it but what a ruleset starts, and its run is the gate."""
    moments = {one for trigger in gate.workflow.triggers if trigger.event in PULL_EVENTS for one in trigger.types}
    return gate.speaks_by_result and gate.workflow.events <= OF_RULESETS and moments <= set(HEADS)


def _look_at_filters(wiring: Wiring, triggers: list[Trigger], *, milder: bool) -> Iterator[Diagnosis]:
    """A filter matters unless another trigger takes in what it leaves out."""
    for trigger in triggers:
        paths = [name for name in ("paths", "paths-ignore") if name in trigger.filters]
        if paths and not any(one.filters.keys().isdisjoint({"paths", "paths-ignore"}) for one in triggers):
            yield diagnose(PATH_FILTER, trigger.spot, f"{trigger.event} has the filter {paths[0]}.", milder=milder)
    if wiring.branch is not None and not any(lets_through(one.filters, wiring.branch) for one in triggers):
        for trigger in triggers:
            yield diagnose(BRANCH_FILTER, trigger.spot, f"The filter of {trigger.event} leaves out {wiring.branch}.", milder=milder)


def _look_at_copies(pulls: Iterable[tuple[Gate, Trigger]]) -> Iterator[Diagnosis]:
    if any(trigger.event == "pull_request_target" for _, trigger in pulls):
        return
    for _, trigger in pulls:
        yield diagnose(OWN_COPY, trigger.spot, "The gate starts on pull_request, and not on pull_request_target.")
        yield diagnose(SKIP_CI, trigger.spot, "The gate starts on pull_request, and not on pull_request_target.")


TRIGGERS = Group((PATH_FILTER, BRANCH_FILTER, NO_PULL_EVENT, HEAD_TYPES, EDIT_TYPES, OWN_COPY, SKIP_CI, MERGE_QUEUE), look)
