"""The event that started the run: what is to be judged."""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct, field

from judgegate.forge.people import is_command, is_lasting_command
from judgegate.forge.pull import Pull
from judgegate.github.client.answers import Account, App, Oid, PullAnswer, Text
from judgegate.github.runner import RunnerContext
from judgegate.model.approvals import Person
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError


class OnePull(Struct, frozen=True):
    """A pull request is to be judged.

    `pull` is what the event says of it, None if it says nothing or may be out of date.
    `from_event` is what the event says of it even if that is out of date, `former_base` the branch
    that it asked to join until now.
    """

    number: int
    pull: Pull | None = None
    from_event: Pull | None = None
    former_base: str | None = None


class CommentCommand(Struct, frozen=True):
    """Somebody says in a comment that a pull request is to be judged. Whether they may is not known yet."""

    number: int
    by: Person


class MergeGroup(Struct, frozen=True):
    """A merge queue asks whether the pull requests that it has put on a base's branch may merge.

    `head` is the commit that would become the branch's tip, `number` the pull request that the
    group's own branch is named after.
    """

    head: str
    base_branch: str
    number: int


class FinishedRun(Struct, frozen=True):
    """A workflow's run has ended; the pull requests that it ran for are to be judged.

    `head` is the commit that it ran for. `branch` and `repository` (`owner/name`) say where that
    came from, None where GitHub does not.
    """

    head: str
    branch: str | None
    repository: str | None


class NothingRequested(Struct, frozen=True):
    """The event is no reason to judge anything; `why` is a sentence for the log."""

    why: str


Requested = OnePull | CommentCommand | MergeGroup | FinishedRun | NothingRequested


class _PayloadRepository(Struct, frozen=True):
    full_name: str


class _Issue(Struct, frozen=True):
    number: int
    pull_request: dict[str, object] | None = None


class _Former(Struct, frozen=True):
    before: Text = field(name="from", default=None)


class _FormerBase(Struct, frozen=True):
    ref: _Former | None = None


class _Changes(Struct, frozen=True):
    body: _Former | None = None
    base: _FormerBase | None = None


class _Comment(Struct, frozen=True):
    user: Account | None
    body: Text = None
    performed_via_github_app: App | None = None
    created_at: str | None = None
    updated_at: str | None = None


class _MergeGroup(Struct, frozen=True):
    head_sha: Oid
    head_ref: str
    base_ref: str


class _WorkflowRun(Struct, frozen=True):
    head_sha: Oid
    head_branch: str | None = None
    head_repository: _PayloadRepository | None = None


class Payload(Struct, frozen=True):
    """The payload of an event: which parts there are depends on the event."""

    repository: _PayloadRepository
    action: str = ""
    pull_request: PullAnswer | None = None
    inputs: dict[str, str | bool | int | float | None] | None = None
    issue: _Issue | None = None
    comment: _Comment | None = None
    changes: _Changes | None = None
    merge_group: _MergeGroup | None = None
    workflow_run: _WorkflowRun | None = None


LARGEST = 25_000_000
"""Bytes: GitHub's own limit for a webhook's payload."""

INPUT = "pull-request"
"""The input of a workflow that somebody starts by hand: the number of the pull request."""

HEADS = "refs/heads/"
QUEUE = "refs/heads/gh-readonly-queue/"
"""Where GitHub keeps the branches that it makes for a merge queue.

Each is named after its last pull request and the commit under it.
"""

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_LAST_OF_GROUP = re.compile(r"/pr-([1-9][0-9]{0,9})-[0-9a-f]{40,64}")


def read_event(runner: RunnerContext, number: str | None = None) -> Requested:
    """What the event asks for. `number`, if given, is the pull request's, for an event that names none.

    Raises:
        UsageError: the event is none that a pull request can be judged on, or its payload is not
            what it should be.
    """
    reader = _READERS.get(runner.event_name)
    if reader is None:
        raise UsageError(
            f"judgegate does not support the event {runner.event_name!r}.",
            f"Start the workflow on one of: {', '.join(EVENTS)}.",
        )
    from judgegate.github.client.json_reading import read  # only where there is an event

    try:
        payload = read(Payload, _load(runner), "the event")
    except IncompleteError as error:
        raise UsageError(f"The event's payload cannot be read. {error.what}") from None
    if payload.repository.full_name.casefold() != runner.repository.casefold():
        raise UsageError(
            f"The event belongs to {payload.repository.full_name!r}, not to {runner.repository}."
        )
    return reader(runner, payload, number)


def _load(runner: RunnerContext) -> object:
    """The payload as JSON.

    Raises:
        UsageError: it cannot be read, or is not JSON.
    """
    try:
        with runner.event_path.open("rb") as file:
            payload = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(
            f"The event's payload {runner.event_path} cannot be read: {error.strerror}."
        ) from error
    if len(payload) > LARGEST:
        raise UsageError(f"The event's payload is larger than {LARGEST // 1_000_000} MB.")
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise UsageError("The event's payload is not JSON.") from error


def _read_pull(runner: RunnerContext, payload: "Payload", number: str | None) -> Requested:
    if payload.pull_request is None:
        given = (payload.inputs or {}).get(INPUT)
        return OnePull(_parse_number(number or ("" if given is None else str(given))))
    pull = payload.pull_request.value
    # A repeated run brings the first one's event, which may be months old.
    base = payload.changes.base.ref if payload.changes and payload.changes.base else None
    return OnePull(
        pull.number,
        pull if runner.attempt == 1 else None,
        from_event=pull,
        former_base=base.before if base and base.before else None,
    )


def _may_undo_command(payload: "Payload", body: str) -> bool:
    """Whether a comment was edited or deleted that has, or had, a command that lasts."""
    if payload.action not in {"edited", "deleted"}:
        return False
    changes = payload.changes
    former = changes.body.before if changes and changes.body else None
    return is_lasting_command(body) or is_lasting_command(former or "")


def _read_comment(
    _runner: RunnerContext, payload: "Payload", _number: str | None
) -> Requested:
    """A comment that asks for a judgement in so many words. What else it says is not looked at here."""
    from judgegate.github.client.answers import person_of

    issue, comment = payload.issue, payload.comment
    if issue is None or comment is None:
        raise UsageError("The event's payload contains no comment.")
    if issue.pull_request is None:
        return NothingRequested(
            "The comment is on an issue, not on a pull request: nothing to judge."
        )
    body = comment.body or ""
    command = CommentCommand(issue.number, person_of(comment.user))
    # A verdict may depend on what the comment said, so it is judged again, whoever wrote it.
    if _may_undo_command(payload, body):
        return command
    if payload.action != "created" or comment.created_at != comment.updated_at:
        return NothingRequested(
            "The comment was edited or deleted, and only a new comment can be a command: nothing to judge."
        )
    if not is_command(body):
        return NothingRequested(
            "The comment is not a command for judgegate: nothing to judge."
        )
    if comment.performed_via_github_app is not None:
        return NothingRequested(
            "The command was written through an App, which may be an agent with a person's token: "
            "nothing to judge."
        )
    return command


def _read_group(
    _runner: RunnerContext, payload: "Payload", _number: str | None
) -> Requested:
    """A merge queue's question. Which base and which pull request it is about, only names say."""
    group = payload.merge_group
    if group is None:
        raise UsageError("The event's payload contains no merge group.")
    if payload.action != "checks_requested":
        return NothingRequested("The merge group no longer exists: nothing to judge.")
    base = group.base_ref.removeprefix(HEADS)
    last = _LAST_OF_GROUP.fullmatch(group.head_ref.removeprefix(QUEUE + base))
    if not group.base_ref.startswith(HEADS) or last is None:
        raise UsageError(
            f"The name of the merge group, {group.head_ref!r}, is not one that GitHub uses for "
            f"{group.base_ref!r}."
        )
    return MergeGroup(group.head_sha, base, int(last[1]))


def _read_run(_runner: RunnerContext, payload: "Payload", number: str | None) -> Requested:
    """A run that ended. A number that the workflow gives counts before what the event says of the run."""
    run = payload.workflow_run
    if run is None:
        raise UsageError("The event's payload contains no run of a workflow.")
    if number:
        return OnePull(_parse_number(number))
    if payload.action != "completed":
        return NothingRequested(
            "The run of the other workflow has not ended: nothing to judge."
        )
    origin = run.head_repository
    return FinishedRun(run.head_sha, run.head_branch, origin.full_name if origin else None)


def _parse_number(text: str) -> int:
    """The number of a pull request.

    Raises:
        UsageError: the text is none.
    """
    if not _NUMBER.fullmatch(text):
        raise UsageError(
            f"The event names no pull request: the input {INPUT} is {text!r}.",
            "Give the number of a pull request, in digits only.",
        )
    return int(text)


_READERS: Mapping[str, Callable[[RunnerContext, "Payload", str | None], Requested]] = (
    MappingProxyType(
        {
            "pull_request": _read_pull,
            "pull_request_target": _read_pull,
            "pull_request_review": _read_pull,
            "issue_comment": _read_comment,
            "merge_group": _read_group,
            "workflow_run": _read_run,
            "workflow_dispatch": _read_pull,
        }
    )
)

EVENTS = tuple(_READERS)
