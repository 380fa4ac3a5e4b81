"""What else can keep a run from saying what it found: runs that end one another, and code that is not what was trusted."""

import re
from collections.abc import Iterator

from judgegate.doctor.diagnosis import DoctorFinding, FindingGroup, FindingKind, Gravity, diagnose
from judgegate.doctor.expressions import UNDECIDED, Value, value_of
from judgegate.doctor.gates import Carrier, Gate
from judgegate.doctor.wiring import PULL_EVENTS, Wiring
from judgegate.doctor.workflow import Concurrency, spot_of
from judgegate.policy.yaml_document import Scalar

CANCELLED_RUNS = FindingKind(
    "cancelled-runs",
    Gravity.WEAKNESS,
    "A newer run ends an older one in the middle: between two events of one pull request nothing may be said at all.",
    "Set cancel-in-progress: false.",
)
SHARED_CONCURRENCY = FindingKind(
    "shared-concurrency",
    Gravity.WEAKNESS,
    "GitHub keeps one waiting run of a group and drops the others, so one pull request's run can cost another one its own.",
    "Put the pull request's number into the group, as docs/workflows/judgegate.yml does.",
)
UNORDERED_RUNS = FindingKind(
    "unordered-runs",
    Gravity.WEAKNESS,
    "Two runs of one pull request may go on at once, and the one that still saw an approval which was taken back may post last.",
    "Give the workflow a concurrency group of each pull request's own, as docs/workflows/judgegate.yml does.",
)
UNPINNED_ACTION = FindingKind(
    "unpinned-action",
    Gravity.WEAKNESS,
    "A tag or a branch can be moved: whoever moves it decides what judges, and has the job's token.",
    "Name the full commit: owner/name@<40 hexadecimal digits>.",
)

_PINNED = re.compile(r"[^@\s]+@(?:[0-9a-f]{40}|[0-9a-f]{64})|docker://[^@\s]+@sha256:[0-9a-f]{64}|\./.*")
_OF_ONE = re.compile(r"\.number\b|head_sha|\bsha\b|run_id|head_branch|\binputs\b|workflow_run\.id")
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


def check_execution(wiring: Wiring) -> Iterator[DoctorFinding]:
    for events, concurrency in dict.fromkeys(_concurrencies(wiring)):
        if concurrency.cancels not in {"", "false"}:
            yield diagnose(CANCELLED_RUNS, concurrency.spot, f"cancel-in-progress is {concurrency.cancels}.")
        if not _is_of_one(concurrency, events):
            yield diagnose(
                SHARED_CONCURRENCY,
                concurrency.spot,
                f"The group {concurrency.group} is not one pull request's own.",
            )
    for gate in wiring.holders:
        if gate.carrier is Carrier.STATUS and not wiring.is_ruleset(gate) and (news := _unordered(gate)):
            yield diagnose(
                UNORDERED_RUNS,
                gate.job.spot,
                f"On {', '.join(news)}, the runs of one pull request do not wait for each other.",
            )
    for uses in dict.fromkeys(_uses(wiring)):
        if not _PINNED.fullmatch(uses.text):
            yield diagnose(UNPINNED_ACTION, spot_of(uses), f"{uses.text} is not pinned to a commit.")


def _concurrencies(wiring: Wiring) -> Iterator[tuple[frozenset[str], Concurrency]]:
    """Each with the events that start its run."""
    for gate in wiring.gates:
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
    """Whether the group is a new one for each run that the event starts. One that nobody can tell and that may be is taken for it."""
    if not _OF_RUN.search(group):
        return False
    pulls = event in {*PULL_EVENTS, "pull_request_review"}
    known: dict[str, Value] = dict.fromkeys(
        ("github.run_id", "github.run_number", "github.run_attempt"), _RUN
    )
    known |= {"github.event_name": event, "github.event.issue.number": None, "inputs.pull-request": None}
    known |= dict.fromkeys(
        ("github.event.pull_request.number", "github.event.number"), "number" if pulls else None
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


def _uses(wiring: Wiring) -> Iterator[Scalar]:
    for gate in wiring.gates:
        for _, job in gate.chain:
            if job.uses is not None:
                yield job.uses
            yield from (step.uses for step in job.steps if step.uses is not None)


RUNNING = FindingGroup((CANCELLED_RUNS, SHARED_CONCURRENCY, UNORDERED_RUNS, UNPINNED_ACTION), check_execution)
