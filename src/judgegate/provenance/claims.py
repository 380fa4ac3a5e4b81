"""Notes and traces as evidence. They are the change's own word: they can add AI evidence and never take any away."""

import re
from collections.abc import Callable, Iterable, Sequence

from judgegate.change.repository import Repository
from judgegate.model.change import Change
from judgegate.model.evidence import Evidence
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange, overlap
from judgegate.model.signals import Signal, SignalKind
from judgegate.provenance.attribution import Claims
from judgegate.provenance.catalogue import Catalogue
from judgegate.provenance.history import carry, hunks_between
from judgegate.provenance.markers import quote_of
from judgegate.provenance.notes import NOTES_REF, OLDER_REFS, Note, read_notes
from judgegate.provenance.traces import TRACES_PATH, Trace, read_traces

OID = re.compile(r"[0-9a-f]{40,64}")
Add = Callable[[Evidence], int]
"""Puts evidence on the record; where it is then."""


def read_claims(
    change: Change, repository: Repository, catalogue: Catalogue, add: Add, whole: Callable[[int], None]
) -> tuple[Claims, list[Notice]]:
    """What notes and traces claim.

    Args:
        change: what is judged.
        repository: where its objects are.
        catalogue: says how sure a note and a trace are, and whether they count.
        add: puts evidence on the record.
        whole: says that a piece of evidence speaks of the change as a whole.
    """
    notices: list[Notice] = []
    notes: dict[str, dict[str, list[tuple[LineRange, int]]]] = {}
    traces: dict[str, list[tuple[tuple[LineRange, ...], int]]] = {}
    by_note, by_older = (
        _signal(catalogue, SignalKind.NOTE, NOTES_REF),
        _signal(catalogue, SignalKind.NOTE, OLDER_REFS),
    )
    if change.commits and (by_note or by_older):
        found, said = read_notes(repository, [commit.oid for commit in change.commits])
        notices += said
        for note in found:
            if by_note and note.claims:
                notes[note.commit] = _noted(note, by_note, add)
            elif by_older and note.older:
                whole(
                    add(
                        _evidence(
                            by_older, "git note", note.commit, f"{OLDER_REFS}{note.commit} ({note.older})"
                        )
                    )
                )
    if by_trace := _signal(catalogue, SignalKind.TRACE, TRACES_PATH):
        records, said = read_traces(change, repository)
        notices += said
        for trace, index in _traced(records, by_trace, change, add):
            traces.setdefault(trace.path, []).append((_place(trace, change, repository), index))
    return Claims(notes, traces), notices


def _signal(catalogue: Catalogue, kind: SignalKind, place: str) -> Signal | None:
    return next(
        (signal for signal in catalogue.signals if signal.kind is kind and place in signal.literals), None
    )


def _evidence(signal: Signal, source: str, commit: str | None, quote: str) -> Evidence:
    return Evidence(signal.tool, signal.id, signal.role, signal.confidence, source, commit, quote_of(quote))


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


def _traced(records: Iterable[Trace], signal: Signal, change: Change, add: Add) -> list[tuple[Trace, int]]:
    """The records about files of the change; one piece of evidence for each tool and file."""
    names = {
        name: file.path for file in change.files for name in (file.old_path, file.path) if name and file.new
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
        found.append((Trace(path, trace.lines, trace.agent, trace.revision), places[path, trace.agent]))
    return found


def _place(trace: Trace, change: Change, repository: Repository) -> tuple[LineRange, ...]:
    """The record's lines as the head has them; none, if that would be a guess: then the file is claimed.

    A record names the revision that its numbers refer to, or the one that it was written on top of; only a commit of the change is surely
    the former.
    """
    lines: Sequence[LineRange] = trace.lines
    if trace.revision in {commit.oid for commit in change.commits}:
        hunks = hunks_between(repository, trace.revision, change.head_tree, trace.path)
        lines = [now for then in trace.lines for now in carry(then, hunks)]
    added = next((file.added for file in change.files if file.path == trace.path), ())
    return tuple(one for one in lines if overlap([one], added))


def _words(lines: LineRange) -> str:
    return str(lines.start) if len(lines) == 1 else f"{lines.start}-{lines.end}"
