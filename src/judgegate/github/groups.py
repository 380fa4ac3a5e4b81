"""What a merge queue has put on top of the base: which pull requests, and that it is their merges and nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from judgegate.change.commits import read_commit_objects
from judgegate.change.repository import Repository
from judgegate.github.client.api import NotFoundError
from judgegate.github.events.asked import MergeGroup
from judgegate.github.objects import TRACKING, Store
from judgegate.github.people.asking import Forge
from judgegate.github.people.base_merges import OF_TWO, merge
from judgegate.github.pull import Pull
from judgegate.github.pulls import find_by_head, read_pull
from judgegate.model.change import Commit
from judgegate.model.errors import IncompleteError

MOST_COMMITS = 1000
"""On the group's own line. GitHub puts 100 pull requests into a group at most; what is rebased brings all its commits."""

_NAMES = re.compile(rb"\(#([1-9][0-9]{0,9})\)\s*")
_MERGES = re.compile(rb"Merge pull request #([1-9][0-9]{0,9})\b")


class GroupError(IncompleteError):
    """The group is not, or not known to be, the merges of its pull requests and nothing else."""

    code = "merge-group"

    def __init__(self, what: str) -> None:
        super().__init__(what, "Take its pull requests out of the merge queue and put them in again.")


@dataclass(frozen=True, slots=True)
class Queue:
    """A merge group with its objects at hand."""

    forge: Forge
    store: Store
    repository: Repository
    group: MergeGroup


def read_line(queue: Queue) -> tuple[Commit, ...]:
    """The commits that the group puts on top of the base's branch as it is now, by their first parents, the oldest first.

    Empty where the branch has the group's head already.

    Raises:
        GroupError: there are too many.
    """
    span = f"{TRACKING}{queue.group.base_branch}..{queue.group.head}"
    listed = queue.repository.run(
        "rev-list", "--first-parent", "--reverse", f"--max-count={MOST_COMMITS + 1}", span
    )
    oids = listed.decode("ascii").split()
    if len(oids) > MOST_COMMITS:
        raise GroupError(f"The merge group has more than {MOST_COMMITS:,} commits.")
    return tuple(read_commit_objects(queue.repository, oids))


def find_members(queue: Queue, line: Sequence[Commit]) -> tuple[Pull, ...]:
    """The pull requests that the line consists of, in its order.

    Raises:
        GroupError: a commit is not the merge of a pull request that is open and asks to join the branch, or makes another tree of it;
            one is there twice; or the one that the group is named after is not among them.
        IncompleteError: GitHub or git could not be asked.
    """
    try:
        found = tuple(pull for commit in line for pull in _pulls_behind(queue, commit))
    except GroupError:
        found = tuple(_find_rebased(queue, line))
        if not found:
            raise
    members = tuple(dict.fromkeys(found))
    if len(members) < len(found):
        twice = next(pull.number for pull in members if found.count(pull) > 1)
        raise GroupError(f"Pull request {twice} is in the merge group more than once.")
    if queue.group.number not in {pull.number for pull in members}:
        raise GroupError(
            f"Pull request {queue.group.number}, which the merge group is named after, is not in it."
        )
    return members


def _pulls_behind(queue: Queue, commit: Commit) -> tuple[Pull, ...]:
    """The pull requests that the commit merges: several only if they have the same head."""
    found = (
        _find_merged(queue, commit) if len(commit.parents) == OF_TWO else tuple(_find_squashed(queue, commit))
    )
    if not found:
        raise GroupError(
            f"The commit {commit.oid[:12]} of the merge group belongs to no open pull request that is known."
        )
    if merge(queue.repository, commit.parents[0], found[0].head) != commit.tree:
        raise GroupError(
            f"The commit {commit.oid[:12]} of the merge group is something else than the merge of pull request {found[0].number}."
        )
    return found


def _find_merged(queue: Queue, commit: Commit) -> tuple[Pull, ...]:
    """Those with the second parent as their head. A list that does not know of it yet is not believed: the subject names one, too."""
    head = commit.parents[1]
    found = tuple(
        pull for pull in find_by_head(queue.forge, head) if pull.base_branch == queue.group.base_branch
    )
    named = _MERGES.match(commit.message)
    return found or tuple(
        pull for pull in (_candidate(queue, int(named[1])) if named else ()) if pull.head == head
    )


def _find_squashed(queue: Queue, commit: Commit) -> Iterator[Pull]:
    """The pull request that the end of the subject names: anybody may write a number there, so that alone proves nothing."""
    subject = commit.message.partition(b"\n")[0]
    names = list(_NAMES.finditer(subject))
    if len(commit.parents) == 1 and names and names[-1].end() == len(subject):
        yield from _candidate(queue, int(names[-1][1]))


def _find_rebased(queue: Queue, line: Sequence[Commit]) -> Iterator[Pull]:
    """The one pull request whose commits the line may be, one by one: it makes the tree that a merge would, with no more commits."""
    if any(len(commit.parents) != 1 for commit in line):
        return
    start, end = line[0].parents[0], line[-1]
    for pull in _candidate(queue, queue.group.number):
        own = int(queue.repository.run("rev-list", "--count", "--no-merges", f"{start}..{pull.head}"))
        if len(line) <= own and merge(queue.repository, start, pull.head) == end.tree:
            yield pull


def _candidate(queue: Queue, number: int) -> Iterator[Pull]:
    """The pull request, if it is open and asks to join the branch; its head is fetched."""
    try:
        pull = read_pull(queue.forge, number)
    except NotFoundError:
        return
    if pull.is_open and pull.base_branch == queue.group.base_branch:
        queue.store.fetch(pull.head, f"The head {pull.head[:12]} of pull request {number}")
        yield pull
