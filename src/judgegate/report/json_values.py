"""What every JSON document of ours is made of, and how it becomes text."""

import json
import re
from collections.abc import Iterable
from typing import TypeAlias

import msgspec.json

from judgegate.report.escape import spell

REPORT_VERSION = 1

# A string for the JSON of a key: its elements are JSON values.
Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

SURROGATES = re.compile("[\ud800-\udfff]")


def serialise(document: Json) -> str:
    """The document as JSON: ASCII only, no raw control character, no lone surrogate.

    The escapes of JSON cover all but two: DEL, which may stand raw in a string, and lone
    surrogates, which are odd bytes of a path and no Unicode text.
    """
    text = json.dumps(_legible(document), ensure_ascii=True, allow_nan=False)
    # Indented apart, because Python's encoder of C code writes no indentation.
    text = msgspec.json.format(text, indent=2)
    return text.replace("\x7f", "\\u007f") + "\n"


def _legible(value: Json) -> Json:
    match value:
        case str():
            return SURROGATES.sub(lambda match: spell(match.group()), value)
        case list():
            return [_legible(item) for item in value]
        case dict():
            return {key: _legible(item) for key, item in value.items()}
        case _:
            return value


def in_order(words: Iterable[str]) -> Json:
    """The words as a list, sorted."""
    return list[Json](sorted(words))
