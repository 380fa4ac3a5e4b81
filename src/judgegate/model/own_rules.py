"""What a team's own rules look for. Values only: no action, no severity and no threshold is among them."""

from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from judgegate.model.change import Blob

TYPE_CHECKING_ONLY = "type checking"
"""What an observation of an import carries as its metric where only type checkers follow it."""


class FileEvent(Enum):
    """What can happen to a file, in a policy's words."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FileKind(Enum):
    """What an entry of a tree can be."""

    FILE = "file"
    EXECUTABLE = "executable"
    LINK = "link"
    SUBMODULE = "submodule"


def kind_of_entry(side: Blob) -> FileKind:
    """What an entry of a tree is, in a policy's words."""
    # Git's mode says it; the content and the name have no part in it.
    if side.is_submodule:
        return FileKind.SUBMODULE
    if side.is_link:
        return FileKind.LINK
    if side.is_executable:
        return FileKind.EXECUTABLE
    return FileKind.FILE


class Pattern(Struct, frozen=True, tag=True):
    """A shape of code, in ast-grep's terms.

    `matcher` is the configuration that ast-grep takes (`rule`, perhaps `constraints`) as canonical
    JSON. `code` is the pattern as it was written, empty where a rule object was. `covers`: a file
    of these languages counts as analysed once it was searched.
    """

    languages: tuple[str, ...]
    matcher: str
    covers: bool = False
    code: str = ""


class Regex(Struct, frozen=True, tag=True):
    """A regular expression (RE2's syntax), in any text.

    `added`: in single lines that the change adds; else in the whole content.

    `secret`: what it finds must not be shown.
    """

    pattern: str
    added: bool = True
    secret: bool = False


class Layers(Struct, frozen=True, tag=True):
    """Modules, the highest first: each may import those below it.

    Modules that share a layer do not import each other.
    """

    layers: tuple[tuple[str, ...], ...]


class Forbidden(Struct, frozen=True, tag=True):
    """Modules that certain other modules do not import."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]


class Independent(Struct, frozen=True, tag=True):
    """Modules none of which imports another one."""

    modules: tuple[str, ...]


class Imports(Struct, frozen=True, tag=True):
    """A contract on the imports of Python modules. A module's name means all that is in it.

    `roots` are the folders (empty, or with a slash at their end) that module names start at; the
    first one that a path lies in counts. `type_checking`: imports under `if TYPE_CHECKING:` count
    as well.
    """

    contract: Layers | Forbidden | Independent
    roots: tuple[str, ...] = ("src/", "lib/", "")
    type_checking: bool = True


class Files(Struct, frozen=True, tag=True):
    """What is known of a file without its content; all that is given must be so.

    `paths` are patterns as in `.gitignore`. `kinds` are those of the head's side, of a removed file
    the base's. `more_than` counts bytes of the head's side. `mode`: the change makes it executable,
    or takes that back.
    """

    events: frozenset[FileEvent] = frozenset(FileEvent)
    paths: tuple[str, ...] = ()
    kinds: frozenset[FileKind] = frozenset(FileKind)
    more_than: int | None = None
    mode: bool = False


class Size(Struct, frozen=True, tag=True):
    """How much a change is.

    `measures` are the names of the rule's options; only files that match `paths` count, all where
    it is empty.
    """

    measures: tuple[str, ...]
    paths: tuple[str, ...] = ()


Search: TypeAlias = Pattern | Regex | Imports | Files | Size


class Sought(Struct, frozen=True):
    """A rule's id and what it looks for."""

    rule: str
    search: Search


def patterns_for(sought: Iterable[Sought], language: str | None) -> tuple[Sought, ...]:
    """The patterns that are searched in a language.

    None where the language is not known: no pattern names such a one.
    """
    found = []
    for one in sought:
        search = one.search
        if isinstance(search, Pattern) and language in search.languages:
            found.append(one)
    return tuple(found)


def regexes(sought: Iterable[Sought]) -> tuple[Sought, ...]:
    """The regular expressions."""
    return _of_kind(Regex, sought)


def import_contracts(sought: Iterable[Sought]) -> tuple[Sought, ...]:
    """The contracts on imports."""
    return _of_kind(Imports, sought)


def _of_kind(kind: type[Search], sought: Iterable[Sought]) -> tuple[Sought, ...]:
    """Those of the rules that look for this kind of thing."""
    return tuple(one for one in sought if isinstance(one.search, kind))
