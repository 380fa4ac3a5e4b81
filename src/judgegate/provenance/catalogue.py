"""The catalogue: every marker we know, and what looks like one and is none.

Data, read once; no code here names a tool.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.compiled import load_compiled
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.model.evidence import NotAi, Signal, SignalKind
from judgegate.model.levels import Certainty, Role

FOLDER = Path(__file__).with_name("catalogue")
SIGNAL_FILES = ("agents.yml", "reviewers.yml", "declarations.yml")
NOT_AI_FILE = "not_ai.yml"
DENIALS_FILE = "denials.yml"
ID = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
NEED_A_HINT = frozenset(
    {
        SignalKind.TRAILER,
        SignalKind.FOOTER,
        SignalKind.SUBJECT,
        SignalKind.FRAGMENT,
        SignalKind.COMMENT,
        SignalKind.CO_AUTHOR_NAME,
    }
)
"""Kinds that are looked for in a message's text.

There a quick search must show whether the slow one is worth it.
"""

_Row = Mapping[str, Any]


class CatalogueError(IncompleteError):
    """The catalogue that we ship is damaged."""

    code = "catalogue"


class Catalogue(Struct, frozen=True):
    """What is known.

    `denials` are statements that no AI took part; they have the shape of signals and are never
    evidence.
    """

    signals: tuple[Signal, ...]
    not_ai: tuple[NotAi, ...]
    denials: tuple[Signal, ...]

    def with_signals(self, added: Iterable[Signal]) -> "Catalogue":
        """The catalogue with a policy's own signals.

        Raises:
            UsageError: an id is used twice.
        """
        extra = tuple(added)
        known = {signal.id for signal in self.signals}
        for signal in extra:
            if signal.id in known:
                raise UsageError(
                    f"The signal {signal.id} is already in the catalogue.",
                    "Give your signal another name.",
                )
            known.add(signal.id)
        return replace(self, signals=self.signals + extra)


@cache
def load_catalogue() -> Catalogue:
    """The catalogue in the package.

    Raises:
        CatalogueError: a row is not as a row must be.
    """
    return load_compiled(Catalogue, "catalogue", catalogue_sources()) or compile_catalogue()


def catalogue_sources() -> Mapping[str, bytes]:
    """The bytes of every file of the catalogue."""
    return {
        name: (FOLDER / name).read_bytes()
        for name in (*SIGNAL_FILES, NOT_AI_FILE, DENIALS_FILE)
    }


def compile_catalogue() -> Catalogue:
    """The catalogue from its YAML.

    Raises:
        CatalogueError: a row is not as a row must be.
    """
    texts = {name: content.decode("utf-8") for name, content in catalogue_sources().items()}
    return parse_catalogue(
        signals=[(name, texts[name]) for name in SIGNAL_FILES],
        not_ai=(NOT_AI_FILE, texts[NOT_AI_FILE]),
        denials=(DENIALS_FILE, texts[DENIALS_FILE]),
    )


def parse_catalogue(
    signals: Iterable[tuple[str, str]], not_ai: tuple[str, str], denials: tuple[str, str]
) -> Catalogue:
    """The catalogue from files, each a name (for messages) and its YAML.

    Args:
        signals: the files of markers.
        not_ai: the file of what looks like a marker and is none.
        denials: the file of statements that no AI took part.

    Raises:
        CatalogueError: a row is not as a row must be; the message names file and row.
    """
    catalogue = Catalogue(
        signals=tuple(
            _signal(name, row) for name, text in signals for row in _rows(name, text)
        ),
        not_ai=tuple(_not_ai(not_ai[0], row) for row in _rows(*not_ai)),
        denials=tuple(_denial(denials[0], row) for row in _rows(*denials)),
    )
    # Reports and policies name a row by its id alone, so no two may have the same, of any kind.
    rows: list[Signal | NotAi] = [
        *catalogue.signals,
        *catalogue.not_ai,
        *catalogue.denials,
    ]
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise CatalogueError(f"The catalogue has two rows called {row.id}.")
        seen.add(row.id)
    return catalogue


def _rows(name: str, text: str) -> list[_Row]:
    """The rows of a file, not read any further.

    Raises:
        CatalogueError: it is no list of rows.
    """
    import yaml  # only where the catalogue was edited since it was compiled

    try:
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CatalogueError(f"{name} in the catalogue is not YAML: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CatalogueError(f"{name} in the catalogue is not a list of rows.")
    return rows


def _signal(name: str, row: _Row) -> Signal:
    """The signal in a row of this file.

    Raises:
        CatalogueError: the row is not as a signal's must be.
    """
    _allow(
        name,
        row,
        needed={"id", "kind", "confidence", "source"},
        optional={"role", "literal", "regex", "hint", "note"},
    )
    try:
        kind = SignalKind(row["kind"])
        confidence, role = Certainty(row["confidence"]), Role(row.get("role", "authored"))
    except ValueError as error:
        raise CatalogueError(f"{name}, {row['id']}: {error}.") from error
    literals, regex = _pattern(name, row)
    hint = str(row.get("hint", ""))
    if regex and kind in NEED_A_HINT and not hint:
        raise CatalogueError(
            f"{name}, {row['id']}: a regular expression for a {kind.value} needs a hint."
        )
    return Signal(
        row["id"],
        kind,
        confidence,
        role,
        str(row["source"]),
        literals,
        regex,
        hint,
        str(row.get("note", "")),
    )


def _denial(name: str, row: _Row) -> Signal:
    """A statement that no AI took part; it is never evidence, so how sure it is does not matter."""
    return _signal(name, {"confidence": "weak", "role": "declared"} | dict(row))


def _not_ai(name: str, row: _Row) -> NotAi:
    """What looks like a marker and is none.

    Raises:
        CatalogueError: the row is not as such a row must be.
    """
    _allow(name, row, needed={"id", "kind", "reason"}, optional={"literal", "regex"})
    try:
        kind = SignalKind(row["kind"])
    except ValueError as error:
        raise CatalogueError(f"{name}, {row['id']}: {error}.") from error
    return NotAi(row["id"], kind, str(row["reason"]), *_pattern(name, row))


def _allow(name: str, row: _Row, needed: set[str], optional: set[str]) -> None:
    """Check the row's id and its keys.

    Raises:
        CatalogueError: the id has another form, a key that is needed is missing, or one is unknown.
    """
    identity = row.get("id")
    if not isinstance(identity, str) or not ID.fullmatch(identity):
        raise CatalogueError(
            f"{name}: a row's id must look like tool/name, not {identity!r}."
        )
    if missing := sorted(needed - row.keys()):
        raise CatalogueError(f"{name}, {identity}: {missing[0]} is missing.")
    if unknown := sorted(str(key) for key in row if key not in needed | optional):
        raise CatalogueError(f"{name}, {identity}: {unknown[0]} is not a key of a row.")


def _pattern(name: str, row: _Row) -> tuple[tuple[str, ...], str | None]:
    """The row's literals in lower case and its regular expression: exactly one of the two."""
    literal, regex = row.get("literal"), row.get("regex")
    literals = [literal] if isinstance(literal, str) else literal or []
    given = [*literals, regex] if regex else literals
    if bool(literals) == bool(regex) or not all(map(_is_text, given)):
        raise CatalogueError(
            f"{name}, {row['id']}: exactly one of literal and regex must be given, as text."
        )
    return tuple(map(str.lower, literals)), regex


def _is_text(value: object) -> bool:
    """Whether it is text, and not empty."""
    return isinstance(value, str) and bool(value)
