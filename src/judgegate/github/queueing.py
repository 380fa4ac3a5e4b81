"""A merge queue's group: each pull request in it is judged by itself, and the worst of their verdicts is the group's."""

from collections.abc import Sequence
from dataclasses import replace

from judgegate.change.repository import Repository
from judgegate.github.events.asked import MergeGroup
from judgegate.github.groups import GroupError, Queue, find_members, read_line
from judgegate.github.objects import stored
from judgegate.github.publishing.publication import Ending, Fate, post_status
from judgegate.github.publishing.statuses import Status, context_of, describe, shorten
from judgegate.github.pull import Pull
from judgegate.github.rounds import RunContext, judge_until_it_holds
from judgegate.github.runner import RunnerContext
from judgegate.model.scales import FailOn
from judgegate.model.verdict import Verdict
from judgegate.report.text.words import join_words

_STATES = ("success", "failure", "error")
"""The mildest first."""


def handle_group(desk: RunContext, group: MergeGroup) -> tuple[Ending, ...]:
    """Judge the pull requests of the group, each on its own head and against the base's branch as it is now, and publish the worst verdict.

    Raises:
        JudgegateError: one of them has no verdict, or the group is not what it should be.
    """
    what = f"The head {group.head[:12]} of the merge group"
    with (
        stored(desk.runner, group.base_branch, group.head, what) as store,
        Repository.open(store.directory) as repository,
    ):
        queue = Queue(desk.forge, store, repository, group)
        line = read_line(queue)
        if not line:
            return (
                Ending(
                    None,
                    Fate.NOTHING,
                    f"The branch {group.base_branch} has the merge group already: nothing to judge.",
                ),
            )
        members = find_members(queue, line)
    return _publish(desk, group, [_judge_member(desk, group, pull) for pull in members])


def status_of_group(runner: RunnerContext, group: MergeGroup, state: str, description: str) -> Status:
    """A status for the group's head."""
    return Status(group.head, context_of(group.base_branch), state, description, runner.run_url)


def _judge_member(desk: RunContext, group: MergeGroup, pull: Pull) -> tuple[Pull, Verdict, str, str]:
    """The pull request, its verdict, and what that says of the group: a state and a description."""
    found = judge_until_it_holds(desk, pull)
    if found.judged is None or found.passed_by or found.pull.base_branch != group.base_branch:
        raise GroupError(
            f"Pull request {pull.number} of the merge group was closed, pushed to or given another base meanwhile."
        )
    verdict = replace(found.judged.verdict, fail_on=desk.inputs.fail_on or found.judged.verdict.fail_on)
    state, description = describe(verdict, found.siblings)
    # Nothing judges a group a second time, so that waiting would only hold up the queue until its time is over.
    return pull, verdict, "failure" if state == "pending" else state, description


def _publish(
    desk: RunContext, group: MergeGroup, members: Sequence[tuple[Pull, Verdict, str, str]]
) -> tuple[Ending, ...]:
    remarks = [
        f"Pull request {pull.number} of the merge group: {state}, {description}."
        for pull, _, state, description in members
    ]
    endings = [
        Ending(verdict, Fate.REPORT_ONLY, remark, number=pull.number)
        for (pull, verdict, _, _), remark in zip(members, remarks, strict=True)
    ]
    binding = [one for one in members if one[1].fail_on is not FailOn.NEVER]
    if not binding:
        return (*endings, Ending(None, Fate.REPORT_ONLY, "Report mode: no status is posted."))
    ending = post_status(desk.forge, binding[0][1], _worst(desk.runner, group, binding))
    return (*(replace(one, fate=ending.fate) for one in endings), replace(ending, verdict=None))


def _describe_passing(members: Sequence[tuple[Pull, Verdict, str, str]]) -> str:
    """Who overrode what comes first: it must not pass for a verdict, and not be cut off."""
    overridden = [
        f"Overridden by {lifted.who} (#{pull.number})"
        for pull, verdict, _, _ in members
        if (lifted := verdict.review.override)
    ]
    passed = [f"{pull.number}" for pull, verdict, _, _ in members if verdict.review.override is None]
    return "; ".join((*overridden, *([f"Passed, each by itself: {join_words(passed)}"] if passed else ())))


def _worst(
    runner: RunnerContext, group: MergeGroup, members: Sequence[tuple[Pull, Verdict, str, str]]
) -> Status:
    """The group's status: the worst, and whose it is."""
    pull, _, state, description = max(members, key=lambda one: _STATES.index(one[2]))
    if state == "success":
        return status_of_group(runner, group, state, shorten(_describe_passing(members)))
    return status_of_group(runner, group, state, shorten(f"Pull request {pull.number}: {description}"))
