"""What notes beside the commits and trace records in the repository claim of single lines."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from judgegate.change.repository import Repository
from judgegate.model.change import Change
from judgegate.model.evidence import (
    Claims,
    Evidence,
    LinesByEvidence,
    Signal,
    SignalKind,
)
from judgegate.model.intervals import NO_LINES, Intervals
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange, merge_ranges
from judgegate.provenance.catalogue import Catalogue
from judgegate.provenance.git_notes import NOTES_REF, OLDER_REFS, Note, read_notes
from judgegate.provenance.matcher import quote_of

if TYPE_CHECKING:
    from judgegate.provenance.agent_traces import Trace
    from judgegate.provenance.history import LineMap

MOST_AGENTS = 100
"""Agents with evidence of their own, in one note and of one file; real ones name a few."""

Add = Callable[[Evidence], int]
"""Puts evidence on the record; where it is then."""

Claimed = dict[str, dict[int, list[LineRange]]]
"""By path, and by the place of the evidence, the claimed lines."""


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
) -> tuple[dict[str, dict[str, LinesByEvidence]], list[Notice]]:
    """The lines that notes claim, by commit and path.

    What an older note says goes to the change as a whole.
    """
    by_note = _signal_of_notes(catalogue, NOTES_REF)
    by_older = _signal_of_notes(catalogue, OLDER_REFS)
    # Without a signal that they could be evidence of, git need not be asked for notes.
    if not change.commits or not (by_note or by_older):
        return {}, []
    notes: dict[str, dict[str, LinesByEvidence]] = {}
    found, notices = read_notes(repository, [commit.oid for commit in change.commits])
    for note in found:
        if by_note and note.claims:
            notes[note.commit] = _joined(_noted(note, by_note, add))
        elif by_older and note.older:
            quote = f"{OLDER_REFS}{note.commit} ({note.older})"
            whole(add(_evidence(by_older, "git note", note.commit, quote)))
    return notes, notices


def _read_trace_claims(
    change: Change, repository: Repository, catalogue: Catalogue, add: Add
) -> tuple[dict[str, LinesByEvidence], list[Notice]]:
    """The lines that traces claim, by path."""
    by_trace = next(_signals(catalogue, SignalKind.TRACE), None)
    if by_trace is None or not any(file.path in by_trace.literals for file in change.files):
        return {}, []
    from judgegate.provenance.agent_traces import read_traces  # few changes have records

    records, notices = read_traces(change, repository)
    placer = _Placer(change, repository)
    found: Claimed = {}
    for trace, index in _traced(records, by_trace, change, add):
        claimed = found.setdefault(trace.path, {}).setdefault(index, [])
        claimed += placer.place(trace)
    return _joined(found), notices


def _signals(catalogue: Catalogue, kind: SignalKind) -> Iterator[Signal]:
    """The catalogue's signals of this kind."""
    return (signal for signal in catalogue.signals if signal.kind is kind)


def _signal_of_notes(catalogue: Catalogue, ref: str) -> Signal | None:
    """What the catalogue says of notes that are kept under this ref."""
    known = _signals(catalogue, SignalKind.NOTE)
    return next((signal for signal in known if ref in signal.literals), None)


def _evidence(signal: Signal, source: str, commit: str | None, quote: str) -> Evidence:
    """The signal as evidence that was seen in this place."""
    return Evidence(
        signal.tool,
        signal.id,
        signal.role,
        signal.confidence,
        source,
        commit,
        quote_of(quote),
    )


def _noted(note: Note, signal: Signal, add: Add) -> Claimed:
    """The note's lines by path.

    There is one piece of evidence for each tool, with the first entry as its quote.
    """
    agents = _Agents(add)
    found: Claimed = {}
    for claim in note.claims:
        quote = f"{claim.path} {claim.key} {_words(claim.lines)} ({claim.agent})"
        evidence = _evidence(signal, "git note", note.commit, quote)
        claimed = found.setdefault(claim.path, {})
        claimed.setdefault(agents.place(claim.agent, evidence), []).append(claim.lines)
    return found


def _joined(claimed: Claimed) -> dict[str, LinesByEvidence]:
    """The claimed lines as few ranges: a note may claim the same lines any number of times."""
    return {
        path: {
            index: Intervals(merge_ranges(lines)) for index, lines in by_evidence.items()
        }
        for path, by_evidence in claimed.items()
    }


def _traced(
    records: "Iterable[Trace]", signal: Signal, change: Change, add: Add
) -> "list[tuple[Trace, int]]":
    """The records about files of the change; one piece of evidence for each tool and file."""
    names = _names_of_files(change)
    agents: defaultdict[str, _Agents] = defaultdict(lambda: _Agents(add))
    found = []
    for trace in records:
        path = names.get(trace.path)
        if path is None:
            continue
        lines = ",".join(map(_words, trace.lines)) or "as a whole"
        quote = f"{trace.path} {lines} ({trace.agent})"
        evidence = _evidence(signal, "agent trace", None, quote)
        place = agents[path].place(trace.agent, evidence)
        found.append((replace(trace, path=path), place))
    return found


class _Agents:
    """The evidence of each agent that a note, or the records about a file, name.

    Beyond MOST_AGENTS they share the last one's, which says the same of the lines. Each line would
    carry the evidence of every agent that claims it, and a record can invent any number of them.
    """

    def __init__(self, add: Add) -> None:
        self._add = add
        self._places: dict[str, int] = {}
        self._last = 0

    def place(self, agent: str, evidence: Evidence) -> int:
        """Where the agent's evidence is on the record; it is put there the first time."""
        if agent not in self._places:
            if len(self._places) < MOST_AGENTS:
                self._last = self._add(evidence)
            self._places[agent] = self._last
        return self._places[agent]


def _names_of_files(change: Change) -> dict[str, str]:
    """The path of each file that the head has, by every name that the change knows it by."""
    names: dict[str, str] = {}
    for file in change.files:
        if file.new is None:
            continue
        # A record may have been written before a rename.
        if file.old_path:
            names[file.old_path] = file.path
        names[file.path] = file.path
    return names


class _Placer:
    """Finds the lines of records in the head."""

    def __init__(self, change: Change, repository: Repository) -> None:
        self._change = change
        self._repository = repository
        self._added = {file.path: file.added_at for file in change.files}
        self._commits = frozenset(commit.oid for commit in change.commits)
        # Many records speak of one file and one revision, and each question starts git.
        self._map_between = cache(self._read_map)

    def place(self, trace: "Trace") -> Iterable[LineRange]:
        """The added lines of the head that a record claims.

        All of the file's, if anything less would be a guess.

        A record names the revision that its numbers refer to, or the one that it was written on top of;
        only a commit of the change is surely the former.
        """
        lines: Iterable[LineRange] = trace.lines
        if trace.revision in self._commits:
            moved = self._map_between(trace.revision, trace.path)
            lines = chain.from_iterable(map(moved.carry, trace.lines))
        added = self._added.get(trace.path, NO_LINES)
        claimed = chain.from_iterable(map(added.common, merge_ranges(lines)))
        return tuple(claimed) or added.ranges

    def _read_map(self, revision: str, path: str) -> "LineMap":
        """Where the lines that a revision has stand in the head."""
        # Few changes have records.
        from judgegate.provenance.history import LineMap, hunks_between

        tree = self._change.head_tree
        return LineMap(hunks_between(self._repository, revision, tree, path))


def _words(lines: LineRange) -> str:
    """The lines as a quote has them: one number, or the first and the last."""
    return str(lines.start) if len(lines) == 1 else f"{lines.start}-{lines.end}"
