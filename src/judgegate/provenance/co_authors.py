"""Whom a commit names as co-authors, and which of the names in it are an AI's."""

import re
from collections.abc import Iterator

from judgegate.model.approvals import AccountKind, Person
from judgegate.model.change import Commit, Identity
from judgegate.model.levels import Certainty, Role
from judgegate.provenance.matcher import Matcher, default_matcher
from judgegate.provenance.message_lines import evidence_lines
from judgegate.provenance.text_lines import line_readings, normalize, readings, shorten

KEYS = frozenset(
    {"co-authored-by", "coauthored-by", "co-author", "co-authors", "co-developed-by"}
)
BETWEEN = re.compile("[,;]")


def read_co_authors(commit: Commit) -> tuple[Identity, ...]:
    """The co-authors that the message names, each address once, wherever in it they stand.

    Accents of their names are kept.
    """
    named = (
        person
        for text in readings(commit.message, commit.encoding)
        for person in _named(text)
    )
    found: dict[str, Identity] = {}
    for person in named:
        found.setdefault(person.email or person.name, person)
    return tuple(found.values())


def _named(text: str) -> Iterator[Identity]:
    for raw_lines, folded in line_readings(text):
        for line in evidence_lines(raw_lines, folded, squashes=True):
            if line.key in KEYS:
                _, _, value = normalize(shorten(line.raw), accents=True).partition(":")
                yield from _bracketed(value or line.value)


def _bracketed(value: str) -> Iterator[Identity]:
    """Everybody whose address stands in angle brackets."""
    before = ""
    for piece in value.split("<"):
        address, closed, after = piece.partition(">")
        if closed:
            yield Identity(BETWEEN.split(before)[-1].strip(), address.strip())
        before = after if closed else piece


def is_agent(identity: Identity, matcher: Matcher | None = None) -> bool:
    """Whether the catalogue surely knows the identity as an AI's, as an author or as a co-author."""
    matcher = matcher or default_matcher()
    name, email = normalize(identity.name), normalize(identity.email)
    found = (matcher.author(name, email), matcher.co_author(name, email))
    return any(
        signal is not None
        and signal.confidence >= Certainty.STRONG
        and signal.role is Role.AUTHORED
        for signal in found
    )


def is_agents_account(person: Person, matcher: Matcher | None = None) -> bool:
    """Whether the catalogue knows the account as an AI's."""
    kind = "Bot" if person.kind is AccountKind.BOT else "User"
    return (
        person.id is not None
        and (matcher or default_matcher()).login(person.login, kind) is not None
    )
