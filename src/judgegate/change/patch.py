"""Reading a unified diff: two trees, as far as it shows them."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct, field

from judgegate.change.commits import parse_identity, read_commit_objects, tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.git import CLEAN, GitRunner, find_git, take_inherited
from judgegate.change.patch_headers import BrokenPatchError, FilePatch
from judgegate.change.patch_mail import PatchMessage, read_message
from judgegate.change.patch_parser import (
    PatchedLines,
    PatchPart,
    apply_hunks,
    read_hunks,
    split_patch,
)
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, has_commits
from judgegate.change.scratch import Scratch
from judgegate.change.trees import TreeEntry, write_tree
from judgegate.model.change import (
    EXECUTE_BITS,
    FILE_MODE,
    LINK_MODE,
    SUBMODULE_MODE,
    TYPE_BITS,
    Assurance,
    Blob,
    Change,
    ChangeSource,
    Commit,
    FileChange,
    FileStatus,
    Revision,
)
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice

PART_ONLY = "a patch shows a part"
BINARY = "a patch with binary content is not unpacked"
UNCOMMITTED = Notice(
    "uncommitted", "The patch has no commit message that could show who wrote it."
)
_PLAIN, _EXECUTABLE = 0o100644, 0o100755
_SUBMODULE = re.compile(rb"Subproject commit ([0-9a-f]{40}|[0-9a-f]{64})\n?")


def read_patch(
    repository: Repository, patch: bytes, base: Revision | None = None
) -> Change:
    """What a patch changes.

    Its pre-images are searched in `base` (`HEAD`, if none is given) and among all objects.

    A file whose pre-image is not at hand carries an obstacle, and the assurance is then `reduced`,
    as it always is outside of a repository. Mails of `git format-patch` and what `git show` prints
    become commits, which are written aside: their ids are real, but nobody else has them, and what
    they say of their author is what the text says.

    Raises:
        BrokenPatchError: the patch cannot be read, or could mean more than one thing.
    """
    parts = in_order(split_patch(patch))
    messages = [read_message(part) for part in parts]
    if base is None:
        base = _checked_out(repository)
    entries = _entries_of(repository, base)
    repository.lay_scratch()
    state = PatchState(Preimages(repository), dict(entries), dict(entries))
    trees = _apply(repository, state, parts, every=any(messages))
    base_tree = write_tree(repository, state.base)
    files = {
        file.path: file for file in compare_trees(repository, [base_tree], trees[-1])
    } | state.unshown
    # Where the patch was made from something else than the base, its commits cannot go on from the base's.
    is_whole = base is not None and tree_of(repository, base.oid) == base_tree
    parent = base.oid if base is not None and is_whole else None
    commits = _write_commits(
        repository, parent, base_tree, list(zip(messages, trees, strict=False))
    )
    return Change(
        source=ChangeSource.PATCH,
        base=base,
        head=None,
        merge_bases=() if parent is None else (parent,),
        base_tree=base_tree,
        head_tree=trees[-1],
        files=tuple(sorted(files.values(), key=lambda file: encode_path(file.path))),
        commits=commits,
        branch=branch_of(repository) if base else None,
        assurance=_assure(base, files.values()),
        notices=() if commits else (UNCOMMITTED,),
    )


def _checked_out(repository: Repository) -> Revision | None:
    if repository.is_temporary or not has_commits(repository):
        return None
    return Revision("HEAD", repository.resolve("HEAD"), "checked out")


def _entries_of(repository: Repository, base: Revision | None) -> dict[str, TreeEntry]:
    if base is None:
        return {}
    return {
        path: TreeEntry(blob.mode, blob.oid)
        for path, blob in repository.list_tree(base.oid)
    }


def in_order(parts: Sequence[PatchPart]) -> list[PatchPart]:
    """The parts, turned round if the ids of the files' contents say that each goes on from the one after it.

    Mails are in order.
    """
    if all(part.is_shown for part in parts) and _count_links(parts[::-1]) > _count_links(
        parts
    ):
        return list(parts[::-1])
    return list(parts)


def _count_links(parts: Sequence[PatchPart]) -> int:
    """How often a file begins as an earlier part has left it."""
    left: dict[str, FilePatch] = {}
    links = 0
    for part in parts:
        links += sum(
            _goes_on(left.get(file.old_path or file.path), file) for file in part.files
        )
        left |= {file.path: file for file in part.files}
    return links


def _goes_on(earlier: FilePatch | None, later: FilePatch) -> bool:
    if earlier is None or earlier.new_id is None or later.old_id is None:
        return False
    return earlier.new_id.startswith(later.old_id) or later.old_id.startswith(
        earlier.new_id
    )


def _write_commits(
    repository: Repository,
    parent: str | None,
    base_tree: str,
    made: Sequence[tuple[PatchMessage | None, str]],
) -> tuple[Commit, ...]:
    """The commits that the parts would be, the newest first; none if no part has a message."""
    if not any(message for message, _ in made):
        return ()
    nobody = PatchMessage(b"", b"", b"")
    parent = parent or _write_commit(repository, None, base_tree, nobody)
    oids: list[str] = []
    for message, tree in made:
        parent = _write_commit(repository, parent, tree, message or nobody)
        oids.insert(0, parent)
    return tuple(read_commit_objects(repository, oids))


def _write_commit(
    repository: Repository, parent: str | None, tree: str, message: PatchMessage
) -> str:
    lines = [b"tree " + tree.encode()]
    if parent is not None:
        lines.append(b"parent " + parent.encode())
    lines += [
        b"author " + _ident(message.author),
        b"committer " + _ident(message.committer),
        b"",
        message.message,
    ]
    return repository.lay_scratch().store("commit", b"\n".join(lines))


def _ident(person: bytes) -> bytes:
    """A header that git reads back the same; the clock stands still, because the text's own clock decides nothing."""
    who, _ = parse_identity(person)
    name, email = (
        part.encode("utf-8", "surrogateescape").translate(None, b"<>\n\0")
        for part in (who.name, who.email)
    )
    return name + b" <" + email + b"> 0 +0000"


def _assure(base: Revision | None, files: Iterable[FileChange]) -> Assurance:
    return (
        Assurance.FULL
        if base is not None and not any(file.obstacle for file in files)
        else Assurance.REDUCED
    )


def open_for_patch(directory: Path) -> Repository:
    """The repository that a patch is judged in: the one around `directory`, or else an empty one that goes when it is closed."""
    try:
        return Repository.open(directory)
    except UsageError:
        if any(
            (parent / ".git").exists()
            for parent in (directory.absolute(), *directory.absolute().parents)
        ):
            raise
    return _open_temporary()


def _open_temporary() -> Repository:
    take_inherited()
    scratch = Scratch("sha1")
    git_dir = scratch.path / "repository.git"
    GitRunner(find_git(), scratch.path, environment=CLEAN).run(
        "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(git_dir)
    )
    repository = Repository.open(git_dir)
    repository.own(scratch)
    return repository


class Preimages:
    """Finds, reads and stores blobs; nothing is fetched, and nothing is written into the user's repository."""

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
            candidates = (
                self._repository.run("rev-parse", f"--disambiguate={start}")
                .decode("ascii")
                .split()
            )
            known = self._repository.describe(candidates)
            blobs = [
                oid
                for oid, info in known.items()
                if info is not None and info.kind == "blob"
            ]
            self._found[start] = blobs[0] if len(blobs) == 1 else None
        return self._found[start]

    def read(self, entry: TreeEntry | None) -> bytes:
        """The content of a file, empty if there is none."""
        return self._repository.read(entry.oid) if entry is not None else b""

    def store(self, content: bytes) -> str:
        """Keep a blob aside; its id."""
        return self._repository.lay_scratch().store("blob", content)


class _UnshownError(Exception):
    """The patch does not say what the file is. The text says why."""


class PatchState(Struct):
    """What was there before the patch (`base`) and what is there after the parts applied so far (`head`), by path.

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
        self._left = {path for file in files if (path := file.left_path) is not None}
        results = [
            (file, result)
            for file in files
            if (result := self._try(file, before)) is not None
        ]
        # All go before any come: where two files swap their names, each comes to where the other has left.
        for path in self._left.intersection(file.old_path for file, _ in results):
            self.head.pop(path, None)
        for file, result in results:
            if file.new_path is not None:
                self.head[file.new_path] = result
        self._touched.update(
            path
            for file in files
            for path in (file.old_path, file.new_path)
            if path is not None
        )

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
        if file.new_path is None and old is not None and (not hunks or file.is_binary):
            return old
        mode = _mode_of(file, file.new_mode, old)
        if mode == SUBMODULE_MODE:
            return TreeEntry(mode, self._submodule(file, old, hunks))
        if file.is_binary:
            oid = self.preimages.find(file.new_id)
            if oid is None:
                raise _UnshownError(BINARY)
            return TreeEntry(mode, oid)
        if old is not None and not hunks:
            return TreeEntry(mode, old.oid)
        return TreeEntry(mode, self.preimages.store(self._patched(file, old, hunks)))

    def _patched(
        self, file: FilePatch, old: TreeEntry | None, hunks: tuple[PatchedLines, ...]
    ) -> bytes:
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
        fits = entry is not None and self._fits(file, entry, hunks)
        # What an earlier part made must be what this part starts from; only the base may turn out
        # to be another one.
        named = (
            entry.oid if entry is not None and fits else self.preimages.find(file.old_id)
        )
        if named is None or (file.old_path in self._touched and not fits):
            raise _UnshownError(PART_ONLY)
        found = TreeEntry(_mode_of(file, file.old_mode, entry), named)
        self._put(file.old_path, found, before)
        return found

    def _fits(
        self, file: FilePatch, entry: TreeEntry, hunks: tuple[PatchedLines, ...]
    ) -> bool:
        """Whether this is the pre-image: the one that the patch names, or, if it names none that is known, one that its hunks apply to."""
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
        old = (
            self._unknown(file.old_mode or file.new_mode, file.old_id)
            if file.old_path
            else None
        )
        new = (
            self._unknown(file.new_mode or file.old_mode, file.new_id)
            if file.new_path
            else None
        )
        added = tuple(lines for hunk in hunks for lines in hunk.added)
        removed = tuple(lines for hunk in hunks for lines in hunk.removed)
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
        digits = self.preimages.digits
        return Blob(
            mode or _PLAIN, oid if oid and len(oid) == digits else "0" * digits, None
        )


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


def _apply(
    repository: Repository, state: PatchState, parts: Sequence[PatchPart], *, every: bool
) -> list[str]:
    """Apply the parts, and return the tree after each of them, or after the last one only."""
    trees = []
    for number, part in enumerate(parts, 1):
        state.apply(part.files)
        if every or number == len(parts):
            trees.append(write_tree(repository, state.head))
    return trees
