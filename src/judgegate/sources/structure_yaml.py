"""YAML, by the events of its parser: nothing is expanded, and nothing recurses."""

import re
from collections.abc import Iterator
from typing import Any

from judgegate.sources.structure_parts import PartKind, StructurePart, acting_comments
from judgegate.sources.text import Unreadable

_COMMENT = re.compile(r"(?:(?<=[ \t\r\n])|\A)#[^\r\n]*")
_BLOCK_STYLES = "|>"


def read_yaml(text: str) -> Iterator[StructurePart]:
    """The parts of a YAML text, and then its comments that are no plain prose.

    Raises:
        Unreadable: it is no YAML, as a template is not.
    """
    covered: list[tuple[int, int]] = []
    documents = 0
    for event in _events(text):
        line = event.start_mark.line + 1
        name = type(event).__name__
        if name == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                yield StructurePart(PartKind.DOCUMENT, line, key=f"---{documents}")
        elif name == "ScalarEvent":
            covered.append((event.start_mark.index, event.end_mark.index))
            yield _scalar(event, line)
        elif name in _KINDS:
            anchor = getattr(event, "anchor", None) or ""
            yield StructurePart(
                _KINDS[name], line, getattr(event, "tag", None) or "", anchor=anchor
            )
    yield from _comments(text, covered)


_KINDS = {
    "AliasEvent": PartKind.ALIAS,
    "MappingStartEvent": PartKind.MAPPING,
    "MappingEndEvent": PartKind.END,
    "SequenceStartEvent": PartKind.SEQUENCE,
    "SequenceEndEvent": PartKind.END,
}


def _scalar(event: Any, line: int) -> StructurePart:
    """A scalar. What is plain may be a number or more; of blocks the style counts."""
    style = event.style or ""
    is_plain = event.implicit[0] and not style
    marked = style if style and style in _BLOCK_STYLES else '"'
    text = "\n".join((event.tag or "", "" if is_plain else marked, event.value))
    return StructurePart(PartKind.VALUE, line, text, event.value, event.anchor or "")


def _events(text: str) -> Iterator[Any]:
    # It is loaded for these files only.
    import yaml

    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}" if mark is not None else "it"
        raise Unreadable(f"{where} is not valid YAML: a template is none either") from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise Unreadable("it has characters that YAML does not allow") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _comments(text: str, covered: list[tuple[int, int]]) -> Iterator[StructurePart]:
    """What stands behind a hash outside of every scalar, apart from plain prose."""
    spans: list[tuple[int, int]] = []
    at = 0
    for start, end in (*covered, (len(text), len(text))):
        spans.extend(found.span() for found in _COMMENT.finditer(text, at, start))
        at = max(at, end)
    yield from acting_comments(text, spans)
