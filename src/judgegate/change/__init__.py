"""What is judged: read from git by object id, or from a patch."""

from judgegate.change.commits import read_commit_objects
from judgegate.change.committed import read_commits
from judgegate.change.git import GitError
from judgegate.change.objects import MissingObjectError
from judgegate.change.patch import open_for_patch, read_patch
from judgegate.change.patch_names import BrokenPatchError
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
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
