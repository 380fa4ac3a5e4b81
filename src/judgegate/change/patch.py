"""Reading a unified diff: two trees, as far as it shows them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from judgegate.change.commits import parse_identity, read_commit_objects, tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.git import CLEAN, GitRunner, find_git, take_inherited
from judgegate.change.patch_headers import FilePatch
from judgegate.change.patch_mail import PatchMessage, read_message
from judgegate.change.patch_parser import (
    PatchPart,
    split_patch,
)
from judgegate.change.patch_state import PatchState, Preimages
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, has_commits
from judgegate.change.scratch import Scratch
from judgegate.change.trees import TreeEntry, write_tree
from judgegate.model.change import (
    Assurance,
    Change,
    ChangeSource,
    Commit,
    FileChange,
    Revision,
)
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice

UNCOMMITTED = Notice(
    "uncommitted", "The patch has no commit message that could show who wrote it."
)


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
    # Without messages there is one tree only, and no commit.
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
        for file in part.files:
            links += _goes_on(left.get(file.old_path or file.path), file)
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
    # Where the base does not fit, what was there before gets a commit of its own, so that the first
    # part's commit shows no more than that part.
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
    """A header that git reads back the same.

    The clock is that of 1970, because the text's own clock decides nothing.
    """
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
    """The repository that a patch is judged in.

    The one around `directory`, or else an empty one that goes when it is closed.
    """
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
