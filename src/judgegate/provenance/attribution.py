"""Which evidence speaks of which added line.

Git is asked only about files that marked commits touched or that a note claims.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from judgegate.change.repository import Repository
from judgegate.model.change import Blob, Change, FileChange
from judgegate.model.evidence import (
    Attribution,
    Claims,
    Evidence,
    FileEvidence,
    LineEvidence,
)
from judgegate.model.levels import Certainty, Role
from judgegate.model.ranges import LineRange
from judgegate.provenance.history import (
    Blamed,
    Lost,
    Touch,
    blame,
    carry,
    hunks_between,
    lost_lines,
    significant,
    touches,
    weight,
)

Indices = tuple[int, ...]
"""Places in the record's evidence, rising."""

ENOUGH_ELSEWHERE = 20
"""Letters and digits that a block must have to be taken for a moved one: git's own measure (`git blame -M`).
"""

ENOUGH_IN_PLACE = 10
"""The same, in the file that the block was lost from, unless it is all that was added there: anybody writes `else`.
"""

LARGEST_FILE = 10_000_000
"""Bytes of a file in which lines that were put back are searched."""


def attribute(
    change: Change,
    repository: Repository,
    evidence: Sequence[Evidence],
    marked: Mapping[str, Indices],
    claims: Claims,
) -> Attribution:
    """Find the lines and files that the evidence speaks of.

    Args:
        change: what is judged.
        repository: where its commits are.
        evidence: the record's.
        marked: the evidence of each commit that carries some, notes apart.
        claims: what notes and traces say.
    """
    return _Attributor(change, repository, evidence, marked, claims).attribute()


class _Attributor:
    def __init__(
        self,
        change: Change,
        repository: Repository,
        evidence: Sequence[Evidence],
        marked: Mapping[str, Indices],
        claims: Claims,
    ) -> None:
        self.change = change
        self.repository = repository
        self.marked = marked
        self.claims = claims
        self.kinds = {
            oid: frozenset(_kind(evidence[index]) for index in indices)
            for oid, indices in marked.items()
        }
        self.oldest_first = tuple(reversed(change.commits))
        self.touched = (
            _touched(touches(repository, self.oldest_first)) if change.commits else {}
        )

    def attribute(self) -> Attribution:
        found = {
            file.path: self._speaking(file) for file in self.change.files if file.added
        }
        self._find_lines_put_back(found)
        lines = (
            piece
            for file in self.change.files
            if file.added
            for piece in _pieces(file, found[file.path])
        )
        return Attribution(tuple(lines), tuple(self._files()))

    def _files(self) -> Iterator[FileEvidence]:
        for file in self.change.files:
            speaking = self._speaking_of_file(file)
            if speaking:
                yield FileEvidence(file.path, tuple(sorted(speaking)))

    def _speaking_of_file(self, file: FileChange) -> set[int]:
        commits = self.touched.get(file.path, frozenset())
        by_commits = {index for oid in commits for index in self.marked.get(oid, ())}
        by_notes = {index for oid in commits for index in self._noted(oid, file)}
        by_traces = {index for _, index in self.claims.traces.get(file.path, ())}
        return by_commits | by_notes | by_traces

    def _noted(self, commit: str, file: FileChange) -> Iterator[int]:
        notes = self.claims.notes.get(commit, {})
        # A commit from before a rename knows the file by its old name.
        for path in (file.path, file.old_path or file.path):
            yield from (index for _, index in notes.get(path, ()))

    def _speaking(self, file: FileChange) -> dict[int, set[int]]:
        """For each line of the head that something speaks of, what does."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for lines, indices in self._by_commits(file):
            for line in lines:
                found[line].update(indices)
        for ranges, index in self.claims.traces.get(file.path, ()):
            for lines in ranges or file.added:
                for line in lines:
                    found[line].add(index)
        return found

    def _by_commits(self, file: FileChange) -> Iterator[tuple[LineRange, Iterable[int]]]:
        """Lines of the head and what speaks of the commit that wrote them."""
        commits = self.touched.get(file.path, frozenset())
        is_noted = any(oid in self.claims.notes for oid in commits)
        is_marked = any(oid in self.marked for oid in commits)
        if not is_noted and not is_marked:
            return
        # A note names single lines of a commit, so only blame can say where they are now.
        if is_noted or not self._are_marked_alike(commits):
            yield from self._by_blame(file.path)
            return
        together = sorted({index for oid in commits for index in self.marked[oid]})
        yield from ((lines, together) for lines in file.added)

    def _are_marked_alike(self, commits: Iterable[str]) -> bool:
        """Whether who wrote which line does not matter: a policy lets the evidence of all of these commits gate, or of none."""
        # Without a head some of the lines are not committed, and no commit speaks of those.
        return (
            self.change.head is not None
            and len({self.kinds.get(oid) for oid in commits}) == 1
        )

    def _by_blame(self, path: str) -> Iterator[tuple[LineRange, Iterable[int]]]:
        tip = self.change.head.oid if self.change.head else self.change.commits[0].oid
        # What is not committed yet cannot be blamed, so the newest commit is, and its lines are
        # carried to where they stand now.
        if not self.change.head and self.repository.blob_at(tip, path) is None:
            return
        hunks = (
            []
            if self.change.head
            else hunks_between(self.repository, tip, self.change.head_tree, path)
        )
        base = [self.change.base.oid] if self.change.base else self.change.merge_bases
        for part in blame(self.repository, tip, base, path):
            for lines, indices in self._lines_with_evidence(part):
                yield from ((now, indices) for now in carry(lines, hunks))

    def _lines_with_evidence(
        self, part: Blamed
    ) -> Iterator[tuple[LineRange, Iterable[int]]]:
        """What speaks of lines that a commit wrote: its own evidence, and its note's for those that the note names."""
        if part.commit in self.marked:
            yield part.lines, self.marked[part.commit]
        shift = part.lines.start - part.first_then
        for lines, index in self.claims.notes.get(part.commit, {}).get(part.path, ()):
            start, end = (
                max(lines.start + shift, part.lines.start),
                min(lines.end + shift, part.lines.end),
            )
            if start <= end:
                yield LineRange(start, end), (index,)

    def _find_lines_put_back(self, found: Mapping[str, dict[int, set[int]]]) -> None:
        """Lines that a marked commit wrote first and another wrote again, in the same file or elsewhere, belong to both."""
        single = [commit for commit in self.oldest_first if len(commit.parents) < 2]  # noqa: PLR2004 - more than one parent is a merge
        kinds = {self.kinds.get(commit.oid) for commit in single}
        if not self.marked or len(kinds) < 2:  # noqa: PLR2004 - all are marked alike, so a line found again would say nothing new
            return
        lost = lost_lines(self.repository, single, self.marked)
        if not lost:
            return
        for file in self.change.files:
            new = _searched_side(file)
            if new is not None:
                put_back(
                    file, self.repository.read(new.oid).split(b"\n"), lost, found[file.path]
                )


def _searched_side(file: FileChange) -> Blob | None:
    """The head's side of a file, if lines that were put back are searched in it."""
    new = file.new
    if not file.added or new is None or not new.is_file:
        return None
    return new if (new.size or 0) <= LARGEST_FILE else None


def put_back(
    file: FileChange,
    texts: Sequence[bytes],
    lost: dict[bytes, list[Lost]],
    found: dict[int, set[int]],
) -> None:
    """Mark the added lines of a file that are lost ones put back. Each lost line is found once.

    Args:
        file: whose added lines are compared.
        texts: its lines as the head has them.
        lost: by text; what is found is taken out.
        found: what speaks of each line; more is added.
    """
    names = {file.path, file.old_path}
    for block, is_all in _blocks(file, texts, lost, found):
        in_place = all(any(one.path in names for one in lost[text]) for _, text in block)
        if sum(weight(text) for _, text in block) < _enough(
            in_place=in_place, is_all=is_all
        ):
            continue
        for line, text in block:
            # An earlier line of the block may have been the last with this text.
            if candidates := lost.get(text):
                chosen = next(
                    (one for one in candidates if one.path in names), candidates[0]
                )
                candidates.remove(chosen)
                found.setdefault(line, set()).update(chosen.marks)


def _enough(*, in_place: bool, is_all: bool) -> int:
    """Letters and digits that a block must have to be taken for one that was put back."""
    if not in_place:
        return ENOUGH_ELSEWHERE
    return 0 if is_all else ENOUGH_IN_PLACE


def _blocks(
    file: FileChange,
    texts: Sequence[bytes],
    lost: Mapping[bytes, Sequence[Lost]],
    found: Mapping[int, set[int]],
) -> Iterator[tuple[list[tuple[int, bytes]], bool]]:
    """Neighbouring added lines whose text was lost, and whether nothing else was added there; lines that say nothing do not part them."""
    for added in file.added:
        is_all = True
        block: list[tuple[int, bytes]] = []
        for line in (line for line in added if line <= len(texts)):
            text = significant(texts[line - 1])
            known = found.get(line, set())
            # A lost line that says no more than is known already would be taken from where it says more.
            if any(not known.issuperset(one.marks) for one in lost.get(text, ())):
                block.append((line, text))
            elif text:
                is_all = False
                if block:
                    yield block, is_all
                block = []
        if block:
            yield block, is_all


def _kind(piece: Evidence) -> tuple[Role, Certainty, str]:
    """All of a piece of evidence that a policy can ask about."""
    return piece.role, piece.confidence, piece.signal


def _touched(parts: Iterable[Touch]) -> dict[str, frozenset[str]]:
    """Which commits touched each path, or what it was renamed from. `parts` come in the order of history."""
    found: dict[str, set[str]] = {}
    for part in parts:
        commits = found.setdefault(part.path, set())
        commits.add(part.commit)
        if part.old is not None:
            commits |= found.get(part.old, set())
    return {path: frozenset(commits) for path, commits in found.items()}


def _pieces(file: FileChange, found: Mapping[int, set[int]]) -> Iterator[LineEvidence]:
    """The file's added lines, neighbours of which the same evidence speaks together."""
    for added in file.added:
        for indices, lines in groupby(
            added, key=lambda line: tuple(sorted(found.get(line, ())))
        ):
            together = tuple(lines)
            yield LineEvidence(file.path, LineRange(together[0], together[-1]), indices)
