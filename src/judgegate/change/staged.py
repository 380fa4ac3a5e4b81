"""Reading what is staged: the index against HEAD."""

import shutil
from pathlib import Path

from judgegate.change.committed import tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.environment import take_inherited
from judgegate.change.paths import decode_path, show_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, has_commits
from judgegate.change.scratch import temporary_files
from judgegate.model.change import Change, ChangeSource, FileChange, Revision
from judgegate.model.errors import UsageError
from judgegate.model.notices import Notice


def read_staged(repository: Repository) -> Change:
    """What a commit of the index would change. Inside a hook it is the index that git hands down.

    An entry that is only intended to be added is not part of it, as it would not be part of the commit.

    Raises:
        UsageError: the repository is bare, or the index holds an unfinished merge.
    """
    if repository.work_tree is None:
        raise UsageError("A bare repository has nothing staged.", "Judge commits with --base and --head.")
    tree = write_index_tree(repository)
    base = Revision("HEAD", repository.resolve("HEAD"), "HEAD") if has_commits(repository) else None
    base_tree = tree_of(repository, base.oid) if base else repository.empty_tree
    files = compare_trees(repository, [base_tree], tree)
    return Change(
        source=ChangeSource.STAGED,
        base=base,
        head=None,
        merge_bases=(base.oid,) if base else (),
        base_tree=base_tree,
        head_tree=tree,
        files=files,
        branch=branch_of(repository),
        notices=(_say_what_is_staged(files),),
    )


def write_index_tree(repository: Repository) -> str:
    """The index as a tree, written aside.

    Raises:
        UsageError: a path is unmerged.
    """
    index = copy_index(repository, take_inherited().index)
    launcher = repository.launcher.with_environment({"GIT_INDEX_FILE": str(index)})
    if unmerged := launcher.run("ls-files", "-z", "--unmerged"):
        path = decode_path(unmerged.partition(b"\0")[0].partition(b"\t")[2])
        raise UsageError(f"The index holds an unfinished merge, at {show_path(path)}.", "Resolve it and stage the result.")
    return launcher.run("write-tree", "--missing-ok").decode("ascii").strip()


def copy_index(repository: Repository, index: Path | None = None) -> Path:
    """A copy of the index, or of the repository's own if none is given, aside; it is absent if that is.

    Its clock is kept: git tells by it which files may have changed without showing it.
    """
    scratch = repository.lay_scratch()
    source = index or repository.path_of("index")
    with temporary_files():
        scratch.index.unlink(missing_ok=True)
        if source.exists():
            shutil.copy2(source, scratch.index)
    return scratch.index


def _say_what_is_staged(files: tuple[FileChange, ...]) -> Notice:
    if not files:
        return Notice("nothing-staged", "Nothing is staged, so there was nothing to judge.")
    return Notice("uncommitted", "What is staged has no commit yet that could say who wrote it.")
