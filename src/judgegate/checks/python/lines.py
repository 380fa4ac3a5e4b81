"""Two ways of counting lines: git ends a line at a line feed only, Python at a carriage return too."""

import bisect
import re

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
