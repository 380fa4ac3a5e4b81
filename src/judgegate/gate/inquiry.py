"""Who wrote it, and nothing else: the change is read and the evidence weighed, but no check runs."""

from dataclasses import dataclass

from judgegate.gate.policies import find_policy
from judgegate.gate.reading import open_repository, read_change
from judgegate.gate.request import Request
from judgegate.gate.testimony import gather_evidence, testify_by, verdict_on_provenance
from judgegate.model.change import Change, FileChange
from judgegate.model.lines import count_lines
from judgegate.model.notices import Notice
from judgegate.model.verdict import ProvenanceVerdict


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who wrote a change. `shares` are its files, each with how many of its added lines are AI-assisted."""

    change: Change
    provenance: ProvenanceVerdict
    shares: tuple[tuple[FileChange, int], ...]
    notices: tuple[Notice, ...]


def inquire(request: Request) -> Inquiry:
    """Find out who wrote what was asked about, by the terms of the policy that would judge it.

    Raises:
        UsageError: there is nothing to look at.
        IncompleteError: the history is not there in full.
    """
    with open_repository(request) as repository:
        change = read_change(repository, request)
        in_force = find_policy(repository, change, request)
        evidence = gather_evidence(repository, change, request, in_force.policy.plan())
        terms = in_force.policy.provenance
        testimony = testify_by(evidence)(terms)
        shares = tuple((file, count_lines(testimony.ai_lines(file.path))) for file in change.files)
        provenance = verdict_on_provenance(evidence.record, testimony, terms, change, sum(lines for _, lines in shares))
        return Inquiry(change, provenance, shares, (*change.notices, *evidence.record.notices))
