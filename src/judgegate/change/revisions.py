"""Which commits a change lies between."""

import os
from typing import NoReturn

from judgegate.change.git import GitError
from judgegate.change.objects import OBJECT_ID
from judgegate.change.paths import as_argument, decode_path
from judgegate.change.repository import FETCH_ALL, FETCH_BASE, Ref, Repository
from judgegate.model.change import Revision
from judgegate.model.errors_and_exit_codes import (
    IncompleteError,
    NothingToJudgeError,
    UsageError,
)

_REMOTE_BRANCHES = ("origin/HEAD", "origin/main", "origin/master")
_LOCAL_BRANCHES = ("main", "master")
_CHECKED_OUT = (None, "HEAD", "@")
"""How a head is named that is whatever is checked out."""


def choose_base(
    repository: Repository, base: str | None = None, head: str | None = None
) -> Revision:
    """The branch that the change wants to join.

    `base`, else `JUDGEGATE_BASE`, `origin/HEAD`, `origin/main`, `origin/master`, the local `main`
    or `master`; on that branch itself, its upstream. `head` is the revision that is judged, `HEAD`
    unless given. Before a push, where none of these is there, what the remote has.

    Raises:
        UsageError: it names no commit.
        NothingToJudgeError: nothing can be chosen.
        IncompleteError: a shallow clone may lack what would be chosen.
    """
    if base is not None:
        return Revision(base, repository.resolve(base), "--base")
    if named := os.environ.get("JUDGEGATE_BASE"):
        return Revision(named, _resolve_variable(repository, named), "JUDGEGATE_BASE")
    return (
        _remote_base(repository)
        or _local_base(repository, head)
        or _pushed_from(repository, head)
        or _refuse(repository)
    )


def _remote_base(repository: Repository) -> Revision | None:
    for branch in _REMOTE_BRANCHES:
        ref = repository.refs.get(f"refs/remotes/{branch}")
        if ref and (oid := repository.peel(ref.oid)):
            return Revision(
                (ref.target or branch).removeprefix("refs/remotes/"), oid, branch
            )
    return None


def _local_base(repository: Repository, head: str | None) -> Revision | None:
    for branch in _LOCAL_BRANCHES:
        ref = repository.refs.get(f"refs/heads/{branch}")
        if ref and (oid := repository.peel(ref.oid)):
            # A branch judged against itself shows no change, so there the base is what others have of it.
            if _is_head(repository, head, branch, ref):
                return (
                    _upstream(repository, ref, branch)
                    or _pushed_from(repository, head)
                    or _refuse_first(branch)
                )
            return Revision(branch, oid, f"local branch {branch}")
    return None


def _is_head(repository: Repository, head: str | None, branch: str, ref: Ref) -> bool:
    """Whether the branch is the one that is judged."""
    return (
        ref.is_checked_out
        if head in _CHECKED_OUT
        else branch_of(repository, head) == branch
    )


def _resolve_variable(repository: Repository, named: str) -> str:
    try:
        return repository.resolve(named)
    except UsageError as error:
        raise UsageError(
            f"{error.what.removesuffix('.')}, which the environment variable JUDGEGATE_BASE names.",
            error.remedy,
        ) from error


def _pushed_from(repository: Repository, head: str | None) -> Revision | None:
    """What the remote has of the history that pre-commit says is being pushed.

    None if it has nothing, or nothing is pushed.
    """
    known = os.environ.get("PRE_COMMIT_FROM_REF")
    if head is None or not known:
        return None
    remote = os.environ.get("PRE_COMMIT_REMOTE_NAME", "the remote")
    return Revision(f"what {remote} has", repository.resolve(known), "PRE_COMMIT_FROM_REF")


def _refuse_first(branch: str) -> NoReturn:
    raise NothingToJudgeError(
        f"{branch} is the branch that changes are judged against, and it has no upstream to compare it with.",
        "Create a branch for your change (git switch -c NAME), name a base with --base, or judge only "
        "what is not committed yet: --worktree --base HEAD",
    )


def _refuse(repository: Repository) -> NoReturn:
    if not has_commits(repository):
        raise NothingToJudgeError(
            "There are no commits yet, so there is nothing to judge.",
            "Make the first one, or judge what is staged: --staged",
        )
    tried = ", ".join((*_REMOTE_BRANCHES, *_LOCAL_BRANCHES))
    if repository.is_shallow:
        raise IncompleteError(
            f"This is a shallow clone, and it lacks the branch to judge against; tried {tried}.",
            f"Fetch everything: {FETCH_ALL}",
        )
    remedy = "Name one with --base or JUDGEGATE_BASE."
    if _follows_single_branches(repository):
        remedy = (
            f"This clone has only single branches. Fetch the base: {FETCH_BASE}\n"
            "If the base is not main, fetch that branch in the same way, and use: --base NAME"
        )
    raise NothingToJudgeError(
        f"There is no branch to judge against; tried {tried}.", remedy
    )


def _follows_single_branches(repository: Repository) -> bool:
    """Whether the remote is asked for branches by their names.

    As in a clone of one branch, and not for all that it has.
    """
    try:
        fetched = repository.run("config", "--get-all", "remote.origin.fetch")
    except GitError:
        return False
    return b"refs/heads/*:" not in fetched


def has_commits(repository: Repository) -> bool:
    """Whether `HEAD` is a commit already."""
    if repository.look_up("HEAD"):
        return True
    try:  # it may also be a commit that is lost
        repository.run("rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return False
    return True


def resolve_head(repository: Repository, head: str | None) -> str:
    """The commit that is judged.

    Before a push it is the one that pre-commit names: its branch may have moved since.
    """
    pushed = os.environ.get("PRE_COMMIT_TO_REF")
    if pushed and head == os.environ.get("PRE_COMMIT_LOCAL_BRANCH"):
        return repository.resolve(pushed)
    return repository.resolve(head or "HEAD")


def branch_of(repository: Repository, head: str | None = None) -> str | None:
    """The branch that a head is on.

    It is the one that is checked out, or the one that `head` names; None if it is neither.
    """
    if head in _CHECKED_OUT:
        return _checked_out_branch(repository)
    name = str(head)
    if name.startswith("-") or OBJECT_ID.fullmatch(name):
        return None
    for prefix in ("refs/heads/", "heads/", ""):
        short = name.removeprefix(prefix) if name.startswith(prefix) else None
        if short and _exists(repository, f"refs/heads/{short}"):
            return short
    remote_branch = name.removeprefix("refs/remotes/").removeprefix("remotes/")
    if _exists(repository, f"refs/remotes/{remote_branch}"):
        return remote_branch.partition("/")[2] or None
    return None


def _checked_out_branch(repository: Repository) -> str | None:
    for name, ref in repository.refs.items():
        if ref.is_checked_out:
            return name.removeprefix("refs/heads/")
    try:  # it may be one without commits, or somewhere else
        ref_name = decode_path(repository.run("symbolic-ref", "--quiet", "HEAD")).strip()
    except GitError:
        return None
    return ref_name.removeprefix("refs/heads/")


def _exists(repository: Repository, ref: str) -> bool:
    try:
        repository.run("show-ref", "--verify", "--quiet", as_argument(ref))
    except GitError:
        return False
    return True


def _upstream(repository: Repository, ref: Ref, branch: str) -> Revision | None:
    try:
        oid = repository.resolve(ref.upstream)
    except UsageError:
        return None
    return Revision(
        ref.upstream.removeprefix("refs/remotes/").removeprefix("refs/heads/"),
        oid,
        f"the upstream of {branch}",
    )
