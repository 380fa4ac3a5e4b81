"""Which evidence speaks of which added line.

Git is asked only about files that marked commits touched or that a note claims.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING

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
    LineMap,
    LostLines,
    Touch,
    blame,
    hunks_between,
    lost_lines,
    significant,
    touches,
    weight,
)

if TYPE_CHECKING:
    from judgegate.change.hunk_headers import HunkHeader

Indices = tuple[int, ...]
"""Places in the record's evidence, rising."""

ENOUGH_ELSEWHERE = 20
"""Letters and digits that a block must have to be taken for a moved one.

It is git's own measure (`git blame -M`).
"""

ENOUGH_IN_PLACE = 10
"""The same, in the file that the block was lost from, unless it is all that was added there.

Anybody writes `else`.
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
        kinds = [_kind(piece) for piece in evidence]
        self.kinds = {
            oid: frozenset(map(kinds.__getitem__, indices))
            for oid, indices in marked.items()
        }
        self.oldest_first = tuple(reversed(change.commits))
        self.touched: dict[str, frozenset[str]] = {}
        if change.commits:
            self.touched = _touched(touches(repository, self.oldest_first))

    def attribute(self) -> Attribution:
        """The lines and files, each with what speaks of it."""
        changed = [file for file in self.change.files if file.added]
        found = {file.path: self._speaking(file) for file in changed}
        # Last, because a line is searched only where more would be known of it.
        self._find_lines_put_back(found)
        lines: list[LineEvidence] = []
        for file in changed:
            lines += _pieces(file, found[file.path])
        return Attribution(tuple(lines), tuple(self._files()))

    def _files(self) -> Iterator[FileEvidence]:
        """The files that something speaks of, those without added lines included."""
        for file in self.change.files:
            speaking = self._speaking_of_file(file)
            if speaking:
                yield FileEvidence(file.path, tuple(sorted(speaking)))

    def _speaking_of_file(self, file: FileChange) -> set[int]:
        """The evidence of commits that touched the file, and of notes and traces that name it."""
        speaking = set(self.claims.traces.get(file.path, ()))
        for oid in self.touched.get(file.path, frozenset()):
            speaking.update(self.marked.get(oid, ()))
            speaking.update(self._noted(oid, file))
        return speaking

    def _noted(self, commit: str, file: FileChange) -> Iterator[int]:
        """The evidence of a commit's note, if it names the file."""
        notes = self.claims.notes.get(commit, {})
        # A commit from before a rename knows the file by its old name.
        for path in (file.path, file.old_path or file.path):
            yield from notes.get(path, ())

    def _speaking(self, file: FileChange) -> dict[int, set[int]]:
        """For each line of the head that something speaks of, what does."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for lines, indices in self._by_commits(file):
            for line in lines:
                found[line].update(indices)
        for index, claimed in self.claims.traces.get(file.path, {}).items():
            for line in chain.from_iterable(claimed.ranges):
                found[line].add(index)
        return found

    def _by_commits(self, file: FileChange) -> Iterator[tuple[LineRange, Iterable[int]]]:
        """Lines of the head and what speaks of the commit that wrote them.

        Blame takes a process for each file, so it is asked only where it makes a difference.
        """
        commits = self.touched.get(file.path, frozenset())
        is_noted = not commits.isdisjoint(self.claims.notes)
        if not is_noted and commits.isdisjoint(self.marked):
            return
        # A note names single lines of a commit, so only blame can say where they are now.
        if is_noted or not self._are_marked_alike(commits):
            yield from self._by_blame(file.path)
            return
        together = sorted({index for oid in commits for index in self.marked[oid]})
        for lines in file.added:
            yield lines, together

    def _are_marked_alike(self, commits: Iterable[str]) -> bool:
        """Whether it does not matter who wrote which line.

        That is so where a policy lets the evidence of all of these commits gate, or of none.
        """
        # Without a head some of the lines are not committed, and no commit speaks of those.
        if self.change.head is None:
            return False
        return len({self.kinds.get(oid) for oid in commits}) == 1

    def _by_blame(self, path: str) -> Iterator[tuple[LineRange, Iterable[int]]]:
        """The same, line by line, as `git blame` finds it."""
        hunks: list[HunkHeader] = []  # none: the head's lines are where they stand now
        if self.change.head:
            tip = self.change.head.oid
        else:
            # What is not committed yet cannot be blamed, so the newest commit is, and its lines
            # are carried to where they stand now.
            tip = self.change.commits[0].oid
            if self.repository.blob_at(tip, path) is None:
                return
            hunks = hunks_between(self.repository, tip, self.change.head_tree, path)
        moved = LineMap(hunks)
        base = [self.change.base.oid] if self.change.base else self.change.merge_bases
        for part in blame(self.repository, tip, base, path):
            for lines, indices in self._lines_with_evidence(part):
                yield from ((now, indices) for now in moved.carry(lines))

    def _lines_with_evidence(
        self, part: Blamed
    ) -> Iterator[tuple[LineRange, Iterable[int]]]:
        """What speaks of lines that a commit wrote.

        Its own evidence does, and its note's of those that the note names.
        """
        if part.commit in self.marked:
            yield part.lines, self.marked[part.commit]
        # A note has the numbers of its own commit, which later commits have moved.
        shift = part.lines.start - part.first_then
        then = LineRange(part.first_then, part.lines.end - shift)
        noted = self.claims.notes.get(part.commit, {}).get(part.path, {})
        for index, claimed in noted.items():
            for lines in claimed.common(then):
                yield LineRange(lines.start + shift, lines.end + shift), (index,)

    def _find_lines_put_back(self, found: Mapping[str, dict[int, set[int]]]) -> None:
        """Find lines that a marked commit wrote first and another wrote again.

        In the same file or elsewhere, they belong to both.
        """
        lost = self._lost_lines()
        if lost is None:
            return
        for file in self.change.files:
            new = _searched_side(file)
            if new is None:
                continue
            texts = self.repository.read(new.oid).split(b"\n")
            put_back(file, texts, lost, found[file.path])

    def _lost_lines(self) -> LostLines | None:
        """The lines of marked commits that another commit removed; None where that says nothing."""
        # More than one parent is a merge, which brings lines in without writing them.
        single = [commit for commit in self.oldest_first if not commit.parents[1:]]
        kinds = {self.kinds.get(commit.oid) for commit in single}
        # If all are marked alike, or none is, a line that is found again says nothing new.
        if len(kinds) <= 1:
            return None
        return LostLines(lost_lines(self.repository, single, self.marked))


def _searched_side(file: FileChange) -> Blob | None:
    """The head's side of a file, if lines that were put back are searched in it."""
    if not file.added or file.new is None:
        return None
    # A link or a submodule has no lines of code.
    if not file.new.is_file or (file.new.size or 0) > LARGEST_FILE:
        return None
    return file.new


def put_back(
    file: FileChange,
    texts: Sequence[bytes],
    lost: LostLines,
    found: dict[int, set[int]],
) -> None:
    """Mark the added lines of a file that are lost ones put back. Each lost line is found once.

    Args:
        file: whose added lines are compared.
        texts: its lines as the head has them.
        lost: what is found is taken out.
        found: what speaks of each line; more is added.
    """
    names = frozenset(filter(None, (file.path, file.old_path)))
    # The blocks are found one by one, since what one of them takes is not there for the next.
    for block, is_all in _blocks(file, texts, lost, found):
        in_place = all(lost.has(text, names) for _, text in block)
        said = sum(weight(text) for _, text in block)
        if said < _enough(in_place=in_place, is_all=is_all):
            continue
        for line, text in block:
            # An earlier line of the block may have been the last with this text.
            if (chosen := lost.take(text, names)) is not None:
                found.setdefault(line, set()).update(chosen.marks)


def _enough(*, in_place: bool, is_all: bool) -> int:
    """Letters and digits that a block must have to be taken for one that was put back."""
    if not in_place:
        return ENOUGH_ELSEWHERE
    return 0 if is_all else ENOUGH_IN_PLACE


def _blocks(
    file: FileChange,
    texts: Sequence[bytes],
    lost: LostLines,
    found: Mapping[int, set[int]],
) -> Iterator[tuple[list[tuple[int, bytes]], bool]]:
    """Neighbouring added lines whose text was lost, and whether nothing else was added there.

    Lines that say nothing do not part them. Each block is an added line's number with its text,
    without white space. The arguments are those of `put_back`.
    """
    for added in file.added:
        is_all = True
        block: list[tuple[int, bytes]] = []
        for line in range(added.start, min(added.end, len(texts)) + 1):
            text = significant(texts[line - 1])
            if lost.says_more(text, found.get(line, set())):
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
    """Which commits touched each path, or what it was renamed from.

    `parts` come in the order of history, so the old name has all of its commits by then.
    """
    found: dict[str, set[str]] = {}
    for part in parts:
        commits = found.setdefault(part.path, set())
        commits.add(part.commit)
        if part.old is not None:
            commits |= found.get(part.old, set())
    return {path: frozenset(commits) for path, commits in found.items()}


def _pieces(file: FileChange, found: Mapping[int, set[int]]) -> Iterator[LineEvidence]:
    """The file's added lines, neighbours of which the same evidence speaks together."""

    def speaking(line: int) -> Indices:
        return tuple(sorted(found.get(line, ())))

    for added in file.added:
        for indices, lines in groupby(added, key=speaking):
            together = tuple(lines)
            yield LineEvidence(file.path, LineRange(together[0], together[-1]), indices)
