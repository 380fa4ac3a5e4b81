"""Reading a unified diff: two trees, as far as it shows them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from judgegate.change.commits import parse_identity, read_commit_objects
from judgegate.change.committed import tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.environment import CLEAN, take_inherited
from judgegate.change.git import Launcher, find_git
from judgegate.change.patch_message import PatchMessage, read_message
from judgegate.change.patch_preimages import Preimages
from judgegate.change.patch_sections import PatchPart, split_patch
from judgegate.change.patch_series import in_order
from judgegate.change.patch_state import PatchState
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, has_commits
from judgegate.change.scratch import Scratch
from judgegate.change.trees import TreeEntry, write_tree
from judgegate.model.change import Assurance, Change, ChangeSource, Commit, FileChange, Revision
from judgegate.model.errors import UsageError
from judgegate.model.notices import Notice


def read_patch(repository: Repository, patch: bytes, base: Revision | None = None) -> Change:
    """What a patch changes. Its pre-images are looked for in `base` (`HEAD`, if none is given) and among all objects.

    A file whose pre-image is not at hand carries an obstacle, and the assurance is then `reduced`, as it always is outside of a
    repository. Mails of `git format-patch` and what `git show` prints become commits, which are written aside: their ids are real, but
    nobody else has them, and what they say of their author is what the text says.

    Raises:
        BrokenPatchError: the patch cannot be read, or could mean more than one thing.
    """
    parts = in_order(split_patch(patch))
    messages = [read_message(part) for part in parts]
    if base is None and not repository.is_temporary and has_commits(repository):
        base = Revision("HEAD", repository.resolve("HEAD"), "checked out")
    entries = {path: TreeEntry(blob.mode, blob.oid) for path, blob in repository.list_tree(base.oid)} if base else {}
    repository.lay_scratch()
    state = PatchState(Preimages(repository), dict(entries), dict(entries))
    trees = _apply(repository, state, parts, every=any(messages))
    base_tree = write_tree(repository, state.base)
    files = {file.path: file for file in compare_trees(repository, [base_tree], trees[-1])} | state.unshown
    whole = base is not None and tree_of(repository, base.oid) == base_tree
    commits = _write_commits(repository, base.oid if base and whole else None, base_tree, list(zip(messages, trees, strict=False)))
    return Change(
        source=ChangeSource.PATCH,
        base=base,
        head=None,
        merge_bases=(base.oid,) if base and whole else (),
        base_tree=base_tree,
        head_tree=trees[-1],
        files=tuple(sorted(files.values(), key=lambda file: encode_path(file.path))),
        commits=commits,
        branch=branch_of(repository) if base else None,
        assurance=_assure(base, files.values()),
        notices=() if commits else (Notice("uncommitted", "The patch has no message that could say who wrote it."),),
    )


def open_for_patch(directory: Path) -> Repository:
    """The repository that a patch is judged in: the one around `directory`, or else an empty one that goes when it is closed."""
    try:
        return Repository.open(directory)
    except UsageError:
        if any((parent / ".git").exists() for parent in (directory.absolute(), *directory.absolute().parents)):
            raise
    return _open_temporary()


def _open_temporary() -> Repository:
    take_inherited()
    scratch = Scratch("sha1")
    git_dir = scratch.path / "repository.git"
    Launcher(find_git(), scratch.path, environment=CLEAN).run(
        "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(git_dir)
    )
    repository = Repository.open(git_dir)
    repository.own(scratch)
    return repository


def _apply(repository: Repository, state: PatchState, parts: Sequence[PatchPart], *, every: bool) -> list[str]:
    """Apply the parts, and return the tree after each of them, or after the last one only."""
    trees = []
    for number, part in enumerate(parts, 1):
        state.apply(part.files)
        if every or number == len(parts):
            trees.append(write_tree(repository, state.head))
    return trees


def _write_commits(
    repository: Repository, parent: str | None, base_tree: str, made: Sequence[tuple[PatchMessage | None, str]]
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


def _write_commit(repository: Repository, parent: str | None, tree: str, message: PatchMessage) -> str:
    lines = [b"tree " + tree.encode()]
    if parent is not None:
        lines.append(b"parent " + parent.encode())
    lines += [b"author " + _ident(message.author), b"committer " + _ident(message.committer), b"", message.message]
    return repository.lay_scratch().store("commit", b"\n".join(lines))


def _ident(person: bytes) -> bytes:
    """A header that git reads back the same; the clock stands still, because the text's own clock decides nothing."""
    who, _ = parse_identity(person)
    name, email = (part.encode("utf-8", "surrogateescape").translate(None, b"<>\n\0") for part in (who.name, who.email))
    return name + b" <" + email + b"> 0 +0000"


def _assure(base: Revision | None, files: Iterable[FileChange]) -> Assurance:
    return Assurance.FULL if base is not None and not any(file.obstacle for file in files) else Assurance.REDUCED
