"""What else can keep a run from reporting what it found.

Runs that end one another, actions that are not pinned, and what the token may do.
"""

import re
from collections.abc import Iterator

from judgegate.doctor.expressions import UNDECIDED, Value, value_of
from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import Carrier, Gate, GateForm
from judgegate.doctor.setup import PULL_EVENTS, Setup
from judgegate.doctor.workflow import Concurrency, location_of
from judgegate.policy.yaml_document import Scalar

CANCELLED_RUNS = FindingKind(
    "cancelled-runs",
    Gravity.WEAKNESS,
    "A newer run stops an older one before it ends. If several events follow each other, it can happen "
    "that no verdict is posted.",
    "Set cancel-in-progress: false.",
)
SHARED_CONCURRENCY = FindingKind(
    "shared-concurrency",
    Gravity.WEAKNESS,
    "GitHub keeps one waiting run of a group and cancels the others. So a run for one pull request can "
    "cancel the run for another one.",
    "Add the pull request's number to the group, as docs/workflows/judgegate.yml does.",
)
UNORDERED_RUNS = FindingKind(
    "unordered-runs",
    Gravity.WEAKNESS,
    "Two runs of one pull request can run at the same time. The run that read an approval before it was "
    "dismissed may post last.",
    "Give the workflow one concurrency group for each pull request, as docs/workflows/judgegate.yml does.",
)
UNPINNED_ACTION = FindingKind(
    "unpinned-action",
    Gravity.WEAKNESS,
    "A tag or a branch can be moved. The person who moves it decides which code judges and can use the "
    "job's token.",
    "Pin it to the full commit: owner/name@<40 hexadecimal digits>.",
)

_PINNED = re.compile(
    r"[^@\s]+@(?:[0-9a-f]{40}|[0-9a-f]{64})|docker://[^@\s]+@sha256:[0-9a-f]{64}|\./.*"
)
_OF_ONE = re.compile(
    r"\.number\b|head_sha|\bsha\b|run_id|head_branch|\binputs\b|workflow_run\.id"
)
_OF_RUN = re.compile(r"\brun_(?:id|number|attempt)\b", re.IGNORECASE)
_INNER = re.compile(r"\$\{\{((?:(?!\}\}|\$\{\{).)*)\}\}", re.DOTALL)
_RUN = "run"
NEWS = (*PULL_EVENTS, "pull_request_review", "workflow_run")
"""The events after which a verdict may be another one."""
_REF = re.compile(r"github\.ref\b")
_OF_MERGE_REF = frozenset(
    {"pull_request", "pull_request_review", "pull_request_review_comment", "merge_group"}
)
"""Events whose `github.ref` is one pull request's own."""


def check_execution(setup: Setup) -> Iterator[DoctorFinding]:
    """What can keep a run from its end, from the last word, or from the code that it should run."""
    # Several gates can be in one run, and a finding about its group is the same for all of them.
    for events, concurrency in dict.fromkeys(_concurrencies(setup)):
        yield from _check_concurrency(concurrency, events)
    for gate in setup.carried_by(Carrier.STATUS):
        yield from _check_order(setup, gate)
    for uses in dict.fromkeys(_uses(setup)):
        if not _PINNED.fullmatch(uses.text):
            what = f"{uses.text} is not pinned to a commit."
            yield new_finding(UNPINNED_ACTION, location_of(uses), what)


def _check_concurrency(
    concurrency: Concurrency, events: frozenset[str]
) -> Iterator[DoctorFinding]:
    """Whether runs that these events start can end one another."""
    if concurrency.cancels not in {"", "false"}:
        what = f"cancel-in-progress is {concurrency.cancels}."
        yield new_finding(CANCELLED_RUNS, concurrency.location, what)
    if not _is_of_one(concurrency, events):
        what = f"More than one pull request can be in the group {concurrency.group}."
        yield new_finding(SHARED_CONCURRENCY, concurrency.location, what)


def _check_order(setup: Setup, gate: Gate) -> Iterator[DoctorFinding]:
    """Whether an older run can post after a newer one."""
    news = [] if setup.is_ruleset(gate) else _unordered(gate)
    if news:
        events = ", ".join(news)
        what = f"On {events}, the runs of one pull request do not wait for each other."
        yield new_finding(UNORDERED_RUNS, gate.job.location, what)


def _concurrencies(setup: Setup) -> Iterator[tuple[frozenset[str], Concurrency]]:
    """Each with the events that start its run."""
    for gate in setup.gates:
        for concurrency in _groups_of(gate):
            yield gate.workflow.events, concurrency


def _groups_of(gate: Gate) -> Iterator[Concurrency]:
    """What orders the gate's run, from outside to inside."""
    for workflow, job in gate.chain:
        yield from filter(None, (workflow.concurrency, job.concurrency))


def _unordered(gate: Gate) -> list[str]:
    """The events whose runs are in no group, or each in one of its own."""
    groups = [concurrency.group for concurrency in _groups_of(gate)]
    unordered: list[str] = []
    for event in NEWS:
        if event not in gate.workflow.events:
            continue
        # One group that is the same for two runs is enough to make them wait.
        if all(_is_of_run(group, event) for group in groups):
            unordered.append(event)
    return unordered


def _is_of_run(group: str, event: str) -> bool:
    """Whether the group is a new one for each run that the event starts.

    What cannot be known here, and may be one, is taken for it.
    """
    if not _OF_RUN.search(group):
        return False
    # A run of `workflow_run` is of a pull request too, but its event does not name the number.
    names_pull = event in {*PULL_EVENTS, "pull_request_review"}
    known = _known(event, "number" if names_pull else None)
    for inner in _INNER.findall(group):
        value = value_of(inner, known)
        if value == _RUN:
            return True
        if names_pull and value in {UNDECIDED, True} and _OF_RUN.search(inner):
            return True
    return False


def _known(event: str, number: str | None) -> dict[str, Value]:
    """What is known of a run's names: `_RUN` where each run has another value."""
    return {
        "github.run_id": _RUN,
        "github.run_number": _RUN,
        "github.run_attempt": _RUN,
        "github.event_name": event,
        "github.event.issue.number": None,
        "inputs.pull-request": None,
        "github.event.pull_request.number": number,
        "github.event.number": number,
    }


def _is_of_one(concurrency: Concurrency, events: frozenset[str]) -> bool:
    """Whether all runs of the group are for the same pull request."""
    if _OF_ONE.search(concurrency.group):
        return True
    return _REF.search(concurrency.group) is not None and events <= _OF_MERGE_REF


def _uses(setup: Setup) -> Iterator[Scalar]:
    """All that the gates' jobs use: actions, and workflows that they call."""
    for gate in setup.gates:
        for _, job in gate.chain:
            called = (job.uses, *(step.uses for step in job.steps))
            yield from filter(None, called)


EXECUTION = FindingGroup(
    (CANCELLED_RUNS, SHARED_CONCURRENCY, UNORDERED_RUNS, UNPINNED_ACTION), check_execution
)


NEEDED = ("contents", "pull-requests")
READING = frozenset({"read", "write"})
"""Levels that let a token read."""
HARMLESS = frozenset({"statuses", "pull-requests", "issues", "security-events", "checks"})
"""Scopes that publishing a verdict may have to write to."""

PERMISSIONS_MISSING = FindingKind(
    "permissions-missing",
    Gravity.WEAKNESS,
    "The gate cannot read what it needs, and ends with an error.",
    "Give the job contents: read and pull-requests: read.",
)
OWN_RESULT = FindingKind(
    "own-result",
    Gravity.WEAKNESS,
    "The run's own result is the gate. That is right if a ruleset requires the workflow. Otherwise no "
    "review turns the result green.",
    "If a ruleset requires the workflow, leave it as it is. Otherwise use docs/workflows/judgegate.yml, and "
    "require its status instead of the job.",
    Gravity.NOTE,
    "if it is not known what GitHub enforces",
)
PERMISSIONS_TOO_LARGE = FindingKind(
    "permissions-too-large",
    Gravity.WEAKNESS,
    "An attacker who controls the job can use all these permissions.",
    "Give only the permissions that docs/github.md lists.",
)
PERMISSIONS_UNSAID = FindingKind(
    "permissions-unsaid",
    Gravity.WEAKNESS,
    "The repository's settings decide what the job's token may do: perhaps too little, perhaps everything.",
    "Set permissions in the workflow, as docs/workflows/judgegate.yml does.",
)


def check_tokens(setup: Setup) -> Iterator[DoctorFinding]:
    """What each gate's token may do, compared with what a verdict needs."""
    # A reusable workflow that several others call is one place with several gates: it is looked at once.
    for gate in {gate.location: gate for gate in setup.gates}.values():
        yield from _check_token(setup, gate)


def _check_token(setup: Setup, gate: Gate) -> Iterator[DoctorFinding]:
    """What one gate's token may do."""
    if not gate.grants:
        what = "Neither the workflow nor the job sets the permissions of its token."
        yield new_finding(PERMISSIONS_UNSAID, gate.location, what)
        return
    location = gate.grants[-1].location
    if missing := _missing(gate):
        what = f"The job's token lacks {', '.join(missing)}."
        yield new_finding(PERMISSIONS_MISSING, location, what)
    if gate in setup.deciding_gates and _decides_unasked(setup, gate):
        milder = setup.settings is None
        what = "The job may not post a status."
        yield new_finding(OWN_RESULT, location, what, milder=milder)
    if larger := _larger(gate):
        what = f"The job's token may write {', '.join(larger)}."
        yield new_finding(PERMISSIONS_TOO_LARGE, location, what)


def _decides_unasked(setup: Setup, gate: Gate) -> bool:
    """Whether the run's own result is the gate, although no ruleset requires the workflow."""
    return gate.decides_by_result and not setup.is_ruleset(gate)


def _missing(gate: Gate) -> list[str]:
    """What the job's own token cannot read and the gate has to."""
    # `check` asks GitHub for nothing, and what another token may do is not in the workflow.
    if gate.form is GateForm.CHECK or not gate.own_token:
        return []
    return [f"{scope}: read" for scope in NEEDED if gate.level(scope) not in READING]


def _larger(gate: Gate) -> list[str]:
    """What the token may write and no verdict needs, sorted."""
    if all(grant.rest == "write" for grant in gate.grants):
        return ["everything"]
    named: set[str] = set()
    for grant in gate.grants:
        named |= grant.scopes.keys()
    # What one link grants, another may not pass on: the gate's own level is what counts.
    return sorted(scope for scope in named - HARMLESS if gate.level(scope) == "write")


TOKENS = FindingGroup(
    (PERMISSIONS_MISSING, OWN_RESULT, PERMISSIONS_TOO_LARGE, PERMISSIONS_UNSAID),
    check_tokens,
)
