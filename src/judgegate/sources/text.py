"""Files of any kind: the language of each, code that only patterns read, and text in which regular expressions are searched."""

import codecs
import re
from collections.abc import Sequence

from msgspec import Struct

from judgegate.model.ranges import LineRange
from judgegate.sources.python import Lines, Unreadable

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
PYTHON = "python"

HEAD_SIZE = 256
"""How many bytes of a file the first line is searched in."""

_SUFFIXES = {".py": PYTHON, ".pyi": PYTHON, ".pyw": PYTHON}
_SHEBANG = re.compile(rb"\A(?:\xef\xbb\xbf)?#![ \t]*(?P<program>[^\s]+)(?P<rest>[^\r\n]*)")
_PYTHON_PROGRAM = re.compile(rb"(?:[a-z]*python|pypy|jython|graalpy|sage)w?[0-9.]*t?d?(?:-dbg)?\Z")
_SPLIT_OPTION = re.compile(rb"\A(?:-[0iv]*S|--split-string=)")
_RUNNERS = (b"uv", b"pipx")
_ASSIGNMENT = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*=")


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
    """Any bytes as text, so that nothing can hide behind an encoding: what its mark says, else UTF-8, else each byte as Latin-1 has it.

    Raises:
        Unreadable: git counts its lines in another way, so it is not known which of them a change added (some UTF-16).
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
        head: the first bytes of the content (HEAD_SIZE are enough), for scripts that only their first line gives away.
    """
    name = path.rpartition("/")[2].lower()
    dot = name.rfind(".")
    if dot >= 0 and (known := _SUFFIXES.get(name[dot:])):
        return known
    return _language_of_shebang(head[:HEAD_SIZE])


def _language_of_shebang(head: bytes) -> str | None:
    shebang = _SHEBANG.match(head)
    if shebang is None:
        return None
    program = shebang["program"].rpartition(b"/")[2]
    if program == b"env":
        program = _program_of_env(shebang["rest"].split())
    runs_script = program in _RUNNERS and b"run" in shebang["rest"].split()
    return PYTHON if runs_script or _PYTHON_PROGRAM.match(program) else None


def _program_of_env(words: list[bytes]) -> bytes:
    """What `env` would start: its first word that is neither an option, nor an option's value, nor an assignment."""
    takes_value = False
    for word in (_SPLIT_OPTION.sub(b"", word).strip(b"\"'") for word in words):
        if takes_value:
            takes_value = False
        elif word in (b"-u", b"-C", b"--unset", b"--chdir"):
            takes_value = True
        elif word and not word.startswith(b"-") and not _ASSIGNMENT.match(word):
            return word.rpartition(b"/")[2]
    return b""
