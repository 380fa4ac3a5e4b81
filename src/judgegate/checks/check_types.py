"""The three shapes of a check, as rows.

What it reads, which rules it observes for, and the function that observes.

A row imports nothing but values: it names its function, and what that needs is imported by the
process that calls it.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from typing import Any, Protocol

from msgspec import Struct

from judgegate.model.change import Change
from judgegate.model.observation import Observation


class Named(Struct, frozen=True):
    """A function by its name, `module:function`.

    So its module is imported by the first call and not before. `arguments` follow those of each
    call.
    """

    name: str
    arguments: tuple[object, ...] = ()

    def __call__(self, *arguments: object) -> Any:
        """What the function returns for these arguments and its own."""
        module, _, function = self.name.partition(":")
        return getattr(import_module(module), function)(*arguments, *self.arguments)


def _nothing() -> None:
    """A check without a library of its own has nothing to prepare."""


class ScannedSide(Enum):
    """Whose lines an observation counts: those of the merge base's side or those of the head's."""

    BASE = "base"
    HEAD = "head"


class Sighting(Struct, frozen=True):
    """What a check of two sides saw, and where.

    `path` is None where the shape says it already (one file was compared) or where the change as a
    whole is meant.
    """

    observation: Observation
    side: ScannedSide = ScannedSide.HEAD
    path: str | None = None


class Tree(Protocol):
    """One side of the change, read from git objects only."""

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files under a folder, in git's order."""

    def read(self, path: str) -> bytes | None:
        """A file's content, or None where there is no such file."""


class Scan(Struct, frozen=True):
    """Looks at one file by itself. It runs in a worker, and depends on nothing but the source.

    `covers`: whether a file that this check has read counts as analysed. `prepare` imports what
    `run` needs; a worker calls it before its limits hold.
    """

    name: str
    rules: tuple[str, ...]
    languages: tuple[str, ...]
    run: Callable[[Any], Iterator[Observation]]  # takes what its languages are read into
    covers: bool = True
    prepare: Callable[[], object] = _nothing


class Compare(Struct, frozen=True):
    """Looks at both sides of one file. It runs in a worker; a side that the change does not have is None."""

    name: str
    rules: tuple[str, ...]
    languages: tuple[str, ...]
    run: Callable[
        [Any, Any], Iterator[Sighting]
    ]  # takes what its languages are read into, or None
    covers: bool = False
    prepare: Callable[[], object] = _nothing


class Survey(Struct, frozen=True):
    """Looks at the change as a whole, with the base's tree and the head's.

    It runs beside the gate, since it reads git objects.
    """

    name: str
    rules: tuple[str, ...]
    run: Callable[[Change, Tree, Tree], Iterator[Sighting]]


Check = Scan | Compare | Survey


def applicable(
    checks: tuple[Check, ...], language: str | None, rules: frozenset[str]
) -> tuple[Scan | Compare, ...]:
    """The checks of single files that read this language and observe for at least one of the rules.

    Args:
        checks: those that there are.
        language: the file's; None if it has none that we know.
        rules: the ids of those that are wanted.
    """
    found: list[Scan | Compare] = []
    for check in checks:
        # A survey reads the change as a whole, and no file of it.
        if isinstance(check, Survey) or language not in check.languages:
            continue
        if not rules.isdisjoint(check.rules):
            found.append(check)
    return tuple(found)
