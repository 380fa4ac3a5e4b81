"""Files of any kind as text: code in languages that only patterns read, and whatever regular expressions are searched in."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field

from judgegate.model.ranges import LineRange
from judgegate.sources.python import Lines, Unreadable

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class TextSource:
    """One side of a file, decoded. `salt` is the run's, for the inner keys of secrets."""

    text: str
    lines: Lines
    salt: bytes = field(default=b"", repr=False)

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
            raise Unreadable("git counts its lines in another way than its encoding does")
        return TextSource(text, Lines(text), salt)
    text = data.decode("latin-1")
    return TextSource(text, Lines(text), salt)
