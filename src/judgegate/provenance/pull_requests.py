"""The pull request: its fields from JSON of any of the usual shapes, and the markers in them."""

from collections.abc import Iterator

from judgegate.model.errors import UsageError
from judgegate.model.pull_request import PullRequest
from judgegate.model.signals import SignalKind
from judgegate.provenance.markers import Found, Marker
from judgegate.provenance.matcher import Matcher
from judgegate.provenance.messages import read_text
from judgegate.provenance.normalize import normalize

LARGEST = 25_000_000
"""Bytes of an event that are read: GitHub's own limit for a webhook's payload."""


class PullRequestError(UsageError):
    """A file that should describe a pull request does not."""

    code = "pull-request"


def read_pull_request(data: bytes, name: str = "the pull request's file") -> PullRequest:
    """The pull request in an event's payload, in an answer of GitHub's REST or GraphQL interface, or in `gh pr view --json`'s output.

    Args:
        data: the JSON.
        name: how to call the input in a message.

    Raises:
        PullRequestError: it is not JSON, or describes no pull request.
    """
    from judgegate.provenance.pull_request_file import (
        parse_payload,  # pydantic is heavy: only if there is a payload
    )

    if len(data) > LARGEST:
        raise PullRequestError(
            f"{name} is larger than {LARGEST // 1_000_000} MB.", "Give the JSON of one pull request."
        )
    found = parse_payload(data)
    if isinstance(found, str):
        raise PullRequestError(
            f"{name} does not describe a pull request: {found}.",
            "Give an event's JSON, or the output of: gh pr view --json …",
        )
    return found


def find_in_pull_request(request: PullRequest, matcher: Matcher) -> Found:
    """The markers in a pull request's fields; its branch is read with the change's."""
    body = read_text(request.body, matcher, boxes=True)
    inside = (Marker(marker.signal, _place(marker.source), marker.quote) for marker in body.markers)
    return Found((*_fields(request, matcher), *inside), body.denials, body.unread)


def find_in_branch(branch: str, matcher: Matcher) -> Iterator[Marker]:
    """The marker in a branch's name."""
    if signal := matcher.branch(normalize(branch)):
        yield Marker(signal, "branch", branch)


def _fields(request: PullRequest, matcher: Matcher) -> Iterator[Marker]:
    if request.author and (signal := matcher.login(normalize(request.author), request.author_type)):
        yield Marker(signal, "pull request author", request.author)
    for label in request.labels:
        if signal := matcher.whole(SignalKind.LABEL, normalize(label).strip()):
            yield Marker(signal, "label", label)


def _place(source: str) -> str:
    return "disclosure box" if source == "check-box" else f"pull request body ({source})"
