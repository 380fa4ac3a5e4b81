"""One spelling for equal policies: canonical JSON, without places and comments, and its digest."""

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any

from judgegate.policy.problems import Place
from judgegate.policy.reader import Placed

_WRITTEN_AS = {"LimitTerms": "Limits", "RuleCase": "Case", "TeamSignal": "Signal"}
"""A digest stands in published reports, so a class that was renamed is still written under the name that it had then."""


def digest(value: object) -> str:
    """`sha256:` and the hexadecimal digest of the value's canonical JSON."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def plain(value: object) -> Any:
    """The value in JSON's types; a place says nothing about what holds, so it is left out."""
    match value:
        case Placed():
            result = plain(value.value)
        case Enum():
            result = value.value
        case date():
            result = value.isoformat()
        case Mapping():
            result = {str(key): plain(item) for key, item in value.items()}
        case AbstractSet():
            result = sorted((plain(item) for item in value), key=str)
        case list() | tuple():
            result = [plain(item) for item in value]
        case None | bool() | int() | str():
            result = value
        case _:
            result = _fields(value)
    return result


def _fields(value: Any) -> dict[str, Any]:
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    name = type(value).__name__
    return {"is": _WRITTEN_AS.get(name, name)} | {
        field: plain(item) for field, item in held.items() if not isinstance(item, Place)
    }
