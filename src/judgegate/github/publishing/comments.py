"""The one comment that holds the brief, edited in place: which one it is, and what it remembers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from judgegate.github.client.answers import CommentAnswer, TimelineItem
from judgegate.github.client.api import Api
from judgegate.github.client.reading import read, read_all
from judgegate.model.evidence import Evidence
from judgegate.report.markdown.header import SYMBOLS
from judgegate.report.markdown.report import MARKER
from judgegate.report.record import Record, read_record

LONGEST_COMMENT = 65_536
"""Characters: GitHub refuses a longer one."""
APP = "Bot"

_OPENING = re.compile(rf"\*\*(?:{'|'.join(sorted(set(SYMBOLS.values())))}) |> \[!WARNING\]\r?\n> #[0-9]")
"""How a brief begins, and what stands before one."""


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment of ours. `record` is what it remembers, None if nothing of it can be read."""

    id: int
    body: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class Thread:
    """Where comments on a pull request are: the repository's place in the interface, the number, and who writes ours."""

    api: Api
    repository: str
    number: int
    acts_as: str

    @property
    def place(self) -> str:
        """The pull request's place among the issues."""
        return f"{self.repository}/issues/{self.number}"


def find_own_comments(timeline: Iterable[TimelineItem], acts_as: str) -> tuple[OwnComment, ...]:
    """The comments of the account `acts_as` that hold a brief: those that begin like one, then those with a record, each the oldest first.

    Anybody can copy a marker, and other workflows of the same account may quote what anybody wrote, so a marker alone is none.
    """
    marked = (
        OwnComment(item.id, item.body, read_record(item.body))
        for item in timeline
        if item.event == "commented"
        and item.id is not None
        and _is_own(item, acts_as)
        and MARKER in item.body.splitlines()
    )
    own = [comment for comment in marked if comment.record is not None or _begins_like_ours(comment)]
    return tuple(sorted(own, key=_begins_like_ours, reverse=True))


def read_earlier(comments: Iterable[OwnComment]) -> tuple[Evidence, ...]:
    """The evidence that they remember of earlier heads, each piece once."""
    return tuple(
        dict.fromkeys(piece for comment in comments if comment.record for piece in comment.record.evidence)
    )


def keep_comment(thread: Thread, own: Sequence[OwnComment], body: str) -> Iterable[str]:
    """Let the comment hold the brief; remarks, if there is something to be said of it.

    Raises:
        IncompleteError: it could not be posted or edited, or nobody knows whether it was.
    """
    if len(body) > LONGEST_COMMENT:
        raise AssertionError(f"a brief of {len(body)} characters is no comment")
    if not own:
        return _post(thread, body)
    if _plain(own[0].body) != _plain(body):
        thread.api.patch(f"{thread.repository}/issues/comments/{own[0].id}", {"body": body})
    return ()


def _post(thread: Thread, body: str) -> Iterable[str]:
    def is_done() -> bool:
        return any(
            _plain(one.body) == _plain(body)
            for one in find_own_comments(read_timeline(thread), thread.acts_as)
        )

    document = thread.api.post(f"{thread.place}/comments", {"body": body}, is_done)
    if document is None:
        return ()
    answer = read(CommentAnswer, document, "the comment")
    login = answer.user.login if answer.user else "nobody"
    if login.casefold() == thread.acts_as.casefold():
        return ()
    # The next run would not know it for its own, and add another one.
    thread.api.delete(f"{thread.repository}/issues/comments/{answer.id}")
    return (f"The comment was taken back: the token writes as {login}, so set acts-as: {login}.",)


def read_timeline(thread: Thread) -> list[TimelineItem]:
    """What happened to the pull request, the comments on it included.

    Raises:
        IncompleteError: GitHub could not be asked, or its answer is not whole.
    """
    return read_all(TimelineItem, thread.api.list(f"{thread.place}/timeline"), "the timeline")


def _begins_like_ours(comment: OwnComment) -> bool:
    return _OPENING.match(comment.body) is not None


def _is_own(item: TimelineItem, acts_as: str) -> bool:
    """A login with brackets is an app's: nobody else can have it."""
    if item.actor is None or item.actor.login.casefold() != acts_as.casefold():
        return False
    return item.actor.type == APP or not acts_as.endswith("]")


def _plain(body: str) -> str:
    """The text as GitHub may have kept it: with its own line breaks, and without the last one."""
    return body.replace("\r\n", "\n").strip()
