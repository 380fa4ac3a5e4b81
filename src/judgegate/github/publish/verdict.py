"""Publishing a verdict: the status that carries it, and whatever else the workflow asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from judgegate.forge.comment import last_posted, render_comment
from judgegate.forge.publication import PublishResult, PublishState, posted_result, remarks_of
from judgegate.forge.pull import Pull, choose_labels
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
from judgegate.model.scales import FailOn
from judgegate.model.verdict import Verdict


def publish(
    context: RunContext, attempt: Attempt[PullVerdict], judged: PullVerdict, former_bases: Sequence[str] = ()
) -> PublishResult:
    """Publish the verdict on the pull request's head, which it still is: the status first, then the rest.

    What the rest comes to changes neither the status nor how the run ends. `former_bases` are branches that it asked to join before.

    Raises:
        IncompleteError: nobody knows whether the status is there.
    """
    runner, connection, inputs = context.runner, context.connection, context.inputs
    pull, siblings = attempt.pull, attempt.siblings
    fail_on = inputs.fail_on or judged.verdict.fail_on
    verdict = replace(judged.verdict, fail_on=fail_on)
    own = find_own_comments(judged.history.timeline, inputs.acts_as)
    status = status_of(runner, pull, *describe(verdict, siblings, longest=LONGEST_DESCRIPTION))
    result = PublishResult(verdict, PublishState.REPORT_ONLY, "Report mode: no status is posted.")
    if fail_on is not FailOn.NEVER:
        remembered = last_posted(own)
        contexts = [remembered.context] if remembered and remembered.commit == pull.head else []
        withdraw_former(connection, status, (*contexts, *map(context_of, former_bases)), attempt.others)
        result = post_status(connection, verdict, status, remembered)
    result = replace(result, number=pull.number)
    if pull.is_draft:
        return result
    posted = status if result.state is PublishState.PUBLISHED else None
    thread = Thread(connection.api, connection.path, pull.number, inputs.acts_as)

    def comment() -> Iterable[str]:
        options = report_options(runner, verdict.change, pull.number)
        return keep_comment(thread, own, render_comment(verdict, options, posted, siblings, LONGEST_BRIEF))

    def label() -> Iterable[str]:
        return keep_labels(thread, pull, choose_labels(verdict))

    def request() -> Iterable[str]:
        return request_reviews(
            thread, verdict, read_known_reviewers(pull, judged.history, judged.approvals, inputs.acts_as)
        )

    extras = (
        (inputs.comment, comment, "The comment was not written."),
        (inputs.labels, label, "The labels were not set."),
        (inputs.request_reviews and posted is not None, request, "Nobody was asked for a review."),
    )
    return replace(
        result,
        extras=tuple(remark for wanted, do, failed in extras if wanted for remark in remarks_of(do, failed)),
    )


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
