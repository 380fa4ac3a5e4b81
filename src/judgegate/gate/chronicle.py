"""How much of a history is AI-assisted: every commit of a range is asked, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

from judgegate.change import Repository, read_commit_objects
from judgegate.gate.analyse import Advance
from judgegate.gate.policies import RULES
from judgegate.gate.request import Request
from judgegate.gate.testimony import matcher_of
from judgegate.gate.trees import GitTree
from judgegate.model.change import Commit
from judgegate.model.errors import IncompleteError, UsageError
from judgegate.policy import Policy, load_policy, load_policy_file
from judgegate.provenance import Statistics, count_history, default_matcher, read_history


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The statistics of a range, which is called what the user called it."""

    range: str
    statistics: Statistics


def chronicle(request: Request, revisions: str, advance: Advance = lambda _done, _total: None) -> Chronicle:
    """Count the commits of `A..B`, or all that `B` can reach, by tool and month.

    The terms are those of the policy at the range's end, or of the one that the request names.

    Raises:
        UsageError: it is no range of commits.
        IncompleteError: a shallow clone lacks a part of the range.
    """
    with Repository.open(request.directory) as repository:
        tip, excluded = _resolve(repository, revisions)
        oids = repository.run("rev-list", tip, *(["--not", excluded] if excluded else [])).decode("ascii").split()
        if repository.is_shallow:
            raise IncompleteError("This is a shallow clone, so its history is not all there.", "Fetch it: git fetch --unshallow")
        policy = _policy(repository, tip, request)
        terms = policy.provenance
        history = read_history(_watched(repository, oids, advance), matcher_of(policy.plan().signals) or default_matcher())
        statistics = count_history(history, terms.gate_on.floor, terms.roles, tools_off=terms.signals_off)
        return Chronicle(revisions, statistics)


def _resolve(repository: Repository, revisions: str) -> tuple[str, str | None]:
    if "..." in revisions:
        raise UsageError(f"{revisions} is no range of one history.", "Write A..B for what B has and A has not.")
    start, dots, end = revisions.rpartition("..")
    return repository.resolve(end or "HEAD"), repository.resolve(start or "HEAD") if dots else None


def _policy(repository: Repository, tip: str, request: Request) -> Policy:
    if request.policy is not None:
        return load_policy_file(RULES, request.policy)
    return load_policy(RULES, GitTree(repository, tip), commit=tip)


def _watched(repository: Repository, oids: list[str], advance: Advance) -> Iterator[Commit]:
    for done, commit in enumerate(read_commit_objects(repository, oids), 1):
        if done % 500 == 0 or done == len(oids):
            advance(done, len(oids))
        yield commit
