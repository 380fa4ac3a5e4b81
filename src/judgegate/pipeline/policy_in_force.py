"""Which policy judges: the base's, a named one, or what takes its place where there is none."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from judgegate.change.repository import Repository
from judgegate.checks.registry import RULEBOOK
from judgegate.decision.context import PolicyInForce
from judgegate.model.change import Blob, Change, FileChange
from judgegate.model.notices import Notice
from judgegate.model.verdict import PolicySource
from judgegate.pipeline.read_change import GitTree, authority
from judgegate.pipeline.request import Request
from judgegate.policy.loading import (
    FALLBACK_PACK,
    DiskReader,
    Organisation,
    load_organisation,
    load_pack,
    load_policy,
    load_policy_file,
)
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import PolicyError, PolicyProblem

RULES = tuple(RULEBOOK.values())

CODE_OWNERS = frozenset(
    {"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}
)
"""Where GitHub and GitLab look for code owners."""

WORKFLOWS = (".github/workflows/", ".gitlab-ci", ".forgejo/workflows/", ".gitea/workflows/")
LARGEST_WORKFLOW = 1_000_000


def find_policy(repository: Repository, change: Change, request: Request) -> PolicyInForce:
    """The policy that judges the change, with what the change does to it.

    Raises:
        PolicyError: a policy that the command line names does not load.
    """
    organisation = (
        load_organisation(RULES, request.org_policy) if request.org_policy else None
    )
    if request.policy is not None:
        policy = load_policy_file(RULES, request.policy, organisation=organisation)
        return _in_force(repository, change, policy, organisation)
    base = authority(repository, change)
    try:
        _forbid_odd_policy(base)
        policy = load_policy(RULES, base, commit=base.oid, organisation=organisation)
    except PolicyError as error:
        stand_in = load_pack(RULES, FALLBACK_PACK, organisation=organisation)
        source = PolicySource(
            f"pack {FALLBACK_PACK}, because the base's {POLICY_NAME} does not load",
            None,
            stand_in.source.digest,
        )
        return _in_force(
            repository,
            change,
            stand_in,
            organisation,
            source,
            fallback=error,
            paths=error.paths,
        )
    return _in_force(
        repository,
        change,
        policy,
        organisation,
        notices=tuple(_tuning_hints(repository, change, policy)),
    )


def _forbid_odd_policy(tree: GitTree) -> None:
    """A link or a submodule where the policy should be must not count as no policy at all."""
    blob = tree.repository.blob_at(tree.oid, POLICY_NAME)
    if blob is not None and not blob.is_file:
        raise PolicyError(
            [
                PolicyProblem(
                    POLICY_NAME,
                    0,
                    0,
                    "it is not a regular file, so judgegate does not follow it",
                )
            ],
            (POLICY_NAME,),
        )


def _in_force(
    repository: Repository,
    change: Change,
    policy: Policy,
    organisation: Organisation | None,
    source: PolicySource | None = None,
    *,
    fallback: PolicyError | None = None,
    paths: tuple[str, ...] = (),
    notices: tuple[Notice, ...] = (),
) -> PolicyInForce:
    made_of = {POLICY_NAME, *policy.paths, *paths}
    broken: PolicyError | None = None
    brought: Policy | None = None
    effect: tuple[str, ...] = ()
    if any(file.path in made_of for file in change.files) or _brings_policy(change):
        head = _try_head(repository, change, organisation)
        made_of |= set(head.paths)
        if isinstance(head, PolicyError):
            broken = head
        else:
            brought = head
            effect = _describe_effect(
                GitTree(repository, change.base_tree), head, policy, organisation
            )
    return PolicyInForce(
        policy=policy,
        source=source or policy.source,
        touched=tuple(_touched(repository, change, frozenset(made_of), effect)),
        brought=brought,
        fallback=_lines(fallback),
        broken_head=_lines(broken),
        notices=notices,
        errors=(
            *_describe_source(fallback, "policy-fallback", "The base's policy"),
            *_describe_source(broken, "policy-broken", "The head's policy"),
        ),
    )


def _try_head(
    repository: Repository, change: Change, organisation: Organisation | None
) -> Policy | PolicyError:
    """The policy that the change brings, or why it does not load."""
    head = GitTree(repository, change.head_tree)
    try:
        _forbid_odd_policy(head)
        return load_policy(RULES, head, organisation=organisation)
    except PolicyError as error:
        return error


def _brings_policy(change: Change) -> bool:
    return any(file.path.rpartition("/")[2] == POLICY_NAME for file in change.files)


def _touched(
    repository: Repository, change: Change, made_of: frozenset[str], effect: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """The first of the policy's files also says what all of them come to."""
    unsaid = effect
    for file in change.files:
        if file.path in made_of or file.path.rpartition("/")[2] == POLICY_NAME:
            yield file.path, "; ".join(("the policy", *unsaid))
            unsaid = ()
        elif file.path in CODE_OWNERS:
            yield file.path, "who owns which code"
        elif file.path.startswith(WORKFLOWS) and _runs_judgegate(repository, file):
            yield file.path, "a workflow that runs judgegate"


def _runs_judgegate(repository: Repository, file: FileChange) -> bool:
    """Whether either side names judgegate. A side that cannot be read might."""
    return any(
        _names_judgegate(repository, side)
        for side in (file.old, file.new, *file.others)
        if side is not None
    )


def _names_judgegate(repository: Repository, side: Blob) -> bool:
    if not side.is_file or side.size is None or side.size > LARGEST_WORKFLOW:
        return True
    return b"judgegate" in repository.read(side.oid).lower()


def _tuning_hints(
    repository: Repository, change: Change, policy: Policy
) -> Iterator[Notice]:
    """What would surprise the author of a policy in the work tree."""
    if policy.source.commit is None:
        yield Notice(
            "policy-default", f"The base has no {POLICY_NAME}, so the pack default judges."
        )
    if repository.work_tree is None:
        return
    there = DiskReader(Path(repository.work_tree)).read(POLICY_NAME)
    if there is not None and there != authority(repository, change).read(POLICY_NAME):
        yield Notice(
            "policy-worktree",
            f"Judged by the base's policy; try yours: --policy {_from_here(repository.work_tree)}",
        )


def _from_here(work_tree: Path) -> str:
    """The work tree's policy, quoted for a shell in the caller's directory."""
    return shlex.quote(os.path.relpath(work_tree / POLICY_NAME))


def _lines(error: PolicyError | None) -> tuple[str, ...]:
    """The problems, a line each."""
    return (
        tuple(str(problem).partition("\n")[0] for problem in error.problems)
        if error is not None
        else ()
    )


def _describe_source(error: PolicyError | None, code: str, which: str) -> Iterator[Notice]:
    if error is not None:
        yield Notice(
            code, "\n".join([f"{which} does not load:", *map(str, error.problems)])
        )


MOST_DIFFERENCES = 5
"""Differences that a finding names; `judgegate policy diff` shows all."""


def _describe_effect(
    before: GitTree, head: Policy, in_force: Policy, organisation: Organisation | None
) -> tuple[str, ...]:
    """What becomes weaker, unclear, tighter or merely different, in this order.

    `before` is the tree that the change starts from; where its policy does not load, the one in
    force is what the head's replaces.
    """
    # Imported here, because most changes leave the policy alone.
    from judgegate.policy.compare import compare_policies

    try:
        old = load_policy(RULES, before, organisation=organisation)
    except PolicyError:
        old = in_force
    differences = compare_policies(old, head)
    if not differences:
        return ("it means the same as before",)
    further = len(differences) - MOST_DIFFERENCES
    more = (f"and {further} more",) if further > 0 else ()
    return (*map(str, differences[:MOST_DIFFERENCES]), *more)
