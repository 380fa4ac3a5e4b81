"""Who set the agent to work that opened the pull request."""

from collections.abc import Iterable, Iterator

from judgegate.github.client.answers import TimelineItem, person_of
from judgegate.github.pull import Pull
from judgegate.model.approvals import AccountKind, Contribution, Part, Person, Unmapped
from judgegate.provenance.co_authors import is_agents_account
from judgegate.review.accounts import Contributors

STARTED = "copilot_work_started"


def find_requesters(pull: Pull, timeline: Iterable[TimelineItem], named: Contributors) -> Contributors:
    """Whoever the timeline shows to have done so; where an agent opened it and nothing names anybody, somebody unknown."""
    people = tuple(dict.fromkeys(_requesters(timeline)))
    contributions = tuple(Contribution(person, Part.REQUESTER) for person in people)
    parts = {*(one.part for one in named.contributions), *(one.part for one in named.unmapped)}
    known = people or Part.REQUESTER in parts
    if known or not is_agents_account(pull.opener):
        return Contributors(contributions, ())
    return Contributors((), (Unmapped(f"who set {pull.opener.login} to work", Part.REQUESTER),))


def _requesters(timeline: Iterable[TimelineItem]) -> Iterator[Person]:
    """Who assigned an agent, whom an agent named as the one it works for, and who started its work."""
    for item in timeline:
        actor, assignee = person_of(item.actor), person_of(item.assignee)
        if item.event == "assigned" and is_agents_account(assignee):
            yield from _people(actor)
        elif item.event == "assigned" and is_agents_account(actor):
            yield from _people(assignee)
        elif item.event == STARTED:
            yield from _people(actor)


def _people(person: Person) -> Iterator[Person]:
    if person.kind is AccountKind.USER and not is_agents_account(person):
        yield person
