"""Whom a commit names as co-authors, and which of the names in it are an AI's."""

import re
from collections.abc import Iterator

from judgegate.model.approvals import AccountKind, Person
from judgegate.model.change import Commit, Identity
from judgegate.model.evidence import Signal
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

    Accents of their names are kept. The first name of an address counts, or else each name once.
    """
    found: dict[str, Identity] = {}
    for text in readings(commit.message, commit.encoding):
        for person in _named(text):
            found.setdefault(person.email or person.name, person)
    return tuple(found.values())


def _named(text: str) -> Iterator[Identity]:
    """The co-authors that a text names, as often as it does."""
    for raw_lines, folded in line_readings(text):
        for line in evidence_lines(raw_lines, folded, squashes=True):
            if line.key not in KEYS:
                continue
            # The line's own value has lost its accents, which belong to a name.
            _, _, value = normalize(shorten(line.raw), accents=True).partition(":")
            yield from _bracketed(value or line.value)


def _bracketed(value: str) -> Iterator[Identity]:
    """Everybody whose address stands in angle brackets."""
    before = ""
    for piece in value.split("<"):
        address, closed, after = piece.partition(">")
        if not closed:
            before = piece
            continue
        yield Identity(BETWEEN.split(before)[-1].strip(), address.strip())
        before = after


def is_agent(identity: Identity, matcher: Matcher | None = None) -> bool:
    """Whether the catalogue surely knows the identity as an AI's, as an author or as a co-author.

    Args:
        identity: as a commit has it.
        matcher: of the catalogue in the package by default.
    """
    matcher = matcher or default_matcher()
    name, email = normalize(identity.name), normalize(identity.email)
    found = (matcher.author(name, email), matcher.co_author(name, email))
    return any(map(_is_sure, found))


def _is_sure(signal: Signal | None) -> bool:
    """Whether the signal is a strong one of an AI that wrote code."""
    if signal is None or signal.role is not Role.AUTHORED:
        return False
    return signal.confidence >= Certainty.STRONG


def is_agents_account(person: Person, matcher: Matcher | None = None) -> bool:
    """Whether the catalogue knows the account as an AI's.

    Args:
        person: as the forge names the account.
        matcher: of the catalogue in the package by default.
    """
    # The forge names nobody there any more, so there is no account to know.
    if person.id is None:
        return False
    matcher = matcher or default_matcher()
    kind = "Bot" if person.kind is AccountKind.BOT else "User"
    return matcher.login(person.login, kind) is not None
