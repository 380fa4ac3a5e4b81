"""What is matched so far: the state that the stages share, and the few ways in which they change it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from operator import attrgetter

from judgegate.matching.units import FilePair, PlacedUnit, SideFile
from judgegate.model.definition_map import MOST_TIED, Equality

Key = Callable[[PlacedUnit], Hashable]
Group = tuple[list[PlacedUnit], list[PlacedUnit]]
"""Units of the base, and units of the head."""


class MatchedFile:
    """A file that both sides have, at the same path or renamed, and in the same language."""

    __slots__ = ("base", "given", "head")

    def __init__(self, given: FilePair, base: SideFile, head: SideFile) -> None:
        self.given = given
        self.base = base
        self.head = head

    @property
    def is_renamed(self) -> bool:
        """Whether the base has it under another path."""
        return self.given.old_path is not None


class Matching:
    """The files of a change, and what their units became so far.

    `bases` and `heads` are all files of each side, `files` those that both sides have. What a stage has
    paired no later one asks about. `comparisons` counts how often a unit was looked up, or compared with
    another one. `doubtful` are units that too many others are like to compare them all.

    Raises:
        ValueError: two files have the same path on one side.
    """

    def __init__(self, given: Iterable[FilePair]) -> None:
        self.bases: list[SideFile] = []
        self.heads: list[SideFile] = []
        self.files: list[MatchedFile] = []
        self.ties: list[Group] = []
        self.comparisons = 0
        for one in given:
            self._read(one)
        for side in (self.bases, self.heads):
            side.sort(key=attrgetter("path"))
            if len({file.path for file in side}) < len(side):
                raise ValueError("a path is in two files of one side")
        self.doubtful: list[PlacedUnit] = []
        self.cut = any(file.is_cut for file in (*self.bases, *self.heads))

    def _read(self, given: FilePair) -> None:
        base = head = None
        if given.base is not None:
            base = SideFile(given.old_path or given.path, given.base, is_head=False)
            self.bases.append(base)
        if given.head is not None:
            head = SideFile(given.path, given.head, is_head=True)
            self.heads.append(head)
        if base is not None and head is not None and base.language == head.language:
            self.files.append(MatchedFile(given, base, head))

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than the bounds let through."""
        return self.cut or any(unit.is_open for unit in self.doubtful)

    def languages(self) -> Iterator[tuple[list[SideFile], list[SideFile]]]:
        """The files of both sides, language by language: nothing moves from one to another."""
        for language in sorted({file.language for file in self.heads}):
            bases, heads = (
                [file for file in files if file.language == language]
                for files in (self.bases, self.heads)
            )
            yield bases, heads

    def pair(
        self, base: PlacedUnit, head: PlacedUnit, equal: Equality | None = None
    ) -> None:
        """Say that a unit of the base became one of the head."""
        base.is_open = head.is_open = False
        base.partner, head.partner = head, base
        base.equal = head.equal = _equality(base, head) if equal is None else equal

    def tie(self, bases: Sequence[PlacedUnit], heads: Sequence[PlacedUnit]) -> None:
        """Say that nobody can tell which of some units became which.

        Too many of them are no tie: they count as added and removed.
        """
        is_small = max(len(bases), len(heads)) <= MOST_TIED
        for unit in (*bases, *heads):
            unit.is_open = False
            unit.is_tied = is_small
        if is_small:
            self.ties.append((list(bases), list(heads)))
        else:
            self.cut = True

    def groups(
        self, key: Key, bases: Iterable[PlacedUnit], heads: Iterable[PlacedUnit]
    ) -> Iterator[Group]:
        """The open units of both sides by a key, where both have some, in their order."""
        found: dict[Hashable, Group] = {}
        for side, units in enumerate((bases, heads)):
            for unit in units:
                self.comparisons += 1
                if unit.is_open:
                    found.setdefault(key(unit), ([], []))[side].append(unit)
        return filter(all, found.values())

    def pair_last(
        self,
        key: Key,
        bases: Iterable[PlacedUnit],
        heads: Iterable[PlacedUnit],
        may_pair: Callable[[PlacedUnit, PlacedUnit], bool] | None = None,
    ) -> None:
        """Pair what has the same key; of several the last with the last, since the last one holds.

        What may not pair stays open.
        """
        for ones, others in self.groups(key, bases, heads):
            for base, head in zip(reversed(ones), reversed(others), strict=False):
                if may_pair is None or may_pair(base, head):
                    self.pair(base, head)

    def pair_single(
        self, key: Key, bases: Iterable[PlacedUnit], heads: Iterable[PlacedUnit]
    ) -> None:
        """Pair what has the same key, where there is one on each side."""
        for ones, others in self.groups(key, bases, heads):
            if len(ones) == len(others) == 1:
                self.pair(ones[0], others[0])


def _equality(base: PlacedUnit, head: PlacedUnit) -> Equality:
    if base.form == head.form:
        return Equality.FORM
    body = base.unit.body
    return Equality.BODY if body and body == head.unit.body else Equality.NONE
