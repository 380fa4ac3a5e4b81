"""Who is who: the accounts behind the names and addresses in commits."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from judgegate.model.approvals import (
    AccountKind,
    CommitPeople,
    Contribution,
    Part,
    Person,
    Unmapped,
)
from judgegate.model.change import Commit, Identity

NO_REPLY_HOST = "github.com"
"""Whose no-reply addresses are read where no forge says its own host.

A change that is judged locally is most often from there.
"""

_NO_REPLY = re.compile(
    r"(?P<id>[1-9][0-9]{0,17})\+(?P<login>[A-Za-z0-9][A-Za-z0-9_-]*(?:\[bot\])?)"
    r"@users\.noreply\.(?P<host>\S+)"
)


class Contributors(Struct, frozen=True):
    """Who has a part in the change: accounts, and what no account is known for."""

    contributions: tuple[Contribution, ...]
    unmapped: tuple[Unmapped, ...]


class Directory(Struct, frozen=True):
    """What is known of the accounts behind names and addresses.

    `forge` is what the forge says of a commit, by its id. `addresses` are case-folded. `is_agent`
    knows the identities that are an AI's, not a person's. `host` is the forge's host name, which
    is in its no-reply addresses.
    """

    forge: Mapping[str, CommitPeople]
    addresses: Mapping[str, Person]
    is_agent: Callable[[Identity], bool]
    host: str = NO_REPLY_HOST

    def person(self, identity: Identity, said: Person | None = None) -> Person | None:
        """The account behind an identity, or None; `said` is what the forge says of this very place."""
        return (
            read_no_reply(identity.email, self.host)
            or said
            or self.addresses.get(identity.email.casefold())
        )


def read_no_reply(address: str, host: str = NO_REPLY_HOST) -> Person | None:
    """The account that a no-reply address names by number: `ID+login@users.noreply.github.com`.

    The older form without a number proves nothing: its login may belong to somebody else today.
    """
    form = _NO_REPLY.fullmatch(address)
    if form is None or form["host"].casefold() != host.casefold():
        return None
    login = form["login"]
    return Person(
        int(form["id"]),
        login,
        AccountKind.BOT if login.endswith("[bot]") else AccountKind.USER,
    )


def identify(
    commits: Iterable[Commit],
    directory: Directory,
    co_authors: Mapping[str, Sequence[Identity]],
    recomputed: Collection[str] = (),
) -> Contributors:
    """Everybody who has a part in the commits.

    Args:
        commits: all that the base cannot reach, those of a merge's second parent too.
        directory: who is who.
        co_authors: whom the message of a commit names as co-authors, by the commit's id.
        recomputed: merges of the base that judgegate made again to the same tree; they make nobody
            a contributor.
    """
    own = [commit for commit in commits if commit.oid not in recomputed]
    directory = _with_answers(directory, own)
    contributions: dict[Contribution, None] = {}
    unmapped: dict[tuple[str, Part], Unmapped] = {}
    for commit in own:
        for part in _parts(commit, directory, co_authors.get(commit.oid, ())):
            if isinstance(part, Contribution):
                contributions.setdefault(part)
            else:
                unmapped.setdefault((part.name.casefold(), part.part), part)
    return Contributors(tuple(contributions), tuple(unmapped.values()))


def _with_answers(directory: Directory, commits: Sequence[Commit]) -> Directory:
    """The directory with the addresses that the forge's answers for these commits reveal.

    A co-author of one commit may be the author of another.
    """
    addresses = dict(directory.addresses)
    for commit in commits:
        people = directory.forge.get(commit.oid, CommitPeople(None, None))
        for identity, person in (
            (commit.author, people.author),
            (commit.committer, people.committer),
        ):
            if person is not None and identity.email:
                addresses.setdefault(identity.email.casefold(), person)
    return Directory(directory.forge, addresses, directory.is_agent, directory.host)


def _parts(
    commit: Commit, directory: Directory, co_authors: Sequence[Identity]
) -> Iterator[Contribution | Unmapped]:
    """The parts in one commit."""
    # Where an agent wrote it, everybody else whom it names set the agent to work.
    people = directory.forge.get(commit.oid, CommitPeople(None, None))
    author = directory.person(commit.author, people.author)
    by_agent = directory.is_agent(commit.author) or (
        author is not None and author.kind is not AccountKind.USER
    )
    if not directory.is_agent(commit.author):
        yield _part(commit, commit.author, author, Part.AUTHOR)
    committer = directory.person(commit.committer, people.committer)
    if not _is_nobody(commit.committer, directory):
        yield _part(
            commit,
            commit.committer,
            committer,
            Part.REQUESTER if by_agent else Part.COMMITTER,
        )
    for identity in co_authors:
        if not directory.is_agent(identity):
            yield _part(
                commit,
                identity,
                directory.person(identity),
                Part.REQUESTER if by_agent else Part.CO_AUTHOR,
            )


def _is_nobody(committer: Identity, directory: Directory) -> bool:
    """Whether an agent committed, or the forge itself."""
    # An edit or a merge in the forge's web pages is committed by `noreply@` its host.
    of_the_forge = committer.email.casefold() == f"noreply@{directory.host}".casefold()
    return of_the_forge or directory.is_agent(committer)


def _part(
    commit: Commit, identity: Identity, person: Person | None, part: Part
) -> Contribution | Unmapped:
    """The part of an account in the commit, or of somebody whom no account is known for."""
    if person is not None:
        return Contribution(person, part, commit.oid)
    nameless = f"someone without a name in {commit.oid[:7]}"
    return Unmapped(identity.email or identity.name or nameless, part, commit.oid)
