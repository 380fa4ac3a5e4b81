"""By which other names of a frame a thing may be changed that a name stands for.

other = cmd          # other.append(...) changes cmd, and the other way round
part = cmd["args"]   # part.append(...) changes cmd, and cmd["args"].append(...) changes part
whole = [cmd]        # cmd.append(...) changes whole, and whole[0].append(...) changes cmd
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from judgegate.flow.arguments import RECEIVER
from judgegate.flow.changes import ALL_ATTRIBUTES, ChangeKind, NameChange, holder_of
from judgegate.flow.known_calls import effects_of_method

MOST_ALIASES = 64
"""So many names that may share what they stand for are followed."""

_PARTS = (ast.Attribute, ast.Subscript)
_READERS = frozenset({"get", "items", "pop", "popitem", "setdefault", "values"})
"""Methods that give back what is in their object."""

_COPIES = frozenset(
    {
        "cast",
        "copy",
        "enumerate",
        "filter",
        "iter",
        "list",
        "next",
        "reversed",
        "sorted",
        "tuple",
        "zip",
    }
)
"""Functions and methods whose result holds what is in their arguments or object."""


class Sharing(Enum):
    """What the value of an expression has to do with what a name in it stands for."""

    SAME = "same"
    PART = "part"
    HOLDER = "holder"
    """The name's thing is in the value."""
    CONTENT = "content"
    """The same things are in both."""


_ELEMENTS = {Sharing.SAME: Sharing.PART, Sharing.HOLDER: Sharing.SAME}
"""What is shared with one element of a value, by what is shared with the value."""


class Alias(Struct, frozen=True):
    """A name in an expression, or an attribute of it, and what the value shares with what it stands for."""

    name: str
    attr: str
    sharing: Sharing


def aliases_in(expression: ast.expr) -> Iterator[Alias]:
    """The names whose things an expression hands out. What other calls make of them is new."""
    pending = [(expression, Sharing.SAME)]
    while pending:
        node, sharing = pending.pop()
        if isinstance(node, ast.Name):
            yield Alias(node.id, "", sharing)
        elif isinstance(node, _PARTS):
            inner = Sharing.PART if sharing is Sharing.SAME else sharing
            found = holder_of(node)
            if found is not None:
                yield Alias(*found, inner)
            elif isinstance(node.value, ast.Call):
                pending.append((node.value, inner))
        else:
            pending += _parts_of(node, sharing)


def _parts_of(node: ast.expr, sharing: Sharing) -> list[tuple[ast.expr, Sharing]]:
    """The parts of an expression that are handed out with it."""
    parts: list[ast.expr] = []
    match node:
        case ast.NamedExpr(value=value) | ast.Await(value=value):
            parts = [value]
        case ast.IfExp(body=body, orelse=orelse):
            parts = [body, orelse]
        case ast.BoolOp(values=values):
            parts = values
        case ast.Call():
            return _handed_on(node)
        case ast.List() | ast.Tuple() | ast.Set():
            parts, sharing = node.elts, Sharing.HOLDER
        case ast.Dict(values=values):
            parts, sharing = values, Sharing.HOLDER
        case ast.Starred(value=value):
            parts, sharing = [value], Sharing.CONTENT
    return [(part, sharing) for part in parts]


def _handed_on(call: ast.Call) -> list[tuple[ast.expr, Sharing]]:
    """What is still in the result of a call.

    list(jobs)[0]        # what was in jobs is in the new list
    jobs.pop()           # a part of jobs
    """
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _COPIES:
            values = [*call.args]
            if isinstance(call.func, ast.Attribute):
                values.append(call.func.value)
            return [(value, Sharing.CONTENT) for value in values]
        case ast.Attribute(value=value, attr=attr) if attr in _READERS:
            return [(value, Sharing.PART)]
    return []


Part = tuple[str, str]
"""A name and one of its attributes, which is empty for the whole of it."""

_SharedBy = dict[str, dict[str, dict[Part, bool]]]
"""For each name and attribute the parts of others by which its thing may be changed.

True: only by what is stored deep inside.
"""


class FrameAliases:
    """The aliases in a frame.

    Args:
        by_name: what changes its names.
    """

    def __init__(self, by_name: Mapping[str, Iterable[NameChange]]) -> None:
        self._shared: _SharedBy = defaultdict(lambda: defaultdict(dict))
        self._known: dict[Part, dict[Part, bool]] = {}
        for name, changes in by_name.items():
            aliases = {one for change in changes for one in _aliases_of(change)}
            for attr, alias in sorted(aliases, key=_order):
                if not any(map(_is_import, by_name.get(alias.name, ()))):
                    self._share((name, attr), alias)

    def of(self, name: str, attr: str) -> Mapping[Part, bool]:
        """The parts of other names by which what a part of a name stands for may be changed.

        True: only by what is stored deep inside of what they stand for, as in
        `other[0].append(...)`.
        """
        part = (name, attr)
        known = self._known.get(part)
        if known is None:
            known = self._known[part] = self._reached_from(part)
        return known

    def is_cut(self, name: str, attr: str) -> bool:
        """Whether there are more of them than are followed."""
        return len(self.of(name, attr)) > MOST_ALIASES

    @property
    def names(self) -> Iterable[str]:
        """All names that share something with another."""
        return self._shared.keys()

    def shared_attributes(self, name: str) -> Iterable[str]:
        """The attributes of a name that share something with another; the empty one stands for the whole."""
        return self._shared.get(name, ())

    def _reached_from(self, part: Part) -> dict[Part, bool]:
        """All others that are reached from a part, by way of further ones, too.

        It ends where there are too many: `is_cut` says so.
        """
        found: dict[Part, bool] = {}
        pending = [part]
        while pending and len(found) <= MOST_ALIASES:
            for other, only_deep in self._shared_with(*pending.pop()):
                is_known = other[0] == part[0] or other in found
                if not is_known or (only_deep < found.get(other, False)):
                    found[other] = only_deep
                    pending.append(other)
        return found

    def _shared_with(self, name: str, attr: str) -> Iterator[tuple[Part, bool]]:
        """What a part shares something with: by itself, by the whole, or, of a whole, by any part."""
        by_attr = self._shared.get(name, {})
        for one in (attr, "") if attr else by_attr:
            yield from by_attr.get(one, {}).items()

    def _share(self, part: Part, alias: Alias) -> None:
        """Write down that what is bound to a part, or stored in it, shares something with another one."""
        other = (alias.name, alias.attr)
        inside = alias.sharing in {Sharing.HOLDER, Sharing.SAME}
        outside = alias.sharing in {Sharing.PART, Sharing.SAME}
        # A holder is changed by all that is done to what it holds, and that only by what is done deep inside.
        for one, two, is_direct in ((part, other, inside), (other, part, outside)):
            name, attr = one
            known = self._shared[name][attr].get(two, True)
            self._shared[name][attr][two] = known and not is_direct


def _is_import(change: NameChange) -> bool:
    return change.kind is ChangeKind.IMPORT


def _order(found: tuple[str, Alias]) -> tuple[str, ...]:
    """By this, aliases stand in the same order in every run."""
    attr, alias = found
    return attr, alias.name, alias.attr, alias.sharing.value


def _aliases_of(change: NameChange) -> Iterator[tuple[str, Alias]]:
    """What a change lets a name share, each with the attribute that gets it."""
    for value in _held_values(change):
        for alias in aliases_in(value):
            sharing = _shared_by(change, alias.sharing)
            yield (
                _separate_attribute(change.attr),
                Alias(alias.name, _separate_attribute(alias.attr), sharing),
            )


def _separate_attribute(attr: str) -> str:
    """An attribute; in the dictionary of an object are all of its attributes."""
    return "" if attr == ALL_ATTRIBUTES else attr


def _shared_by(change: NameChange, sharing: Sharing) -> Sharing:
    """What a change lets a name share with another one, by what its value shares with that."""
    if change.is_store or change.kind is not ChangeKind.VALUE:
        # What is stored in a thing is in there from now on.
        return Sharing.HOLDER
    if isinstance(change.home, ast.match_case):
        # A pattern binds the whole, too.
        return Sharing.SAME
    return _ELEMENTS.get(sharing, sharing) if change.is_element else sharing


def _held_values(change: NameChange) -> Sequence[ast.expr]:
    """The values that a change may have put where they can be changed by another name.

    A method stores in its object what it gets, and a function in its first argument, as
    `fill(target, value)` does. No method stores its object there.
    """
    if change.kind is not ChangeKind.CALL:
        return change.values
    func = change.node.func
    is_method = isinstance(func, ast.Attribute)
    effects = effects_of_method(func.attr if is_method else "")
    if change.slot == RECEIVER:
        return change.values if effects.filled == RECEIVER else ()
    if change.slot != "0" or effects.is_harmless:
        return ()
    return [one for one in change.values if not (is_method and one is func.value)]
