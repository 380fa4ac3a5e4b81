"""What a forge says of a pull request, whichever forge and whichever of its spellings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The fields of a pull request that somebody here reads. None: not known.

    `author` is the login as it was given (an app may carry `[bot]` or not), `author_type` the forge's word for the account ("User",
    "Bot"). `branch` is the head's, `target_branch` the one it wants to join. Text is as it came, and its writer is not to be trusted.
    """

    number: int | None = None
    title: str = ""
    body: str = ""
    author: str | None = None
    author_type: str | None = None
    branch: str | None = None
    target_branch: str | None = None
    head: str | None = None
    labels: tuple[str, ...] = ()
