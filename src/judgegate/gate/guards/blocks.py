"""What stands around a line, going by indentation alone: the definition, and whether there is a condition."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from judgegate.gate.guards.lines import LONGEST, compiled

TAB = 8
"""Columns of a tab, as Python counts them; only more and less matter."""

DEFINITION = (
    r"(?:(?:export|default|public|private|protected|internal|static|async|pub|final|abstract|override|inline|virtual|open|local)\s++)*+"
    r"(?:(?:def|func|function\*?|fn|fun|sub|class|struct|trait|impl|interface|module|enum)\s++(?:\([^)]{0,80}\)\s*+)?(?P<name>\w{1,80})"
    r"|(?:const|let|var)\s++(?P<constant>\w{1,80})\s*+=\s*+(?:async\s*+)?(?:\(|function\b|\w{1,40}\s*+=>)"
    r"|(?!(?:if|for|while|switch|catch|return|else|with)\b)(?P<method>\w{1,80})\s*+\([^;]{0,200}\)\s*+\{\s*+$"
    r"|(?:[\w<>\[\],.?]{1,80}\s++){1,3}(?P<typed>\w{1,80})\s*+\([^;={]{0,200}\)[^;={]{0,80}\{\s*+$)"
)
CONDITION = (
    r"[})\]\s]*+(?:if|elif|elsif|else|elseif|unless|case|when|guard|switch|match|default)\b"
    r"|.{0,200}(?:&&|\|\||\bor)\s*+(?:\{|$)|.{0,200}\?\s*+$"
)
HANDLER = r"[})\]\s]*+(?:except|catch|rescue)\b"
INLINE = r"\b(?:if|unless|when)\b|\|\||&&|\?\?"
"""In the guard's own line: `raise X unless y`, `if (x) throw y`, `x || die`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a line stands in: the line of the nearest definition's header, its name, and whether a condition guards the line."""

    header: int | None
    name: str
    conditional: bool


@dataclass(frozen=True, slots=True)
class _Block:
    indent: int
    line: int
    kind: str
    name: str = ""


def read_surroundings(lines: Sequence[bytes], wanted: Collection[int]) -> dict[int, Surroundings]:
    """What each of the wanted lines stands in. A decorator or an annotation belongs to the definition below it."""
    found: dict[int, Surroundings] = {}
    blocks: list[_Block] = []
    decorators: list[int] = []
    last = max(wanted, default=0)
    for number, text in _texts(lines):
        if number > last and not decorators:
            break
        stripped = text.lstrip()
        indent = _indent(text, stripped)
        _leave(blocks, indent, stripped)
        block = _open(indent, number, stripped)
        if number in wanted:
            found[number] = _describe([*blocks, block] if block and block.kind == "definition" else blocks, stripped)
        if stripped.startswith(("@", "#[")):
            decorators += [number] if number in wanted else []
        elif block is not None and block.kind == "definition":
            found |= dict.fromkeys(decorators, Surroundings(number, block.name, conditional=False))
            decorators.clear()
        elif stripped[0] not in ")]}":
            decorators = [one for one in decorators if number - one < _LONGEST_DECORATION]
        if block is not None:
            blocks.append(block)
    return found


_LONGEST_DECORATION = 20
"""Lines after which a decorator can belong to no definition any more."""


def _texts(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        text = line[:LONGEST].decode("utf-8", "replace")
        if not text.isspace() and text:
            yield number, text


def _indent(text: str, stripped: str) -> int:
    return len(text[: len(text) - len(stripped)].expandtabs(TAB))


def _leave(blocks: list[_Block], indent: int, stripped: str) -> None:
    """Forget the blocks that ended. What starts with a closing bracket belongs to what it closes."""
    closing = stripped[0] in ")]}" and not compiled(CONDITION).match(stripped) and not compiled(HANDLER).match(stripped)
    while blocks and (blocks[-1].indent > indent or (blocks[-1].indent == indent and not closing)):
        blocks.pop()


def _open(indent: int, number: int, stripped: str) -> _Block | None:
    if compiled(HANDLER).match(stripped):
        return _Block(indent, number, "handler")
    if compiled(CONDITION).match(stripped):
        return _Block(indent, number, "condition")
    name = definition_name(stripped)
    return _Block(indent, number, "definition", name) if name else None


def definition_name(stripped: str) -> str | None:
    """The name that a line defines, if it is a definition's header."""
    found = compiled(DEFINITION).match(stripped)
    return next((name for name in found.groups() if name), None) if found else None


def _describe(blocks: Sequence[_Block], stripped: str) -> Surroundings:
    definition = next((block for block in reversed(blocks) if block.kind == "definition"), None)
    nearest = blocks[-1].kind if blocks else ""
    conditional = nearest == "condition" or bool(compiled(INLINE).search(stripped))
    return Surroundings(definition.line if definition else None, definition.name if definition else "", conditional)
