"""On whom and on what a verdict may depend, so that the forge has to be asked: people, teams, addresses, commands."""

import re
from collections.abc import Callable, Iterable, Iterator

from judgegate.change.repository import Repository
from judgegate.model.approvals import (
    AccountKind,
    Comment,
    CommitPeople,
    Permission,
    Person,
    Review,
    ReviewState,
    Unchecked,
)
from judgegate.model.change import Change
from judgegate.model.verdict import Standing
from judgegate.pipeline.git_tree import authority
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import PolicyFile
from judgegate.provenance.co_authors import is_agents_account
from judgegate.review.eligibility import latest_decisive
from judgegate.review.owners import find_owners

_COMMAND = re.compile(r"/judgegate[ \t]+(?:recheck|reviewed|override)(?!\S)")
_LASTING = re.compile(r"/judgegate[ \t]+(?:reviewed|override)(?!\S)")


def find_teams(repository: Repository, change: Change, policy: Policy) -> tuple[str, ...]:
    """`org/team`, case-folded and sorted: those that own a file of the change, and all that a policy names."""
    owners = find_owners(authority(repository, change).read)
    named = {
        owner
        for file in change.files
        for owner in owners.owners_of(file.path)
        if owner.startswith("@") and "/" in owner
    }
    standings = (standing for file in policy.layers for standing in _standings_in(file))
    named |= {str(standing.value) for standing in standings if standing.kind == "team"}
    return tuple(sorted(name.removeprefix("@").casefold() for name in named))


def _standings_in(file: PolicyFile) -> Iterator[Standing]:
    yield from file.override.value if file.override else ()
    blocks = [file.review]
    for rule in file.rules.values():
        blocks.append(rule.sets.review)
        blocks += [case.sets.review for case in (rule.cases.value if rule.cases else ())]
    for block in blocks:
        yield from block.standings.value if block.standings else ()


def known_addresses(change: Change, people: dict[str, CommitPeople]) -> dict[str, Person]:
    """Whose an address is, as far as the commits show."""
    found: dict[str, Person] = {}
    for commit in change.commits:
        known = people.get(commit.oid, CommitPeople(None, None))
        for identity, person in ((commit.author, known.author), (commit.committer, known.committer)):
            if person is not None and identity.email:
                found.setdefault(identity.email.casefold(), person)
    return found


def relevant_people(reviews: Iterable[Review], comments: Iterable[Comment]) -> Iterable[Person]:
    """The people on whose standing something depends, each once."""
    decided = [
        review.person for review in latest_decisive(reviews) if review.state is not ReviewState.DISMISSED
    ]
    named = (*decided, *(comment.person for comment in comments))
    return {
        person.id: person for person in named if person.id is not None and person.kind is AccountKind.USER
    }.values()


def is_command(text: str) -> bool:
    """Whether the comment begins with a command. A quoted one, or one in the middle, is somebody talking about it."""
    return _COMMAND.match(text.strip()) is not None


def is_lasting_command(text: str) -> bool:
    """Whether the comment begins with a command that a verdict may rest on as long as it stands."""
    return _LASTING.match(text.strip()) is not None


def why_refused(person: Person, fetch_permission: Callable[[Person], Permission | Unchecked]) -> str | None:
    """Why the person's command is not obeyed, a clause, or None. The forge is asked only of whom a yes is still possible.

    Raises:
        IncompleteError: the forge could not be asked.
    """
    if person.kind is not AccountKind.USER or person.id is None:
        return "is not a person"
    if is_agents_account(person):
        return "is an agent"
    permission = fetch_permission(person)
    if isinstance(permission, Unchecked):
        return f"has a permission that could not be checked: {permission.reason}"
    return None if permission >= Permission.WRITE else "has no write permission"
