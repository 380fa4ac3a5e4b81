"""Signals seen in a text, and how they become evidence."""

from collections.abc import Iterable
from dataclasses import dataclass

from judgegate.model.evidence import Evidence
from judgegate.model.signals import Signal

QUOTE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Marker:
    """A signal seen in a text: the place (as `Evidence.source` has it) and the marker as it stands there."""

    signal: Signal
    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text holds: markers, and statements that no AI took part.

    `unread`: it was too much to be compared with the catalogue to its end. It is read backwards, so that the trailers always are.
    """

    markers: tuple[Marker, ...] = ()
    denials: tuple[str, ...] = ()
    unread: bool = False


def as_evidence(markers: Iterable[Marker], commit: str | None) -> tuple[Evidence, ...]:
    """Markers as evidence of a commit, or of the change as a whole (None); each signal and quote once."""
    once = {(marker.signal.id, quote_of(marker.quote)): marker for marker in reversed(tuple(markers))}
    return tuple(
        Evidence(
            marker.signal.tool,
            marker.signal.id,
            marker.signal.role,
            marker.signal.confidence,
            marker.source,
            commit,
            quote,
        )
        for (_, quote), marker in reversed(once.items())
    )


def quote_of(text: str) -> str:
    """As much of a marker as evidence holds."""
    return text.strip()[:QUOTE_LENGTH]
