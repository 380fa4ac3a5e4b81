"""What a commit says of itself: its identities and its message."""

from collections.abc import Iterator
from dataclasses import replace

from judgegate.model.change import Commit, Identity
from judgegate.model.evidence import Evidence
from judgegate.model.scales import Certainty
from judgegate.model.signals import Signal
from judgegate.provenance.markers import Found, Marker, as_evidence
from judgegate.provenance.matcher import Matcher
from judgegate.provenance.messages import read_message
from judgegate.provenance.normalize import normalize


def read_commit(commit: Commit, matcher: Matcher) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """The evidence that a commit carries, and its statements that no AI took part."""
    evidence, message = read_whole_commit(commit, matcher)
    return evidence, message.denials


def read_whole_commit(commit: Commit, matcher: Matcher) -> tuple[tuple[Evidence, ...], Found]:
    """The evidence that a commit carries, and what its message holds: whether it was too much to be read, too."""
    message = read_message(commit.message, commit.encoding, matcher)
    markers = (*_identities(commit, matcher), *message.markers)
    return (as_evidence(markers, commit.oid) if markers else ()), message


def _identities(commit: Commit, matcher: Matcher) -> Iterator[Marker]:
    author, committer = commit.author, commit.committer
    signal = _who(author, matcher)
    if signal:
        yield Marker(signal, "author", _quote(author))
    elif committer != author and (signal := _who(committer, matcher)):
        # An agent that rebases or picks becomes the committer of people's work.
        yield Marker(replace(signal, confidence=Certainty.WEAK), "committer", _quote(committer))


def _who(identity: Identity, matcher: Matcher) -> Signal | None:
    name, email = identity.name, identity.email
    if not (name.isascii() and email.isascii()):
        name, email = normalize(name), normalize(email)
    return matcher.author(name, email)


def _quote(identity: Identity) -> str:
    return f"{identity.name} <{identity.email}>"
