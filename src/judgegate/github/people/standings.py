"""What people may do in the repository, and which teams they belong to. What the token may not see could not be checked."""

from collections.abc import Collection, Iterable

from judgegate.github.client.answers import MembershipAnswer, PermissionAnswer
from judgegate.github.client.api import Api, ForbiddenError, NotFoundError, segment
from judgegate.github.client.reading import read
from judgegate.model.approvals import Permission, Person, Unchecked

UNREADABLE = "the token may not read it"


def ask_permissions(api: Api, repository: str, people: Iterable[Person]) -> dict[int, Permission | Unchecked]:
    """What each may do now, by account number; `repository` is its place in the interface."""
    return {person.id: _ask_permission(api, repository, person) for person in people if person.id is not None}


def _ask_permission(api: Api, repository: str, person: Person) -> Permission | Unchecked:
    try:
        document = api.get(f"{repository}/collaborators/{segment(person.login)}/permission")
    except (ForbiddenError, NotFoundError):
        return Unchecked(UNREADABLE)
    answer = read(PermissionAnswer, document, f"the permission of {person.login}")
    # A login can be given to somebody else between the review and this question.
    if answer.user is None or answer.user.id != person.id:
        return Unchecked("the login belongs to another account by now")
    return answer.value


def ask_memberships(
    api: Api, teams: Collection[str], people: Collection[Person]
) -> dict[str, dict[int, bool | Unchecked]]:
    """Whether each belongs to each of the teams (`org/team`, case-folded), by account number."""
    return {
        team: {person.id: _ask_membership(api, team, person) for person in people if person.id is not None}
        for team in teams
    }


def _ask_membership(api: Api, team: str, person: Person) -> bool | Unchecked:
    organisation, _, slug = team.partition("/")
    place = f"/orgs/{segment(organisation)}/teams/{segment(slug)}"
    try:
        document = api.get(f"{place}/memberships/{segment(person.login)}")
    except ForbiddenError:
        return Unchecked(UNREADABLE)
    except NotFoundError:
        return False if _is_visible(api, place) else Unchecked(UNREADABLE)
    return read(MembershipAnswer, document, f"the team {team}").state == "active"


def _is_visible(api: Api, place: str) -> bool:
    """Whether the token sees the team at all: of one that it does not see, a 404 says nothing."""
    try:
        api.get(place)
    except (ForbiddenError, NotFoundError):
        return False
    return True
