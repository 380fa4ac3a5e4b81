"""Whom to ask for a review: the few whom the policy or the code owners name, and each once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from judgegate.model.approvals import AccountKind, Person
from judgegate.model.verdict import Demand
from judgegate.provenance.co_authors import is_agents_account

MOST_REQUESTS = 3
"""In the life of a pull request."""


@dataclass(frozen=True, slots=True)
class KnownReviewers:
    """Who is known to a pull request, in lower case, teams as `/team`: `requested` now or ever, who reviewed, who has a part in it.

    `requests_made` counts how often judgegate has asked here.
    """

    requested: frozenset[str]
    reviewed: frozenset[str]
    parts: frozenset[str]
    requests_made: int


def choose_reviewers(
    demands: Iterable[Demand], known_reviewers: KnownReviewers, organisation: str
) -> tuple[str, ...]:
    """Logins, and teams as `org/team`, that could give what the demands lack; of each demand no more than it lacks.

    Whom a permission alone would let approve is not asked: that would be everybody in the company.
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
