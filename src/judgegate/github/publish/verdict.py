"""Publishing a verdict: the status that carries it, and whatever else the workflow asks for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from judgegate.forge.pull import Pull
from judgegate.github.client.api import ForbiddenError, NotFoundError
from judgegate.github.judge import Attempt, PullVerdict, RunContext
from judgegate.github.people.approvals import Connection
from judgegate.github.publish.brief import render_comment
from judgegate.github.publish.status import Status, context_of, describe, publish_status, withdraw_former
from judgegate.github.publish.thread import (
    OwnComment,
    Thread,
    choose_labels,
    find_own_comments,
    keep_comment,
    keep_labels,
    read_known_reviewers,
    request_reviews,
)
from judgegate.github.runner import RunnerContext
from judgegate.model.errors import IncompleteError
from judgegate.model.scales import FailOn
from judgegate.model.verdict import Verdict


class PublishState(Enum):
    """What became of the verdict."""

    PUBLISHED = "published"
    REPORT_ONLY = "report only"
    MAY_NOT_WRITE = "the token may not write statuses"
    SUPERSEDED = "superseded"
    NOTHING = "nothing to judge"
    FAILED = "could not be judged"


@dataclass(frozen=True, slots=True)
class PublishResult:
    """How the run ended for pull request `number`; `verdict` is None where there was nothing to judge. `remark` is a sentence for the log.

    `extras` are further ones, of what could not be published besides the status. `error` is what kept this pull request from being judged
    while others of the same run were.
    """

    verdict: Verdict | None
    state: PublishState
    remark: str
    extras: tuple[str, ...] = ()
    error: Exception | None = None
    number: int | None = None


def publish(
    context: RunContext, done: Attempt, judged: PullVerdict, left: Sequence[str] = ()
) -> PublishResult:
    """Publish the verdict on the pull request's head, which it still is: the status first, then the rest.

    What the rest comes to changes neither the status nor how the run ends. `left` are branches that it asked to join before.

    Raises:
        IncompleteError: nobody knows whether the status is there.
    """
    runner, connection, inputs, pull, siblings = (
        context.runner,
        context.connection,
        context.inputs,
        done.pull,
        done.siblings,
    )
    fail_on = inputs.fail_on or judged.verdict.fail_on
    verdict = replace(judged.verdict, fail_on=fail_on)
    own = find_own_comments(judged.history.timeline, inputs.acts_as)
    status = status_of(runner, pull, *describe(verdict, siblings))
    result = PublishResult(verdict, PublishState.REPORT_ONLY, "Report mode: no status is posted.")
    if fail_on is not FailOn.NEVER:
        remembered = _remembered(own)
        contexts = [remembered.context] if remembered and remembered.commit == pull.head else []
        withdraw_former(connection, status, (*contexts, *map(context_of, left)), done.others)
        result = post_status(connection, verdict, status, remembered)
    result = replace(result, number=pull.number)
    if pull.is_draft:
        return result
    posted = status if result.state is PublishState.PUBLISHED else None
    thread = Thread(connection.api, connection.path, pull.number, inputs.acts_as)

    def comment() -> Iterable[str]:
        return keep_comment(thread, own, render_comment(runner, pull, verdict, posted, siblings))

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
        extras=tuple(remark for wanted, do, failed in extras if wanted for remark in _try(do, failed)),
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
    done = "Posted" if posted else "There already"
    return PublishResult(
        verdict,
        PublishState.PUBLISHED,
        f"{done}: {status.context} is {status.state} on {status.commit[:12]}.",
    )


def _remembered(own: Sequence[OwnComment]) -> Status | None:
    """The status that was posted last, as the comment has it."""
    record = own[0].record if own else None
    if record is None or record.posted is None or record.head is None:
        return None
    return Status(record.head, record.posted.context, record.posted.state, record.posted.description)


def _try(do: Callable[[], Iterable[str]], failed: str) -> list[str]:
    """The remarks of whatever was done; also where it could not be."""
    try:
        return list(do())
    except IncompleteError as error:
        return [f"{failed} {error.what}"]
