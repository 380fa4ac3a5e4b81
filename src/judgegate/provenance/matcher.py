"""The catalogue made fast, a dictionary of literals and expressions behind a hint for each kind, and the markers that it finds."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.evidence import Evidence, NotAi, Signal, SignalKind
from judgegate.model.levels import Certainty
from judgegate.provenance.addresses import bare_address, people_in
from judgegate.provenance.catalogue import Catalogue, load_catalogue

NO_REPLY = "@users.noreply.github.com"
"""How the addresses end by which the catalogue knows agents' accounts: data about them, whatever forge this runs on.
"""

ACCOUNT_NUMBER = re.compile(r"\d+\+")

MACHINES = frozenset({"noreply", "no-reply"})
"""Local parts that no person has, in whatever host of a domain."""

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
        "co-authored-by", "coauthored-by", "co-author", "co-authors", "authored-by", "co-developed-by", "developed-by", "written-by",
        "assisted-by", "ai-assisted-by", "generated-by", "commit-generated-by", "ai-generated-by", "co-authored",
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
        ordered = sorted(rows, key=strength)  # a later literal replaces an earlier one
        self.literals: dict[str, Row] = {
            literal.lower(): row for row in ordered for literal in row.literals
        }
        self.regexes = [row for row in reversed(ordered) if row.regex]
        self.strength = strength

    @cached_property
    def patterns(self) -> list[tuple[str, re.Pattern[str], Row]]:
        """Hint, expression and row; the strongest first."""
        return [
            (
                getattr(row, "hint", "").lower(),
                re.compile(row.regex or "", re.IGNORECASE),
                row,
            )
            for row in self.regexes
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
        yield from (row for literal, row in self.literals.items() if literal in lowered)
        yield from (
            row
            for hint, pattern, row in self.patterns
            if hint in lowered and pattern.search(lowered)
        )

    def prefixed(self, lowered: str) -> Iterator[Row]:
        """The rows that fit a branch: a literal is the beginning, an expression the whole."""
        yield from (
            row for literal, row in self.literals.items() if lowered.startswith(literal)
        )
        yield from (row for _, pattern, row in self.patterns if pattern.fullmatch(lowered))


def _tables(
    rows: Sequence[Row], strength: Callable[[Row], int]
) -> dict[SignalKind, SignalTable[Row]]:
    return {
        kind: SignalTable([row for row in rows if row.kind is kind], strength)
        for kind in SignalKind
    }


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
        """Text of which a message must hold a piece (in lower case) if any signal is to be found in it; ("",) if that cannot be said."""
        rows = [
            row
            for row in (*self.catalogue.signals, *self.catalogue.denials)
            if row.kind in TEXT_KINDS
        ]
        found = {hint for row in rows for hint in _hints(row)} | set(AUTHORING_HINTS)

        def is_needed(hint: str) -> bool:
            """Where a longer hint stands, the shorter one that it holds stands as well."""
            return not any(other != hint and other in hint for other in found)

        return tuple(sorted((hint for hint in found if is_needed(hint)), key=len))

    @cached_property
    def footer_hints(self) -> tuple[str, ...]:
        """The same for single lines that are no trailers: footers, and fragments of any line."""
        rows = [
            row
            for row in (*self.catalogue.signals, *self.catalogue.denials)
            if row.kind in FOOTER_KINDS
        ]
        return tuple(sorted({hint for row in rows for hint in _hints(row)}))

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
        """The signal of a forge's account: `slug`, `slug[bot]` or `app/slug`, with the forge's word for what it is, if known.

        A login without `[bot]` is an app's only if the forge does not call the account a person's;
        where it says nothing, logins that are known to be people's are nobody's marker.
        """
        name = login.strip().lower()
        slug = name.removeprefix("app/").removesuffix("[bot]")
        kind = (account_type or "").lower()
        if found := self.whole(SignalKind.LOGIN, name):
            return found
        is_app = kind in {"bot", "app"}
        if is_app and slug == name and (found := self.whole(SignalKind.BOT_LOGIN, name)):
            return found
        if not is_app and slug == name and (kind or self.is_persons_login(name)):
            return None
        return self.whole(SignalKind.BOT, slug)

    def is_not_ai_branch(self, name: str) -> bool:
        """Whether the branch is known to be a machine's that is no AI."""
        return any(self._not_ai[SignalKind.BRANCH].prefixed(name.lower()))

    def is_persons_login(self, login: str) -> bool:
        """Whether people are known to hold a login that is also an app's name."""
        return self._not_ai[SignalKind.LOGIN].find(login.lower()) is not None

    def _author(self, name: str, address: str) -> Signal | None:
        """A header without brackets has its address in the name."""
        found = self._address(address) or (self._address(name) if "@" in name else None)
        return found or self.whole(SignalKind.AUTHOR_NAME, name.strip())

    def _co_author(self, name: str, address: str) -> Signal | None:
        """A name says something where the address does not: an address that is known for no AI's leaves only certain names."""
        by_address = (
            self._address(address)
            or self._first(SignalKind.CO_AUTHOR_EMAIL, address)
            or self._mentioned(address)
        )
        by_name = self.whole(SignalKind.CO_AUTHOR_NAME, name.strip())
        if by_name is None or (
            by_name.confidence is not Certainty.CERTAIN and self.is_not_ai(address)
        ):
            return by_address
        return max(by_name, by_address, key=_strength) if by_address else by_name

    def _is_signed_by_agent(self, value: str) -> bool:
        """Whether an address in a sign-off is an agent's; its name is free text."""
        return any(
            self.co_author("", address) for _, address in islice(people_in(value), SIGNERS)
        )

    def _address(self, address: str) -> Signal | None:
        apps = self._signals[SignalKind.BOT]
        return self._first(SignalKind.EMAIL, address) or next(
            (app for form in _forms(address) if (app := _app(form, apps))), None
        )

    def _first(self, kind: SignalKind, address: str) -> Signal | None:
        return next(
            (found for form in _forms(address) if (found := self.whole(kind, form))), None
        )

    def _mentioned(self, address: str) -> Signal | None:
        """An account named as `@login`. One that a person may hold says little."""
        if not address.startswith("@"):
            return None
        login = address[1:].lower()
        if found := self.login(login, None):
            return found
        app = self.whole(SignalKind.BOT, login) if self.is_persons_login(login) else None
        return replace(app, confidence=Certainty.WEAK) if app else None

    def is_not_ai(self, address: str) -> bool:
        """Whether the address is known to say nothing: a machine's that is no AI, or a person's who is taken for one."""
        bare = bare_address(address).lower()
        return bool(
            self._not_ai[SignalKind.EMAIL].find(bare)
            or _app(bare, self._not_ai[SignalKind.BOT])
        )


def _forms(address: str) -> Iterator[str]:
    """The address, and if that differs the one that it is an alias of: without a tag, and a machine's without the host in its domain."""
    bare = bare_address(address)
    yield bare
    local, at, host = bare.lower().rpartition("@")
    if at + host == NO_REPLY:
        return
    untagged = local.partition("+")[0]
    domain = ".".join(host.split(".")[-2:]) if untagged in MACHINES else host
    if untagged + domain != local + host:
        yield f"{untagged}@{domain}"


def _app(address: str, table: SignalTable[Row]) -> Row | None:
    """The app with this no-reply address. The number before it is not compared: tools have invented some."""
    local, at, host = address.strip().lower().partition("@")
    if at + host != NO_REPLY or not local.endswith("[bot]"):
        return None
    return table.literals.get(ACCOUNT_NUMBER.sub("", local, count=1).removesuffix("[bot]"))


def _hints(row: Signal) -> Iterator[str]:
    """What must stand in a text for the row to match, in lower case.

    A footer can be wrapped, so one word of it must do; and a trailer can have anything between key
    and value, so its key.
    """
    for text in (row.hint,) if row.regex else row.literals:
        words = text.lower().split() if row.kind in FOOTER_KINDS else [text.lower()]
        if not row.regex and row.kind in TRAILER_KINDS:
            words = [text.lower().partition(":")[0]]
        yield max(words or [""], key=len)


def _strength(signal: Signal) -> int:
    return signal.confidence.rank


def _no_strength(_: NotAi) -> int:
    return 0


@lru_cache(4)
def matcher_for(catalogue: Catalogue) -> Matcher:
    """The matcher of a catalogue, made once."""
    return Matcher(catalogue)


def default_matcher() -> Matcher:
    """The matcher of the catalogue in the package."""
    return matcher_for(load_catalogue())


def as_evidence(markers: Iterable[Marker], commit: str | None) -> tuple[Evidence, ...]:
    """Markers as evidence of a commit, or of the change as a whole (None); each signal and quote once."""
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
