"""What people may do, which teams they belong to, and whether a maintainer is alone.

What the token may not see is unchecked.
"""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from judgegate.github.client.answers import (
    CollaboratorAnswer,
    MembershipAnswer,
    PermissionAnswer,
)
from judgegate.github.client.api import Api, ForbiddenError, NotFoundError, segment
from judgegate.github.client.json_reading import read, read_all
from judgegate.model.approvals import (
    AccountKind,
    Contribution,
    Permission,
    Person,
    Review,
    ReviewState,
    Unchecked,
)
from judgegate.provenance.co_authors import is_agents_account

UNREADABLE = "the token may not read it"


def fetch_permissions(
    api: Api, repository: str, people: Iterable[Person]
) -> dict[int, Permission | Unchecked]:
    """What each may do now, by account number; `repository` is its place in the interface."""
    return {
        person.id: fetch_permission(api, repository, person)
        for person in people
        if person.id is not None
    }


def fetch_permission(api: Api, repository: str, person: Person) -> Permission | Unchecked:
    """What one may do now, or why that is not known."""
    try:
        document = api.get(f"{repository}/collaborators/{segment(person.login)}/permission")
    except (ForbiddenError, NotFoundError):
        return Unchecked(UNREADABLE)
    answer = read(PermissionAnswer, document, f"the permission of {person.login}")
    # A login can be given to somebody else between the review and this question.
    if answer.user is None or answer.user.id != person.id:
        return Unchecked("the login now belongs to another account")
    return answer.value


def fetch_memberships(
    api: Api, teams: Collection[str], people: Collection[Person]
) -> dict[str, dict[int, bool | Unchecked]]:
    """Whether each belongs to each of the teams (`org/team`, case-folded), by account number."""
    return {
        team: {
            person.id: _fetch_membership(api, team, person)
            for person in people
            if person.id is not None
        }
        for team in teams
    }


def _fetch_membership(api: Api, team: str, person: Person) -> bool | Unchecked:
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


MOST_PEOPLE = 100
"""On one page. A maintainer who shares a repository with more is not alone."""


class Collaborators(Struct, frozen=True):
    """Everybody who could review, with what they may do by account number."""

    people: tuple[Person, ...]
    permissions: Mapping[int, Permission]


def find_collaborators(
    api: Api,
    repository: str,
    reviews: Iterable[Review],
    contributions: Collection[Contribution],
) -> Collaborators | None:
    """Everybody who can write, if all of them have a part in the change.

    None where somebody else may review, or that is not known. It takes a call, so it is made only where the
    repository is its owner's own, the owner has a part in the change, and no one else has approved it.
    `repository` is its place in the interface.
    """
    parts = {one.person.id for one in contributions}
    owner = repository.split("/")[2].casefold()
    if owner not in _logins(one.person for one in contributions):
        return None
    # What somebody else has approved needs no other reviewer, so the call would say nothing new.
    if _has_foreign_approval(reviews, parts):
        return None
    people = _fetch_writers(api, repository, owner)
    if people is None:
        return None
    # A person without a part in the change could review it.
    humans = filter(_is_human, people)
    if any(person.id not in parts for person in humans):
        return None
    return Collaborators(
        tuple(people),
        {person.id: value for person, value in people.items() if person.id is not None},
    )


def _fetch_writers(
    api: Api, repository: str, owner: str
) -> dict[Person, Permission] | None:
    """Everybody who can write, with what they may do; None where that is not known."""
    try:
        documents = api.get(
            f"{repository}/collaborators", {"permission": "push", "per_page": MOST_PEOPLE}
        )
    except (ForbiddenError, NotFoundError):
        return None
    answers = read_all(CollaboratorAnswer, documents, "the collaborators")
    people = {answer.person: answer.value for answer in answers}
    # A full page may have a next one, and a list without the owner is not whole: neither shows who is alone.
    is_whole = len(answers) < MOST_PEOPLE and owner in _logins(people)
    return people if is_whole else None


def _has_foreign_approval(reviews: Iterable[Review], parts: Collection[int | None]) -> bool:
    """Whether somebody approved who has no part in the change."""
    return any(
        review.state is ReviewState.APPROVED and review.person.id not in parts
        for review in reviews
    )


def _logins(people: Iterable[Person]) -> set[str]:
    """Without upper case, since GitHub takes either."""
    return {person.login.casefold() for person in people}


def _is_human(person: Person) -> bool:
    """Whether the account is a person's, and no agent's."""
    return person.kind is AccountKind.USER and not is_agents_account(person)
