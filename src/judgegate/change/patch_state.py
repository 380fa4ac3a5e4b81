"""The two trees that a patch shows, as far as it does: its files applied to their pre-images."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct, field

from judgegate.change.patch_headers import BrokenPatchError, FilePatch
from judgegate.change.patch_hunks import PatchedLines, apply_hunks, read_hunks
from judgegate.change.repository import Repository
from judgegate.change.trees import TreeEntry
from judgegate.model.change import (
    EXECUTE_BITS,
    FILE_MODE,
    LINK_MODE,
    SUBMODULE_MODE,
    TYPE_BITS,
    Blob,
    FileChange,
    FileStatus,
)

if TYPE_CHECKING:
    from judgegate.change.objects import ObjectInfo

PART_ONLY = "a patch shows a part"
BINARY = "a patch with binary content is not unpacked"
_PLAIN, _EXECUTABLE = 0o100644, 0o100755
_SUBMODULE = re.compile(rb"Subproject commit ([0-9a-f]{40}|[0-9a-f]{64})\n?")


class Preimages:
    """Finds, reads and stores blobs.

    Nothing is fetched, and nothing is written into the user's repository.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._found: dict[str, str | None] = {}
        self.digits = len(repository.empty_tree)

    def find(self, start: str | None) -> str | None:
        """The only blob whose id begins like this; None if there is none, or more than one."""
        if start is None or not start.strip("0"):
            return None
        if start not in self._found:
            # A name such as `deadbeef` could be a branch's; this asks for objects only.
            answer = self._repository.run("rev-parse", f"--disambiguate={start}")
            known = self._repository.describe(answer.decode("ascii").split())
            blobs = [oid for oid, info in known.items() if _is_blob(info)]
            self._found[start] = blobs[0] if len(blobs) == 1 else None
        return self._found[start]

    def read(self, entry: TreeEntry | None) -> bytes:
        """The content of a file, empty if there is none."""
        return self._repository.read(entry.oid) if entry is not None else b""

    def store(self, content: bytes) -> str:
        """Keep a blob aside; its id."""
        return self._repository.lay_scratch().store("blob", content)


def _is_blob(info: "ObjectInfo | None") -> bool:
    """Whether git has the object, as a file's content."""
    return info is not None and info.kind == "blob"


class _UnshownError(Exception):
    """The patch does not say what the file is. The text says why."""


class PatchState(Struct):
    """What was there before the patch, and what is there after the parts applied so far, by path.

    The former is `base`, the latter `head`.

    `unshown` are the files that the patch does not show whole.
    """

    preimages: Preimages
    base: dict[str, TreeEntry]
    head: dict[str, TreeEntry]
    unshown: dict[str, FileChange] = field(default_factory=dict)
    _touched: set[str] = field(default_factory=set)
    _left: set[str] = field(default_factory=set)

    def apply(self, files: list[FilePatch]) -> None:
        """Apply one part. Every file of it starts from what was there before the part.

        Raises:
            BrokenPatchError: a hunk does not fit the very content that it was made from.
        """
        before = dict(self.head)
        self._left = set(filter(None, (file.left_path for file in files)))
        results: list[tuple[FilePatch, TreeEntry]] = []
        for file in files:
            result = self._try(file, before)
            if result is not None:
                results.append((file, result))
        self._move(results)
        for file in files:
            self._touched.update(filter(None, (file.old_path, file.new_path)))

    def _move(self, results: Sequence[tuple[FilePatch, TreeEntry]]) -> None:
        """Put the files where the part has them."""
        # All go before any come: where two files swap their names, each comes to where the other
        # has left.
        for path in self._left.intersection(file.old_path for file, _ in results):
            self.head.pop(path, None)
        for file, result in results:
            if file.new_path is not None:
                self.head[file.new_path] = result

    def _try(self, file: FilePatch, before: dict[str, TreeEntry]) -> TreeEntry | None:
        """The file's new side; of a deleted file, its old one. None if the patch does not say."""
        hunks = read_hunks(file)
        try:
            return self._result(file, before, hunks)
        except _UnshownError as reason:
            self._give_up(file, hunks, str(reason))
            return None

    def _result(
        self, file: FilePatch, before: dict[str, TreeEntry], hunks: tuple[PatchedLines, ...]
    ) -> TreeEntry:
        if self.unshown.keys() & {file.old_path, file.new_path}:
            raise _UnshownError(PART_ONLY)
        old = self._old_side(file, before, hunks)
        # A file that is deleted and not shown needs no new side.
        if file.new_path is None and old is not None and (not hunks or file.is_binary):
            return old
        mode = _mode_of(file, file.new_mode, old)
        if mode == SUBMODULE_MODE:
            return TreeEntry(mode, self._submodule(file, old, hunks))
        return TreeEntry(mode, self._content(file, old, hunks))

    def _content(
        self, file: FilePatch, old: TreeEntry | None, hunks: tuple[PatchedLines, ...]
    ) -> str:
        """The id of the file's new content."""
        if file.is_binary:
            oid = self.preimages.find(file.new_id)
            if oid is None:
                raise _UnshownError(BINARY)
            return oid
        if old is not None and not hunks:
            return old.oid
        return self.preimages.store(self._patched(file, old, hunks))

    def _patched(
        self, file: FilePatch, old: TreeEntry | None, hunks: tuple[PatchedLines, ...]
    ) -> bytes:
        """The old content with the hunks applied.

        Raises:
            BrokenPatchError: they do not fit, or leave something of a file that is deleted.
        """
        content = apply_hunks(self.preimages.read(old), hunks)
        if content is None:
            raise BrokenPatchError(
                file.hunk_line, "a hunk does not fit the file that it was made from"
            )
        if file.new_path is None and content:
            raise BrokenPatchError(
                file.hunk_line,
                "the file is deleted, but the patch does not remove all its lines",
            )
        return content

    def _old_side(
        self, file: FilePatch, before: dict[str, TreeEntry], hunks: tuple[PatchedLines, ...]
    ) -> TreeEntry | None:
        """The pre-image, put in place if the base has another one; None for a file that the patch adds."""
        if file.old_path is None:
            if file.new_path not in self._left:
                self._put(file.path, None, before)
            return None
        entry = before.get(file.old_path)
        if entry is None and file.may_be_new:
            file.old_path = None
            return None
        if entry is not None and self._fits(file, entry, hunks):
            named: str | None = entry.oid
        # What an earlier part made must be what this part starts from; only the base may turn out
        # to be another one.
        elif file.old_path in self._touched:
            raise _UnshownError(PART_ONLY)
        else:
            named = self.preimages.find(file.old_id)
        if named is None:
            raise _UnshownError(PART_ONLY)
        found = TreeEntry(_mode_of(file, file.old_mode, entry), named)
        self._put(file.old_path, found, before)
        return found

    def _fits(
        self, file: FilePatch, entry: TreeEntry, hunks: tuple[PatchedLines, ...]
    ) -> bool:
        """Whether this is the pre-image.

        It is the one that the patch names, or, if it names none that is known, one that its hunks
        apply to.
        """
        if (
            file.old_mode is not None
            and file.old_mode & TYPE_BITS != entry.mode & TYPE_BITS
        ):
            return False
        if file.old_id is not None and (
            entry.oid.startswith(file.old_id)
            or self.preimages.find(file.old_id) is not None
        ):
            return entry.oid.startswith(file.old_id)
        if file.is_binary:
            return file.old_id is None
        return (
            entry.mode == SUBMODULE_MODE
            or apply_hunks(self.preimages.read(entry), hunks) is not None
        )

    def _put(
        self, path: str, entry: TreeEntry | None, before: dict[str, TreeEntry]
    ) -> None:
        """Make the base what the patch says it was. What an earlier part made is not the base's."""
        if path in self._touched or (entry is None and path not in before):
            return
        for side in (self.base, self.head):
            side.pop(path, None)
            if entry is not None:
                side[path] = entry

    def _submodule(
        self, file: FilePatch, old: TreeEntry | None, hunks: tuple[PatchedLines, ...]
    ) -> str:
        if not hunks and old is not None:
            return old.oid
        found = _SUBMODULE.fullmatch(b"".join(line for hunk in hunks for line in hunk.new))
        if found is None and file.new_path is not None:
            raise BrokenPatchError(
                file.hunk_line, "the commit of a submodule cannot be read"
            )
        return found[1].decode() if found else "0" * self.preimages.digits

    def _give_up(
        self, file: FilePatch, hunks: tuple[PatchedLines, ...], reason: str
    ) -> None:
        """Keep the file as one that is not shown whole; a rename as its two halves."""
        old = new = None
        if file.old_path:
            old = self._unknown(file.old_mode or file.new_mode, file.old_id)
        if file.new_path:
            new = self._unknown(file.new_mode or file.old_mode, file.new_id)
        added = tuple(chain.from_iterable(hunk.added for hunk in hunks))
        removed = tuple(chain.from_iterable(hunk.removed for hunk in hunks))
        if file.old_path == file.new_path:
            modified = FileChange(
                file.path, FileStatus.MODIFIED, old, new, added, removed, obstacle=reason
            )
            self._keep(modified)
            return
        if file.left_path:
            gone = FileChange(
                file.left_path, FileStatus.DELETED, old, None, (), removed, obstacle=reason
            )
            self._keep(gone)
        if file.new_path:
            come = FileChange(
                file.new_path,
                FileStatus.ADDED,
                None,
                new,
                added,
                (),
                file.old_path,
                obstacle=reason,
            )
            self._keep(come)

    def _keep(self, change: FileChange) -> None:
        self.unshown[change.path] = change

    def _unknown(self, mode: int | None, oid: str | None) -> Blob:
        """A side of which the patch shows no more than this; an id that is cut names no object."""
        digits = self.preimages.digits
        is_whole = oid is not None and len(oid) == digits
        return Blob(mode or _PLAIN, oid if oid and is_whole else "0" * digits, None)


def _mode_of(file: FilePatch, said: int | None, entry: TreeEntry | None) -> int:
    """The mode, as a tree of git has it: what the header says, or else the one that the file had."""
    mode = said or (entry.mode if entry else _PLAIN)
    if mode & TYPE_BITS == FILE_MODE:
        return _EXECUTABLE if mode & EXECUTE_BITS else _PLAIN
    if mode not in (LINK_MODE, SUBMODULE_MODE):
        raise BrokenPatchError(
            file.line, f"a file has the mode {mode:o}, which git does not know"
        )
    return mode
