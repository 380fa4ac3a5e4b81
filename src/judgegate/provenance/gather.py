"""Everything that says an AI took part in a change, gathered into one record.

Reads git through the repository only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.git import GitError
from judgegate.change.objects import MissingObjectError
from judgegate.change.repository import Repository
from judgegate.model.approvals import PullRequest
from judgegate.model.change import Change, Commit
from judgegate.model.evidence import (
    Attribution,
    Claims,
    Evidence,
    LineEvidence,
    ProvenanceRecord,
    SignalKind,
)
from judgegate.model.notices import Notice
from judgegate.provenance.claims import read_claims
from judgegate.provenance.matcher import (
    Found,
    Marker,
    Matcher,
    as_evidence,
    default_matcher,
)
from judgegate.provenance.messages import read_message, read_text, read_whole_commit
from judgegate.provenance.text_lines import normalize

SEVERAL = re.compile(
    rb"^(?:-{9,}\s*$|Squashed commit of the following:|# This is a combination of )",
    re.MULTILINE,
)

MOST_NAMED = 3
"""Commits that a notice names."""


class GatherContext(Struct, frozen=True):
    """What is known besides the change itself.

    `branch` is the name given as head or on the command line; without it, the pull request's or the
    one checked out. `message` is a commit message that is being written. `previous` is the evidence
    of earlier reports about the same change.
    """

    pull_request: PullRequest | None = None
    branch: str | None = None
    message: bytes | None = None
    previous: tuple[Evidence, ...] = ()


class _Heap:
    """The record as it grows."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self.whole: list[int] = []
        self.denials: list[str] = []
        self.unread: list[str] = []

    def add(self, piece: Evidence) -> int:
        """Put a piece of evidence on the heap; where it is then."""
        self.evidence.append(piece)
        return len(self.evidence) - 1

    def add_whole(self, pieces: Iterable[Evidence]) -> None:
        """Put evidence on the heap that speaks of the change as a whole."""
        self.whole += [self.add(piece) for piece in pieces]

    def note(self, found: Found, name: str) -> None:
        """Note what a text with this name says beside its markers.

        That is what it denies, and whether it was too long to be read.
        """
        self.denials += found.denials
        if found.unread:
            self.unread.append(name)

    def add_previous(self, pieces: Iterable[Evidence]) -> None:
        """Put what earlier reports had on the heap, as far as nothing else says it any more."""
        known = {_identity(piece) for piece in self.evidence}
        self.add_whole(piece for piece in pieces if _identity(piece) not in known)


def gather(
    change: Change,
    repository: Repository | None,
    context: GatherContext | None = None,
    matcher: Matcher | None = None,
) -> ProvenanceRecord:
    """All evidence about a change, of any strength; what it comes to is for `assess_provenance` to say.

    Args:
        change: what is judged.
        repository: where its commits are; None where there is none (a patch outside a repository).
        context: the pull request, the branch, a message being written, earlier evidence.
        matcher: of the catalogue with a policy's changes; of the catalogue in the package by default.
    """
    matcher = matcher or default_matcher()
    heap = _Heap()
    marked = _gather_commits(heap, change, matcher)
    claims = Claims()
    notices: list[Notice] = []
    if repository is not None:
        claims, notices = read_claims(
            change, repository, matcher.catalogue, heap.add, heap.whole.append
        )
    notices += _note_squashes(heap, change, marked)
    _gather_context(heap, change, context or GatherContext(), matcher)
    attribution = _attribute_nothing(change)
    if repository is not None and (marked or claims.notes or claims.traces):
        # Imported only where something speaks of single lines.
        from judgegate.provenance.attribution import attribute

        try:
            attribution = attribute(change, repository, heap.evidence, marked, claims)
        except (GitError, MissingObjectError) as error:
            _give_up_on_lines(heap, marked)
            notices.append(_explain_gap(error))
    notices += [_explain_unread(what) for what in dict.fromkeys(heap.unread)]
    return ProvenanceRecord(
        evidence=tuple(heap.evidence),
        lines=attribution.lines,
        files=attribution.files,
        whole=tuple(heap.whole),
        declared_none=tuple(dict.fromkeys(heap.denials)),
        notices=tuple(notices),
    )


def _gather_commits(
    heap: _Heap, change: Change, matcher: Matcher
) -> dict[str, tuple[int, ...]]:
    """The evidence of each commit that carries some."""
    marked = {}
    for commit in change.commits:
        evidence, message = read_whole_commit(commit, matcher)
        heap.note(message, f"the message of {commit.oid[:12]}")
        if evidence:
            marked[commit.oid] = tuple(heap.add(piece) for piece in evidence)
    return marked


def _note_squashes(
    heap: _Heap, change: Change, marked: Mapping[str, tuple[int, ...]]
) -> list[Notice]:
    """A notice about squashes with markers, if there are some.

    A squash's marker speaks of all its lines; where the change is nothing else, of the change as a
    whole.
    """
    with_markers = [commit for commit in change.commits if commit.oid in marked]
    squashes = list(filter(is_squash, with_markers))
    if not squashes:
        return []
    if len(change.commits) == 1:
        heap.whole += marked[squashes[0].oid]
    return [_squash_notice(squashes)]


def is_squash(commit: Commit) -> bool:
    """Whether the message is put together of several."""
    message = commit.message.replace(b"\r\n", b"\n")[:1_000_000]
    # One star can begin any list; a forge puts one before the subject of each commit.
    return bool(SEVERAL.search(message)) or message.count(b"\n\n* ") > 1


def _squash_notice(commits: list[Commit]) -> Notice:
    """What a reader should know about them."""
    named = ", ".join(commit.oid[:12] for commit in commits[:MOST_NAMED])
    names = f"{named} and others" if len(commits) > MOST_NAMED else named
    return Notice(
        "squash",
        f"Squash commits: {names}. A marker in the message of one counts for all its lines; "
        "it is not known which of them it is about.",
    )


def _gather_context(
    heap: _Heap, change: Change, context: GatherContext, matcher: Matcher
) -> None:
    """Add what is known besides the change itself."""
    request = context.pull_request
    branch = context.branch or (request and request.branch) or change.branch
    if branch:
        heap.add_whole(as_evidence(find_in_branch(branch, matcher), None))
    for found in _found_beside(context, matcher):
        heap.add_whole(as_evidence(found.markers, None))
        heap.note(found, "the texts of the pull request or the message being written")
    # Last, because only then it is known what else says the same.
    heap.add_previous(context.previous)


def _identity(piece: Evidence) -> tuple[str, str | None, str]:
    """By what two pieces of evidence are the same, whatever place they were found in."""
    return piece.signal, piece.commit, piece.quote


def _found_beside(context: GatherContext, matcher: Matcher) -> Iterator[Found]:
    """What is written beside the change: in its pull request, and in a message that is no commit's yet."""
    if context.pull_request:
        yield find_in_pull_request(context.pull_request, matcher)
    if context.message is not None:
        yield _written(context.message, matcher)


def _written(message: bytes, matcher: Matcher) -> Found:
    """What a message holds that is not yet a commit's."""
    found = read_message(message, None, matcher)
    markers = tuple(
        replace(marker, source=f"message being written ({marker.source})")
        for marker in found.markers
    )
    return Found(markers, found.denials, found.unread)


def find_in_pull_request(request: PullRequest, matcher: Matcher) -> Found:
    """The markers in a pull request's fields; its branch is read with the change's.

    Args:
        request: as the forge describes it; anybody may have written its texts.
        matcher: what to find.
    """
    body = read_text(request.body, matcher, boxes=True)
    inside = (
        Marker(marker.signal, _place(marker.source), marker.quote)
        for marker in body.markers
    )
    return Found((*_fields(request, matcher), *inside), body.denials, body.unread)


def find_in_branch(branch: str, matcher: Matcher) -> Iterator[Marker]:
    """The marker in a branch's name."""
    if signal := matcher.branch(normalize(branch)):
        yield Marker(signal, "branch", branch)


def _fields(request: PullRequest, matcher: Matcher) -> Iterator[Marker]:
    """The markers in the author and the labels."""
    author = request.author
    if author and (signal := matcher.login(normalize(author), request.author_type)):
        yield Marker(signal, "pull request author", author)
    for label in request.labels:
        if signal := matcher.whole(SignalKind.LABEL, normalize(label).strip()):
            yield Marker(signal, "label", label)


def _place(source: str) -> str:
    """Where a marker of the body is, as evidence names it."""
    return "disclosure box" if source == "check-box" else f"pull request body ({source})"


def _give_up_on_lines(heap: _Heap, marked: Mapping[str, tuple[int, ...]]) -> None:
    """Let everything that speaks of a commit speak of the change as a whole.

    The history in between is not all there, so nothing finer can be said.
    """
    heap.whole += sorted(set(chain.from_iterable(marked.values())))


def _attribute_nothing(change: Change) -> Attribution:
    """The added lines, with nothing that speaks of them."""
    lines = tuple(
        LineEvidence(file.path, lines, ()) for file in change.files for lines in file.added
    )
    return Attribution(lines)


def _explain_gap(error: GitError | MissingObjectError) -> Notice:
    """What a reader should know where single lines could not be attributed."""
    reason = (
        "judgegate could not find out which lines a marked commit wrote, "
        "so its marker counts for the whole change"
    )
    return Notice("lines-not-attributed", f"{reason}: {error.what}")


def _explain_unread(what: str) -> Notice:
    """What a reader should know about a text of which only the end was searched."""
    return Notice(
        "message-too-long",
        "Too long to search completely for markers; "
        f"the search starts at the trailers and goes backwards: {what}.",
    )
