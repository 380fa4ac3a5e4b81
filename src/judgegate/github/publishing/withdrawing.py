"""Taking back what the status said where nobody judges any more: of a branch that the pull request has left, or while it is closed."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from judgegate.github.client.api import ForbiddenError, NotFoundError
from judgegate.github.people.asking import Forge
from judgegate.github.publishing.statuses import (
    CONTEXTS,
    Status,
    context_of,
    insist_on_status,
    passes,
    shorten,
)
from judgegate.github.pull import Pull
from judgegate.github.pulls import find_by_head

CLOSED = "Closed: it is judged again once it is reopened"


def withdraw_left(forge: Forge, status: Status, left: Iterable[str], others: Iterable[Pull]) -> None:
    """Let the contexts `left` say no longer what they said of the head: what is said there from now on nobody would hear of.

    `status` is what is to be said instead of them. What `others`, open pull requests with the same head, ask to join is theirs.

    Raises:
        IncompleteError: nobody knows whether it is done.
    """
    kept = {status.context, *(context_of(one.base_branch) for one in others)}
    branch = status.context.removeprefix(CONTEXTS)
    for context in dict.fromkeys(left):
        if context.startswith(CONTEXTS) and context not in kept:
            # Where the token may not write at all, the post of the verdict says so.
            with suppress(ForbiddenError, NotFoundError):
                told = shorten(f"It asks to join {branch} now, and is judged for that")
                insist_on_status(forge, replace(status, context=context, state="pending", description=told))


def withdraw_closed(forge: Forge, pull: Pull, url: str | None) -> bool:
    """Let a pull request that was closed without a merge pass no longer, since nobody judges it meanwhile; whether it did.

    Raises:
        IncompleteError: nobody knows whether it is done.
    """
    context = context_of(pull.base_branch)
    if pull.is_merged or not passes(forge, pull.head, context):
        return False
    if any(one.base_branch == pull.base_branch for one in find_by_head(forge, pull.head)):
        # It is open again by now, or the status is another's.
        return False
    insist_on_status(forge, Status(pull.head, context, "pending", CLOSED, url))
    return True
