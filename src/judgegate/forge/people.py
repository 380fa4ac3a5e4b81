"""On whom a verdict may depend, so that the forge has to be asked: people, teams, addresses, commands."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from judgegate.change.git import GitError
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
from judgegate.model.change import Change, Commit
from judgegate.model.verdict import Demand, Standing
from judgegate.pipeline.read_change import authority
from judgegate.policy.policy import Policy
from judgegate.policy.review import ReviewBlock
from judgegate.policy.rules import PolicyFile
from judgegate.provenance.co_authors import is_agents_account
from judgegate.review.eligibility import latest_decisive
from judgegate.review.owners import find_owners

_COMMAND = re.compile(r"/judgegate[ \t]+(?:recheck|reviewed|override)(?!\S)")
_LASTING = re.compile(r"/judgegate[ \t]+(?:reviewed|override)(?!\S)")


def find_teams(repository: Repository, change: Change, policy: Policy) -> tuple[str, ...]:
    """The teams on which a verdict may depend, as `org/team`, case-folded and sorted.

    They are those that own a file of the change, and all that a policy names.
    """
    owners = find_owners(authority(repository, change).read)
    named: set[str] = set()
    for file in change.files:
        named.update(filter(_is_team, owners.owners_of(file.path)))
    for layer in policy.layers:
        for standing in _standings_in(layer):
            if standing.kind == "team":
                named.add(str(standing.value))
    return tuple(sorted(name.removeprefix("@").casefold() for name in named))


def _is_team(owner: str) -> bool:
    """Whether an owner in CODEOWNERS is a team, and no person and no address."""
    return owner.startswith("@") and "/" in owner


def _standings_in(file: PolicyFile) -> Iterator[Standing]:
    """Who may override or approve, by one file of a policy."""
    if file.override is not None:
        yield from file.override.value
    for block in review_blocks(file):
        if block.standings is not None:
            yield from block.standings.value


def review_blocks(file: PolicyFile) -> Iterator[ReviewBlock]:
    """The file's own block, and those of its rules and their cases."""
    yield file.review
    for rule in file.rules.values():
        yield rule.sets.review
        if rule.cases is not None:
            yield from (case.sets.review for case in rule.cases.value)


def known_addresses(change: Change, people: dict[str, CommitPeople]) -> dict[str, Person]:
    """Whose an address is, as far as the commits show."""
    found: dict[str, Person] = {}
    for commit in change.commits:
        known = people.get(commit.oid, CommitPeople(None, None))
        pairs = ((commit.author, known.author), (commit.committer, known.committer))
        for identity, person in pairs:
            # If GitHub names two people for one address, the first one counts.
            if person is not None and identity.email:
                found.setdefault(identity.email.casefold(), person)
    return found


def relevant_people(
    reviews: Iterable[Review], comments: Iterable[Comment]
) -> Iterable[Person]:
    """The people on whose standing something depends, each once."""
    # What was dismissed decides nothing any more.
    decided = [
        review.person
        for review in latest_decisive(reviews)
        if review.state is not ReviewState.DISMISSED
    ]
    named = (*decided, *(comment.person for comment in comments))
    return {person.id: person for person in named if _is_person(person)}.values()


def _is_person(person: Person) -> bool:
    """Whether it is the account of a person, and still there."""
    return person.id is not None and person.kind is AccountKind.USER


def is_command(text: str) -> bool:
    """Whether the comment begins with a command.

    A quoted one, or one in the middle, is somebody talking about it.
    """
    return _COMMAND.match(text.strip()) is not None


def is_lasting_command(text: str) -> bool:
    """Whether the comment begins with a command that a verdict may depend on as long as it is there."""
    return _LASTING.match(text.strip()) is not None


def why_refused(
    person: Person, fetch_permission: Callable[[Person], Permission | Unchecked]
) -> str | None:
    """Why the person's command is not obeyed, a clause, or None.

    The forge is asked only of whom a yes is still possible.

    Raises:
        IncompleteError: the forge could not be asked.
    """
    if not _is_person(person):
        return "is not a person"
    if is_agents_account(person):
        return "is an agent"
    permission = fetch_permission(person)
    if isinstance(permission, Unchecked):
        return f"has a permission that could not be checked: {permission.reason}"
    if permission < Permission.WRITE:
        return "has no write permission"
    return None


OF_TWO = 2


def find_recomputed(repository: Repository, change: Change) -> frozenset[str]:
    """The merges of the base that come out the same when git makes them again.

    So no conflict was solved in them, and nothing was edited by hand.
    """
    own = {commit.oid for commit in change.commits}
    merges = [commit for commit in change.commits if _merges_base(commit, own)]
    return frozenset(
        commit.oid for commit in merges if _comes_out_the_same(repository, commit)
    )


def find_carried(change: Change, recomputed: Collection[str]) -> frozenset[str]:
    """The older heads whose approvals count for this one.

    From them to the head there are only merges of `recomputed`.
    """
    if change.head is None:
        return frozenset()
    commits = {commit.oid: commit for commit in change.commits}
    return frozenset(_step_back(change.head.oid, commits, recomputed))


def _step_back(
    head: str, commits: Mapping[str, Commit], recomputed: Collection[str]
) -> Iterator[str]:
    """The heads before, by their first parents: the second parent of such a merge is the base's."""
    while head in recomputed:
        head = commits[head].parents[0]
        if head in commits:
            yield head


def _merges_base(commit: Commit, own: Collection[str]) -> bool:
    """Whether it merges what the base already has into the branch."""
    if len(commit.parents) != OF_TWO:
        return False
    branch, merged = commit.parents
    return branch in own and merged not in own


def _comes_out_the_same(repository: Repository, commit: Commit) -> bool:
    """Whether git, left alone, makes the commit's files of its parents."""
    return merge(repository, *commit.parents) == commit.tree


def merge(repository: Repository, ours: str, theirs: str) -> str | None:
    """The tree that git makes of two commits alone; None if they conflict, or one of them is not there."""
    try:
        tree = repository.run("merge-tree", "--write-tree", "--no-messages", ours, theirs)
    except GitError:
        return None
    return tree.decode("ascii", "replace").strip()


MOST_REQUESTS = 3
"""In the life of a pull request."""


class KnownReviewers(Struct, frozen=True):
    """Who is known to a pull request, in lower case, teams as `/team`.

    `requested` are those asked for a review now or ever, `reviewed` those who reviewed, and `parts`
    those who have a part in it. `requests_made` counts how often judgegate has asked here.
    """

    requested: frozenset[str]
    reviewed: frozenset[str]
    parts: frozenset[str]
    requests_made: int


def choose_reviewers(
    demands: Iterable[Demand], known_reviewers: KnownReviewers, organisation: str
) -> tuple[str, ...]:
    """Logins, and teams as `org/team`, that could give what the demands lack.

    Of each demand there are no more than it lacks. Whom a permission alone would let approve is not
    asked: that would be everyone in the company.
    """
    chosen: dict[str, str] = {}
    for demand in demands:
        for names, missing in _wishes(demand):
            named = {_request_key(name): name for name in names}
            known = known_reviewers.requested | chosen.keys()
            # A person who is asked already counts for this wish as well.
            lacking = max(0, missing - len(named.keys() & known))
            able = (
                (key, name)
                for key, name in named.items()
                if _can_be_requested(name, known_reviewers, organisation)
            )
            new = [(key, name) for key, name in able if key not in known]
            chosen.update(new[:lacking])
    left = max(0, MOST_REQUESTS - known_reviewers.requests_made)
    return tuple(chosen.values())[:left]


def _wishes(demand: Demand) -> Iterator[tuple[list[str], int]]:
    """Of each group that has to approve, one; then, of all who could approve, as many as are missing."""
    named = [who.removeprefix("@") for who in demand.who_can if who.startswith("@")]
    for group in demand.unserved:
        yield [name for name in named if f"@{name}" in map(str, group)], 1
    yield named, demand.missing


def _can_be_requested(
    name: str, known_reviewers: KnownReviewers, organisation: str
) -> bool:
    """Only a team of the repository's own organisation can be."""
    owner, _, team = name.casefold().partition("/")
    if team:
        return owner == organisation.casefold()
    # A policy names a login and not what sort of account it is.
    is_agent = any(
        is_agents_account(Person(1, name, kind))
        for kind in (AccountKind.USER, AccountKind.BOT)
    )
    return owner not in known_reviewers.reviewed | known_reviewers.parts and not is_agent


def _request_key(name: str) -> str:
    """As it is known here: a login, or a team without its organisation, as `/team`."""
    return name.casefold()[max(0, name.find("/")) :]
