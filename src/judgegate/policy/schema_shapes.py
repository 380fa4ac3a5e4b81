"""The shapes that schemas are put together from."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

Schema = dict[str, Any]

LONGEST_TEXT = 2_000
"""Characters of any text in a policy."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string", "pattern": r"\S", "maxLength": LONGEST_TEXT}


def text(pattern: str) -> Schema:
    """A text that matches."""
    return {"type": "string", "pattern": pattern, "maxLength": LONGEST_TEXT}


def words(scale: type[Enum], *, but: Iterable[Enum] = ()) -> Schema:
    """One of an enum's words."""
    return {"enum": [member.value for member in scale if member not in set(but)]}


def number(minimum: int, maximum: int) -> Schema:
    """A whole number within limits."""
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


def many(item: Schema, *, empty: bool = True) -> Schema:
    """One, or a list of them."""
    return {"anyOf": [item, some(item, empty=empty)]}


def table_schema(
    fields: Mapping[str, Schema], required: Iterable[str] = (), **more: object
) -> Schema:
    """A mapping with these keys and no others."""
    needed = list(required)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(fields),
        **({"required": needed} if needed else {}),
        **more,
    }


def some(item: Schema, *, empty: bool = False) -> Schema:
    """A list, of at least one if it may not be empty."""
    return {"type": "array", "items": item, **({} if empty else {"minItems": 1})}


def described(about: str, schema: Schema) -> Schema:
    """The schema with a description before it, if there is one."""
    return {"description": about, **schema} if about else schema
