"""Who pushed the commits, and who set the agent to work that opened the pull request."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from judgegate.change.repository import Repository
from judgegate.forge.pull import Pull
from judgegate.github.client.answers import GHOST, ActivityItem, TimelineItem, person_of
from judgegate.github.people.activity import Activity, is_at_base, walk_back
from judgegate.model.approvals import AccountKind, Contribution, Part, Person, Unmapped
from judgegate.model.change import Change
from judgegate.provenance.co_authors import is_agents_account
from judgegate.review.accounts import Contributors


def find_pushers(
    activity: Activity, pull: Pull, repository: Repository, change: Change, recomputed: Collection[str]
) -> Contributors:
    """Everybody who pushed to the branch since it left the base, back from the head.

    Where GitHub does not say, or not as far back, the pusher of the oldest commit that it names is somebody unknown.
    """
    at_base = partial(is_at_base, repository, change.base.oid if change.base else None)
    parts: dict[Contribution | Unmapped, None] = {}
    oldest = pull.head
    for item in walk_back(activity, pull.head, at_base):
        if not _updates_branch(item, change, recomputed):
            parts.setdefault(_push_of(person_of(item.actor), item.after))
        oldest = item.before
    if oldest != pull.head and at_base(oldest):
        return _as_contributors(parts)
    return _as_contributors([*parts, _push_of(GHOST, oldest)])


def _push_of(person: Person, commit: str) -> Contribution | Unmapped:
    """A push by nobody whom GitHub names, a key's or a deleted account's, may have been anybody's."""
    if person.id is None:
        return Unmapped(f"the pusher of {commit[:7]}", Part.PUSHER, commit)
    return Contribution(person, Part.PUSHER, commit)


def _as_contributors(parts: Iterable[Contribution | Unmapped]) -> Contributors:
    parts = tuple(parts)
    return Contributors(
        tuple(one for one in parts if isinstance(one, Contribution)),
        tuple(one for one in parts if isinstance(one, Unmapped)),
    )


def _updates_branch(item: ActivityItem, change: Change, recomputed: Collection[str]) -> bool:
    """Whether all that it brought is a merge of the base that judgegate makes again."""
    return item.after in recomputed and any(
        commit.oid == item.after and commit.parents[0] == item.before for commit in change.commits
    )


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
