"""Judge a pull request as it is now, until what was judged is still what there is."""

from contextlib import suppress
from dataclasses import dataclass, replace

from judgegate.change.repository import Repository
from judgegate.forge.comment import read_earlier
from judgegate.forge.pull import Pull
from judgegate.forge.retry import Attempt, judge_until_current
from judgegate.github.client.connection import Connection
from judgegate.github.earlier_heads import read_earlier_heads
from judgegate.github.inputs import Inputs
from judgegate.github.objects import fetched
from judgegate.github.people.approvals import PullHistory, fetch_approvals, fetch_history
from judgegate.github.publish.thread import find_own_comments
from judgegate.github.pulls import read_again
from judgegate.github.runner import RunnerContext
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change
from judgegate.model.progress import Advance
from judgegate.model.verdict import Verdict
from judgegate.pipeline.background import Background
from judgegate.pipeline.request import Request
from judgegate.pipeline.run import run
from judgegate.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class PullVerdict:
    """A verdict, with what GitHub said of the pull request and its people."""

    verdict: Verdict
    history: PullHistory
    approvals: Approvals


def judge_pull(
    runner: RunnerContext, connection: Connection, inputs: Inputs, pull: Pull, advance: Advance
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
                earlier=read_earlier(find_own_comments(remembered.timeline, inputs.acts_as)),
                earlier_commits=pushed_over.commits,
                cache=inputs.cache,
            )
            people: list[Approvals] = []

            def ask(found: Repository, change: Change, policy: Policy) -> Approvals:
                people.append(fetch_approvals(connection, pull, remembered, found, change, policy=policy))
                return people[-1]

            verdict = run(request, advance, ask)
            complete = replace(verdict, notices=(*verdict.notices, *pushed_over.notices))
            return PullVerdict(complete, remembered, people[-1])
    except Exception:
        # The background request is not left running after an error. An interruption (no Exception) does not wait for it.
        with suppress(Exception):
            history.result()
        raise


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that a judgement needs besides the pull request."""

    runner: RunnerContext
    inputs: Inputs
    connection: Connection
    advance: Advance


def judge_current(context: RunContext, pull: Pull) -> Attempt[PullVerdict]:
    """The verdict on the pull request as it still is when the verdict is there.

    Raises:
        JudgegateError: there is no verdict.
    """
    return judge_until_current(
        pull,
        lambda seen: judge_pull(context.runner, context.connection, context.inputs, seen, context.advance),
        lambda seen: read_again(context.connection, seen),
    )
