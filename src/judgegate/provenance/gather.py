"""Everything that says an AI took part in a change, gathered into one record.

Reads git through the repository only.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

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
    Signal,
    SignalKind,
)
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange, overlap
from judgegate.provenance.catalogue import Catalogue
from judgegate.provenance.git_notes import NOTES_REF, OLDER_REFS, Note, read_notes
from judgegate.provenance.matcher import (
    Found,
    Marker,
    Matcher,
    as_evidence,
    default_matcher,
    quote_of,
)
from judgegate.provenance.messages import read_message, read_text, read_whole_commit
from judgegate.provenance.text_lines import normalize

if TYPE_CHECKING:
    from judgegate.provenance.agent_traces import Trace

OID = re.compile(r"[0-9a-f]{40,64}")
SEVERAL = re.compile(
    rb"^(?:-{9,}\s*$|Squashed commit of the following:|# This is a combination of )",
    re.MULTILINE,
)

MOST_NAMED = 3
"""Commits that a notice names."""

Add = Callable[[Evidence], int]
"""Puts evidence on the record; where it is then."""


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
    if repository is None or not (marked or claims.notes or claims.traces):
        attribution = _attribute_nothing(change)
    else:
        from judgegate.provenance.attribution import (
            attribute,
        )  # only where something speaks of single lines

        try:
            attribution = attribute(change, repository, heap.evidence, marked, claims)
        except (GitError, MissingObjectError) as error:
            attribution = _give_up_on_lines(heap, change, marked)
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
        heap.denials += message.denials
        heap.unread += [f"the message of {commit.oid[:12]}"] * message.unread
        if evidence:
            marked[commit.oid] = tuple(heap.add(piece) for piece in evidence)
    return marked


def _note_squashes(
    heap: _Heap, change: Change, marked: Mapping[str, tuple[int, ...]]
) -> list[Notice]:
    """A squash's marker speaks of all its lines; where the change is nothing else, of the change as a whole."""
    squashes = [
        commit for commit in change.commits if commit.oid in marked and is_squash(commit)
    ]
    if squashes and len(change.commits) == 1:
        heap.whole += marked[squashes[0].oid]
    return [_squash_notice(squashes)] if squashes else []


def is_squash(commit: Commit) -> bool:
    """Whether the message is put together of several."""
    message = commit.message.replace(b"\r\n", b"\n")[:1_000_000]
    return bool(SEVERAL.search(message)) or message.count(b"\n\n* ") > 1


def _squash_notice(commits: list[Commit]) -> Notice:
    """What a reader should know about them."""
    named = ", ".join(commit.oid[:12] for commit in commits[:MOST_NAMED])
    names = f"{named} and others" if len(commits) > MOST_NAMED else named
    return Notice(
        "squash",
        f"Squash commits: {names}. A marker in the message of one counts for all its lines; it is not "
        "known which of them it is about.",
    )


def _gather_context(
    heap: _Heap, change: Change, context: GatherContext, matcher: Matcher
) -> None:
    request = context.pull_request
    if branch := context.branch or (request and request.branch) or change.branch:
        heap.add_whole(as_evidence(find_in_branch(branch, matcher), None))
    for found in _found_beside(context, matcher):
        heap.add_whole(as_evidence(found.markers, None))
        heap.denials += found.denials
        heap.unread += [
            "the texts of the pull request or the message being written"
        ] * found.unread
    # Last, because only what nothing else says any more is worth repeating from an earlier report.
    known = {_identity(piece) for piece in heap.evidence}
    heap.add_whole(piece for piece in context.previous if _identity(piece) not in known)


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
    return Found(
        tuple(
            replace(marker, source=f"message being written ({marker.source})")
            for marker in found.markers
        ),
        found.denials,
        found.unread,
    )


def find_in_pull_request(request: PullRequest, matcher: Matcher) -> Found:
    """The markers in a pull request's fields; its branch is read with the change's."""
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
    if request.author and (
        signal := matcher.login(normalize(request.author), request.author_type)
    ):
        yield Marker(signal, "pull request author", request.author)
    for label in request.labels:
        if signal := matcher.whole(SignalKind.LABEL, normalize(label).strip()):
            yield Marker(signal, "label", label)


def _place(source: str) -> str:
    return "disclosure box" if source == "check-box" else f"pull request body ({source})"


def _give_up_on_lines(
    heap: _Heap, change: Change, marked: Mapping[str, tuple[int, ...]]
) -> Attribution:
    """Where the history in between is not all there, everything that speaks of a commit speaks of the change as a whole."""
    heap.whole += sorted({index for indices in marked.values() for index in indices})
    return _attribute_nothing(change)


def _attribute_nothing(change: Change) -> Attribution:
    return Attribution(
        tuple(
            LineEvidence(file.path, lines, ())
            for file in change.files
            for lines in file.added
        )
    )


def _explain_gap(error: GitError | MissingObjectError) -> Notice:
    reason = (
        "judgegate could not find out which lines a marked commit wrote, so its marker counts for the "
        "whole change"
    )
    return Notice("lines-not-attributed", f"{reason}: {error.what}")


def _explain_unread(what: str) -> Notice:
    return Notice(
        "message-too-long",
        "Too long to search completely for markers; the search starts at the trailers and goes backwards: "
        f"{what}.",
    )


def read_claims(
    change: Change,
    repository: Repository,
    catalogue: Catalogue,
    add: Add,
    whole: Callable[[int], None],
) -> tuple[Claims, list[Notice]]:
    """What notes and traces claim.

    Args:
        change: what is judged.
        repository: where its objects are.
        catalogue: says how sure a note and a trace are, and whether they count.
        add: puts evidence on the record.
        whole: says that a piece of evidence speaks of the change as a whole.
    """
    notes, on_notes = _read_note_claims(change, repository, catalogue, add, whole)
    traces, on_traces = _read_trace_claims(change, repository, catalogue, add)
    return Claims(notes, traces), [*on_notes, *on_traces]


def _read_note_claims(
    change: Change,
    repository: Repository,
    catalogue: Catalogue,
    add: Add,
    whole: Callable[[int], None],
) -> tuple[dict[str, dict[str, list[tuple[LineRange, int]]]], list[Notice]]:
    """The lines that notes claim, by commit and path; what an older note says goes to the change as a whole."""
    by_note = _signal(catalogue, SignalKind.NOTE, NOTES_REF)
    by_older = _signal(catalogue, SignalKind.NOTE, OLDER_REFS)
    if not change.commits or not (by_note or by_older):
        return {}, []
    notes: dict[str, dict[str, list[tuple[LineRange, int]]]] = {}
    found, notices = read_notes(repository, [commit.oid for commit in change.commits])
    for note in found:
        if by_note and note.claims:
            notes[note.commit] = _noted(note, by_note, add)
        elif by_older and note.older:
            quote = f"{OLDER_REFS}{note.commit} ({note.older})"
            whole(add(_evidence(by_older, "git note", note.commit, quote)))
    return notes, notices


def _read_trace_claims(
    change: Change, repository: Repository, catalogue: Catalogue, add: Add
) -> tuple[dict[str, list[tuple[tuple[LineRange, ...], int]]], list[Notice]]:
    """The lines that traces claim, by path."""
    by_trace = next(
        (signal for signal in catalogue.signals if signal.kind is SignalKind.TRACE), None
    )
    if by_trace is None or not any(file.path in by_trace.literals for file in change.files):
        return {}, []
    from judgegate.provenance.agent_traces import read_traces  # few changes have records

    traces: dict[str, list[tuple[tuple[LineRange, ...], int]]] = {}
    records, notices = read_traces(change, repository)
    for trace, index in _traced(records, by_trace, change, add):
        traces.setdefault(trace.path, []).append(
            (_place_claim(trace, change, repository), index)
        )
    return traces, notices


def _signal(catalogue: Catalogue, kind: SignalKind, place: str) -> Signal | None:
    return next(
        (
            signal
            for signal in catalogue.signals
            if signal.kind is kind and place in signal.literals
        ),
        None,
    )


def _evidence(signal: Signal, source: str, commit: str | None, quote: str) -> Evidence:
    return Evidence(
        signal.tool,
        signal.id,
        signal.role,
        signal.confidence,
        source,
        commit,
        quote_of(quote),
    )


def _noted(note: Note, signal: Signal, add: Add) -> dict[str, list[tuple[LineRange, int]]]:
    """The note's lines by path; one piece of evidence for each tool, with the first entry as its quote."""
    places: dict[str, int] = {}
    found: dict[str, list[tuple[LineRange, int]]] = {}
    for claim in note.claims:
        if claim.agent not in places:
            quote = f"{claim.path} {claim.key} {_words(claim.lines)} ({claim.agent})"
            places[claim.agent] = add(_evidence(signal, "git note", note.commit, quote))
        found.setdefault(claim.path, []).append((claim.lines, places[claim.agent]))
    return found


def _traced(
    records: "Iterable[Trace]", signal: Signal, change: Change, add: Add
) -> "list[tuple[Trace, int]]":
    """The records about files of the change; one piece of evidence for each tool and file."""
    # A record may have been written before a rename.
    names = {
        name: file.path
        for file in change.files
        for name in (file.old_path, file.path)
        if name and file.new
    }
    places: dict[tuple[str, str], int] = {}
    found = []
    for trace in records:
        if trace.path not in names:
            continue
        path = names[trace.path]
        if (path, trace.agent) not in places:
            quote = f"{trace.path} {','.join(map(_words, trace.lines)) or 'as a whole'} ({trace.agent})"
            places[path, trace.agent] = add(_evidence(signal, "agent trace", None, quote))
        found.append((replace(trace, path=path), places[path, trace.agent]))
    return found


def _place_claim(
    trace: "Trace", change: Change, repository: Repository
) -> tuple[LineRange, ...]:
    """The record's lines as the head has them; none, if that would be a guess: then the file is claimed.

    A record names the revision that its numbers refer to, or the one that it was written on top of;
    only a commit of the change is surely the former.
    """
    lines: Sequence[LineRange] = trace.lines
    if trace.revision in {commit.oid for commit in change.commits}:
        from judgegate.provenance.history import carry, hunks_between

        hunks = hunks_between(repository, trace.revision, change.head_tree, trace.path)
        lines = [now for then in trace.lines for now in carry(then, hunks)]
    added = next((file.added for file in change.files if file.path == trace.path), ())
    return tuple(one for one in lines if overlap([one], added))


def _words(lines: LineRange) -> str:
    return str(lines.start) if len(lines) == 1 else f"{lines.start}-{lines.end}"
