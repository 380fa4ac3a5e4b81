"""Both sides of a patch: its pre-images put in place, then its changes."""

import re
from dataclasses import dataclass, field

from judgegate.change.patch_hunks import PatchedLines, apply_hunks, read_hunks
from judgegate.change.patch_lines import FilePatch
from judgegate.change.patch_names import BrokenPatchError
from judgegate.change.patch_preimages import Preimages
from judgegate.change.trees import TreeEntry
from judgegate.model.change import EXECUTE_BITS, FILE_MODE, LINK_MODE, SUBMODULE_MODE, TYPE_BITS, Blob, FileChange, FileStatus

PART_ONLY = "a patch shows a part"
BINARY = "a patch with binary content is not unpacked"

_PLAIN, _EXECUTABLE = 0o100644, 0o100755
_SUBMODULE = re.compile(rb"Subproject commit ([0-9a-f]{40}|[0-9a-f]{64})\n?")


class _UnshownError(Exception):
    """The patch does not tell what the file is. The text says why."""


@dataclass(slots=True)
class PatchState:
    """What was there before the patch (`base`) and what is there after the parts applied so far (`head`), by path.

    `unshown` are the files that the patch does not show whole.
    """

    preimages: Preimages
    base: dict[str, TreeEntry]
    head: dict[str, TreeEntry]
    unshown: dict[str, FileChange] = field(default_factory=dict)
    _touched: set[str] = field(default_factory=set)
    _left: set[str | None] = field(default_factory=set)

    def apply(self, files: list[FilePatch]) -> None:
        """Apply one part. Every file of it starts from what was there before the part.

        Raises:
            BrokenPatchError: a hunk does not fit the very content that it was made from.
        """
        before = dict(self.head)
        self._left = {file.old_path for file in files if file.old_path is not None and not file.is_copy}
        results = [(file, result) for file in files if (result := self._try(file, before)) is not None]
        for file, _ in results:
            if file.old_path is not None and file.old_path in self._left:
                self.head.pop(file.old_path, None)
        for file, result in results:
            if file.new_path is not None:
                self.head[file.new_path] = result
        self._touched.update(path for file in files for path in (file.old_path, file.new_path) if path is not None)

    def _try(self, file: FilePatch, before: dict[str, TreeEntry]) -> TreeEntry | None:
        """The file's new side; of a deleted file, its old one. None if the patch does not tell."""
        hunks = read_hunks(file)
        try:
            return self._result(file, before, hunks)
        except _UnshownError as reason:
            self._give_up(file, hunks, str(reason))
            return None

    def _result(self, file: FilePatch, before: dict[str, TreeEntry], hunks: tuple[PatchedLines, ...]) -> TreeEntry:
        if self.unshown.keys() & {file.old_path, file.new_path}:
            raise _UnshownError(PART_ONLY)
        old = self._old_side(file, before, hunks)
        if file.new_path is None and old is not None and (not hunks or file.is_binary):
            return old
        mode = _canonical(file, file.new_mode or (old.mode if old else _PLAIN))
        if mode == SUBMODULE_MODE:
            return TreeEntry(mode, self._submodule(file, old, hunks))
        if file.is_binary:
            oid = self.preimages.find(file.new_id)
            if oid is None:
                raise _UnshownError(BINARY)
            return TreeEntry(mode, oid)
        if old is not None and not hunks:
            return TreeEntry(mode, old.oid)
        content = apply_hunks(self.preimages.read(old), hunks)
        if content is None:
            raise BrokenPatchError(file.hunk_line, "a hunk does not fit the file that it was made from")
        if file.new_path is None and content:
            raise BrokenPatchError(file.hunk_line, "the file is deleted, and lines of it are left")
        return TreeEntry(mode, self.preimages.store(content))

    def _old_side(self, file: FilePatch, before: dict[str, TreeEntry], hunks: tuple[PatchedLines, ...]) -> TreeEntry | None:
        """The pre-image, put in place if the base has another one; None for a file that the patch adds."""
        if file.old_path is None:
            if file.new_path not in self._left:
                self._put(file.path, None, before)
            return None
        entry = before.get(file.old_path)
        if entry is None and file.may_be_new:
            file.old_path = None
            return None
        fits = entry is not None and self._fits(file, entry, hunks)
        named = entry.oid if entry is not None and fits else self.preimages.find(file.old_id)
        if named is None or (file.old_path in self._touched and not fits):
            raise _UnshownError(PART_ONLY)
        found = TreeEntry(_canonical(file, file.old_mode or (entry.mode if entry else _PLAIN)), named)
        self._put(file.old_path, found, before)
        return found

    def _fits(self, file: FilePatch, entry: TreeEntry, hunks: tuple[PatchedLines, ...]) -> bool:
        """Whether this is the pre-image: the one that the patch names, or, if it names none that is known, one that its hunks apply to."""
        if file.old_mode is not None and file.old_mode & TYPE_BITS != entry.mode & TYPE_BITS:
            return False
        if file.old_id is not None and (entry.oid.startswith(file.old_id) or self.preimages.find(file.old_id) is not None):
            return entry.oid.startswith(file.old_id)
        if file.is_binary:
            return file.old_id is None
        return entry.mode == SUBMODULE_MODE or apply_hunks(self.preimages.read(entry), hunks) is not None

    def _put(self, path: str, entry: TreeEntry | None, before: dict[str, TreeEntry]) -> None:
        """Make the base what the patch says it was. What an earlier part made is not the base's."""
        if path in self._touched or (entry is None and path not in before):
            return
        for side in (self.base, self.head):
            side.pop(path, None)
            if entry is not None:
                side[path] = entry

    def _submodule(self, file: FilePatch, old: TreeEntry | None, hunks: tuple[PatchedLines, ...]) -> str:
        if not hunks and old is not None:
            return old.oid
        found = _SUBMODULE.fullmatch(b"".join(line for hunk in hunks for line in hunk.new))
        if found is None and file.new_path is not None:
            raise BrokenPatchError(file.hunk_line, "the commit of a submodule cannot be read")
        return found[1].decode() if found else "0" * self.preimages.digits

    def _give_up(self, file: FilePatch, hunks: tuple[PatchedLines, ...], reason: str) -> None:
        """Keep the file as one that is not shown whole; a rename as its two halves."""
        old = self._unknown(file.old_mode or file.new_mode, file.old_id) if file.old_path else None
        new = self._unknown(file.new_mode or file.old_mode, file.new_id) if file.new_path else None
        added = tuple(lines for hunk in hunks for lines in hunk.added)
        removed = tuple(lines for hunk in hunks for lines in hunk.removed)
        if file.old_path == file.new_path:
            self._keep(FileChange(file.path, FileStatus.MODIFIED, old=old, new=new, added=added, removed=removed, obstacle=reason))
            return
        if file.old_path and not file.is_copy:
            self._keep(FileChange(file.old_path, FileStatus.DELETED, old=old, new=None, removed=removed, obstacle=reason))
        if file.new_path:
            self._keep(FileChange(file.new_path, FileStatus.ADDED, old=None, new=new, added=added, old_path=file.old_path, obstacle=reason))

    def _keep(self, change: FileChange) -> None:
        self.unshown[change.path] = change

    def _unknown(self, mode: int | None, oid: str | None) -> Blob:
        digits = self.preimages.digits
        return Blob(mode or _PLAIN, oid if oid and len(oid) == digits else "0" * digits, None)


def _canonical(file: FilePatch, mode: int) -> int:
    """The mode as a tree of git has it."""
    if mode & TYPE_BITS == FILE_MODE:
        return _EXECUTABLE if mode & EXECUTE_BITS else _PLAIN
    if mode not in (LINK_MODE, SUBMODULE_MODE):
        raise BrokenPatchError(file.line, f"a file has the mode {mode:o}, which git does not know")
    return mode
