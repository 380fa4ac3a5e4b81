"""Judge a pull request as it is now, until what was judged is still what there is."""

from collections.abc import Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.commits import read_commit_objects
from judgegate.change.repository import Repository
from judgegate.forge.comment import read_earlier
from judgegate.forge.judge_again import Attempt, judge_until_current
from judgegate.forge.pull import Pull
from judgegate.github.client.connection import Connection
from judgegate.github.objects import TRACKING, Store, fetched
from judgegate.github.people.activity import is_at_base, walk_back
from judgegate.github.people.approvals import (
    PullHistory,
    PullVerdict,
    fetch_approvals,
    fetch_history,
)
from judgegate.github.publish.thread import find_own_comments
from judgegate.github.pulls import read_again
from judgegate.github.runner import Inputs, RunContext, RunnerContext
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change, Commit
from judgegate.model.notices import Advance, Notice
from judgegate.pipeline.pool_scaling import Background
from judgegate.pipeline.request import AnswerCache, Request
from judgegate.pipeline.run import run
from judgegate.policy.policy import Policy

MOST_HEADS = 20
MOST_COMMITS = 1000

_ADDING = ("push", "pr_merge", "merge_queue_merge")
"""What happens to a branch without taking a commit from it."""


class ReplacedCommits(Struct, frozen=True):
    """The commits that were on the branch and are not any more; the newest first.

    `notices` say what could not be looked at.
    """

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
        return ReplacedCommits(
            commits, tuple(_describe(len(heads), gone, is_cut=len(oids) > MOST_COMMITS))
        )


def _replaced(repository: Repository, pull: Pull, history: PullHistory) -> Iterator[str]:
    """The heads that something else was pushed over, the latest first."""
    at_base = partial(is_at_base, repository, f"{TRACKING}{pull.base_branch}")
    for item in walk_back(history.activity, pull.head, at_base):
        if item.activity_type not in _ADDING and not at_base(item.before):
            yield item.before


def _list_commits(repository: Repository, pull: Pull, heads: list[str]) -> list[str]:
    """The ids of their commits that neither the base nor the present head has, one more than are read."""
    span = (*heads, f"^{TRACKING}{pull.base_branch}", f"^{pull.head}")
    return (
        repository.run("rev-list", f"--max-count={MOST_COMMITS + 1}", *span)
        .decode("ascii")
        .split()
    )


def _describe(count: int, gone: tuple[str, ...], *, is_cut: bool) -> Iterator[Notice]:
    if gone:
        names = ", ".join(head[:12] for head in gone)
        yield Notice(
            "earlier-heads-gone",
            "These earlier heads were replaced by a push and can no longer be fetched, so they could not "
            f"be checked for markers of an AI: {names}.",
        )
    if count > MOST_HEADS:
        yield Notice(
            "earlier-heads-left-out",
            f"Pushes replaced the head of the branch {count} times; only the {MOST_HEADS} newest of these "
            "heads were checked.",
        )
    if is_cut:
        yield Notice(
            "earlier-commits-left-out",
            f"Of the commits that pushes replaced, only the newest {MOST_COMMITS:,} were checked.",
        )


def judge_pull(
    runner: RunnerContext,
    connection: Connection,
    inputs: Inputs,
    pull: Pull,
    advance: Advance,
) -> PullVerdict:
    """The verdict on the pull request's head, against the base's branch as it is now.

    Raises:
        JudgegateError: there is no verdict.
    """
    history = Background(lambda: fetch_history(connection, pull))
    try:
        with fetched(runner, pull) as store:
            remembered = history.result()
            pushed_over = read_earlier_heads(store, pull, remembered)
            request = Request(
                directory=store.directory,
                base=f"origin/{pull.base_branch}",
                head=pull.head,
                pull_request=pull.described,
                org_policy=connection.org_policy,
                earlier=read_earlier(
                    find_own_comments(remembered.timeline, inputs.acts_as)
                ),
                earlier_commits=pushed_over.commits,
                cache=inputs.cache,
                cache_key=inputs.cache_key,
                answers=_answers(inputs),
            )
            people: list[Approvals] = []

            def ask(found: Repository, change: Change, policy: Policy) -> Approvals:
                people.append(
                    fetch_approvals(
                        connection, pull, remembered, found, change, policy=policy
                    )
                )
                return people[-1]

            verdict = run(request, advance, ask)
            complete = replace(verdict, notices=(*verdict.notices, *pushed_over.notices))
            return PullVerdict(complete, remembered, people[-1])
    except Exception:
        # The background request is not left running after an error. An interruption (no Exception)
        # does not wait for it.
        history.wait()
        raise


def _answers(inputs: Inputs) -> AnswerCache | None:
    """Where workers' answers are kept.

    Without a key that is nowhere: a verdict that is published must not rest on single answers that
    another job could have written, one at a time and unseen.
    """
    if inputs.cache is None or inputs.cache_key is None:
        return None
    return AnswerCache(inputs.cache, key=inputs.cache_key)


def judge_current(context: RunContext, pull: Pull) -> Attempt[PullVerdict]:
    """The verdict on the pull request as it still is when the verdict is there.

    Raises:
        JudgegateError: there is no verdict.
    """
    return judge_until_current(
        pull,
        lambda seen: judge_pull(
            context.runner, context.connection, context.inputs, seen, context.advance
        ),
        lambda seen: read_again(context.connection, seen),
    )
