"""Publishing a verdict on GitHub: what each step of it comes to there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from judgegate.forge.comment import OwnComment, render_comment
from judgegate.forge.publication import PublishResult, PublishState, Wanted, posted_result, publish
from judgegate.forge.pull import Pull
from judgegate.forge.retry import Attempt
from judgegate.forge.status import Status, context_of, describe
from judgegate.github.client.api import ForbiddenError, NotFoundError
from judgegate.github.client.connection import Connection
from judgegate.github.judge import PullVerdict, RunContext
from judgegate.github.publish.links import report_options
from judgegate.github.publish.status import LONGEST_DESCRIPTION, publish_status, withdraw_former
from judgegate.github.publish.thread import (
    LONGEST_BRIEF,
    Thread,
    find_own_comments,
    keep_comment,
    keep_labels,
    read_known_reviewers,
    request_reviews,
)
from judgegate.github.runner import RunnerContext
from judgegate.model.verdict import Verdict


def publish_verdict(
    context: RunContext, attempt: Attempt[PullVerdict], judged: PullVerdict, former_bases: Sequence[str] = ()
) -> PublishResult:
    """Publish the verdict on the pull request's head, which it still is.

    `former_bases` are branches that it asked to join before.

    Raises:
        IncompleteError: nobody knows whether the status is there.
    """
    inputs = context.inputs
    verdict = replace(judged.verdict, fail_on=inputs.fail_on or judged.verdict.fail_on)
    own = find_own_comments(judged.history.timeline, inputs.acts_as)
    wanted = Wanted(inputs.comment, inputs.labels, inputs.request_reviews)
    publisher = _PullPublisher(context, attempt.pull, judged, own)
    return publish(publisher, attempt, verdict, own, wanted=wanted, former_bases=former_bases)


@dataclass(frozen=True, slots=True)
class _PullPublisher:
    context: RunContext
    pull: Pull
    judged: PullVerdict
    own: Sequence[OwnComment]

    @property
    def thread(self) -> Thread:
        connection = self.context.connection
        return Thread(connection.api, connection.path, self.pull.number, self.context.inputs.acts_as)

    def status_of(self, verdict: Verdict, siblings: Sequence[int]) -> Status:
        state, description = describe(verdict, siblings, longest=LONGEST_DESCRIPTION)
        return status_of(self.context.runner, self.pull, state, description)

    def withdraw_former(self, status: Status, contexts: Iterable[str], others: Iterable[Pull]) -> None:
        withdraw_former(self.context.connection, status, contexts, others)

    def post_status(self, verdict: Verdict, status: Status, remembered: Status | None) -> PublishResult:
        return post_status(self.context.connection, verdict, status, remembered)

    def keep_comment(self, verdict: Verdict, posted: Status | None, siblings: Sequence[int]) -> Iterable[str]:
        options = report_options(self.context.runner, verdict.change, self.pull.number)
        body = render_comment(verdict, options, posted, siblings, LONGEST_BRIEF)
        return keep_comment(self.thread, self.own, body)

    def keep_labels(self, wanted: frozenset[str]) -> Iterable[str]:
        return keep_labels(self.thread, self.pull, wanted)

    def request_reviews(self, verdict: Verdict) -> Iterable[str]:
        known = read_known_reviewers(
            self.pull, self.judged.history, self.judged.approvals, self.context.inputs.acts_as
        )
        return request_reviews(self.thread, verdict, known)


def status_of(runner: RunnerContext, pull: Pull, state: str, description: str) -> Status:
    """A status for the pull request's head."""
    return Status(pull.head, context_of(pull.base_branch), state, description, runner.run_url)


def post_status(
    connection: Connection, verdict: Verdict, status: Status, remembered: Status | None = None
) -> PublishResult:
    """Post the status that carries the verdict; `remembered` is the one that was posted last.

    Raises:
        IncompleteError: nobody knows whether it is there.
    """
    try:
        posted = publish_status(connection, status, remembered)
    except (ForbiddenError, NotFoundError) as error:
        why = f"No status was posted, so this run's own result carries the verdict. {error.what}"
        return PublishResult(verdict, PublishState.MAY_NOT_WRITE, why)
    return posted_result(verdict, status, is_new=posted)
