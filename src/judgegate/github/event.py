"""The event that started the run: which pull request is to be judged."""

import json
import re
from dataclasses import dataclass

from judgegate.github.pull import Pull
from judgegate.github.runner import Runner
from judgegate.model.errors import UsageError

LARGEST = 25_000_000
"""Bytes: GitHub's own limit for a webhook's payload."""

EVENTS = ("pull_request", "pull_request_target", "pull_request_review", "workflow_dispatch")
INPUT = "pull-request"
"""The input of a workflow that somebody starts by hand: the number of the pull request."""

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The pull request that is to be judged; `pull` is what the event says of it, None if it says nothing or may be out of date."""

    number: int
    pull: Pull | None


def read_event(runner: Runner, number: str | None = None) -> Asked:
    """What the event asks for. `number`, if given, is the pull request's, for an event that names none.

    Raises:
        UsageError: the event is none that a pull request can be judged on, or its payload is not what it should be.
    """
    if runner.event_name not in EVENTS:
        raise UsageError(
            f"The event {runner.event_name!r} is none that judgegate understands.", f"Start the workflow on one of: {', '.join(EVENTS)}."
        )
    from judgegate.github.answers import Event, read  # noqa: PLC0415 - imports pydantic
    from judgegate.model.errors import IncompleteError  # noqa: PLC0415 - as above

    try:
        event = read(Event, _load(runner), "the event")
    except IncompleteError as error:
        raise UsageError(f"The event's payload cannot be read. {error.what}") from None
    if event.repository.full_name.casefold() != runner.repository.casefold():
        raise UsageError(f"The event is of {event.repository.full_name!r}, not of {runner.repository}.")
    if event.pull_request is None:
        given = (event.inputs or {}).get(INPUT)
        return Asked(_parse_number(number or ("" if given is None else str(given))), None)
    pull = event.pull_request.value
    # A repeated run brings the first one's event, which may be months old.
    return Asked(pull.number, pull if runner.attempt == 1 else None)


def _load(runner: Runner) -> object:
    try:
        with runner.event_path.open("rb") as file:
            payload = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"The event's payload {runner.event_path} cannot be read: {error.strerror}.") from error
    if len(payload) > LARGEST:
        raise UsageError(f"The event's payload is larger than {LARGEST // 1_000_000} MB.")
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise UsageError("The event's payload is no JSON.") from error


def _parse_number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise UsageError(
            f"The event names no pull request: the input {INPUT} is {text!r}.", "Give the number of a pull request, in digits only."
        )
    return int(text)
