"""What is judged: read from git by object id, or from a patch.

What only some ways of giving a change need is imported when it is first asked for: the start of a run is what a small change waits for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from judgegate.change.commits import read_commit_objects
from judgegate.change.committed import read_commits
from judgegate.change.git import GitError
from judgegate.change.objects import MissingObjectError
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base

if TYPE_CHECKING:
    from judgegate.change.patch import open_for_patch, read_patch
    from judgegate.change.patch_names import BrokenPatchError
    from judgegate.change.staged import read_staged
    from judgegate.change.tracking import count_uncommitted
    from judgegate.change.worktree import read_worktree

__all__ = [
    "BrokenPatchError",
    "GitError",
    "MissingObjectError",
    "Repository",
    "choose_base",
    "count_uncommitted",
    "open_for_patch",
    "read_commit_objects",
    "read_commits",
    "read_patch",
    "read_staged",
    "read_worktree",
]

_LATER = {
    "BrokenPatchError": "patch_names",
    "count_uncommitted": "tracking",
    "open_for_patch": "patch",
    "read_patch": "patch",
    "read_staged": "staged",
    "read_worktree": "worktree",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
