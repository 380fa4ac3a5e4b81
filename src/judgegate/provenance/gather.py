"""Everything that says an AI took part in a change, gathered into one record. Reads git through the repository only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from judgegate.change import Repository
from judgegate.model.change import Change
from judgegate.model.evidence import Evidence, LineEvidence, ProvenanceRecord
from judgegate.model.pull_request import PullRequest
from judgegate.provenance.commits import read_commit
from judgegate.provenance.matcher import Matcher, default_matcher
from judgegate.provenance.messages import as_evidence, read_message
from judgegate.provenance.pull_requests import find_in_branch, find_in_pull_request


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the change itself.

    `branch` is the name given as head or on the command line; without it, the pull request's or the one checked out. `message` is a commit
    message that is being written. `previous` is the evidence of earlier reports about the same change.
    """

    pull_request: PullRequest | None = None
    branch: str | None = None
    message: bytes | None = None
    previous: tuple[Evidence, ...] = ()


@dataclass(slots=True)
class _Heap:
    """The record as it grows."""

    evidence: list[Evidence] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    denials: list[str] = field(default_factory=list)

    def add(self, pieces: Iterable[Evidence], *, whole: bool = False) -> tuple[int, ...]:
        """Put evidence on the heap; the indices it has there."""
        start = len(self.evidence)
        self.evidence += pieces
        indices = tuple(range(start, len(self.evidence)))
        if whole:
            self.whole += indices
        return indices


def gather(
    change: Change, repository: Repository | None, surroundings: Surroundings | None = None, matcher: Matcher | None = None
) -> ProvenanceRecord:
    """All evidence about a change, of any strength; what it comes to is for `weigh` to say.

    Args:
        change: what is judged.
        repository: where its commits are; None where there is none (a patch outside a repository).
        surroundings: the pull request, the branch, a message being written, earlier evidence.
        matcher: the catalogue's, with a policy's changes; the catalogue in the package by default.
    """
    look = matcher or default_matcher()
    heap = _Heap()
    for commit in change.commits:
        evidence, denials = read_commit(commit, look)
        heap.add(evidence, whole=True)
        heap.denials += denials
    _gather_surroundings(heap, change, surroundings or Surroundings(), look)
    return ProvenanceRecord(
        evidence=tuple(heap.evidence),
        lines=tuple(_unmarked_lines(change)),
        whole=tuple(heap.whole),
        declared_none=tuple(dict.fromkeys(heap.denials)),
    )


def _gather_surroundings(heap: _Heap, change: Change, around: Surroundings, matcher: Matcher) -> None:
    request = around.pull_request
    if branch := around.branch or (request and request.branch) or change.branch:
        heap.add(as_evidence(find_in_branch(branch, matcher), None), whole=True)
    if request:
        found = find_in_pull_request(request, matcher)
        heap.add(as_evidence(found.markers, None), whole=True)
        heap.denials += found.denials
    if around.message is not None:
        found = read_message(around.message, None, matcher)
        heap.add(as_evidence(found.markers, None), whole=True)
        heap.denials += found.denials
    known = {(piece.signal, piece.commit, piece.quote) for piece in heap.evidence}
    heap.add((piece for piece in around.previous if (piece.signal, piece.commit, piece.quote) not in known), whole=True)


def _unmarked_lines(change: Change) -> Iterator[LineEvidence]:
    for file in change.files:
        for lines in file.added:
            yield LineEvidence(file.path, lines, ())
