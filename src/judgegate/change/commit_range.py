"""Reading a change that is committed: from the merge base of two commits to the head."""

import re
from pathlib import Path

from judgegate.change.commits import parse_commit, read_commit_objects
from judgegate.change.comparison import compare_trees
from judgegate.change.git import GitError
from judgegate.change.repository import FETCH_ALL, Repository
from judgegate.change.revisions import branch_of, choose_base, has_commits, resolve_head
from judgegate.model.change import Change, ChangeSource, Commit, Revision
from judgegate.model.errors import IncompleteError, NothingToJudgeError
from judgegate.model.notices import Notice

_WHOLE_HISTORY = f"Fetch the whole history: {FETCH_ALL}"


def read_commits(repository: Repository, base: Revision | None = None, head: str | None = None) -> Change:
    """The change from the merge base of `base` and `head` to `head`. Without a base one is chosen, without a head it is `HEAD`.

    Raises:
        UsageError: a revision is unknown.
        NothingToJudgeError: there is nothing between the two.
        IncompleteError: the history or the content is not there in full.
    """
    tip = read_head(repository, head)
    base = base or choose_base(repository, None, head)
    if base.oid == tip.oid:
        raise NothingToJudgeError(
            f"{base.name} and {tip.name} are the same commit, so there is nothing to judge.",
            "Did you mean --worktree? Otherwise name another base with --base.",
        )
    merge_bases, commits = read_history(repository, base, tip)
    if not commits:
        raise NothingToJudgeError(
            f"{base.name} already contains {tip.name}, so there is nothing to judge.",
            "Did you mean --worktree?",
        )
    trees = [tree_of(repository, oid) for oid in merge_bases]
    head_tree = commits[0].tree if commits[0].oid == tip.oid else tree_of(repository, tip.oid)
    files = compare_trees(repository, trees, head_tree)
    return Change(
        source=ChangeSource.COMMITS,
        base=base,
        head=tip,
        merge_bases=merge_bases,
        base_tree=trees[0],
        head_tree=head_tree,
        files=files,
        commits=commits,
        branch=branch_of(repository, head),
        notices=() if files else (_nothing_differs(commits),),
    )


def read_head(repository: Repository, head: str | None) -> Revision:
    """The commit that is judged.

    Raises:
        UsageError: it is unknown.
        NothingToJudgeError: there is no commit yet.
    """
    if head is None and not has_commits(repository):
        raise NothingToJudgeError(
            "There are no commits yet, so there is nothing to judge.", "Judge what is staged with --staged."
        )
    return Revision(head or "HEAD", resolve_head(repository, head), "--head" if head else "checked out")


def read_history(
    repository: Repository, base: Revision, head: Revision
) -> tuple[tuple[str, ...], tuple[Commit, ...]]:
    """Every best common ancestor, in git's order, and the commits that the base cannot reach, the newest first.

    Raises:
        IncompleteError: there is no common ancestor, or a shallow clone may hide a better one.
    """
    line = _read_line(repository, head.oid, base.oid)
    if line is not None:
        return (base.oid,), line
    merge_bases = _find_merge_bases(repository, base, head)
    line = _read_line(repository, head.oid, merge_bases[0]) if len(merge_bases) == 1 else None
    return merge_bases, line if line is not None else _read_commits_between(repository, base, head)


_LONGEST_LINE = 100
"""Commits that are followed one by one before git is asked for all of them."""

_SINGLE_PARENT = re.compile(rb"tree [0-9a-f]+\nparent ([0-9a-f]+)\nauthor ")
"""How a commit begins in which git, too, finds one parent and not more."""


def _read_line(repository: Repository, head: str, start: str) -> tuple[Commit, ...] | None:
    """The commits after `start` up to `head`, the newest first, if nothing was ever merged between; None if so, or if it is not plain.

    Then `start` is the one merge base of the two, and what was read anyway answers what two more gits would be started for.
    """
    if repository.is_shallow:  # whose commits have other parents for git than they name
        return None
    commits: list[Commit] = []
    oid = head
    try:
        first = parse_commit(start, repository.read(start))
        if None in repository.describe(first.parents).values():
            return None  # a history that is lost from here on is for git to refuse
        while oid != start:
            raw = repository.read(oid)
            commit = parse_commit(oid, raw)
            single_parent = _SINGLE_PARENT.match(raw)
            # Clocks may lie, so that one is only a reason to ask git.
            if single_parent is None or commit.committed < first.committed or len(commits) == _LONGEST_LINE:
                return None
            commits.append(commit)
            oid = single_parent[1].decode("ascii")
    except (IncompleteError, ValueError):
        return None  # git says what is wrong with it
    return tuple(commits)


def _find_merge_bases(repository: Repository, base: Revision, head: Revision) -> tuple[str, ...]:
    """Every best common ancestor, in git's order.

    Raises:
        IncompleteError: there is none, or a shallow clone may hide a better one.
    """
    try:
        found = tuple(repository.run("merge-base", "--all", base.oid, head.oid).decode("ascii").split())
    except GitError as error:
        if error.status != 1:
            raise
        if repository.is_shallow:
            raise IncompleteError(
                f"This is a shallow clone: it is cut off before the commit where {head.name} left {base.name}.",
                _WHOLE_HISTORY,
            ) from error
        raise IncompleteError(
            f"{base.name} and {head.name} have no common history, so what {head.name} changes cannot be told.",
            "Name a base that it grew from with --base.",
        ) from error
    if repository.is_shallow:
        _forbid_cut_history(repository, base, head, found)
    return found


def _read_commits_between(repository: Repository, base: Revision, head: Revision) -> tuple[Commit, ...]:
    """The commits that the base cannot reach, the newest first."""
    oids = (
        repository.run("rev-list", "--topo-order", head.oid, "--not", base.oid, "--").decode("ascii").split()
    )
    return tuple(read_commit_objects(repository, oids))


def tree_of(repository: Repository, commit: str) -> str:
    """The id of a commit's tree."""
    return next(read_commit_objects(repository, [commit])).tree


def _forbid_cut_history(
    repository: Repository, base: Revision, head: Revision, merge_bases: tuple[str, ...]
) -> None:
    """Whatever lies above the merge bases must be complete: a parent that was cut off could lead to a commit or to a better merge base."""
    boundary = set(_read_boundary(repository.path_of("shallow")))
    above = (
        repository.run("rev-list", base.oid, head.oid, "--not", *merge_bases, "--").decode("ascii").split()
    )
    if boundary.intersection(above):
        raise IncompleteError(
            f"This is a shallow clone: its history is cut off between {base.name} and {head.name}, so commits may be missing.",
            _WHOLE_HISTORY,
        )


def _read_boundary(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").split()
    except OSError as error:
        raise IncompleteError(
            f"The list of commits at which the shallow clone is cut off cannot be read: {error}."
        ) from error


def _nothing_differs(commits: tuple[Commit, ...]) -> Notice:
    count = f"{len(commits)} commits" if len(commits) > 1 else "1 commit"
    return Notice("equal-trees", f"The head has the merge base's files: {count}, and no file differs.")
