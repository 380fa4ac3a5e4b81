"""What is written to a pull request besides the status: the comment with the brief, labels, requests for reviews."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from judgegate.forge.pull import ASSISTED, WAITING, Pull
from judgegate.github.client.answers import CommentAnswer, TimelineItem, person_of
from judgegate.github.client.api import Api, segment
from judgegate.github.client.json_reading import read, read_all
from judgegate.github.people.approvals import PullHistory
from judgegate.model.approvals import AccountKind, Approvals, Person
from judgegate.model.errors import IncompleteError
from judgegate.model.evidence import Evidence
from judgegate.model.scales import Authorship, Outcome
from judgegate.model.verdict import Demand, Verdict
from judgegate.provenance.co_authors import is_agents_account
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


def choose_labels(verdict: Verdict) -> frozenset[str]:
    """Those that belong on the pull request."""
    holding = {
        ASSISTED: verdict.provenance.verdict is Authorship.AI,
        WAITING: verdict.outcome is Outcome.REVIEW,
    }
    return frozenset(name for name, holds in holding.items() if holds)


def keep_labels(thread: Thread, pull: Pull, wanted: frozenset[str]) -> tuple[()]:
    """Let the pull request have those of our labels and no others of ours. There is nothing to remark.

    Raises:
        IncompleteError: they could not be set, or nobody knows whether they were.
    """
    place = f"{thread.place}/labels"
    if missing := wanted - pull.own_labels:
        # To add a label twice is to add it once.
        thread.api.post(place, {"labels": sorted(missing)}, lambda: False)
    for name in sorted(pull.own_labels - wanted):
        thread.api.delete(f"{place}/{segment(name)}")
    return ()


MOST_REQUESTS = 3
"""In the life of a pull request."""
REQUESTED = "review_requested"


@dataclass(frozen=True, slots=True)
class KnownReviewers:
    """Who is known to a pull request, in lower case, teams as `/team`: `requested` now or ever, who reviewed, who has a part in it.

    `requests_made` counts how often judgegate has asked here.
    """

    requested: frozenset[str]
    reviewed: frozenset[str]
    parts: frozenset[str]
    requests_made: int


def read_known_reviewers(
    pull: Pull, history: PullHistory, approvals: Approvals, acts_as: str
) -> KnownReviewers:
    """Who is known to the pull request, as far as GitHub says."""
    requests = [item for item in history.timeline if item.event == REQUESTED]
    return KnownReviewers(
        requested=frozenset(
            name.casefold()
            for name in (*pull.requested, *(name for item in requests for name in _requested_in(item)))
        ),
        reviewed=frozenset(review.person.login.casefold() for review in approvals.reviews),
        parts=frozenset(
            person.login.casefold()
            for person in (pull.opener, *(one.person for one in approvals.contributions))
        ),
        requests_made=sum(_is_ours(item, acts_as) for item in requests),
    )


def choose_reviewers(
    demands: Iterable[Demand], known_reviewers: KnownReviewers, organisation: str
) -> tuple[str, ...]:
    """Logins, and teams as `org/team`, that could give what the demands lack; of each demand no more than it lacks.

    Whom a permission alone would let approve is asked by nobody: that would be the whole company.
    """
    chosen: dict[str, str] = {}
    for names, missing in (wish for demand in demands for wish in _wishes(demand)):
        named = {_request_key(name): name for name in names}
        known = known_reviewers.requested | chosen.keys()
        new = {
            key: name
            for key, name in named.items()
            if key not in known and _can_be_requested(name, known_reviewers, organisation)
        }
        lacking = max(0, missing - len(named.keys() & known))
        chosen.update(list(new.items())[:lacking])
    return tuple(chosen.values())[: max(0, MOST_REQUESTS - known_reviewers.requests_made)]


def _wishes(demand: Demand) -> Iterator[tuple[list[str], int]]:
    """Of each group that has to approve, one; then, of all who could approve, as many as are missing."""
    named = [who.removeprefix("@") for who in demand.who_can if who.startswith("@")]
    for group in demand.unserved:
        yield [name for name in named if f"@{name}" in map(str, group)], 1
    yield named, demand.missing


def request_reviews(thread: Thread, verdict: Verdict, known_reviewers: KnownReviewers) -> Iterator[str]:
    """Ask them, each by a request of its own: one who cannot be asked must not keep the others from it, and is a remark.

    While something else than a review holds the change, nobody is asked to look at what is about to be mended.
    """
    if verdict.outcome is not Outcome.REVIEW:
        return
    organisation = thread.repository.split("/")[2]
    place = f"{thread.repository}/pulls/{thread.number}/requested_reviewers"
    for name in choose_reviewers(
        (demand for demand in verdict.review.demands if demand.missing), known_reviewers, organisation
    ):
        kind = "team_reviewers" if "/" in name else "reviewers"
        try:
            # To ask twice is to ask once.
            thread.api.post(place, {kind: [name.partition("/")[2] or name]}, lambda: False)
        except IncompleteError as error:
            yield f"@{name} was not asked for a review. {error.what}"


def _can_be_requested(name: str, known_reviewers: KnownReviewers, organisation: str) -> bool:
    """Only a team of the repository's own organisation can be."""
    owner, _, team = name.casefold().partition("/")
    if team:
        return owner == organisation.casefold()
    # A policy names a login and not what sort of account it is.
    is_agent = any(is_agents_account(Person(1, name, kind)) for kind in (AccountKind.USER, AccountKind.BOT))
    return owner not in known_reviewers.reviewed | known_reviewers.parts and not is_agent


def _request_key(name: str) -> str:
    """As it is known here: a login, or a team without its organisation, as `/team`."""
    return name.casefold()[max(0, name.find("/")) :]


def _requested_in(item: TimelineItem) -> Iterator[str]:
    if item.requested_reviewer is not None:
        yield item.requested_reviewer.login
    if item.requested_team is not None:
        yield f"/{item.requested_team.slug}"


def _is_ours(item: TimelineItem, acts_as: str) -> bool:
    """A request of any app counts, so that a wrong name for our own account does not make us ask for ever."""
    actor = person_of(item.actor)
    return actor.login.casefold() == acts_as.casefold() or actor.kind is AccountKind.BOT
