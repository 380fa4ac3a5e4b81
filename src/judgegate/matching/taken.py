"""Names that may mean something else than before, though what they mean now is old.

Who may be reached by its new name is not old, whoever it was before. So in doubt a name is taken.
"""

from collections import defaultdict
from itertools import product
from posixpath import dirname, split, splitext

from judgegate.matching.known_names import BoundBehind, KnownNames
from judgegate.matching.matched import Group, Matching
from judgegate.matching.units import PlacedUnit, SideFile
from judgegate.model.definition_map import Equality
from judgegate.model.facts import LONGEST_NAME, UnitKind

_LAST_HOLDS = frozenset({"bash", "javascript", "python", "ruby", "typescript"})
"""Languages in which the last of several definitions of a name holds."""

_TOGETHER = frozenset({"c", "cpp", "csharp", "go", "java", "kotlin", "php", "ruby"})
"""Languages in which the files of a folder use each other's names without naming the file."""

_STARTED = frozenset({"init", "main"})
"""Functions that are called though nothing in the code does so."""

_OF_FOLDERS = frozenset({"__init__", "index"})
"""Files that are imported by the name of their folder."""

Place = tuple[str, str]
"""Where a file's names are looked up: its language and folder, or the path by which it is imported."""


class OldNames:
    """What the names that the head has meant in the base."""

    def __init__(self, matching: Matching) -> None:
        self._before = {file.head: file.base for file in matching.files}
        self._behind = {
            file.base: BoundBehind(file.base, file.head) for file in matching.files
        }
        files: dict[Place, list[SideFile]] = defaultdict(list)
        for file in matching.bases:
            files[_place(file)].append(file)
        self._places = {place: KnownNames(inside) for place, inside in files.items()}
        self._files = {file: KnownNames([file]) for file in self._behind}
        self._taken: dict[PlacedUnit, bool] = {}
        for file in matching.heads:
            # What encloses a unit comes before it, but for the types of Go.
            for unit in sorted(file.units, key=_has_owner):
                self._taken[unit] = unit.is_definition and self._decide(unit)

    def is_taken(self, head: PlacedUnit) -> bool:
        """Whether the name of what is paired may have stood for something else in the base."""
        return self._taken[head]

    def is_any_taken(self, tie: Group) -> bool:
        """The same for every pair that a tie may be."""
        return any(
            self._is_owner_taken(head) or self._is_new(base, head)
            for base, head in product(*tie)
        )

    def _decide(self, head: PlacedUnit) -> bool:
        if self._is_owner_taken(head):
            return True
        if head.partner is None:
            # Then this matters to what is in it.
            return self._is_known(head)
        return self._is_new(head.partner, head)

    def _is_owner_taken(self, head: PlacedUnit) -> bool:
        return head.owner is not None and self._taken[head.owner]

    def _is_new(self, base: PlacedUnit, head: PlacedUnit) -> bool:
        """Whether a pair has a name that it did not have, and that was known in the base."""
        if max(len(base.unit.name), len(head.unit.name)) >= LONGEST_NAME:
            # Behind the cut it may be another one.
            return head.equal is not Equality.BYTES
        is_in_place = self._before.get(head.file) is base.file
        if _keeps_name(base, head):
            if is_in_place and self._is_revealed(base, head):
                return True
            return _place(base.file) != _place(head.file) and self._is_known(head)
        if head.unit.kind is UnitKind.METHOD and not _is_in_new(head):
            # A base class or a framework may have known it by that name.
            return True
        if _is_started(head.last_name) or self._is_known(head):
            return True
        return is_in_place and self._files[base.file].may_have(head.unit)

    def _is_known(self, head: PlacedUnit) -> bool:
        """Whether the base knows the name where the head has it now."""
        known = self._places.get(_place(head.file))
        return known is not None and known.may_have(head.unit)

    def _is_revealed(self, base: PlacedUnit, head: PlacedUnit) -> bool:
        """Whether the name was bound again behind the unit, and is not any more."""
        name = base.unit.name
        # A name such as `app.get("/x")` is that of a call, and stands for nothing.
        if base.file.language not in _LAST_HOLDS or name.endswith(")"):
            return False
        if base.file.meanings.get(name) != head.file.meanings.get(head.unit.name):
            return True
        return self._behind[base.file].is_gone(base, head)


def _has_owner(unit: PlacedUnit) -> bool:
    return unit.owner is not None


def _keeps_name(base: PlacedUnit, head: PlacedUnit) -> bool:
    """Whether it has its name, within what it has stood in, be that under another name."""
    if base.local_name != head.local_name:
        return False
    if base.owner is None or head.owner is None:
        return base.owner is head.owner
    return base.owner.partner is head.owner


def _is_in_new(head: PlacedUnit) -> bool:
    """Whether it stands in a class that the base does not have."""
    return head.owner is not None and head.owner.partner is None


def _is_started(name: str) -> bool:
    """Whether the language calls what has such a name."""
    return name in _STARTED or (name.startswith("__") and name.endswith("__"))


def _place(file: SideFile) -> Place:
    if file.language in _TOGETHER:
        return file.language, dirname(file.path)
    stem = splitext(file.path)[0]
    folder, name = split(stem)
    return "", folder if name in _OF_FOLDERS else stem
