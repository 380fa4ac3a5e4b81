"""Which policy judges: the base's, a named one, or what stands in where there is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judgegate.change import Repository
from judgegate.gate.decide import PolicyInForce
from judgegate.gate.request import Request
from judgegate.gate.rulebook import RULEBOOK
from judgegate.model.change import Blob, Change, FileChange
from judgegate.model.notices import Notice
from judgegate.model.verdict import PolicySource
from judgegate.policy import (
    FALLBACK_PACK,
    POLICY_NAME,
    DiskReader,
    Organisation,
    Policy,
    PolicyError,
    load_organisation,
    load_pack,
    load_policy,
    load_policy_file,
)

RULES = tuple(RULEBOOK.values())

CODE_OWNERS = frozenset({"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"})
"""Where GitHub and GitLab look for code owners."""

WORKFLOWS = (".github/workflows/", ".gitlab-ci", ".forgejo/workflows/", ".gitea/workflows/")
LARGEST_WORKFLOW = 1_000_000


@dataclass(frozen=True, slots=True)
class TreeReader:
    """Reads the files beside a policy from a commit or a tree."""

    repository: Repository
    tree: str

    def read(self, path: str) -> bytes | None:
        """The regular file's bytes, or None where there is no regular file."""
        blob = self.repository.blob_at(self.tree, path)
        return self.repository.read(blob.oid) if blob is not None and blob.is_file and blob.size is not None else None


def find_policy(repository: Repository, change: Change, request: Request) -> PolicyInForce:
    """The policy that judges the change, with what the change does to it.

    Raises:
        PolicyError: a policy that the command line names does not load.
    """
    organisation = load_organisation(RULES, request.org_policy) if request.org_policy else None
    if request.policy is not None:
        policy = load_policy_file(RULES, request.policy, organisation=organisation)
        return _in_force(repository, change, policy, organisation)
    authority = change.base.oid if change.base is not None else change.base_tree
    try:
        policy = load_policy(RULES, TreeReader(repository, authority), commit=authority, organisation=organisation)
    except PolicyError as error:
        stand_in = load_pack(RULES, FALLBACK_PACK, organisation=organisation)
        source = PolicySource(f"pack {FALLBACK_PACK}, because the base's {POLICY_NAME} does not load", None, stand_in.source.digest)
        return _in_force(repository, change, stand_in, organisation, source, fallback=error, paths=error.paths)
    return _in_force(repository, change, policy, organisation, notices=tuple(_tuning_hints(repository, change, policy)))


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
    if any(file.path in made_of for file in change.files) or _brings_policy(change):
        broken, head_paths = _try_head(repository, change, organisation)
        made_of |= set(head_paths)
    return PolicyInForce(
        policy=policy,
        source=source or policy.source,
        touched=tuple(_touched(repository, change, frozenset(made_of))),
        fallback=_lines(fallback),
        broken_head=_lines(broken),
        notices=notices,
        errors=(*_tell(fallback, "policy-fallback", "The base's policy"), *_tell(broken, "policy-broken", "The head's policy")),
    )


def _try_head(repository: Repository, change: Change, organisation: Organisation | None) -> tuple[PolicyError | None, tuple[str, ...]]:
    """Whether the policy that the change brings loads, and the files that it is made of."""
    try:
        return None, load_policy(RULES, TreeReader(repository, change.head_tree), organisation=organisation).paths
    except PolicyError as error:
        return error, error.paths


def _brings_policy(change: Change) -> bool:
    return any(file.path.rpartition("/")[2] == POLICY_NAME for file in change.files)


def _touched(repository: Repository, change: Change, made_of: frozenset[str]) -> Iterator[tuple[str, str]]:
    for file in change.files:
        if file.path in made_of or file.path.rpartition("/")[2] == POLICY_NAME:
            yield file.path, "the policy"
        elif file.path in CODE_OWNERS:
            yield file.path, "who owns which code"
        elif file.path.startswith(WORKFLOWS) and _runs_judgegate(repository, file):
            yield file.path, "a workflow that runs judgegate"


def _runs_judgegate(repository: Repository, file: FileChange) -> bool:
    """Whether either side names judgegate. A side that cannot be read might."""
    return any(_names_judgegate(repository, side) for side in (file.old, file.new, *file.others) if side is not None)


def _names_judgegate(repository: Repository, side: Blob) -> bool:
    if not side.is_file or side.size is None or side.size > LARGEST_WORKFLOW:
        return True
    return b"judgegate" in repository.read(side.oid).lower()


def _tuning_hints(repository: Repository, change: Change, policy: Policy) -> Iterator[Notice]:
    """What somebody who tunes the policy in the work tree would stumble over."""
    if policy.source.commit is None:
        yield Notice("policy-default", f"The base has no {POLICY_NAME}, so the pack default judges.")
    if repository.work_tree is None:
        return
    there = DiskReader(Path(repository.work_tree)).read(POLICY_NAME)
    base = TreeReader(repository, change.base.oid if change.base else change.base_tree).read(POLICY_NAME)
    if there is not None and there != base:
        yield Notice("policy-worktree", f"Judged by the base's policy; try yours: --policy {POLICY_NAME}")


def _lines(error: PolicyError | None) -> tuple[str, ...]:
    """The problems, a line each."""
    return tuple(str(problem).partition("\n")[0] for problem in error.problems) if error is not None else ()


def _tell(error: PolicyError | None, code: str, which: str) -> Iterator[Notice]:
    if error is not None:
        yield Notice(code, "\n".join([f"{which} does not load:", *map(str, error.problems)]))
