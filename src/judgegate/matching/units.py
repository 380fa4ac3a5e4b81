"""The units of both sides of a change, each with where it stands and what became of it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from judgegate.model.definition_map import Equality, UnitPlace
from judgegate.model.facts import LONGEST_NAME, MOST, FileFacts, Unit, UnitKind
from judgegate.model.ranges import LineRange

if TYPE_CHECKING:
    from collections import Counter

_FAMILIES = {"tsx": "typescript"}
"""Languages that are one here: what moves from one to the other has the same form in both."""

_NAMED_CONSTRUCTORS = frozenset({"cpp", "csharp", "java"})
"""Languages in which a constructor has the name of its class."""


class FilePair(Struct, frozen=True):
    """A file that differs, as both sides have it; None where a side has none, or could not be read.

    `old_path` is what it was renamed from. `added` are the head's lines and `removed` the base's, None
    where they are not known: for a rename, and for further merge bases.
    """

    path: str
    base: FileFacts | None
    head: FileFacts | None
    old_path: str | None = None
    added: tuple[LineRange, ...] | None = None
    removed: tuple[LineRange, ...] | None = None


class PlacedUnit:
    """A unit on its side.

    `kind` is that of the unit, but methods are functions here: a class may become a module. `owner` is the
    definition around it, `members` what it is the owner of. `local_name` is its name in there, empty for a
    constructor that is called as its class. `is_open`: nothing has become of it yet. `partner` is what
    it is paired with, and `equal` how much of the two is the same. `profile` is kept by `profiles`.
    """

    __slots__ = (
        "equal", "file", "is_open", "is_tied", "kind", "local_name", "members", "owner", "partner",
        "place", "profile", "unit",
    )  # fmt: skip

    def __init__(self, unit: Unit, place: UnitPlace, file: "SideFile") -> None:
        self.unit = unit
        self.place = place
        self.file = file
        self.kind = UnitKind.FUNCTION if unit.kind is UnitKind.METHOD else unit.kind
        self.local_name = unit.name
        self.owner: PlacedUnit | None = None
        self.members: list[PlacedUnit] = []
        self.is_open = True
        self.is_tied = False
        self.partner: PlacedUnit | None = None
        self.equal = Equality.NONE
        self.profile: Counter[str] | None = None

    @property
    def is_definition(self) -> bool:
        """Whether it is more than a statement."""
        return self.kind is not UnitKind.STATEMENT

    @property
    def is_edited(self) -> bool:
        """Whether it is paired, and neither its form nor its body is equal."""
        return self.partner is not None and self.equal is Equality.NONE

    @property
    def is_left_over(self) -> bool:
        """Whether it has no partner, and none of several others is one."""
        return self.partner is None and not self.is_tied

    @property
    def home(self) -> "PlacedUnit | None":
        """The definition that it stands in; for a unit of the base what that became, if anything."""
        owner = self.owner
        if owner is None or self.file.is_head:
            return owner
        return owner.partner or owner

    @property
    def new_owner(self) -> "PlacedUnit | None":
        """The definition that its partner stands in."""
        return self.partner.owner if self.partner is not None else None

    @property
    def last_name(self) -> str:
        """Its name without anything around it."""
        return self.unit.name.rpartition(".")[2]

    @property
    def form(self) -> tuple[str, str]:
        """What is equal where only the layout and the own name differ."""
        return self.unit.header, self.unit.body

    def belong_to(self, owner: "PlacedUnit") -> None:
        """Stand in a definition."""
        self.owner = owner
        owner.members.append(self)
        name = self.unit.name.removeprefix(owner.unit.name).removeprefix(".")
        is_constructor = (
            self.file.language in _NAMED_CONSTRUCTORS and name == owner.last_name
        )
        self.local_name = "" if is_constructor else name


class SideFile:
    """A file of one side with its units, in the order of the file. Methods are `functions`, too.

    `language` is the same for languages between which code moves as it is.
    """

    def __init__(self, path: str, facts: FileFacts, *, is_head: bool) -> None:
        self.path = path
        self.is_head = is_head
        self.facts = facts
        self.language = _FAMILIES.get(facts.language, facts.language)
        self.units: list[PlacedUnit] = []
        self.by_kind: dict[UnitKind, list[PlacedUnit]] = {
            UnitKind.FUNCTION: [],
            UnitKind.CLASS: [],
            UnitKind.STATEMENT: [],
        }
        for number, unit in enumerate(facts.units):
            place = UnitPlace(path, number, unit.kind, unit.name, unit.lines)
            placed = PlacedUnit(unit, place, self)
            self.units.append(placed)
            self.by_kind[placed.kind].append(placed)
        self.functions, self.classes, self.statements = self.by_kind.values()
        self.definitions = [*self.functions, *self.classes]
        _find_owners(self.units)
        _find_types(self.functions, self.classes)

    @property
    def is_cut(self) -> bool:
        """Whether it has more units or names than its facts hold. Other facts do not matter here."""
        fullest = max(len(self.facts.units), len(self.facts.bindings))
        return self.facts.cut and fullest >= MOST

    @cached_property
    def meanings(self) -> Mapping[str, tuple[str, ...]]:
        """What its names mean, as far as they mean something else than themselves."""
        return {
            f"{one.scope}.{one.name}" if one.scope else one.name: one.meanings
            for one in self.facts.bindings
        }


def _find_owners(units: Iterable[PlacedUnit]) -> None:
    """Give every unit the definition that it stands in."""
    around: list[PlacedUnit] = []
    for unit in units:
        while around and not _is_around(around[-1], unit):
            around.pop()
        if around:
            unit.belong_to(around[-1])
        if unit.is_definition:
            around.append(unit)


def _is_around(outer: PlacedUnit, inner: PlacedUnit) -> bool:
    """Whether a definition encloses another unit, which starts no earlier.

    Several definitions may share a line, so the names must say so, too.
    """
    if not outer.unit.lines.start <= inner.unit.lines.start <= outer.unit.lines.end:
        return False
    name, around = inner.unit.name, outer.unit.name
    # A name that was cut says nothing about what is inside.
    return name.startswith(f"{around}.") or (name == around and len(name) >= LONGEST_NAME)


def _find_types(functions: Iterable[PlacedUnit], classes: Iterable[PlacedUnit]) -> None:
    """Give methods that are written outside of their type, as in Go, that type."""
    types = {unit.unit.name: unit for unit in classes}
    for method in functions:
        if method.unit.kind is UnitKind.METHOD and method.owner is None:
            owner = types.get(method.unit.name.rpartition(".")[0])
            if owner is not None:
                method.belong_to(owner)


def every_unit(files: Iterable[SideFile]) -> Iterator[PlacedUnit]:
    """The units of all files."""
    return chain.from_iterable(file.units for file in files)


def open_of(units: Iterable[PlacedUnit]) -> list[PlacedUnit]:
    """The units that nothing has become of yet."""
    return list(filter(attrgetter("is_open"), units))
