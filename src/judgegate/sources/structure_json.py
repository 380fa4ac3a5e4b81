"""JSON, read strictly, with the lines of what is in it."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from judgegate.sources.structure_parts import PartKind, StructurePart
from judgegate.sources.text import Unreadable

_TOKEN = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')
_SIGNS = {
    "{": PartKind.MAPPING,
    "[": PartKind.SEQUENCE,
    "}": PartKind.END,
    "]": PartKind.END,
}
_LONGEST_REASON = 200


def read_json(text: str) -> Iterator[StructurePart]:
    """The parts of a JSON text.

    Raises:
        Unreadable: it is no JSON.
    """
    _check(text)
    line, before = 1, 0
    # Known to be valid, it is made of these tokens, commas and colons.
    for token in _TOKEN.finditer(text):
        line += text.count("\n", before, token.start())
        before = token.start()
        sign = token[0]
        kind = _SIGNS.get(sign, PartKind.VALUE)
        # Of numbers the digits count: `1` and `1.0` are not the same to everybody.
        key = json.loads(sign) if sign[0] == '"' else ""
        yield StructurePart(kind, line, f'"{key}' if sign[0] == '"' else sign, key)


def _check(text: str) -> None:
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno} is not valid JSON") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"it is not valid JSON: {error}"[:_LONGEST_REASON]) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number there")
