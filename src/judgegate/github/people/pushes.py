"""Who pushed the commits, as the activity of the branch tells it."""

from collections.abc import Collection, Iterable
from functools import partial

from judgegate.change.repository import Repository
from judgegate.github.client.answers import ActivityItem, person_of
from judgegate.github.people.activity import Activity, has_left, walk_back
from judgegate.github.pull import GHOST, Pull
from judgegate.model.approvals import Contribution, Part, Person, Unmapped
from judgegate.model.change import Change
from judgegate.review.accounts import Contributors


def find_pushers(
    activity: Activity, pull: Pull, repository: Repository, change: Change, recomputed: Collection[str]
) -> Contributors:
    """Everybody who pushed to the branch since it left the base, back from the head.

    Where GitHub does not tell, or not as far back, the pusher of the oldest commit that it tells of is somebody unknown.
    """
    left = partial(has_left, repository, change.base.oid if change.base else None)
    parts: dict[Contribution | Unmapped, None] = {}
    oldest = pull.head
    for item in walk_back(activity, pull.head, left):
        if not _updates_branch(item, change, recomputed):
            parts.setdefault(_part(person_of(item.actor), item.after))
        oldest = item.before
    if oldest != pull.head and left(oldest):
        return _sorted_out(parts)
    return _sorted_out([*parts, _part(GHOST, oldest)])


def _part(person: Person, commit: str) -> Contribution | Unmapped:
    """A push by nobody whom GitHub names, a key's or a deleted account's, may have been anybody's."""
    if person.id is None:
        return Unmapped(f"the pusher of {commit[:7]}", Part.PUSHER, commit)
    return Contribution(person, Part.PUSHER, commit)


def _sorted_out(parts: Iterable[Contribution | Unmapped]) -> Contributors:
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
