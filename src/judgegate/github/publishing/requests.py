"""Whom to ask for a review: the few whom the policy or the code owners name, and each once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from judgegate.github.client.answers import TimelineItem, person_of
from judgegate.github.people.asking import Past
from judgegate.github.publishing.comments import Thread
from judgegate.github.pull import Pull
from judgegate.model.approvals import AccountKind, Approvals, Person
from judgegate.model.errors import IncompleteError
from judgegate.model.scales import Outcome
from judgegate.model.verdict import Demand, Verdict
from judgegate.provenance.co_authors import is_agents_account

MOST_REQUESTS = 3
"""In the life of a pull request."""
REQUESTED = "review_requested"


@dataclass(frozen=True, slots=True)
class KnownReviewers:
    """Who is known to a pull request, in lower case, teams as `/team`: `asked` now or ever, those who reviewed, those with a part in it.

    `spent` counts how often judgegate has asked here.
    """

    asked: frozenset[str]
    reviewed: frozenset[str]
    parts: frozenset[str]
    spent: int


def read_known_reviewers(pull: Pull, past: Past, approvals: Approvals, acts_as: str) -> KnownReviewers:
    """Who is known to the pull request, as far as GitHub says."""
    requests = [item for item in past.timeline if item.event == REQUESTED]
    return KnownReviewers(
        asked=frozenset(
            name.casefold() for name in (*pull.asked, *(name for item in requests for name in _asked(item)))
        ),
        reviewed=frozenset(review.person.login.casefold() for review in approvals.reviews),
        parts=frozenset(
            person.login.casefold()
            for person in (pull.opener, *(one.person for one in approvals.contributions))
        ),
        spent=sum(_is_ours(item, acts_as) for item in requests),
    )


def choose_reviewers(demands: Iterable[Demand], hall: KnownReviewers, organisation: str) -> tuple[str, ...]:
    """Logins, and teams as `org/team`, that could give what the demands lack; of each demand no more than it lacks.

    Whom a permission alone would let approve is asked by nobody: that would be the whole company.
    """
    chosen: dict[str, str] = {}
    for names, missing in (wish for demand in demands for wish in _wishes(demand)):
        named = {_asked_as(name): name for name in names}
        known = hall.asked | chosen.keys()
        new = {
            key: name
            for key, name in named.items()
            if key not in known and _could_be_asked(name, hall, organisation)
        }
        lacking = max(0, missing - len(named.keys() & known))
        chosen.update(list(new.items())[:lacking])
    return tuple(chosen.values())[: max(0, MOST_REQUESTS - hall.spent)]


def _wishes(demand: Demand) -> Iterator[tuple[list[str], int]]:
    """Of each group that has to approve, one; then, of all who could approve, as many as are missing."""
    named = [who.removeprefix("@") for who in demand.who_can if who.startswith("@")]
    for group in demand.unserved:
        yield [name for name in named if f"@{name}" in map(str, group)], 1
    yield named, demand.missing


def request_reviews(thread: Thread, verdict: Verdict, hall: KnownReviewers) -> Iterator[str]:
    """Ask them, each by a request of its own: one who cannot be asked must not keep the others from it, and is a remark.

    While something else than a review holds the change, nobody is asked to look at what is about to be mended.
    """
    if verdict.outcome is not Outcome.REVIEW:
        return
    organisation = thread.repository.split("/")[2]
    place = f"{thread.repository}/pulls/{thread.number}/requested_reviewers"
    for name in choose_reviewers(
        (demand for demand in verdict.review.demands if demand.missing), hall, organisation
    ):
        kind = "team_reviewers" if "/" in name else "reviewers"
        try:
            # To ask twice is to ask once.
            thread.api.post(place, {kind: [name.partition("/")[2] or name]}, lambda: False)
        except IncompleteError as error:
            yield f"@{name} was not asked for a review. {error.what}"


def _could_be_asked(name: str, hall: KnownReviewers, organisation: str) -> bool:
    """Only a team of the repository's own organisation can be."""
    owner, _, team = name.casefold().partition("/")
    if team:
        return owner == organisation.casefold()
    # A policy names a login and not what sort of account it is.
    is_agent = any(is_agents_account(Person(1, name, kind)) for kind in (AccountKind.USER, AccountKind.BOT))
    return owner not in hall.reviewed | hall.parts and not is_agent


def _asked_as(name: str) -> str:
    """As it is known here: a login, or a team without its organisation, as `/team`."""
    return name.casefold()[max(0, name.find("/")) :]


def _asked(item: TimelineItem) -> Iterator[str]:
    if item.requested_reviewer is not None:
        yield item.requested_reviewer.login
    if item.requested_team is not None:
        yield f"/{item.requested_team.slug}"


def _is_ours(item: TimelineItem, acts_as: str) -> bool:
    """A request of any app counts, so that a wrong name for our own account does not make us ask for ever."""
    actor = person_of(item.actor)
    return actor.login.casefold() == acts_as.casefold() or actor.kind is AccountKind.BOT
