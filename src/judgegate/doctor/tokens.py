"""What the gate's token may do: enough to judge and to say so, and no more."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import DoctorFinding, FindingGroup, FindingKind, Gravity, diagnose
from judgegate.doctor.gates import Gate, GateForm
from judgegate.doctor.wiring import Wiring

NEEDED = ("contents", "pull-requests")
HARMLESS = frozenset({"statuses", "pull-requests", "issues", "security-events", "checks"})
"""Scopes that publishing a verdict may have to write to."""

PERMISSIONS_MISSING = FindingKind(
    "permissions-missing",
    Gravity.WEAKNESS,
    "The gate cannot read what it must, and ends in an error.",
    "Give the job contents: read and pull-requests: read.",
)
OWN_RESULT = FindingKind(
    "own-result",
    Gravity.WEAKNESS,
    "The run's own result is the gate. That is right where a ruleset requires the workflow; anywhere else no review turns it green.",
    "Where a ruleset requires it, leave it. Anywhere else take docs/workflows/judgegate.yml, and require its status instead of the job.",
    Gravity.NOTE,
    "where it is not known what GitHub enforces",
)
PERMISSIONS_TOO_LARGE = FindingKind(
    "permissions-too-large",
    Gravity.WEAKNESS,
    "Whatever goes wrong in the job can do that much with its token.",
    "Name what docs/github.md lists, and nothing else.",
)
PERMISSIONS_UNSAID = FindingKind(
    "permissions-unsaid",
    Gravity.WEAKNESS,
    "The job's token may do what the repository's settings say: perhaps too little, perhaps everything.",
    "Write permissions into the workflow, as docs/workflows/judgegate.yml does.",
)


def check_tokens(wiring: Wiring) -> Iterator[DoctorFinding]:
    for gate in {gate.spot: gate for gate in wiring.gates}.values():
        if not gate.grants:
            yield diagnose(
                PERMISSIONS_UNSAID, gate.spot, "Neither the workflow nor the job says what its token may do."
            )
            continue
        spot = gate.grants[-1].spot
        if gate.form is not GateForm.CHECK and gate.own_token and (missing := list(_missing(gate))):
            yield diagnose(PERMISSIONS_MISSING, spot, f"The job's token lacks {', '.join(missing)}.")
        if gate in wiring.holders and gate.speaks_by_result and not wiring.is_ruleset(gate):
            yield diagnose(OWN_RESULT, spot, "The job may post no status.", milder=wiring.settings is None)
        if larger := list(_larger(gate)):
            yield diagnose(PERMISSIONS_TOO_LARGE, spot, f"The job's token may write {', '.join(larger)}.")


def _missing(gate: Gate) -> Iterator[str]:
    yield from (f"{scope}: read" for scope in NEEDED if gate.level(scope) not in {"read", "write"})


def _larger(gate: Gate) -> Iterator[str]:
    if all(grant.rest == "write" for grant in gate.grants):
        yield "everything"
        return
    named = sorted({scope for grant in gate.grants for scope in grant.scopes})
    yield from (scope for scope in named if scope not in HARMLESS and gate.level(scope) == "write")


TOKENS = FindingGroup(
    (PERMISSIONS_MISSING, OWN_RESULT, PERMISSIONS_TOO_LARGE, PERMISSIONS_UNSAID), check_tokens
)
