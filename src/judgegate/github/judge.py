"""Judge a pull request as it is now, until what was judged is still what there is."""

from contextlib import suppress
from dataclasses import dataclass, replace

from judgegate.change.repository import Repository
from judgegate.forge.pull import Pull
from judgegate.github.earlier_heads import read_earlier_heads
from judgegate.github.inputs import Inputs
from judgegate.github.objects import fetched
from judgegate.github.people.approvals import Connection, PullHistory, fetch_approvals, fetch_history
from judgegate.github.publish.thread import find_own_comments, read_earlier
from judgegate.github.pulls import read_again
from judgegate.github.runner import RunnerContext
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change
from judgegate.model.errors import IncompleteError
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
            told = replace(verdict, notices=(*verdict.notices, *pushed_over.notices))
            return PullVerdict(told, remembered, people[-1])
    except Exception:
        # Nothing goes on asking behind the back of what ended this; but who is told to stop waits for nothing.
        with suppress(Exception):
            history.result()
        raise


MOST_ATTEMPTS = 3
"""How often a pull request is judged again because it was edited meanwhile."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that a judgement needs besides the pull request."""

    runner: RunnerContext
    inputs: Inputs
    connection: Connection
    advance: Advance


@dataclass(frozen=True, slots=True)
class Attempt:
    """How it ended. `pull` is as it was last seen; `judged` is None where it is closed.

    `superseded` says in a sentence why the verdict is of something that is no longer there, or is empty. `others` are the other open pull
    requests with the same head, `left` the branches that this one asked to join before.
    """

    pull: Pull
    judged: PullVerdict | None
    superseded: str = ""
    others: tuple[Pull, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def siblings(self) -> tuple[int, ...]:
        """The numbers of those that ask to join the same branch, too: the status is theirs as well."""
        return tuple(one.number for one in self.others if one.base_branch == self.pull.base_branch)


def judge_until_current(context: RunContext, pull: Pull) -> Attempt:
    """The verdict on the pull request as it still is when the verdict is there.

    Raises:
        JudgegateError: there is no verdict.
    """
    left: list[str] = []
    for _ in range(MOST_ATTEMPTS):
        if not pull.is_open:
            return Attempt(pull, None, f"Pull request {pull.number} is closed: nothing to judge.")
        judged = judge_pull(context.runner, context.connection, context.inputs, pull, context.advance)
        now, others = read_again(context.connection, pull)
        if now.head != pull.head:
            moved = f"The head is {now.head[:12]} by now, so {pull.head[:12]} gets no status; the run for the new head judges it."
            return Attempt(now, judged, moved)
        if now == pull:
            return Attempt(now, judged, others=others, left=tuple(left))
        left.append(pull.base_branch)
        pull = now
    raise IncompleteError(
        f"Pull request {pull.number} was edited again and again while it was judged.", "Judge it again."
    )
