"""JSON from GitHub as values, strictly: nothing is converted, and keys that nobody asked for are passed over.

A class says by its annotations what is read. What is built for that is built on use and without a library, since a run that only has
to look who approved would spend a third of its time on pydantic.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from judgegate.model.errors_and_exit_codes import IncompleteError

T = TypeVar("T")
Load = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole text matches a pattern."""

    pattern: str

    def __call__(self, value: Any) -> Any:
        if re.fullmatch(self.pattern, value) is None:
            raise MisfitError(f"expected text that matches {self.pattern}")
        return value


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `least` to `most`."""

    least: int
    most: int

    def __call__(self, value: Any) -> Any:
        if not self.least <= value <= self.most:
            raise MisfitError(f"expected a number from {self.least} to {self.most}")
        return value


@dataclass(frozen=True, slots=True)
class NullAs:
    """What stands for null; with `empty`, for an object without keys too."""

    value: object
    empty: bool = False

    def __call__(self, value: Any) -> Any:
        return self.value if value is None or (self.empty and value == {}) else value


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a field may have, the first one that is there counts."""

    keys: tuple[str, ...]


class MisfitError(ValueError):
    """A value that is not what it should be. `place` leads to it, `why` is a clause."""

    def __init__(self, why: str, place: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.place = place

    def inside(self, part: object) -> "MisfitError":
        """The same misfit, seen from around it."""
        return MisfitError(self.why, (str(part), *self.place))


class JsonObject:
    """An object of JSON; a subclass annotates the fields that are used, with their defaults. Made by `read` only."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")


def read(kind: type[T], document: object, what: str) -> T:
    """The answer as a value.

    Raises:
        IncompleteError: it is not what GitHub's description says.
    """
    try:
        value: T = _loader(kind)(document)
    except MisfitError as misfit:
        raise IncompleteError(
            f"GitHub's answer about {what} cannot be read: {'.'.join(misfit.place)}: {misfit.why}."
        ) from None
    return value


def read_all(kind: type[T], documents: Iterable[object], what: str) -> list[T]:
    """The same for every item of a list."""
    return [read(kind, document, what) for document in documents]


_LOADERS: dict[object, Load] = {}
_NAMES = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    NoneType: "null",
    list: "a list",
    dict: "an object",
}


def _loader(kind: Any) -> Load:
    """The function that reads a kind of value, made once."""
    if kind not in _LOADERS:
        _LOADERS[kind] = _make_loader(kind)
    return _LOADERS[kind]


def _make_loader(kind: Any) -> Load:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _annotated(_loader(parts[0]), parts[1:])
    if origin in {Union, UnionType}:
        return _either(parts)
    if origin is tuple:
        return _items(_loader(parts[0]))
    if origin is dict:
        return _mapping(_loader(parts[1]))
    if isinstance(kind, type) and issubclass(kind, JsonObject):
        return _fields(kind)
    return (lambda value: value) if kind is object else _exactly(kind)


def _exactly(kind: type) -> Load:
    def load(value: Any) -> Any:
        if type(value) is not kind:
            raise MisfitError(f"expected {_NAMES[kind]}")
        return value

    return load


def _annotated(load: Load, marks: tuple[object, ...]) -> Load:
    checks = [mark for mark in marks if isinstance(mark, Matching | Between)]
    stand_ins = [mark for mark in marks if isinstance(mark, NullAs)]

    def load_checked(value: Any) -> Any:
        for stand_in in stand_ins:
            value = stand_in(value)
        value = load(value)
        for check in checks:
            check(value)
        return value

    return load_checked


def _either(kinds: tuple[Any, ...]) -> Load:
    """Of several kinds the first that fits; what fits none of them is reported as a misfit of the first."""
    first, *others = (_loader(kind) for kind in kinds)

    def load(value: Any) -> Any:
        try:
            return first(value)
        except MisfitError as misfit:
            for other in others:
                try:
                    return other(value)
                except MisfitError:
                    continue
            raise misfit from None

    return load


def _items(load: Load) -> Load:
    is_list = _exactly(list)

    def load_items(value: Any) -> Any:
        items = []
        for number, item in enumerate(is_list(value)):
            try:
                items.append(load(item))
            except MisfitError as misfit:
                raise misfit.inside(number) from None
        return tuple(items)

    return load_items


def _mapping(load: Load) -> Load:
    is_object = _exactly(dict)
    return lambda value: {key: load(item) for key, item in is_object(value).items()}


def _fields(kind: type[JsonObject]) -> Load:
    hints = get_type_hints(kind, include_extras=True)
    readers = [(name, _keys(name, hint), _loader(hint)) for name, hint in hints.items()]
    is_object = _exactly(dict)

    def load(value: Any) -> Any:
        document = is_object(value)
        made = object.__new__(kind)
        for name, keys, load_field in readers:
            try:
                made.__dict__[name] = _field(kind, name, keys, load_field, document)
            except MisfitError as misfit:
                raise misfit.inside(keys[0]) from None
        return made

    return load


def _field(kind: type, name: str, keys: tuple[str, ...], load: Load, document: Mapping[str, Any]) -> Any:
    for key in keys:
        if key in document:
            return load(document[key])
    if not hasattr(kind, name):
        raise MisfitError("it is missing")
    return getattr(kind, name)


def _keys(name: str, hint: Any) -> tuple[str, ...]:
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((mark.keys for mark in marks if isinstance(mark, Keys)), (name,))
