"""TOML: what it says by Python's reader, and on which lines by its tokens."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from judgegate.sources.structure_parts import PartKind, StructurePart, acting_comments
from judgegate.sources.text import Unreadable

Path = tuple[str, ...]

_STRING = (
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
)
_TOKEN = re.compile(
    rf"(?P<comment>\#[^\n]*)|(?P<string>{_STRING})|(?P<sign>[\[\]{{}}=,.\n])|(?P<bare>[^\s\[\]{{}}=,.\#\"']+)",
    re.DOTALL,
)
_END = StructurePart(PartKind.END, 1)
_DEPTHS = {"[": 1, "{": 1, "]": -1, "}": -1}
_LINE = re.compile(r"line (\d+)")


def read_toml(text: str) -> Iterator[StructurePart]:
    """The parts of a TOML text, and then its comments that are no plain prose.

    Raises:
        Unreadable: it is no TOML.
    """
    try:
        data = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        where = f"line {line[1]}" if line else "it"
        raise Unreadable(f"{where} is not valid TOML") from None
    except (RecursionError, ValueError):
        raise Unreadable(
            "it is nested too deeply, or has a number that is too long"
        ) from None
    places = _Places(text)
    yield from _parts_of(data, places.lines)
    yield from acting_comments(text, places.comments)


def _parts_of(data: Any, lines: Mapping[Path, int]) -> Iterator[StructurePart]:
    """A value's parts. What has no line of its own has that of what is around it."""
    pending: list[tuple[Any, Path, int]] = [(data, (), 1)]
    while pending:
        value, path, around = pending.pop()
        line = lines.get(path, around)
        if isinstance(value, StructurePart):
            yield value
        elif isinstance(value, dict):
            yield StructurePart(PartKind.MAPPING, line)
            inner: list[tuple[Any, Path, int]] = []
            for key, one in value.items():
                inner.append((StructurePart(PartKind.VALUE, line, key=key), path, line))
                inner.append((one, (*path, key), line))
            pending.extend([(_END, path, line), *reversed(inner)])
        elif isinstance(value, list):
            yield StructurePart(PartKind.SEQUENCE, line)
            items = [(one, (*path, f"[{at}]"), line) for at, one in enumerate(value)]
            pending.extend([(_END, path, line), *reversed(items)])
        else:
            yield StructurePart(PartKind.VALUE, line, f"{type(value).__name__} {value}")


class _Places:
    """Where the keys of a valid text stand, apart from those in braces."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self.comments: list[tuple[int, int]] = []
        self._table: Path = ()
        self._elements: dict[Path, int] = {}
        for line, words in self._statements(text):
            brackets = next((at for at, word in enumerate(words) if word != "["), 0)
            if brackets:
                self._enter(_keys(words, "]"), line, is_array=brackets > 1)
            else:
                self._note((*self._table, *_keys(words, "=")), line)

    def _statements(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """The tokens of each statement, and the line that it begins on."""
        line, before, depth, first = 1, 0, 0, 1
        words: list[str] = []
        for token in _TOKEN.finditer(text):
            line += text.count("\n", before, token.start())
            before = token.start()
            word = token[0]
            depth += _DEPTHS.get(word, 0)
            if token["comment"]:
                self.comments.append(token.span())
            elif word != "\n":
                first = first if words else line
                words.append(word)
            elif words and not depth:
                yield first, words
                words = []
        if words:
            yield first, words

    def _enter(self, keys: Path, line: int, *, is_array: bool) -> None:
        """A table begins. Of an array of tables it is the last one so far that is meant."""
        path: Path = ()
        for key in keys:
            path = (*path, *self._element(path), key)
        if is_array:
            self._elements[path] = self._elements.get(path, -1) + 1
        self._table = (*path, *self._element(path))
        self._note(path, line)
        self._note(self._table, line)

    def _element(self, path: Path) -> Path:
        return (f"[{self._elements[path]}]",) if path in self._elements else ()

    def _note(self, path: Path, line: int) -> None:
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                break
            self.lines[path[:length]] = line


def _keys(words: list[str], end: str) -> Path:
    """The keys at the start of a statement."""
    keys = words[: words.index(end)] if end in words else words
    return tuple(_key(word) for word in keys if word not in {"[", "."})


def _key(word: str) -> str:
    """A key without its quotes."""
    if word[0] in "\"'":
        return str(tomllib.loads(f"key = {word}")["key"])
    return word
