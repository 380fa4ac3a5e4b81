"""Bytes to text, and text to a form in which look-alikes are alike. Nothing here raises, whatever the bytes."""

import re
import unicodedata
from collections.abc import Iterator

KNOWN_ENCODING = re.compile(r"(?:utf|iso|latin|windows|cp|koi8|mac|euc|shift|sjis|gb|big5|us.?ascii|ascii|l\d)[\w.:-]{0,24}", re.IGNORECASE)
"""Names that we try. Python knows codecs that are slow (punycode) or no text (zip), so a name alone is not trusted."""

CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1b\x7f]")
INVISIBLE = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f\xad\u034f\u0600-\u0605\u061c\u06dd\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What takes no room on a screen: Unicode's category Cf, the default ignorable characters, and controls."""

LOOKALIKES = {
    lookalike: letter
    for letter, lookalikes in {
        "a": "\u0430\u03b1\u0251",
        "e": "\u0435\u03b5",
        "o": "\u043e\u03bf\u1d0f",
        "p": "\u0440\u03c1",
        "c": "\u0441\u03f2\u1d04",
        "y": "\u0443\u03b3",
        "x": "\u0445\u03c7",
        "i": "\u0456\u03b9\u0131",
        "j": "\u0458",
        "s": "\u0455",
        "h": "\u04bb\u043d",
        "d": "\u0501",
        "q": "\u051b",
        "w": "\u051d",
        "b": "\u0432",
        "k": "\u043a\u03ba",
        "m": "\u043c",
        "t": "\u0442\u03c4",
        "r": "\u0433",
        "A": "\u0410\u0391",
        "B": "\u0412\u0392",
        "E": "\u0415\u0395",
        "K": "\u041a\u039a",
        "M": "\u041c\u039c",
        "H": "\u041d\u0397",
        "O": "\u041e\u039f",
        "P": "\u0420\u03a1",
        "C": "\u0421",
        "T": "\u0422\u03a4",
        "Y": "\u0423\u03a5",
        "X": "\u0425\u03a7",
        "I": "\u0406\u0399",
        "J": "\u0408",
        "S": "\u0405",
        "G": "\u050c",
        "Q": "\u051a",
        "W": "\u051c",
        "v": "\u03bd",
        "u": "\u03c5",
        "Z": "\u0396",
        "N": "\u039d",
        "g": "\u0261",
        "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\u05be",
        ":": "\ua789\u2236\u02d0",
    }.items()
    for lookalike in lookalikes
}
"""Letters of other alphabets, and dashes, that pass for ASCII in a key (after Unicode's table of confusables, by hand)."""

LOOKALIKE = re.compile(f"[{''.join(LOOKALIKES)}]")


def readings(raw: bytes, encoding: str | None) -> Iterator[str]:
    """What the bytes can be read as: UTF-8 and, where that could hide something, other ways. At least one, at most four.

    Git ends a message at a NUL and believes the `encoding` header; either can hide a line from whoever trusts git's reading.
    """
    text = raw.decode("utf-8", "surrogateescape")
    if "\0" not in text:
        yield text
    else:
        yield text.replace("\0", "\n")
        yield text.replace("\0", "")  # UTF-16 and UTF-32, as far as they spell ASCII
    if encoding is not None and not (raw.isascii() and _is_ascii_superset(encoding)) and (claimed := _decode(raw, encoding)) is not None:
        yield claimed


def fold(text: str) -> str:
    """The text as a reader's eye takes it: NFKC, without what is invisible, look-alikes as the letters they imitate. Lines are kept."""
    if text.isascii():
        return CONTROLS.sub("", text)
    visible = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return LOOKALIKE.sub(lambda found: LOOKALIKES[found[0]], visible)


def split_lines(text: str) -> tuple[list[str], list[str]]:
    """The text's lines, at whatever may end one, as they came and folded; as many of each."""
    raw = text.splitlines()
    whole = "\n".join(raw)
    return raw, (raw if is_plain(whole) else fold(whole).split("\n")) if raw else []


def is_plain(text: str) -> bool:
    """Whether the text is as it looks, so that it need not be folded."""
    return text.isascii() and not CONTROLS.search(text)


def _is_ascii_superset(encoding: str) -> bool:
    return not re.match(r"utf.?(?:7|16|32)", encoding, re.IGNORECASE)


def _decode(raw: bytes, encoding: str) -> str | None:
    if not KNOWN_ENCODING.fullmatch(encoding):
        return None
    try:
        return raw.decode(encoding, "replace").replace("\0", "\n")
    except (LookupError, ValueError):
        return None
