"""Values and their JSON form.

The types say what the form is: a field that a value gains is written and read with nothing to add
here.

msgspec does the work between values and JSON's types, and Python's own `json` writes and reads the
text: msgspec's encoder refuses lone surrogates, which stand for the odd bytes of a path.
"""

import json
import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

_PLACE = re.compile(r"(?P<why>.*?)(?: - at `\$\.?(?P<place>.*)`)?", re.DOTALL)
"""How msgspec ends a message: with the path to the part that does not fit."""


class DecodeError(ValueError):
    """What cannot be a value.

    `place` leads to the part that does not fit, as in `labels[0].name`; empty for the whole.
    """

    def __init__(self, why: str, place: str = "") -> None:
        super().__init__(f"{place}: {why}" if place else why)


def encode(value: object) -> bytes:
    """The value as JSON: values as objects, enums as their value, tuples as lists, bytes in base64.

    Raises:
        TypeError: it has a part that has no form.
    """
    plain = msgspec.to_builtins(value, order="deterministic")
    return json.dumps(
        plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8", "surrogatepass")


def decode(kind: type[T], data: bytes) -> T:
    """The value of a type that these bytes are the form of, and no other bytes.

    Raises:
        DecodeError: they are not what `encode` writes: a key is missing or unknown, a type differs,
            or there is a blank too many.
    """
    try:
        document = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise DecodeError("not JSON") from error
    value = convert(kind, document)
    # `convert` ignores keys that the type does not have and fills in defaults: of all forms that
    # it accepts, only the one that `encode` writes is one of ours.
    if encode(value) != data:
        raise DecodeError("not written here")
    return value


def convert(kind: type[T], document: object) -> T:
    """JSON that somebody else wrote, as a value.

    Types are strict; keys that the type does not have are ignored.

    Raises:
        DecodeError: a part is missing, of another type, or out of range.
    """
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        found = _PLACE.fullmatch(str(error))
        why, place = (found["why"], found["place"]) if found else (str(error), None)
        # Our messages are clauses that follow a place, and so start in lower case.
        raise DecodeError(f"{why[:1].lower()}{why[1:]}", place or "") from None
    except (ValueError, RecursionError) as error:
        raise DecodeError("text that is not Unicode, or nested too deeply") from error


def encode_binary(value: object) -> bytes:
    """The value as MessagePack, which takes a third of the time that JSON takes.

    Raises:
        ValueError: it has a text that is not Unicode.
        OverflowError: it has a number of more than 64 bits.
    """
    return msgspec.msgpack.encode(value)


def decode_binary(kind: type[T], data: bytes) -> T:
    """The value of a type that these bytes are the form of.

    Types are strict; keys that the type does not have are ignored. So it is for bytes that are
    known to be from `encode_binary` of the same version.

    Raises:
        DecodeError: they are not.
    """
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DecodeError("not written here") from error
