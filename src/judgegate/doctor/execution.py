"""What else can keep a run from saying what it found: runs that end one another, actions that are not pinned, what the token may do."""

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
    "A newer run stops an older one before it ends. Between two events of one pull request, it can happen "
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
    "Two runs of one pull request can run at the same time. The run that still saw a withdrawn approval may "
    "be the last to post.",
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
    for events, concurrency in dict.fromkeys(_concurrencies(setup)):
        if concurrency.cancels not in {"", "false"}:
            yield new_finding(
                CANCELLED_RUNS,
                concurrency.location,
                f"cancel-in-progress is {concurrency.cancels}.",
            )
        if not _is_of_one(concurrency, events):
            yield new_finding(
                SHARED_CONCURRENCY,
                concurrency.location,
                f"More than one pull request can be in the group {concurrency.group}.",
            )
    for gate in setup.deciding_gates:
        if (
            gate.carrier is Carrier.STATUS
            and not setup.is_ruleset(gate)
            and (news := _unordered(gate))
        ):
            yield new_finding(
                UNORDERED_RUNS,
                gate.job.location,
                f"On {', '.join(news)}, the runs of one pull request do not wait for each other.",
            )
    for uses in dict.fromkeys(_uses(setup)):
        if not _PINNED.fullmatch(uses.text):
            yield new_finding(
                UNPINNED_ACTION,
                location_of(uses),
                f"{uses.text} is not pinned to a commit.",
            )


def _concurrencies(setup: Setup) -> Iterator[tuple[frozenset[str], Concurrency]]:
    """Each with the events that start its run."""
    for gate in setup.gates:
        for workflow, job in gate.chain:
            for concurrency in (workflow.concurrency, job.concurrency):
                if concurrency is not None:
                    yield gate.workflow.events, concurrency


def _unordered(gate: Gate) -> list[str]:
    """The events whose runs are in no group, or each in one of its own."""
    groups = [
        one.group
        for workflow, job in gate.chain
        for one in (workflow.concurrency, job.concurrency)
        if one is not None
    ]
    events = [event for event in NEWS if event in gate.workflow.events]
    return [event for event in events if all(_is_of_run(group, event) for group in groups)]


def _is_of_run(group: str, event: str) -> bool:
    """Whether the group is a new one for each run that the event starts.

    What cannot be known here, and may be one, is taken for it.
    """
    if not _OF_RUN.search(group):
        return False
    pulls = event in {*PULL_EVENTS, "pull_request_review"}
    known: dict[str, Value] = dict.fromkeys(
        ("github.run_id", "github.run_number", "github.run_attempt"), _RUN
    )
    known |= {
        "github.event_name": event,
        "github.event.issue.number": None,
        "inputs.pull-request": None,
    }
    known |= dict.fromkeys(
        ("github.event.pull_request.number", "github.event.number"),
        "number" if pulls else None,
    )
    values = [(value_of(inner, known), inner) for inner in _INNER.findall(group)]
    return any(
        value == _RUN or (pulls and value in {UNDECIDED, True} and _OF_RUN.search(inner))
        for value, inner in values
    )


def _is_of_one(concurrency: Concurrency, events: frozenset[str]) -> bool:
    if _OF_ONE.search(concurrency.group):
        return True
    return _REF.search(concurrency.group) is not None and events <= _OF_MERGE_REF


def _uses(setup: Setup) -> Iterator[Scalar]:
    for gate in setup.gates:
        for _, job in gate.chain:
            if job.uses is not None:
                yield job.uses
            yield from (step.uses for step in job.steps if step.uses is not None)


EXECUTION = FindingGroup(
    (CANCELLED_RUNS, SHARED_CONCURRENCY, UNORDERED_RUNS, UNPINNED_ACTION), check_execution
)


NEEDED = ("contents", "pull-requests")
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
    "If something goes wrong in the job, it can do all of this with the token.",
    "Give only the permissions that docs/github.md lists.",
)
PERMISSIONS_UNSAID = FindingKind(
    "permissions-unsaid",
    Gravity.WEAKNESS,
    "The repository's settings decide what the job's token may do: perhaps too little, perhaps everything.",
    "Set permissions in the workflow, as docs/workflows/judgegate.yml does.",
)


def check_tokens(setup: Setup) -> Iterator[DoctorFinding]:
    # A reusable workflow that several others call is one place with several gates: it is looked at once.
    for gate in {gate.location: gate for gate in setup.gates}.values():
        yield from _check_token(setup, gate)


def _check_token(setup: Setup, gate: Gate) -> Iterator[DoctorFinding]:
    if not gate.grants:
        what = "Neither the workflow nor the job sets the permissions of its token."
        yield new_finding(PERMISSIONS_UNSAID, gate.location, what)
        return
    location = gate.grants[-1].location
    if (
        gate.form is not GateForm.CHECK
        and gate.own_token
        and (missing := list(_missing(gate)))
    ):
        yield new_finding(
            PERMISSIONS_MISSING, location, f"The job's token lacks {', '.join(missing)}."
        )
    if (
        gate in setup.deciding_gates
        and gate.decides_by_result
        and not setup.is_ruleset(gate)
    ):
        milder = setup.settings is None
        yield new_finding(
            OWN_RESULT, location, "The job may not post a status.", milder=milder
        )
    if larger := list(_larger(gate)):
        yield new_finding(
            PERMISSIONS_TOO_LARGE,
            location,
            f"The job's token may write {', '.join(larger)}.",
        )


def _missing(gate: Gate) -> Iterator[str]:
    yield from (
        f"{scope}: read" for scope in NEEDED if gate.level(scope) not in {"read", "write"}
    )


def _larger(gate: Gate) -> Iterator[str]:
    if all(grant.rest == "write" for grant in gate.grants):
        yield "everything"
        return
    named = sorted({scope for grant in gate.grants for scope in grant.scopes})
    yield from (
        scope for scope in named if scope not in HARMLESS and gate.level(scope) == "write"
    )


TOKENS = FindingGroup(
    (PERMISSIONS_MISSING, OWN_RESULT, PERMISSIONS_TOO_LARGE, PERMISSIONS_UNSAID),
    check_tokens,
)
