"""The JSON form of values, read off their types: what a dataclass gains is written and read from then on, with nothing to add here.

Strict: a value is read from exactly its own form. A key too many or too few, a word that an enum does not have, a number where a text
belongs: each is refused. Texts keep lone surrogates, which stand for odd bytes of paths.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
Load = Callable[[Any], Any]


class DecodeError(ValueError):
    """Bytes that are no value's form."""


def encode(value: object) -> bytes:
    """The value as JSON: dataclasses as objects, enums as their value, tuples as lists.

    Raises:
        TypeError: it has a part that has no form.
    """
    text = json.dumps(value, default=_form_of, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def _form_of(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _names(type(value))}
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"no form for {type(value).__name__}")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def decode(kind: type[T], data: bytes) -> T:
    """The value of a type that the bytes are the form of.

    Raises:
        DecodeError: they are not.
    """
    try:
        value: T = _loader(kind)(json.loads(data.decode("utf-8", "surrogatepass")))
    except DecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise DecodeError("not JSON, or a value out of range") from error
    return value


_LOADERS: dict[object, Load] = {}


def _loader(kind: Any) -> Load:
    """The function that reads a type's form, made once.

    Raises:
        TypeError: the type has none.
    """
    if kind not in _LOADERS:
        _LOADERS[kind] = _make_loader(kind)
    return _LOADERS[kind]


def _make_loader(kind: Any) -> Load:
    if kind in {str, int, bool, NoneType}:
        return _exactly(kind)
    if isinstance(kind, UnionType):
        return _loader_of_optional(kind)
    if get_origin(kind) is tuple and get_args(kind)[1:] == (...,):
        return _loader_of_items(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _loader_of_members(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _loader_of_fields(kind)
    raise TypeError(f"no form for {kind}")


def _exactly(kind: type) -> Load:
    def load(form: Any) -> Any:
        if type(form) is not kind:
            raise DecodeError(f"not {kind.__name__}")
        return form

    return load


def _loader_of_optional(kind: UnionType) -> Load:
    [inner] = (one for one in get_args(kind) if one is not NoneType)
    load = _loader(inner)
    return lambda form: None if form is None else load(form)


def _loader_of_items(kind: Any) -> Load:
    load, is_list = _loader(kind), _exactly(list)
    return lambda form: tuple(map(load, is_list(form)))


def _loader_of_members(kind: type[Enum]) -> Load:
    is_text = _exactly(str)
    return lambda form: kind(is_text(form))


def _loader_of_fields(kind: type) -> Load:
    hints = get_type_hints(kind)
    loaders = tuple((name, _loader(hints[name])) for name in _names(kind))
    is_object = _exactly(dict)

    def load(form: Any) -> Any:
        if len(is_object(form)) != len(loaders):
            raise DecodeError(f"not a {kind.__name__}")
        try:
            return kind(*(load_field(form[name]) for name, load_field in loaders))
        except KeyError:
            raise DecodeError(f"not a {kind.__name__}") from None

    return load
