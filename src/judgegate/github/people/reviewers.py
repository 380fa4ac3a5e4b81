"""Whether a maintainer is alone: everybody who could review, asked for only where it looks like it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from judgegate.github.client.answers import CollaboratorAnswer
from judgegate.github.client.api import Api, ForbiddenError, NotFoundError
from judgegate.github.client.reading import read_all
from judgegate.model.approvals import AccountKind, Contribution, Permission, Person, Review, ReviewState
from judgegate.provenance.co_authors import is_agents_account

MOST_PEOPLE = 100
"""On one page. A maintainer who shares a repository with more is not alone."""


@dataclass(frozen=True, slots=True)
class Collaborators:
    """Everybody who could review, with what they may do by account number."""

    people: tuple[Person, ...]
    permissions: Mapping[int, Permission]


def find_collaborators(
    api: Api, repository: str, reviews: Iterable[Review], contributions: Collection[Contribution]
) -> Collaborators | None:
    """Everybody who can write, if all of them have a part in the change; None where somebody else may review, or that is not known.

    It takes a call, so it is made only where the repository is its owner's own, the owner has a part in the change, and nobody else has
    approved it. `repository` is its place in the interface.
    """
    parts = {one.person.id for one in contributions}
    owner = repository.split("/")[2].casefold()
    if owner not in {one.person.login.casefold() for one in contributions}:
        return None
    if any(review.state is ReviewState.APPROVED and review.person.id not in parts for review in reviews):
        return None
    try:
        documents = api.get(f"{repository}/collaborators", {"permission": "push", "per_page": MOST_PEOPLE})
    except (ForbiddenError, NotFoundError):
        return None
    answers = read_all(CollaboratorAnswer, documents, "the collaborators")
    people = {answer.person: answer.value for answer in answers}
    others = [person for person in people if _is_somebody(person) and person.id not in parts]
    is_whole = len(answers) < MOST_PEOPLE and owner in {person.login.casefold() for person in people}
    if others or not is_whole:
        return None
    return Collaborators(
        tuple(people), {person.id: value for person, value in people.items() if person.id is not None}
    )


def _is_somebody(person: Person) -> bool:
    return person.kind is AccountKind.USER and not is_agents_account(person)
