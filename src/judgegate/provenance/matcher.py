"""The catalogue made fast, and the markers that it finds.

Each kind of signal has a dictionary of literals, and expressions behind a hint.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.evidence import Evidence, NotAi, Signal, SignalKind
from judgegate.model.levels import Certainty
from judgegate.provenance.addresses import (
    NO_REPLY,
    bare_address,
    forms_of_address,
    people_in,
)
from judgegate.provenance.catalogue import Catalogue, load_catalogue

ACCOUNT_NUMBER = re.compile(r"\d+\+")

APPS = frozenset({"bot", "app"})
"""What a forge calls an account that is an app's, in lower case."""

CACHED = 8192
"""Identities whose answer is kept: histories repeat few people many times, and memory stays flat."""

TEXT_KINDS = frozenset(
    {
        SignalKind.TRAILER_KEY,
        SignalKind.TRAILER,
        SignalKind.FOOTER,
        SignalKind.SUBJECT,
        SignalKind.FRAGMENT,
        SignalKind.COMMENT,
    }
)
FOOTER_KINDS = frozenset({SignalKind.FOOTER, SignalKind.FRAGMENT})
TRAILER_KINDS = frozenset({SignalKind.TRAILER, SignalKind.TRAILER_KEY})
SIGN_OFF = "signed-off-by"

SIGNERS = 4
"""Addresses of one sign-off that are compared: it names one."""

AUTHORING_HINTS = ("authored", "co-author", "developed", "assist", "generated", "written")
"""Without one of these no key of `AUTHORING` can be there."""

AUTHORING = frozenset(
    {
        "co-authored-by", "coauthored-by", "co-author", "co-authors", "co-authored",
        "authored-by", "co-developed-by", "developed-by", "written-by", "assisted-by",
        "ai-assisted-by", "generated-by", "commit-generated-by", "ai-generated-by",
    }
)  # fmt: skip
"""Keys whose value names somebody who had a part in writing."""

QUOTE_LENGTH = 200


class Marker(Struct, frozen=True):
    """A signal seen in a text: the place (as `Evidence.source` has it) and the marker as it stands there."""

    signal: Signal
    source: str
    quote: str


class Found(Struct, frozen=True):
    """What a text holds: markers, and statements that no AI took part.

    `unread`: it was too much to be compared with the catalogue to its end. It is read backwards, so
    that the trailers always are.
    """

    markers: tuple[Marker, ...] = ()
    denials: tuple[str, ...] = ()
    unread: bool = False


Row = TypeVar("Row", bound=Signal | NotAi)


class SignalTable(Generic[Row]):
    """The rows of one kind.

    Expressions are compiled when they are first needed, each alone, so that one row cannot spoil
    another.
    """

    def __init__(self, rows: Iterable[Row], strength: Callable[[Row], int]) -> None:
        ordered = sorted(rows, key=strength)
        self.literals: dict[str, Row] = {}
        # A later literal replaces an earlier one, so the strongest row comes last.
        for row in ordered:
            self.literals.update(dict.fromkeys(map(str.lower, row.literals), row))
        self.regexes = [(row.regex, row) for row in reversed(ordered) if row.regex]
        self.strength = strength

    @cached_property
    def patterns(self) -> list[tuple[str, re.Pattern[str], Row]]:
        """Hint, expression and row; the strongest first."""
        return [
            (
                getattr(row, "hint", "").lower(),
                re.compile(regex, re.IGNORECASE),
                row,
            )
            for regex, row in self.regexes
        ]

    def find(self, lowered: str) -> Row | None:
        """The strongest row whose pattern is the whole text."""
        literal = self.literals.get(lowered)
        for hint, pattern, row in self.patterns:
            # The strongest come first, so none of those that follow could win.
            if literal is not None and self.strength(literal) >= self.strength(row):
                break
            if hint in lowered and pattern.fullmatch(lowered):
                return row
        return literal

    def search(self, lowered: str) -> Iterator[Row]:
        """The rows whose pattern is found anywhere."""
        for literal, row in self.literals.items():
            if literal in lowered:
                yield row
        for hint, pattern, row in self.patterns:
            if hint in lowered and pattern.search(lowered):
                yield row

    def prefixed(self, lowered: str) -> Iterator[Row]:
        """The rows that fit a branch: a literal is the beginning, an expression the whole."""
        for literal, row in self.literals.items():
            if lowered.startswith(literal):
                yield row
        for _, pattern, row in self.patterns:
            if pattern.fullmatch(lowered):
                yield row


def _tables(
    rows: Sequence[Row], strength: Callable[[Row], int]
) -> dict[SignalKind, SignalTable[Row]]:
    """A table for each kind, empty where the catalogue has no row of it."""
    by_kind: dict[SignalKind, list[Row]] = {kind: [] for kind in SignalKind}
    for row in rows:
        by_kind[row.kind].append(row)
    return {kind: SignalTable(found, strength) for kind, found in by_kind.items()}


class Matcher:
    """Finds the signals of a catalogue.

    Methods take folded text in any case and return the strongest signal, or None. The tables, one
    for each kind that stands in a message, are asked directly, with text in lower case: a matcher
    reads every line of every commit.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._signals = _tables(catalogue.signals, _strength)
        self._not_ai = _tables(catalogue.not_ai, _no_strength)
        self._denials = _tables(catalogue.denials, _strength)
        self.trailer_keys = self._signals[SignalKind.TRAILER_KEY]
        self.trailers = self._signals[SignalKind.TRAILER]
        self.trailer_denials = self._denials[SignalKind.TRAILER]
        self.footers = self._signals[SignalKind.FOOTER]
        self.footer_denials = self._denials[SignalKind.FOOTER]
        self.boxes = self._signals[SignalKind.CHECKBOX]
        self.box_denials = self._denials[SignalKind.CHECKBOX]
        self.fragments = self._signals[SignalKind.FRAGMENT]
        self.comments = self._signals[SignalKind.COMMENT]
        self.subjects = self._signals[SignalKind.SUBJECT]
        self.author = lru_cache(CACHED)(self._author)
        self.co_author = lru_cache(CACHED)(self._co_author)
        self.is_signed_by_agent = lru_cache(CACHED)(self._is_signed_by_agent)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """Lower-case texts, one of which is in each message with a signal; ("",): any may have one."""
        found = {*self._hints_of(TEXT_KINDS), *AUTHORING_HINTS}
        needed = [hint for hint in found if _is_needed(hint, found)]
        return tuple(sorted(needed, key=len))

    @cached_property
    def footer_hints(self) -> tuple[str, ...]:
        """The same for single lines that are no trailers: footers, and fragments of any line."""
        return tuple(sorted(self._hints_of(FOOTER_KINDS)))

    def _hints_of(self, kinds: frozenset[SignalKind]) -> set[str]:
        """The hints of all signals and denials of these kinds."""
        found: set[str] = set()
        for row in (*self.catalogue.signals, *self.catalogue.denials):
            if row.kind in kinds:
                found.update(_hints(row))
        return found

    def whole(self, kind: SignalKind, text: str) -> Signal | None:
        """The signal of a kind whose pattern is the whole text."""
        return self._signals[kind].find(text.lower())

    def branch(self, name: str) -> Signal | None:
        """The strongest signal of a branch's name."""
        if self.is_not_ai_branch(name):
            return None
        return max(
            self._signals[SignalKind.BRANCH].prefixed(name.lower()),
            key=_strength,
            default=None,
        )

    def login(self, login: str, account_type: str | None) -> Signal | None:
        """The signal of a forge's account.

        Args:
            login: `slug`, `slug[bot]` or `app/slug`.
            account_type: the forge's word for what the account is, if known.
        """
        name = login.strip().lower()
        if found := self.whole(SignalKind.LOGIN, name):
            return found
        slug = name.removeprefix("app/").removesuffix("[bot]")
        if slug == name:
            return self._plain_login(name, (account_type or "").lower())
        return self.whole(SignalKind.BOT, slug)

    def _plain_login(self, name: str, kind: str) -> Signal | None:
        """The signal of a login that does not say by itself that it is an app's.

        It is one only if the forge does not call the account a person's; where the forge says
        nothing, a login that people are known to hold is no marker.
        """
        is_app = kind in APPS
        if not is_app and (kind or self.is_persons_login(name)):
            return None
        found = self.whole(SignalKind.BOT_LOGIN, name) if is_app else None
        return found or self.whole(SignalKind.BOT, name)

    def is_not_ai_branch(self, name: str) -> bool:
        """Whether the branch is known to be a machine's that is no AI."""
        return any(self._not_ai[SignalKind.BRANCH].prefixed(name.lower()))

    def is_persons_login(self, login: str) -> bool:
        """Whether people are known to hold a login that is also an app's name."""
        return self._not_ai[SignalKind.LOGIN].find(login.lower()) is not None

    def _author(self, name: str, address: str) -> Signal | None:
        """The signal of an author or a committer."""
        found = self._address(address)
        # A header without brackets has its address in the name.
        if found is None and "@" in name:
            found = self._address(name)
        return found or self.whole(SignalKind.AUTHOR_NAME, name.strip())

    def _co_author(self, name: str, address: str) -> Signal | None:
        """The stronger of what a co-author's name and address say; of equals that of the name."""
        by_address = (
            self._address(address)
            or self._first(SignalKind.CO_AUTHOR_EMAIL, address)
            or self._mentioned(address)
        )
        found = filter(None, (self._co_authors_name(name, address), by_address))
        return max(found, key=_strength, default=None)

    def _co_authors_name(self, name: str, address: str) -> Signal | None:
        """What the name says; beside an address that is known for no AI's only certain names count."""
        found = self.whole(SignalKind.CO_AUTHOR_NAME, name.strip())
        if found is None or found.confidence is Certainty.CERTAIN:
            return found
        return None if self.is_not_ai(address) else found

    def _is_signed_by_agent(self, value: str) -> bool:
        """Whether an address in a sign-off is an agent's; its name is free text."""
        return any(
            self.co_author("", address) for _, address in islice(people_in(value), SIGNERS)
        )

    def _address(self, address: str) -> Signal | None:
        """The signal of an address, or else of the app whose no-reply address it is."""
        if found := self._first(SignalKind.EMAIL, address):
            return found
        apps = self._signals[SignalKind.BOT]
        known = (_app(form, apps) for form in forms_of_address(address))
        return next(filter(None, known), None)

    def _first(self, kind: SignalKind, address: str) -> Signal | None:
        """The signal of this kind of the address, or else of the one that it is an alias of."""
        known = (self.whole(kind, form) for form in forms_of_address(address))
        return next(filter(None, known), None)

    def _mentioned(self, address: str) -> Signal | None:
        """An account named as `@login`. One that a person may hold says little."""
        if not address.startswith("@"):
            return None
        login = address[1:].lower()
        if found := self.login(login, None):
            return found
        if not self.is_persons_login(login):
            return None
        app = self.whole(SignalKind.BOT, login)
        return replace(app, confidence=Certainty.WEAK) if app else None

    def is_not_ai(self, address: str) -> bool:
        """Whether the address is known to say nothing.

        It is a machine's that is no AI, or a person's who is taken for one.
        """
        bare = bare_address(address).lower()
        by_address = self._not_ai[SignalKind.EMAIL].find(bare)
        return bool(by_address or _app(bare, self._not_ai[SignalKind.BOT]))


def _app(address: str, table: SignalTable[Row]) -> Row | None:
    """The app with this no-reply address.

    The number before it is not compared: tools have invented some.
    """
    local, at, host = address.strip().lower().partition("@")
    if at + host != NO_REPLY or not local.endswith("[bot]"):
        return None
    return table.literals.get(ACCOUNT_NUMBER.sub("", local, count=1).removesuffix("[bot]"))


def _hints(row: Signal) -> Iterator[str]:
    """What must stand in a text for the row to match, in lower case.

    A footer can be wrapped, so one word of it must do; and a trailer can have anything between key
    and value, so its key.
    """
    texts = [row.hint] if row.regex else row.literals
    for text in map(str.lower, texts):
        if row.kind in FOOTER_KINDS:
            yield max(text.split(), key=len, default="")
        elif row.kind in TRAILER_KINDS and not row.regex:
            yield text.partition(":")[0]
        else:
            yield text


def _is_needed(hint: str, hints: Iterable[str]) -> bool:
    """Whether no other hint is part of this one: that one is in every text that this one is in."""
    return [other for other in hints if other in hint] == [hint]


def _strength(signal: Signal) -> int:
    """How sure the signal is; the surest has the highest number."""
    return signal.confidence.rank


def _no_strength(_: NotAi) -> int:
    """The same for rows that are all equally sure."""
    return 0


@lru_cache(4)
def matcher_for(catalogue: Catalogue) -> Matcher:
    """The matcher of a catalogue, made once."""
    return Matcher(catalogue)


def default_matcher() -> Matcher:
    """The matcher of the catalogue in the package."""
    return matcher_for(load_catalogue())


def as_evidence(markers: Iterable[Marker], commit: str | None) -> tuple[Evidence, ...]:
    """Markers as evidence of a commit, or of the change as a whole (None).

    Each signal and quote comes once.
    """
    # Backwards, because the last value of a key stays in a dictionary: so it is the first marker.
    once = {
        (marker.signal.id, quote_of(marker.quote)): marker
        for marker in reversed(tuple(markers))
    }
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
