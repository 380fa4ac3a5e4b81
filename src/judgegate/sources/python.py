"""A Python file that has been read: what every check of Python works on."""

import ast
import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from judgegate.model.ranges import LineRange

_LINE_END = re.compile(r"\r\n|\r|\n")
_LONE_RETURN = re.compile(r"\r(?!\n)")


class Lines:
    """The lines of a text as git counts them, and the way there from Python's numbers and from `str.splitlines`."""

    __slots__ = ("_git_of_python", "_text", "texts")

    def __init__(self, text: str) -> None:
        self._text = text
        self.texts = text.split("\n")
        """The lines as git has them, without the line feed. A text that ends with one has an empty line behind it."""
        self._git_of_python = _map_python_lines(text) if _LONE_RETURN.search(text) else None

    def __len__(self) -> int:
        return len(self.texts)

    def from_python(self, number: int) -> int:
        """Git's number for a line that Python's parser counted (both from 1), kept within the file."""
        if self._git_of_python is not None:
            return self._git_of_python[min(max(number, 1), len(self._git_of_python)) - 1]
        return min(max(number, 1), len(self.texts))

    def from_splitlines(self, number: int) -> int:
        """Git's number for a line that `str.splitlines` counted, which also splits at form feeds, U+2028 and more."""
        before = self._text.splitlines(keepends=True)[: number - 1]
        return min(sum(line.count("\n") for line in before) + 1, len(self.texts))


def _map_python_lines(text: str) -> list[int]:
    feeds = [index for index, character in enumerate(text) if character == "\n"]
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    return [bisect.bisect_left(feeds, start) + 1 for start in starts]


class Unreadable(Exception):  # noqa: N818 - not an error of the program: a file that Python, or this Python, does not read
    """Why a file could not be read, in words that follow "could not be analysed: "; without a full stop.

    `lasting`: it is the file's content, whatever the surroundings.
    """

    def __init__(self, reason: str, *, lasting: bool = True) -> None:
        super().__init__(reason)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class.

    `name` is qualified with dots, whatever encloses it: `Outer.method.inner`. `lines` are git's, `whole` with the decorators.
    """

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    lines: LineRange
    whole: LineRange


@dataclass(frozen=True, slots=True)
class PythonSource:
    """One side of a Python file, read once and shared by all checks.

    `data` are the bytes that `text` was decoded from. Line numbers in the tree are Python's; `lines` turns them into git's.
    `definitions` stand in the order of the file, outer before inner. `salt` is the run's, for the inner keys of secrets.
    """

    data: bytes
    text: str
    tree: ast.Module
    lines: Lines
    definitions: tuple[Definition, ...]
    salt: bytes = field(default=b"", repr=False)

    def range_of(self, start: int, end: int) -> LineRange:
        """Git's lines for a range of Python's."""
        first = self.lines.from_python(start)
        return LineRange(first, max(first, self.lines.from_python(end)))

    def texts_of(self, lines: LineRange) -> Sequence[str]:
        """The lines' texts."""
        return self.lines.texts[lines.start - 1 : lines.end]

    def enclosing(self, line: int) -> Definition | None:
        """The innermost definition, decorators included, that the line (git's) stands in."""
        index = bisect.bisect_right(self.definitions, line, key=lambda definition: definition.whole.start)
        candidates = reversed(self.definitions[:index])
        return next((definition for definition in candidates if line in definition.whole), None)
