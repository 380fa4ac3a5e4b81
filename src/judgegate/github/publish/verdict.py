"""Publishing a verdict on GitHub: what each step of it comes to there."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from judgegate.forge.comment import OwnComment, render_comment
from judgegate.forge.judge_again import Attempt
from judgegate.forge.publication import (
    PublishResult,
    PublishState,
    Wanted,
    posted_result,
    publish,
)
from judgegate.forge.pull import Pull
from judgegate.forge.status import CONTEXT_PREFIX, Status, context_of, describe, shorten
from judgegate.github.client.answers import StatusAnswer
from judgegate.github.client.api import ForbiddenError, NotFoundError
from judgegate.github.client.connection import Connection
from judgegate.github.client.json_reading import read
from judgegate.github.people.approvals import PullVerdict
from judgegate.github.publish.thread import (
    LONGEST_BRIEF,
    Thread,
    find_own_comments,
    keep_comment,
    keep_labels,
    read_known_reviewers,
    report_options,
    request_reviews,
)
from judgegate.github.pulls import find_by_head
from judgegate.github.runner import RunContext, RunnerContext
from judgegate.model.verdict import Verdict

LONGEST_DESCRIPTION = 140
"""Characters: GitHub refuses a longer one."""


def publish_status(
    connection: Connection, status: Status, remembered: Status | None = None
) -> bool:
    """Post the status unless the commit has it already, from the same account; whether it was posted.

    `remembered` is what was posted last, as far as anything remembers it. Where that was something
    else, there is no need to ask what the commit has; that it was the same proves nothing, and the
    commit is asked.

    Raises:
        ForbiddenError: the token may not write statuses.
        ApiError: it is not known whether it is there.
    """
    if (remembered is None or replace(remembered, url=status.url) == status) and _has(
        connection, status
    ):
        return False
    connection.api.post(
        f"{connection.path}/statuses/{status.commit}",
        _body_of(status),
        lambda: _has(connection, status),
    )
    return True


def post_unconditionally(connection: Connection, status: Status) -> None:
    """Post the status without asking what the commit has.

    The asking may be what fails, and to post the same twice does no harm.

    Raises:
        ForbiddenError: the token may not write statuses.
        ApiError: it is not known whether it is there.
    """
    connection.api.post(
        f"{connection.path}/statuses/{status.commit}", _body_of(status), lambda: False
    )


def is_success(connection: Connection, commit: str, context: str) -> bool:
    """Whether the last that any account said of the commit in this context is that it passes.

    Raises:
        ApiError: it is not known.
    """
    last: dict[str, str] = {}
    for one in _read_statuses(connection, commit):
        if one.context == context:
            last.setdefault(one.creator.login.casefold() if one.creator else "", one.state)
    return "success" in last.values()


def _body_of(status: Status) -> dict[str, object]:
    body: dict[str, object] = {
        "state": status.state,
        "context": status.context,
        "description": status.description,
    }
    return body if status.url is None else body | {"target_url": status.url}


def _read_statuses(connection: Connection, commit: str) -> Iterator[StatusAnswer]:
    """The latest first."""
    documents = connection.api.list(f"{connection.path}/commits/{commit}/statuses")
    return (read(StatusAnswer, document, "the commit's statuses") for document in documents)


def _has(connection: Connection, status: Status) -> bool:
    """Whether it is the last that was said of the commit in this context.

    The same words of another account are not ours: a rule that takes the status from one App only
    does not see them.
    """
    last = next(
        (
            one
            for one in _read_statuses(connection, status.commit)
            if one.context == status.context
        ),
        None,
    )
    if (
        last is None
        or last.creator is None
        or last.creator.login.casefold() != connection.acts_as.casefold()
    ):
        return False
    return (last.state, last.description) == (status.state, status.description)


CLOSED = "Closed: it is judged again when it is reopened"


def withdraw_former(
    connection: Connection, status: Status, former: Iterable[str], others: Iterable[Pull]
) -> None:
    """Replace what the `former` contexts said of the head: no other run would correct it.

    `status` is what is to be said instead of them. What `others`, open pull requests with the same
    head, ask to join is theirs.

    Raises:
        IncompleteError: it is not known whether it is done.
    """
    kept = {status.context, *(context_of(one.base_branch) for one in others)}
    branch = status.context.removeprefix(CONTEXT_PREFIX)
    for context in dict.fromkeys(former):
        if context.startswith(CONTEXT_PREFIX) and context not in kept:
            # Where the token may not write at all, the post of the verdict says so.
            with suppress(ForbiddenError, NotFoundError):
                description = shorten(
                    f"It now wants to join {branch}, and is judged for that branch",
                    LONGEST_DESCRIPTION,
                )
                post_unconditionally(
                    connection,
                    replace(
                        status, context=context, state="pending", description=description
                    ),
                )


def withdraw_closed(connection: Connection, pull: Pull, url: str | None) -> bool:
    """Let a pull request that was closed without a merge pass no longer; whether it did pass.

    While it is closed it is not judged.

    Raises:
        IncompleteError: it is not known whether it is done.
    """
    context = context_of(pull.base_branch)
    if pull.is_merged or not is_success(connection, pull.head, context):
        return False
    if any(
        one.base_branch == pull.base_branch for one in find_by_head(connection, pull.head)
    ):
        # It is open again by now, or the status is another's.
        return False
    post_unconditionally(connection, Status(pull.head, context, "pending", CLOSED, url))
    return True


def publish_verdict(
    context: RunContext,
    attempt: Attempt[PullVerdict],
    judged: PullVerdict,
    former_bases: Sequence[str] = (),
) -> PublishResult:
    """Publish the verdict on the pull request's head, which it still is.

    `former_bases` are branches that it asked to join before.

    Raises:
        IncompleteError: it is not known whether the status is there.
    """
    inputs = context.inputs
    verdict = replace(judged.verdict, fail_on=inputs.fail_on or judged.verdict.fail_on)
    own = find_own_comments(judged.history.timeline, inputs.acts_as)
    wanted = Wanted(inputs.comment, inputs.labels, inputs.request_reviews)
    publisher = _PullPublisher(context, attempt.pull, judged, own)
    return publish(
        publisher, attempt, verdict, own, wanted=wanted, former_bases=former_bases
    )


class _PullPublisher(Struct, frozen=True):
    context: RunContext
    pull: Pull
    judged: PullVerdict
    own: Sequence[OwnComment]

    @property
    def thread(self) -> Thread:
        connection = self.context.connection
        return Thread(
            connection.api, connection.path, self.pull.number, self.context.inputs.acts_as
        )

    def status_of(self, verdict: Verdict, siblings: Sequence[int]) -> Status:
        state, description = describe(verdict, siblings, longest=LONGEST_DESCRIPTION)
        return status_of(self.context.runner, self.pull, state, description)

    def withdraw_former(
        self, status: Status, contexts: Iterable[str], others: Iterable[Pull]
    ) -> None:
        withdraw_former(self.context.connection, status, contexts, others)

    def post_status(
        self, verdict: Verdict, status: Status, remembered: Status | None
    ) -> PublishResult:
        return post_status(self.context.connection, verdict, status, remembered)

    def keep_comment(
        self, verdict: Verdict, posted: Status | None, siblings: Sequence[int]
    ) -> Iterable[str]:
        options = report_options(self.context.runner, verdict.change, self.pull.number)
        body = render_comment(verdict, options, posted, siblings, LONGEST_BRIEF)
        return keep_comment(self.thread, self.own, body)

    def keep_labels(self, wanted: frozenset[str]) -> Iterable[str]:
        return keep_labels(self.thread, self.pull, wanted)

    def request_reviews(self, verdict: Verdict) -> Iterable[str]:
        known = read_known_reviewers(
            self.pull,
            self.judged.history,
            self.judged.approvals,
            self.context.inputs.acts_as,
        )
        return request_reviews(self.thread, verdict, known)


def status_of(runner: RunnerContext, pull: Pull, state: str, description: str) -> Status:
    """A status for the pull request's head."""
    return Status(
        pull.head, context_of(pull.base_branch), state, description, runner.run_url
    )


def post_status(
    connection: Connection,
    verdict: Verdict,
    status: Status,
    remembered: Status | None = None,
) -> PublishResult:
    """Post the status that carries the verdict; `remembered` is the one that was posted last.

    Raises:
        IncompleteError: it is not known whether it is there.
    """
    try:
        posted = publish_status(connection, status, remembered)
    except (ForbiddenError, NotFoundError) as error:
        why = f"No status was posted, so this run's own result carries the verdict. {error.what}"
        return PublishResult(verdict, PublishState.MAY_NOT_WRITE, why)
    return posted_result(verdict, status, is_new=posted)
