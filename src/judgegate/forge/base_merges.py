"""Merges of the base into the branch that judgegate makes again: whoever clicked "Update branch" wrote nothing by that."""

from collections.abc import Collection, Iterator, Mapping

from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.model.change import Change, Commit

OF_TWO = 2


def find_recomputed(repository: Repository, change: Change) -> frozenset[str]:
    """The merges of the base that come out the same, conflicts and hand-made edits excluded, when git makes them again."""
    own = {commit.oid for commit in change.commits}
    return frozenset(
        commit.oid
        for commit in change.commits
        if _merges_base(commit, own) and _comes_out_the_same(repository, commit)
    )


def find_carried(change: Change, recomputed: Collection[str]) -> frozenset[str]:
    """The older heads whose approvals hold for this one: from them to the head there are such merges only."""
    commits = {commit.oid: commit for commit in change.commits}
    return frozenset(_step_back(change.head.oid if change.head else "", commits, recomputed))


def _step_back(head: str, commits: Mapping[str, Commit], recomputed: Collection[str]) -> Iterator[str]:
    while head in recomputed:
        head = commits[head].parents[0]
        if head in commits:
            yield head


def _merges_base(commit: Commit, own: Collection[str]) -> bool:
    """Whether it merges what the base already has into the branch: the second parent is no commit of the change."""
    return len(commit.parents) == OF_TWO and commit.parents[0] in own and commit.parents[1] not in own


def _comes_out_the_same(repository: Repository, commit: Commit) -> bool:
    return merge(repository, *commit.parents) == commit.tree


def merge(repository: Repository, ours: str, theirs: str) -> str | None:
    """The tree that git makes of two commits alone; None if they conflict, or one of them is not there."""
    try:
        tree = repository.run("merge-tree", "--write-tree", "--no-messages", ours, theirs)
    except GitError:
        return None
    return tree.decode("ascii", "replace").strip()
