"""What the branch held before somebody pushed over it: no comment has to remember that, for GitHub's activity does."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from judgegate.change.commits import read_commit_objects
from judgegate.change.repository import Repository
from judgegate.forge.pull import Pull
from judgegate.github.objects import TRACKING, Store
from judgegate.github.people.activity import is_at_base, walk_back
from judgegate.github.people.approvals import PullHistory
from judgegate.model.change import Commit
from judgegate.model.notices import Notice

MOST_HEADS = 20
MOST_COMMITS = 1000

_ADDING = ("push", "pr_merge", "merge_queue_merge")
"""What happens to a branch without taking a commit from it."""


@dataclass(frozen=True, slots=True)
class ReplacedCommits:
    """The commits that were on the branch and are not any more; the newest first. `notices` say what could not be looked at."""

    commits: tuple[Commit, ...] = ()
    notices: tuple[Notice, ...] = ()


def read_earlier_heads(store: Store, pull: Pull, history: PullHistory) -> ReplacedCommits:
    """The commits of the heads that were pushed over since the branch left the base.

    Raises:
        GitError: the server could not be asked for them.
    """
    with Repository.open(store.directory) as repository:
        heads = tuple(dict.fromkeys(_replaced(repository, pull, history)))
        if not heads:
            return ReplacedCommits()
        newest = heads[:MOST_HEADS]
        gone = store.fetch_what_is_left(newest)
        there = [head for head in newest if head not in gone]
        oids = _list_commits(repository, pull, there) if there else []
        commits = tuple(read_commit_objects(repository, oids[:MOST_COMMITS]))
        return ReplacedCommits(commits, tuple(_describe(len(heads), gone, is_cut=len(oids) > MOST_COMMITS)))


def _replaced(repository: Repository, pull: Pull, history: PullHistory) -> Iterator[str]:
    """The heads that something else was pushed over, the latest first."""
    at_base = partial(is_at_base, repository, f"{TRACKING}{pull.base_branch}")
    for item in walk_back(history.activity, pull.head, at_base):
        if item.activity_type not in _ADDING and not at_base(item.before):
            yield item.before


def _list_commits(repository: Repository, pull: Pull, heads: list[str]) -> list[str]:
    """The ids of their commits that neither the base nor the present head has, one more than are read."""
    span = (*heads, f"^{TRACKING}{pull.base_branch}", f"^{pull.head}")
    return repository.run("rev-list", f"--max-count={MOST_COMMITS + 1}", *span).decode("ascii").split()


def _describe(count: int, gone: tuple[str, ...], *, is_cut: bool) -> Iterator[Notice]:
    if gone:
        names = ", ".join(head[:12] for head in gone)
        yield Notice(
            "earlier-heads-gone",
            f"Pushed over and not to be had any more, so nobody looked whether they name an AI: {names}.",
        )
    if count > MOST_HEADS:
        yield Notice(
            "earlier-heads-left-out",
            f"The branch was pushed over {count} times; the {MOST_HEADS} newest of its heads were looked at.",
        )
    if is_cut:
        yield Notice(
            "earlier-commits-left-out",
            f"Of what was pushed over, only the newest {MOST_COMMITS:,} commits were looked at.",
        )
