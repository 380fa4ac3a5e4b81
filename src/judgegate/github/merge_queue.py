"""A merge queue's group: each pull request is judged by itself, and the worst verdict is the group's."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.commits import read_commit_objects
from judgegate.change.repository import Repository
from judgegate.forge.people import OF_TWO, merge
from judgegate.forge.publication import (
    GroupMember,
    PublishResult,
    PublishState,
    describe_worst,
    member_of,
)
from judgegate.forge.pull import Pull
from judgegate.forge.status import Status, context_of, shorten
from judgegate.github.client.api import NotFoundError
from judgegate.github.client.connection import Connection
from judgegate.github.event import MergeGroup
from judgegate.github.judge import judge_current
from judgegate.github.objects import TRACKING, Store, stored
from judgegate.github.publish.verdict import LONGEST_DESCRIPTION, post_status
from judgegate.github.pulls import find_by_head, read_pull
from judgegate.github.runner import RunContext, RunnerContext
from judgegate.model.change import Commit
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.levels import FailOn

MOST_COMMITS = 1000
"""On the group's own line.

GitHub puts 100 pull requests into a group at most; what is rebased brings all its commits.
"""

_NAMES = re.compile(rb"\(#([1-9][0-9]{0,9})\)\s*")
_MERGES = re.compile(rb"Merge pull request #([1-9][0-9]{0,9})\b")


class GroupError(IncompleteError):
    """The group is not, or not known to be, the merges of its pull requests and nothing else."""

    code = "merge-group"

    def __init__(self, what: str) -> None:
        super().__init__(
            what, "Remove its pull requests from the merge queue and add them again."
        )


class GroupObjects(Struct, frozen=True):
    """A merge group with its objects at hand."""

    connection: Connection
    store: Store
    repository: Repository
    group: MergeGroup


def read_group_commits(queue: GroupObjects) -> tuple[Commit, ...]:
    """The commits that the group puts on the base's branch as it is now, the oldest first.

    They are followed by their first parents. Empty where the branch has the group's head already.

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


def find_members(queue: GroupObjects, line: Sequence[Commit]) -> tuple[Pull, ...]:
    """The pull requests that the line consists of, in its order.

    Raises:
        GroupError: a commit is not the merge of a pull request that is open and asks to join the
            branch, or makes another tree of it; one is there twice; or the one that the group is
            named after is not among them.
        IncompleteError: GitHub or git could not be asked.
    """
    try:
        found = tuple(pull for commit in line for pull in _pulls_behind(queue, commit))
    except GroupError:
        # A rebased commit names no pull request, so the whole line is compared with the one that may be it.
        found = tuple(_find_rebased(queue, line))
        if not found:
            raise
    members = tuple(dict.fromkeys(found))
    # A group merges each pull request once, so a second commit for one is not what GitHub makes.
    if len(members) < len(found):
        twice = next(pull.number for pull in members if found.count(pull) > 1)
        raise GroupError(f"Pull request {twice} is in the merge group more than once.")
    if queue.group.number not in {pull.number for pull in members}:
        raise GroupError(
            f"Pull request {queue.group.number}, which the merge group is named after, is not in it."
        )
    return members


def _pulls_behind(queue: GroupObjects, commit: Commit) -> tuple[Pull, ...]:
    """The pull requests that the commit merges: several only if they have the same head."""
    is_merge = len(commit.parents) == OF_TWO
    find = _find_merged if is_merge else _find_squashed
    found = tuple(find(queue, commit))
    if not found:
        raise GroupError(
            f"The commit {commit.oid[:12]} of the merge group does not belong to a known open pull request."
        )
    # What is judged is the head: a commit with another tree brings something that is not judged.
    if merge(queue.repository, commit.parents[0], found[0].head) != commit.tree:
        raise GroupError(
            f"The commit {commit.oid[:12]} of the merge group is not the merge of pull request "
            f"{found[0].number}."
        )
    return found


def _find_merged(queue: GroupObjects, commit: Commit) -> Iterable[Pull]:
    """Those with the second parent as their head."""
    head = commit.parents[1]
    base = queue.group.base_branch
    listed = find_by_head(queue.connection, head)
    found = [pull for pull in listed if pull.base_branch == base]
    # GitHub's list may not know of the pull request yet, but the subject names one, too.
    named = _MERGES.match(commit.message)
    if not found and named:
        found = [pull for pull in _candidate(queue, int(named[1])) if pull.head == head]
    return found


def _find_squashed(queue: GroupObjects, commit: Commit) -> Iterator[Pull]:
    """The pull request that the end of the subject names.

    Anyone may write a number there, so that alone proves nothing.
    """
    subject = commit.message.partition(b"\n")[0]
    names = list(_NAMES.finditer(subject))
    if len(commit.parents) == 1 and names and names[-1].end() == len(subject):
        yield from _candidate(queue, int(names[-1][1]))


def _find_rebased(queue: GroupObjects, line: Sequence[Commit]) -> Iterator[Pull]:
    """The one pull request whose commits the line may be, one by one.

    Its commits make the tree that a merge would, and are not fewer than the line's.
    """
    if any(len(commit.parents) != 1 for commit in line):
        return
    start, end = line[0].parents[0], line[-1]
    for pull in _candidate(queue, queue.group.number):
        span = f"{start}..{pull.head}"
        own = int(queue.repository.run("rev-list", "--count", "--no-merges", span))
        # A rebase may leave out commits that change nothing any more, but it adds none.
        if len(line) <= own and merge(queue.repository, start, pull.head) == end.tree:
            yield pull


def _candidate(queue: GroupObjects, number: int) -> Iterator[Pull]:
    """The pull request, if it is open and asks to join the branch; its head is fetched."""
    try:
        pull = read_pull(queue.connection, number)
    except NotFoundError:
        return
    if pull.is_open and pull.base_branch == queue.group.base_branch:
        queue.store.fetch(pull.head, f"The head {pull.head[:12]} of pull request {number}")
        yield pull


def handle_group(context: RunContext, group: MergeGroup) -> tuple[PublishResult, ...]:
    """Judge the pull requests of the group, and publish the worst verdict.

    Each is judged on its own head, against the base's branch as it is now.

    Raises:
        JudgegateError: one of them has no verdict, or the group is not what it should be.
    """
    what = f"The head {group.head[:12]} of the merge group"
    with (
        stored(context.runner, group.base_branch, group.head, what) as store,
        Repository.open(store.directory) as repository,
    ):
        queue = GroupObjects(context.connection, store, repository, group)
        line = read_group_commits(queue)
        if not line:
            remark = f"The branch {group.base_branch} already contains the merge group: nothing to judge."
            return (PublishResult(None, PublishState.NOTHING, remark),)
        members = find_members(queue, line)
    return _publish_group(
        context, group, [_judge_member(context, group, pull) for pull in members]
    )


def status_of_group(
    runner: RunnerContext, group: MergeGroup, state: str, description: str
) -> Status:
    """A status for the group's head."""
    return Status(
        group.head, context_of(group.base_branch), state, description, runner.run_url
    )


def _judge_member(context: RunContext, group: MergeGroup, pull: Pull) -> GroupMember:
    """The verdict on one pull request of the group.

    Raises:
        GroupError: it is no longer what the queue put into the group.
    """
    found = judge_current(context, pull)
    if (
        found.judged is None
        or found.superseded
        or found.pull.base_branch != group.base_branch
    ):
        raise GroupError(
            f"Pull request {pull.number} of the merge group was closed, pushed to or given another base in "
            "the meantime."
        )
    verdict = replace(
        found.judged.verdict, fail_on=context.inputs.fail_on or found.judged.verdict.fail_on
    )
    return member_of(pull.number, verdict, found.siblings, LONGEST_DESCRIPTION)


def _publish_group(
    context: RunContext, group: MergeGroup, members: Sequence[GroupMember]
) -> tuple[PublishResult, ...]:
    """Post the group's status; how the run ended for each member, and for the group."""
    results = [
        PublishResult(one.verdict, PublishState.REPORT_ONLY, one.remark, number=one.number)
        for one in members
    ]
    # A member in report mode must not stop the others, nor speak for them.
    binding = [one for one in members if one.verdict.fail_on is not FailOn.NEVER]
    if not binding:
        return (
            *results,
            PublishResult(
                None, PublishState.REPORT_ONLY, "Report mode: no status is posted."
            ),
        )
    state, description = describe_worst(binding)
    status = status_of_group(
        context.runner, group, state, shorten(description, LONGEST_DESCRIPTION)
    )
    result = post_status(context.connection, binding[0].verdict, status)
    return (
        *(replace(one, state=result.state) for one in results),
        replace(result, verdict=None),
    )
