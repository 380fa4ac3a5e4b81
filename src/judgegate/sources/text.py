"""Files of any kind.

The language of each, code that only patterns read, and text in which regular expressions are
searched.
"""

import bisect
import codecs
import re
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

from judgegate.model.ranges import LineRange

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PYTHON = "python"

HEAD_SIZE = 256
"""How many bytes of a file the first line is searched in."""

_SUFFIXES = {".py": PYTHON, ".pyi": PYTHON, ".pyw": PYTHON}
_SHEBANG = re.compile(rb"\A(?:\xef\xbb\xbf)?#![ \t]*(?P<program>[^\s]+)(?P<rest>[^\r\n]*)")
_PYTHON_PROGRAM = re.compile(
    rb"(?:[a-z]*python|pypy|jython|graalpy|sage)w?[0-9.]*t?d?(?:-dbg)?\Z"
)
_SPLIT_OPTION = re.compile(rb"\A(?:-[0iv]*S|--split-string=)")
_WITH_VALUE = (b"-u", b"-C", b"--unset", b"--chdir")
"""Options of `env` whose value is the next word."""

_RUNNERS = (b"uv", b"pipx")
LINE_END = re.compile(r"\r\n|\r|\n")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_ASSIGNMENT = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*=")


class Lines:
    """The lines of a text as git counts them.

    And the way there from Python's numbers and from those of `str.splitlines`.
    """

    __slots__ = ("_git_of_python", "_git_of_splitlines", "_text", "texts")

    def __init__(self, text: str) -> None:
        self._text = text
        self.texts = text.split("\n")
        """The lines as git has them, without the line feed.

        A text that ends with one has an empty line behind it.
        """
        self._git_of_splitlines: list[int] | None = None
        self._git_of_python = _map_python_lines(text) if _LONE_RETURN.search(text) else None

    def __len__(self) -> int:
        return len(self.texts)

    def from_python(self, number: int) -> int:
        """Git's number for a line that Python's parser counted (both from 1), kept within the file."""
        if self._git_of_python is not None:
            return self._git_of_python[min(max(number, 1), len(self._git_of_python)) - 1]
        return min(max(number, 1), len(self.texts))

    def from_splitlines(self, number: int) -> int:
        """Git's number for a line that `str.splitlines` counted, both from 1.

        That one also splits at form feeds, U+2028 and more.
        """
        # Made at the first question: few files are asked, and those often for many lines.
        if self._git_of_splitlines is None:
            feeds = (line.count("\n") for line in self._text.splitlines(keepends=True))
            self._git_of_splitlines = list(accumulate(feeds, initial=1))
        known = self._git_of_splitlines
        return min(known[min(max(number, 1), len(known)) - 1], len(self.texts))


def _map_python_lines(text: str) -> list[int]:
    """Git's number for each line that Python counts, which ends a line at a lone return as well."""
    feeds = [index for index, character in enumerate(text) if character == "\n"]
    starts = [0, *(end.end() for end in LINE_END.finditer(text))]
    return [bisect.bisect_left(feeds, start) + 1 for start in starts]


class Unreadable(Exception):  # noqa: N818 - a state of a file, and not an error of the program
    """Why a file could not be read: Python, or this Python, does not read it.

    In words that follow "could not be analysed: ", without a full stop. `lasting`: it is the file's
    content, whatever the surroundings.
    """

    def __init__(self, reason: str, *, lasting: bool = True) -> None:
        super().__init__(reason)
        self.lasting = lasting


class TextSource(Struct, frozen=True):
    """One side of a file, decoded. `salt` is the run's, for the inner keys of secrets."""

    text: str
    lines: Lines
    salt: bytes = b""

    def texts_of(self, lines: LineRange) -> Sequence[str]:
        """The lines' texts."""
        return self.lines.texts[lines.start - 1 : lines.end]


def read_code(data: bytes, salt: bytes = b"") -> TextSource:
    """Source code, which is UTF-8 or is not read.

    Raises:
        Unreadable: with the reason.
    """
    if b"\0" in data:
        raise Unreadable("it contains a NUL byte")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line} is not valid utf-8") from None
    return TextSource(text, Lines(text), salt)


def read_text(data: bytes, salt: bytes = b"") -> TextSource:
    """Any bytes as text, so that nothing can hide behind an encoding.

    They are read as what their mark says, else as UTF-8, else each byte as Latin-1 has it.

    Raises:
        Unreadable: git counts its lines in another way, so it is not known which of them a change
            added (some UTF-16).
    """
    encodings = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    for encoding in (*encodings, "utf-8"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\n") != data.count(b"\n"):
            raise Unreadable("git and its encoding count its lines differently")
        return TextSource(text, Lines(text), salt)
    text = data.decode("latin-1")
    return TextSource(text, Lines(text), salt)


def language_of(path: str, head: bytes = b"") -> str | None:
    """The language that a check can name, or None.

    Args:
        path: as git has it; only its last part matters, and case does not.
        head: the first bytes of the content (HEAD_SIZE are enough), for scripts that only their
            first line gives away.
    """
    name = path.rpartition("/")[2].lower()
    _, dot, suffix = name.rpartition(".")
    known = _SUFFIXES.get(dot + suffix)
    return known or _language_of_shebang(head[:HEAD_SIZE])


def _language_of_shebang(head: bytes) -> str | None:
    """The language of a script whose first line names the program that runs it."""
    shebang = _SHEBANG.match(head)
    if shebang is None:
        return None
    words = shebang["rest"].split()
    program = shebang["program"].rpartition(b"/")[2]
    if program == b"env":
        program = _program_of_env(words)
    # These run a script in an environment that they make for it.
    runs_script = program in _RUNNERS and b"run" in words
    return PYTHON if runs_script or _PYTHON_PROGRAM.match(program) else None


def _program_of_env(words: list[bytes]) -> bytes:
    """What `env` would start: its first word that is nothing for `env` itself.

    That is neither an option, nor an option's value, nor an assignment.
    """
    # With `-S` the program may be joined to the option, and quoted.
    pending = iter([_SPLIT_OPTION.sub(b"", word).strip(b"\"'") for word in words])
    for word in pending:
        if word in _WITH_VALUE:
            next(pending, None)
        elif word and not word.startswith(b"-") and not _ASSIGNMENT.match(word):
            return word.rpartition(b"/")[2]
    return b""
