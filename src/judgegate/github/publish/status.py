"""The commit status that carries the verdict, and taking it back where nobody judges any more."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from judgegate.forge.pull import Pull
from judgegate.github.client.answers import StatusAnswer
from judgegate.github.client.api import ForbiddenError, NotFoundError
from judgegate.github.client.json_reading import read
from judgegate.github.people.approvals import Connection
from judgegate.github.pulls import find_by_head
from judgegate.model.scales import Action, Outcome
from judgegate.model.verdict import Counted, Verdict
from judgegate.report.escape import escape
from judgegate.report.options import Audience
from judgegate.report.text.next_steps import describe_demand, open_demands
from judgegate.report.text.words import join_words

CONTEXT_PREFIX = "judgegate/"
"""What every context of ours begins with."""

LONGEST_DESCRIPTION = 140
"""Characters: GitHub refuses a longer one."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is to be said of a commit: `state` is success, pending, failure or error."""

    commit: str
    context: str
    state: str
    description: str
    url: str | None = None


def context_of(base_branch: str) -> str:
    """The context, with the base's branch in it: a status belongs to a commit, and the same commit may ask to join another branch."""
    return f"{CONTEXT_PREFIX}{base_branch}"


def describe(verdict: Verdict, siblings: Sequence[int] = ()) -> tuple[str, str]:
    """The state and the description. Waiting for a human is pending; only somebody who asks for changes makes it a failure.

    `siblings` are other pull requests that the status would speak for: what one of them says of itself, the other may not.
    """
    match verdict.outcome:
        case Outcome.PASS if siblings:
            return "failure", shorten(
                f"Pull request {siblings[0]} has the same head and base, and this would let it pass too: close one of them"
            )
        case Outcome.PASS if verdict.review.override is not None:
            return "success", shorten(f"Overridden by {verdict.review.override}")
        case Outcome.PASS:
            return "success", shorten(f"Passed, {_describe_agreement(verdict.review.counted)}")
        case Outcome.REVIEW:
            wanting = (describe_demand(demand, Audience.FORGE) for demand in open_demands(verdict))
            return ("failure" if verdict.review.held_by else "pending"), shorten(
                "; ".join((*verdict.review.held_by, *wanting))
            )
        case Outcome.BLOCK:
            reasons = [reason.message for reason in verdict.reasons if reason.action is Action.BLOCK]
            return "failure", shorten(f"Blocked: {reasons[0]}" if reasons else "Blocked")
        case Outcome.ERROR:
            return describe_error("; ".join(error.message for error in verdict.errors))


def _describe_agreement(counted: Sequence[Counted]) -> str:
    """Who approved and who attested, told apart: an attestation is the word of somebody who may have written it."""
    kinds = (
        ("approved by", [one.who for one in counted if one.attested is None]),
        ("attested by", [one.who for one in counted if one.attested is not None]),
    )
    return (
        ", ".join(f"{verb} {join_words(sorted(set(who)))}" for verb, who in kinds if who)
        or "and no review to wait for"
    )


def describe_error(what: str) -> tuple[str, str]:
    """The same where there is no verdict."""
    return "error", shorten(f"Could not judge: {what}")


def publish_status(connection: Connection, status: Status, remembered: Status | None = None) -> bool:
    """Post the status unless the commit has it already, from the same account; whether it was posted.

    `remembered` is what was posted last, as far as anything remembers it. Where that was something else, nobody needs to ask what the
    commit has; that it was the same proves nothing, and the commit is asked.

    Raises:
        ForbiddenError: the token may not write statuses.
        ApiError: nobody knows whether it is there.
    """
    if (remembered is None or replace(remembered, url=status.url) == status) and _has(connection, status):
        return False
    connection.api.post(
        f"{connection.path}/statuses/{status.commit}", _body_of(status), lambda: _has(connection, status)
    )
    return True


def post_unconditionally(connection: Connection, status: Status) -> None:
    """Post the status without asking what the commit has: it may be the asking that fails, and to say it twice does no harm.

    Raises:
        ForbiddenError: the token may not write statuses.
        ApiError: nobody knows whether it is there.
    """
    connection.api.post(f"{connection.path}/statuses/{status.commit}", _body_of(status), lambda: False)


def is_success(connection: Connection, commit: str, context: str) -> bool:
    """Whether the last that any account said of the commit in this context is that it passes.

    Raises:
        ApiError: nobody knows.
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

    The same words of another account are not ours: a rule that takes the status from one App only does not see them.
    """
    last = next(
        (one for one in _read_statuses(connection, status.commit) if one.context == status.context), None
    )
    if last is None or last.creator is None or last.creator.login.casefold() != connection.acts_as.casefold():
        return False
    return (last.state, last.description) == (status.state, status.description)


def shorten(text: str) -> str:
    """The text as a description: in one line that says what it shows, and no longer than GitHub takes it."""
    escaped = escape(text)
    return (
        escaped
        if len(escaped) <= LONGEST_DESCRIPTION
        else escaped[: LONGEST_DESCRIPTION - 3].rstrip() + "..."
    )


CLOSED = "Closed: it is judged again once it is reopened"


def withdraw_former(
    connection: Connection, status: Status, left: Iterable[str], others: Iterable[Pull]
) -> None:
    """Let the contexts `left` say no longer what they said of the head: what is said there from now on nobody would hear of.

    `status` is what is to be said instead of them. What `others`, open pull requests with the same head, ask to join is theirs.

    Raises:
        IncompleteError: nobody knows whether it is done.
    """
    kept = {status.context, *(context_of(one.base_branch) for one in others)}
    branch = status.context.removeprefix(CONTEXT_PREFIX)
    for context in dict.fromkeys(left):
        if context.startswith(CONTEXT_PREFIX) and context not in kept:
            # Where the token may not write at all, the post of the verdict says so.
            with suppress(ForbiddenError, NotFoundError):
                told = shorten(f"It asks to join {branch} now, and is judged for that")
                post_unconditionally(
                    connection, replace(status, context=context, state="pending", description=told)
                )


def withdraw_closed(connection: Connection, pull: Pull, url: str | None) -> bool:
    """Let a pull request that was closed without a merge pass no longer, since nobody judges it meanwhile; whether it did.

    Raises:
        IncompleteError: nobody knows whether it is done.
    """
    context = context_of(pull.base_branch)
    if pull.is_merged or not is_success(connection, pull.head, context):
        return False
    if any(one.base_branch == pull.base_branch for one in find_by_head(connection, pull.head)):
        # It is open again by now, or the status is another's.
        return False
    post_unconditionally(connection, Status(pull.head, context, "pending", CLOSED, url))
    return True
