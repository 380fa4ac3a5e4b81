"""Evidence of who wrote the change: gathered once, and weighed by the terms of any policy."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.model.approvals import PullRequest
from judgegate.model.change import Change
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.evidence import Evidence, ProvenanceRecord, Signal, SignalKind
from judgegate.pipeline.request import Request
from judgegate.policy.policy import Plan
from judgegate.policy.provenance import ProvenanceTerms
from judgegate.policy.provenance import TeamSignal as PolicySignal
from judgegate.provenance.assessment import ProvenanceAssessment, assess_provenance
from judgegate.provenance.catalogue import load_catalogue
from judgegate.provenance.gather import GatherContext, gather
from judgegate.provenance.matcher import Matcher, matcher_for


class GatheredEvidence(Struct, frozen=True):
    """The record, and what else was read on the way."""

    record: ProvenanceRecord
    pull_request: PullRequest | None
    assume_ai: bool


def gather_evidence(
    repository: Repository, change: Change, request: Request, plan: Plan
) -> GatheredEvidence:
    """All evidence about the change, of any strength.

    Raises:
        UsageError: a file that the request names cannot be read, or is not what it should be.
    """
    pull_request = request.pull_request
    if isinstance(pull_request, Path):
        # Imported here, because it imports pydantic, which is slow.
        from judgegate.provenance.pull_request_file import read_pull_request

        pull_request = _read_named(pull_request, read_pull_request)
    message = _read_bytes(request.message) if request.message else None
    matcher = matcher_of(plan.signals)
    around = GatherContext(
        pull_request, request.branch, message, _earlier_evidence(request, matcher)
    )
    record = gather(change, repository, around, matcher)
    return GatheredEvidence(record, pull_request, request.assume_ai)


def _earlier_evidence(request: Request, matcher: Matcher | None) -> tuple[Evidence, ...]:
    """What reports and commits say that were there before the change became what it is."""
    if not request.previous_reports and not request.earlier_commits:
        return _once(request.earlier)
    from judgegate.provenance.previous_reports import (
        read_earlier_commits,
        read_previous_report,
    )

    files = [
        read_previous_report(_read_bytes(file), str(file))
        for file in request.previous_reports
    ]
    seen = read_earlier_commits(request.earlier_commits, matcher)
    return _once(
        (*(piece for pieces in files for piece in pieces), *request.earlier, *seen)
    )


def _once(pieces: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The same quote of the same commit once, from whichever source."""
    found: dict[tuple[str, str | None, str], Evidence] = {}
    for piece in pieces:
        found.setdefault((piece.signal, piece.commit, piece.quote), piece)
    return tuple(found.values())


def assess_with(
    evidence: GatheredEvidence,
) -> Callable[[ProvenanceTerms], ProvenanceAssessment]:
    """The function that weighs the evidence by a policy's terms."""
    return lambda terms: assess_provenance(
        evidence.record,
        terms.gate_on.floor,
        terms.roles,
        tools_off=terms.signals_off,
        assume_ai=evidence.assume_ai,
    )


def matcher_of(added: Sequence[PolicySignal]) -> Matcher | None:
    """The catalogue's matcher with a policy's own signals; None for the catalogue's as it is."""
    if not added:
        return None
    signals = (
        Signal(
            id=f"{signal.tool}/policy-{number}",
            kind=SignalKind(signal.kind),
            confidence=signal.confidence,
            role=signal.role,
            source="the policy",
            literals=(signal.pattern,),
        )
        for number, signal in enumerate(added, 1)
    )
    return matcher_for(load_catalogue().with_signals(signals))


def _read_named(file: Path, parse: Callable[[bytes, str], PullRequest]) -> PullRequest:
    return parse(_read_bytes(file), str(file))


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
