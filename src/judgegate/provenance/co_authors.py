"""Whom a commit names as co-authors, and which of the names in it are an AI's."""

import re
from collections.abc import Iterator

from judgegate.model.change import Commit, Identity
from judgegate.model.scales import Certainty, Role
from judgegate.provenance.lines import evidence_lines
from judgegate.provenance.matcher import Matcher, default_matcher
from judgegate.provenance.reading import fold, readings, split_lines

KEYS = frozenset({"co-authored-by", "coauthored-by", "co-author", "co-authors", "co-developed-by"})

_PERSON = re.compile(r"([^<>,;]*)<([^<>]*)>")


def read_co_authors(commit: Commit) -> tuple[Identity, ...]:
    """The co-authors that the message names, each once, wherever in it they stand."""
    return tuple(dict.fromkeys(person for text in readings(commit.message, commit.encoding) for person in _named(text)))


def _named(text: str) -> Iterator[Identity]:
    for line in evidence_lines(*split_lines(text), squashes=True):
        if line.key in KEYS:
            for name, address in _PERSON.findall(line.value):
                yield Identity(name.strip(), address.strip())


def is_agent(identity: Identity, matcher: Matcher | None = None) -> bool:
    """Whether the catalogue surely knows the identity as an AI's, as an author or as a co-author."""
    look = matcher or default_matcher()
    name, email = fold(identity.name), fold(identity.email)
    found = (look.author(name, email), look.co_author(name, email))
    return any(signal is not None and signal.confidence >= Certainty.STRONG and signal.role is Role.AUTHORED for signal in found)
