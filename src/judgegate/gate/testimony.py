"""Evidence of who wrote the change: gathered once, weighed by the terms of whoever asks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from judgegate.change import Repository
from judgegate.gate.request import Request
from judgegate.model.change import Change
from judgegate.model.errors import UsageError
from judgegate.model.evidence import Evidence, ProvenanceRecord
from judgegate.model.pull_request import PullRequest
from judgegate.policy import Plan, ProvenanceTerms
from judgegate.provenance import Surroundings, Testimony, gather, read_pull_request, weigh


@dataclass(frozen=True, slots=True)
class GatheredEvidence:
    """The record, and what else was read on the way."""

    record: ProvenanceRecord
    pull_request: PullRequest | None
    assume_ai: bool


def gather_evidence(repository: Repository, change: Change, request: Request, plan: Plan) -> GatheredEvidence:
    """All evidence about the change, of any strength.

    Raises:
        UsageError: a file that the request names cannot be read, or is not what it should be.
    """
    pull_request = _read_named(request.pull_request, read_pull_request)
    message = _read_bytes(request.message) if request.message else None
    previous: list[Evidence] = []
    around = Surroundings(pull_request, request.branch, message, tuple(previous))
    record = gather(change, repository, around)
    return GatheredEvidence(record, pull_request, request.assume_ai)


def testify_by(evidence: GatheredEvidence) -> Callable[[ProvenanceTerms], Testimony]:
    """The function that weighs the evidence by a policy's terms."""
    return lambda terms: weigh(evidence.record, terms.gate_on.floor, terms.roles, tools_off=terms.signals_off, assume_ai=evidence.assume_ai)


def _read_named(file: Path | None, parse: Callable[[bytes, str], PullRequest]) -> PullRequest | None:
    return None if file is None else parse(_read_bytes(file), str(file))


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
