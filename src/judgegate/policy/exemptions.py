"""The block `exempt`: files that need no check where none covers them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter

from msgspec import Struct

from judgegate.model.change import Blob
from judgegate.policy.block_fields import (
    MOST_NAMED,
    Difference,
    Direction,
    is_bound,
    opposite,
    plain,
    way,
)
from judgegate.policy.path_patterns import matches
from judgegate.policy.problems import Place, Problems
from judgegate.policy.reader import (
    Field,
    Shape,
    fields_schema,
    is_complete,
    list_of,
    matching,
    path_patterns,
    table,
    truth,
    word,
)
from judgegate.policy.schema_shapes import Schema
from judgegate.policy.yaml_document import Node

_SUFFIXES = list_of(
    matching(re.compile(r"\.[A-Za-z0-9_+-]{1,20}"), "a suffix such as .md"),
    "a list of suffixes",
    alone=True,
)
_FIELDS = (
    Field(
        "name",
        word,
        "A later layer replaces the entry with the same name.",
        needed="a later layer replaces the exemption with the same name",
    ),
    Field(
        "reason",
        word,
        "Why no one needs to check these files.",
        needed="say why no one needs to check these files",
    ),
    Field("paths", path_patterns),
    Field(
        "suffixes",
        _SUFFIXES.then(lambda suffixes: frozenset(suffix.lower() for suffix in suffixes)),
    ),
    Field("except", path_patterns, name="but_not"),
    Field("never", truth, "No entry of this layer or a lower one exempts these files."),
)


class Exemption(Struct, frozen=True):
    """Files that need no check where none covers them.

    A file matches by `paths` or by one of the `suffixes` (of its name, in any case), unless it
    matches `but_not`. It matches nothing outside `folder` (empty, or with a slash at its end). With
    `never`, what matches is exempt by no entry of this layer or a lower one; without paths and
    suffixes, it takes back the entry of the same name.
    """

    name: str
    place: Place
    reason: str
    paths: tuple[str, ...] = ()
    suffixes: frozenset[str] = frozenset()
    but_not: tuple[str, ...] = ()
    never: bool = False
    folder: str = ""

    @property
    def takes_back(self) -> bool:
        """Whether all it does is to take back an earlier entry of its name."""
        return self.never and not self.named

    @property
    def named(self) -> frozenset[str]:
        """The patterns and suffixes that a file may match."""
        return self.suffixes.union(self.paths)

    @property
    def is_ordered(self) -> bool:
        """Whether a pattern takes out what an earlier one matched: then more patterns may match less."""
        return any(pattern.startswith("!") for pattern in (*self.paths, *self.but_not))


def _read_exemption(node: Node, problems: Problems) -> Exemption | None:
    """An entry, or None where something that it needs is missing or wrong."""
    fields = table(node, problems, "an exemption")
    if fields is None:
        return None
    values = fields.take_all(_FIELDS)
    fields.close("an exemption")
    # With `never` alone an entry is of use: it takes back the one of the same name in a lower layer.
    if not values.get("never") and not fields.has("paths", "suffixes"):
        problems.add(
            node.place, "this entry exempts no files: give it `paths` or `suffixes`"
        )
    if not is_complete(values, _FIELDS):
        return None
    return Exemption(place=node.place, folder=problems.folder, **values)


exemption = Shape(_read_exemption, {"$ref": "#/$defs/exemption"})
"""An entry of `exempt`."""


def exemption_schema() -> Schema:
    """The schema `#/$defs/exemption`."""
    named = [
        {"required": ["paths"]},
        {"required": ["suffixes"]},
        {"required": ["never"], "properties": {"never": {"const": True}}},
    ]
    return fields_schema(_FIELDS, anyOf=named)


def find_exemption(
    layers: Sequence[Sequence[Exemption]],
    path: str,
    blobs: Iterable[Blob | None],
    seal: int | None,
) -> Exemption | None:
    """The entry that exempts a path, or None.

    Links, submodules and executables never are, on no side; nor is what has no side at all.
    `layers` are the entries of each layer, lowest first; of layers above the seal only entries with
    `never` count.
    """
    if not _may_be_exempt(blobs):
        return None
    # The highest layer that names the path decides.
    for entries in _by_layer(layers, seal):
        decisive = _decisive(entries, path)
        if decisive is not None:
            return None if decisive.never else decisive
    return None


def _may_be_exempt(blobs: Iterable[Blob | None]) -> bool:
    """Whether there is a side, and each is an ordinary file."""
    sides = [blob for blob in blobs if blob is not None]
    return bool(sides) and all(map(_is_ordinary_file, sides))


def _is_ordinary_file(blob: Blob) -> bool:
    """Whether it is a regular file that git does not call executable."""
    return blob.is_file and not blob.is_executable


def _decisive(entries: Iterable[Exemption], path: str) -> Exemption | None:
    """Of one layer's entries the one that decides on the path."""
    naming = [entry for entry in entries if is_named(entry, path)]
    # `never` beats what exempts, wherever it is written; else the first entry counts.
    return max(naming, key=attrgetter("never"), default=None)


def _by_layer(
    layers: Sequence[Sequence[Exemption]], seal: int | None
) -> Iterator[list[Exemption]]:
    """Each layer's entries that count, the highest layer first.

    An entry that a later layer replaces or takes back does not count.
    """
    gone: set[str] = set()
    for index, entries in reversed(list(enumerate(layers))):
        free = not is_bound(index, seal)
        # Above the seal an entry may only tighten: keep a path in, or take an entry back.
        counting = entries if free else [entry for entry in entries if entry.never]
        yield [entry for entry in counting if entry.name not in gone]
        gone |= _replaced_by(counting, free=free)


def _replaced_by(entries: Iterable[Exemption], *, free: bool) -> set[str]:
    """The names of lower layers' entries that no longer count."""
    replacing = entries if free else [entry for entry in entries if entry.takes_back]
    # A folder's own policy applies in that folder only: it replaces no entry of the whole repository.
    return {entry.name for entry in replacing if not entry.folder}


def is_named(entry: Exemption, path: str) -> bool:
    """Whether the entry is about the path.

    What is never exempt is so in upper and lower case: many file systems make no difference.
    """
    if not path.startswith(entry.folder) or matches(entry.but_not, path):
        return False
    if entry.never:
        folded = tuple(pattern.lower() for pattern in entry.paths)
        if matches(folded, path.lower()):
            return True
    return suffix(path) in entry.suffixes or matches(entry.paths, path)


def suffix(path: str) -> str:
    """The last suffix of the file's name in lower case with its dot, empty where there is none.

    `.md` alone is a name, not a suffix.
    """
    stem, dot, last = path.rpartition("/")[2].rpartition(".")
    return f"{dot}{last}".lower() if stem else ""


def compare_exemptions(
    old: Iterable[Sequence[Exemption]], new: Iterable[Sequence[Exemption]]
) -> Iterator[Difference]:
    """What became of the entries of all layers."""
    was, now = _by_name(old), _by_name(new)
    for name in sorted({*was, *now}):
        if name not in was:
            message = f"exempt entry `{name}` now {_describe(now[name])}"
            yield Difference(_effect(now[name]), "exempt", message)
        elif name not in now:
            message = f"exempt entry `{name}` no longer {_describe(was[name])}"
            yield Difference(opposite(_effect(was[name])), "exempt", message)
        elif plain(was[name]) != plain(now[name]):
            yield _compare_exemption(name, was[name], now[name])


def _effect(entry: Exemption) -> Direction:
    """What an entry does to the policy: it exempts files, or with `never` keeps them in."""
    return Direction.TIGHTER if entry.never else Direction.WEAKER


def _by_name(layers: Iterable[Sequence[Exemption]]) -> Mapping[str, Exemption]:
    """The entries that count, the highest layer's of each name."""
    # Each folder's own policy has names of its own, so that the folder is part of the key.
    found = {entry.folder + entry.name: entry for entry in chain.from_iterable(layers)}
    return {name: entry for name, entry in found.items() if not entry.takes_back}


def _describe(entry: Exemption) -> str:
    """What the entry does, as the end of a sentence."""
    verb = "forbids exempting" if entry.never else "exempts"
    return f"{verb}: {_what(entry)}"


def _what(entry: Exemption) -> str:
    """The first patterns and suffixes, and how many more there are."""
    named = (*entry.paths, *sorted(entry.suffixes))
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more


def _compare_exemption(name: str, before: Exemption, after: Exemption) -> Difference:
    """What became of an entry that both policies have under this name."""
    detail = "a different reason or exception"
    if before.named != after.named:
        detail = f"{_what(after)} instead of {_what(before)}"
    message = f"exempt entry `{name}` has {detail}"
    return Difference(_direction(before, after), "exempt", message)


def _direction(before: Exemption, after: Exemption) -> Direction:
    """Which way an entry changed.

    Unclear where its patterns depend on their order: then no set of files can be compared.
    """
    if before.never is not after.never or before.is_ordered or after.is_ordered:
        return Direction.UNCLEAR
    grows, shrinks = _covers(after, before), _covers(before, after)
    if grows and shrinks:
        return Direction.NEUTRAL
    if after.never:
        return way(stricter=grows, laxer=shrinks)
    return way(stricter=shrinks, laxer=grows)


def _covers(wide: Exemption, narrow: Exemption) -> bool:
    """Whether the first entry names all that the second one names."""
    # An exception takes out of the entry, so an entry covers more with fewer of them.
    return narrow.named <= wide.named and set(wide.but_not) <= set(narrow.but_not)
