"""One spelling for equal policies: canonical JSON, without places and comments, and its digest."""

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from judgegate.policy.problems import Place
from judgegate.policy.reading import Placed


def digest(value: object) -> str:
    """`sha256:` and the hexadecimal digest of the value's canonical JSON."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def plain(value: object) -> Any:
    """The value in JSON's types; a place says nothing about what holds, so it is left out."""
    match value:
        case None | bool() | int() | str():
            return value
        case Placed():
            return plain(value.value)
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Set():
            return sorted((plain(item) for item in value), key=str)
        case Sequence():
            return [plain(item) for item in value]
        case _ if is_dataclass(value):
            return _fields(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _fields(value: Any) -> dict[str, Any]:
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    return {"is": type(value).__name__} | {name: plain(item) for name, item in held.items() if not isinstance(item, Place)}
