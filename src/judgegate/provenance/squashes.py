"""Commits that hold several people's work under one message, so that who wrote which of their lines is not known."""

import re

from judgegate.model.change import Commit
from judgegate.model.notices import Notice

SEVERAL = re.compile(rb"^(?:-{9,}\s*$|Squashed commit of the following:|# This is a combination of )", re.MULTILINE)


def is_squash(commit: Commit) -> bool:
    """Whether the message is put together of several."""
    message = commit.message.replace(b"\r\n", b"\n")[:1_000_000]
    return bool(SEVERAL.search(message)) or message.count(b"\n\n* ") > 1


def squash_notice(commits: list[Commit]) -> Notice:
    """What a reader should know about them."""
    names = ", ".join(commit.oid[:12] for commit in commits[:3]) + (" and others" if len(commits) > 3 else "")  # noqa: PLR2004 - a short list
    return Notice(
        "squash", f"Squashed under one message: {names}. A marker there counts for all its lines; which of them it means is not known."
    )
