"""Names that mean something else than before, though what they mean now is old."""

from collections import defaultdict
from posixpath import dirname

from judgegate.matching.matched import Matching
from judgegate.matching.units import PlacedUnit, SideFile

_LAST_HOLDS = frozenset({"bash", "javascript", "python", "ruby", "typescript"})
"""Languages in which the last of several definitions of a name holds."""

_TOGETHER = frozenset({"c", "cpp", "csharp", "go", "java", "kotlin", "php", "ruby"})
"""Languages in which the files of a folder use each other's names without naming the file."""


class OldNames:
    """What the names that the head has meant in the base."""

    def __init__(self, matching: Matching) -> None:
        self._before = {file.head: file.base for file in matching.files}
        self._of_folders: dict[tuple[str, str], set[str]] = defaultdict(set)
        for file in matching.bases:
            if file.language in _TOGETHER:
                names = (unit.unit.name for unit in file.definitions)
                self._of_folders[_folder(file)].update(names)

    def is_taken(self, base: PlacedUnit, head: PlacedUnit) -> bool:
        """Whether the name that this pair has in the head stood for something else in the base."""
        if not head.is_definition:
            return False
        before = self._before.get(head.file)
        is_same_name = base.unit.name == head.unit.name
        if is_same_name and base.file is before:
            return _is_last(head) and not _is_last(base)
        if not is_same_name and head.unit.name in self._of_folders[_folder(head.file)]:
            return True
        return before is not None and _is_bound(before, base, head)


def _folder(file: SideFile) -> tuple[str, str]:
    return file.language, dirname(file.path)


def _is_bound(before: SideFile, base: PlacedUnit, head: PlacedUnit) -> bool:
    """Whether the head's name was bound in what the head's file was before."""
    # To what comes out of a third file, a file that was renamed is a new one.
    is_in_place = base.file is before or before.path == head.file.path
    return is_in_place and (before.is_cut or head.unit.name in before.bound_names)


def _is_last(unit: PlacedUnit) -> bool:
    """Whether it is what its name stands for in its file.

    Where there are overloads, every definition of a name holds. A name such as `app.get("/x")` is that of a
    call, and stands for nothing.
    """
    name = unit.unit.name
    if unit.file.language not in _LAST_HOLDS or name.endswith(")"):
        return True
    return unit.file.last_of_name[name] is unit
