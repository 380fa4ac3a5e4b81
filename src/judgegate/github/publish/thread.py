"""What is written to a pull request besides the status: the comment, labels, requests for reviews."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from urllib.parse import quote

from msgspec import Struct

from judgegate.checks.registry import RULEBOOK
from judgegate.forge.comment import OwnComment, is_same_text, select_own
from judgegate.forge.people import KnownReviewers, choose_reviewers
from judgegate.forge.pull import Pull
from judgegate.github.client.answers import CommentAnswer, TimelineItem, person_of
from judgegate.github.client.api import Api, segment
from judgegate.github.client.json_reading import read, read_all
from judgegate.github.people.approvals import PullHistory
from judgegate.github.runner import RunnerContext
from judgegate.model.approvals import AccountKind, Approvals
from judgegate.model.change import Change
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.levels import Outcome
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import Verdict
from judgegate.report.options import Audience, ReportOptions

LONGEST_COMMENT = 65_536
"""Characters: GitHub refuses a longer one, or one of more than 262,144 bytes."""
LONGEST_BRIEF = 65_000
"""Characters; what is put before a brief needs some, too."""
APP = "Bot"


class Thread(Struct, frozen=True):
    """Where comments on a pull request are, and who writes ours.

    `repository` is its place in the interface, `acts_as` the login of the account that writes.
    """

    api: Api
    repository: str
    number: int
    acts_as: str

    @property
    def place(self) -> str:
        """The pull request's place among the issues."""
        return f"{self.repository}/issues/{self.number}"


def find_own_comments(
    timeline: Iterable[TimelineItem], acts_as: str
) -> tuple[OwnComment, ...]:
    """The comments of the account `acts_as` that contain a brief, the one to keep first."""
    comments = (item for item in timeline if item.event == "commented")
    own = (item for item in comments if _is_own(item, acts_as))
    return select_own((item.id, item.text) for item in own if item.id is not None)


def keep_comment(thread: Thread, own: Sequence[OwnComment], body: str) -> Iterable[str]:
    """Put the brief into the comment; remarks, if there is something to be said of it.

    Raises:
        IncompleteError: it could not be posted or edited, or it is not known whether it was.
    """
    if len(body) > LONGEST_COMMENT:
        raise AssertionError(f"a brief of {len(body)} characters is no comment")
    if not own:
        return _post(thread, body)
    if not is_same_text(own[0].body, body):
        thread.api.patch(f"{thread.repository}/issues/comments/{own[0].id}", {"body": body})
    return ()


def _post(thread: Thread, body: str) -> Iterable[str]:
    def is_done() -> bool:
        return any(
            is_same_text(one.body, body)
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
    return (
        f"The comment was deleted: the token writes as {login}, so set acts-as: {login}.",
    )


def read_timeline(thread: Thread) -> list[TimelineItem]:
    """What happened to the pull request, the comments on it included.

    Raises:
        IncompleteError: GitHub could not be asked, or its answer is not whole.
    """
    return read_all(
        TimelineItem, thread.api.list(f"{thread.place}/timeline"), "the timeline"
    )


def _is_own(item: TimelineItem, acts_as: str) -> bool:
    """A login with brackets is an app's: no other account can have it."""
    if item.account is None or item.account.login.casefold() != acts_as.casefold():
        return False
    return item.account.type == APP or not acts_as.endswith("]")


def keep_labels(thread: Thread, pull: Pull, wanted: frozenset[str]) -> tuple[()]:
    """Let the pull request have those of our labels and no others of ours. There is nothing to remark.

    Raises:
        IncompleteError: they could not be set, or it is not known whether they were.
    """
    place = f"{thread.place}/labels"
    if missing := wanted - pull.own_labels:
        # To add a label twice is to add it once.
        thread.api.post(place, {"labels": sorted(missing)}, lambda: False)
    for name in sorted(pull.own_labels - wanted):
        thread.api.delete(f"{place}/{segment(name)}")
    return ()


REQUESTED = "review_requested"


def read_known_reviewers(
    pull: Pull, history: PullHistory, approvals: Approvals, acts_as: str
) -> KnownReviewers:
    """Who is known to the pull request, as far as GitHub says."""
    requests = [item for item in history.timeline if item.event == REQUESTED]
    # The pull request shows who is asked now, the timeline who ever was.
    requested = list(pull.requested)
    for item in requests:
        requested += _requested_in(item)
    reviewed = (review.person.login for review in approvals.reviews)
    parts = (one.person.login for one in approvals.contributions)
    return KnownReviewers(
        requested=frozenset(map(str.casefold, requested)),
        reviewed=frozenset(map(str.casefold, reviewed)),
        parts=frozenset(map(str.casefold, (pull.opener.login, *parts))),
        requests_made=sum(_is_ours(item, acts_as) for item in requests),
    )


def request_reviews(
    thread: Thread, verdict: Verdict, known_reviewers: KnownReviewers
) -> Iterator[str]:
    """Ask for the reviews that are missing; a remark for each that could not be asked for.

    While something else than a review stops the change, it is about to be changed, and no review is
    asked for.
    """
    if verdict.outcome is not Outcome.REVIEW:
        return
    organisation = thread.repository.split("/")[2]
    place = f"{thread.repository}/pulls/{thread.number}/requested_reviewers"
    unmet = [demand for demand in verdict.review.demands if demand.missing]
    for name in choose_reviewers(unmet, known_reviewers, organisation):
        kind = "team_reviewers" if "/" in name else "reviewers"
        # Each by a request of its own: if one cannot be asked, the others still can.
        try:
            # To ask twice is to ask once.
            thread.api.post(place, {kind: [name.partition("/")[2] or name]}, lambda: False)
        except IncompleteError as error:
            yield f"No review was requested from @{name}. {error.what}"


def _requested_in(item: TimelineItem) -> Iterator[str]:
    if item.requested_reviewer is not None:
        yield item.requested_reviewer.login
    if item.requested_team is not None:
        yield f"/{item.requested_team.slug}"


def _is_ours(item: TimelineItem, acts_as: str) -> bool:
    """Whether the request counts as ours.

    One of any App does, so that a wrong name for our own account does not make us ask for ever.
    """
    actor = person_of(item.account)
    return actor.login.casefold() == acts_as.casefold() or actor.kind is AccountKind.BOT


SHOWN_OTHERWISE = (
    ".adoc",
    ".asciidoc",
    ".ipynb",
    ".md",
    ".mdown",
    ".markdown",
    ".mdx",
    ".org",
    ".rst",
    ".svg",
    ".textile",
)
"""Suffixes of files that GitHub renders: only their plain text has lines to link to."""


class GitHubLinks(Struct, frozen=True):
    """Where the change can be looked at.

    `server` is an address without a slash at its end, `repository` is `owner/name`, `number` the
    pull request's. `head` and `merge_base` are commit ids. What is None has no link.
    """

    server: str
    repository: str
    head: str | None = None
    merge_base: str | None = None
    number: int | None = None

    def to_added(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the head."""
        return self._to_blob(self.head, path, lines)

    def to_removed(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the merge base."""
        return self._to_blob(self.merge_base, path, lines)

    def to_diff(self, path: str) -> str | None:
        """The file among those of the pull request."""
        if self.number is None:
            return None
        # https://docs.github.com: the anchor of a file in a diff is the SHA-256 of its path.
        return f"{self._place}/pull/{self.number}/files#diff-{sha256(_bytes(path)).hexdigest()}"

    @property
    def _place(self) -> str:
        return quote(f"{self.server}/{self.repository}", safe=":/")

    def _to_blob(
        self, commit: str | None, path: str, lines: LineRange | None
    ) -> str | None:
        if commit is None:
            return None
        plain = "?plain=1" if lines and path.lower().endswith(SHOWN_OTHERWISE) else ""
        return f"{self._place}/blob/{quote(commit)}/{quote(_bytes(path))}{plain}{_anchor(lines)}"


def _anchor(lines: LineRange | None) -> str:
    if lines is None:
        return ""
    return f"#L{lines.start}" if len(lines) == 1 else f"#L{lines.start}-L{lines.end}"


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def report_options(
    runner: RunnerContext, change: Change, number: int | None
) -> ReportOptions:
    """How a pull request's verdict is rendered: with links to its lines."""
    links = GitHubLinks(
        server=runner.server_url,
        repository=runner.repository,
        head=change.head.oid if change.head else None,
        merge_base=next(iter(change.merge_bases), None),
        number=number,
    )
    return ReportOptions(place=Audience.FORGE, width=100, rules=RULEBOOK, links=links)
