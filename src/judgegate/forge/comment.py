"""The one comment that contains the brief: its text, which comments are ours, and what they remember."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from judgegate.forge.status import Status
from judgegate.model.evidence import Evidence
from judgegate.model.levels import Outcome
from judgegate.model.verdict import Verdict
from judgegate.report.comment_record import read_record
from judgegate.report.markdown.report import MARKER, SYMBOLS, render_brief
from judgegate.report.options import Posted, Record, ReportOptions

_OPENING = re.compile(
    rf"\*\*(?:{'|'.join(sorted(set(SYMBOLS.values())))}) |> \[!WARNING\]\r?\n> #[0-9]"
)
"""How a brief begins, and what comes before one."""


class OwnComment(Struct, frozen=True):
    """A comment of ours. `record` is what it remembers, None if nothing of it can be read."""

    id: int
    body: str
    record: Record | None


def select_own(comments: Iterable[tuple[int, str]]) -> tuple[OwnComment, ...]:
    """Of the comments (id and text) that our account wrote those that contain a brief.

    Those that begin like one come first, then those with a record, each the oldest first. Anybody
    can copy a marker, and other workflows of the same account may quote what anybody wrote, so a
    marker alone is none.
    """
    marked = (
        OwnComment(number, body, read_record(body))
        for number, body in comments
        if MARKER in body.splitlines()
    )
    own = [comment for comment in marked if _is_ours(comment)]
    return tuple(sorted(own, key=_begins_like_ours, reverse=True))


def render_comment(
    verdict: Verdict,
    options: ReportOptions,
    posted: Status | None,
    siblings: Sequence[int],
    longest: int,
) -> str:
    """The comment's text, with what is needed to know it again.

    Args:
        verdict: what is to be said.
        options: how a report is rendered on the forge.
        posted: the status that carries the verdict, if one does.
        siblings: other pull requests that this status would speak for.
        longest: how many characters the brief may have.
    """
    remembered = (
        Posted(posted.context, posted.state, posted.description) if posted else None
    )
    brief = render_brief(verdict, replace(options, posted=remembered), longest)
    if verdict.outcome is not Outcome.PASS or not siblings:
        return brief
    numbers = ", ".join(f"#{number}" for number in siblings)
    warning = (
        f"{numbers} has the same head and base, so neither turns green: "
        "close one of them, and judge the other again."
    )
    return f"> [!WARNING]\n> {warning}\n\n{brief}"


def read_earlier(comments: Iterable[OwnComment]) -> tuple[Evidence, ...]:
    """The evidence that they remember of earlier heads, each piece once."""
    return tuple(
        dict.fromkeys(
            piece
            for comment in comments
            if comment.record
            for piece in comment.record.evidence
        )
    )


def last_posted(own: Sequence[OwnComment]) -> Status | None:
    """The status that was posted last, as the comment has it."""
    record = own[0].record if own else None
    if record is None or record.posted is None or record.head is None:
        return None
    return Status(
        record.head, record.posted.context, record.posted.state, record.posted.description
    )


def is_same_text(first: str, second: str) -> bool:
    """Whether a forge may have kept the one text as the other."""
    return _plain(first) == _plain(second)


def _is_ours(comment: OwnComment) -> bool:
    return comment.record is not None or _begins_like_ours(comment)


def _begins_like_ours(comment: OwnComment) -> bool:
    return _OPENING.match(comment.body) is not None


def _plain(body: str) -> str:
    """The text as a forge may have kept it: with its own line breaks, and without the last one."""
    return body.replace("\r\n", "\n").strip()
