"""The lines of a message or a body.

How they are decoded, folded to plain letters and shortened, and which have the form of a trailer.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from judgegate.provenance.addresses import AROUND

IMITATIONS = {
    "+": "\u16ed\u2795\U0001029b",
    "-": "\u02d7\u05be\u2010\u2012\u2013\u2014\u2015\u2043\u2212\u2796\u2cba",
    ".": "\u06f0\ua4f8\ua60e\U0001d16d",
    "/": (
        "\u1735\u2041\u2044\u2215\u2571\u27cb\u29f8\u2cc6\u3033\u30ce\u31d3\u4e3f\U0001d23a"
    ),
    ":": (
        "\u05c3\u02d0\u02f8\u0589\u0903\u0a83\u16ec\u1803\u1809\u205a\u2236\ua4fd\ua789"
        "\ufe30"
    ),
    "<": "\u02c2\u1438\u16b2\u2039\u276e\U0001d236",
    "=": "\u1400\u2e40\u30a0\ua4ff",
    ">": "\u02c3\u1433\u203a\u276f\U00016f3f\U0001d237",
    "a": "\u0251\u0391\u03b1\u0410\u0430\u13aa\u15c5\u237a\ua4ee\U000102a0\U00016f40",
    "b": (
        "\u0184\u0392\u0412\u042c\u0432\u13cf\u13f4\u1472\u15af\u15f7\ua4d0\ua7b4"
        "\U00010282\U000102a1\U00010301"
    ),
    "c": (
        "\u03f2\u03f9\u0421\u0441\u13df\u2ca4\u2ca5\ua4da\uabaf\U000102a2\U00010302"
        "\U00010415\U0001043d\U0001051c\U000118e9\U000118f2\U0001f74c"
    ),
    "d": "\u0501\u13a0\u13e7\u146f\u15de\u15ea\ua4d2\ua4d3",
    "e": (
        "\u0395\u03b5\u0415\u0435\u04bd\u13ac\u212e\u22ff\u2d39\ua4f0\uab32\U00010286"
        "\U000118a6\U000118ae"
    ),
    "f": (
        "\u03dc\u0584\u15b4\ua4dd\uab35\U00010287\U000102a5\U00010525\U000118a2\U000118c2"
        "\U0001d213"
    ),
    "g": "\u018d\u050c\u0581\u13c0\u13f3\ua4d6",
    "h": "\u0397\u041d\u043d\u04bb\u0570\u13bb\u13c2\u157c\u2c8e\ua4e7\U000102cf",
    "i": (
        "\u0196\u0269\u0399\u03b9\u0406\u0456\u04cf\u13a5\u16c1\u2373\u2c92\ua4f2\ua647"
        "\uab75\U00010309\U000118c3"
    ),
    "j": "\u037f\u03f3\u0408\u0458\u13ab\u148d\ua4d9",
    "k": "\u039a\u03ba\u041a\u043a\u13e6\u16d5\u2c94\ua4d7\U00010518",
    "l": (
        "\u01c0\u04c0\u06f1\u13de\u14aa\u2223\u23fd\u2cd0\u2d4f\ua4e1\uffe8\U0001028a"
        "\U00010320\U0001041b\U00010526\U000118a3\U000118b2\U00016f16\U00016f28\U0001d22a"
    ),
    "m": "\u039c\u03fa\u041c\u043c\u13b7\u15f0\u16d6\u2c98\ua4df\U000102b0\U00010311",
    "n": "\u039d\u0578\u057c\u2c9a\ua4e0\U00010513",
    "o": (
        "\u039f\u03bf\u03c3\u041e\u043e\u0555\u0585\u06f5\u0966\u09e6\u0a66\u0ae6\u0b20"
        "\u0b66\u0be6\u0c02\u0c66\u0c82\u0ce6\u0d02\u0d20\u0d66\u0d82\u0e50\u0ed0\u101d"
        "\u1040\u10ff\u12d0\u1d11\u2c9e\u2c9f\u2d54\u3007\ua4f3\uab3d\U00010292\U000102ab"
        "\U00010404\U0001042c\U000104c2\U000104ea\U00010516\U000114d0\U000118b5\U000118c8"
        "\U000118d7\U000118e0"
    ),
    "p": "\u03a1\u03c1\u0420\u0440\u13e2\u146d\u2374\u2ca2\u2ca3\ua4d1\U00010295",
    "q": "\u051a\u051b\u0563\u0566\u2d55",
    "r": (
        "\u01a6\u0433\u13a1\u13d2\u1587\u1d26\u2c85\ua4e3\uab47\uab48\uab81\U000104b4"
        "\U00016f35\U0001d216"
    ),
    "s": (
        "\u01bd\u0405\u0455\u054f\u13d5\u13da\ua4e2\uabaa\U00010296\U00010420\U00010448"
        "\U000118c1\U00016f3a"
    ),
    "t": (
        "\u03a4\u03c4\u0422\u0442\u13a2\u22a4\u27d9\u2ca6\ua4d4\U00010297\U000102b1"
        "\U00010315\U000118bc\U00016f0a\U0001f768"
    ),
    "u": (
        "\u03c5\u054d\u057d\u1200\u144c\u222a\u22c3\ua4f4\ua79f\U000104ce\U000104f6"
        "\U000118b8\U000118d8\U00016f42"
    ),
    "v": (
        "\u03bd\u0474\u0475\u06f7\u13d9\u142f\u2228\u22c1\u2d38\ua4e6\ua6df\uaba9"
        "\U0001051d\U00011706\U000118a0\U000118c0\U00016f08\U0001d20d"
    ),
    "w": (
        "\u026f\u0461\u051c\u051d\u0561\u13b3\u13d4\ua4ea\uab83\U0001170a\U0001170e"
        "\U0001170f\U000118e6\U000118ef"
    ),
    "x": (
        "\xd7\u03a7\u03c7\u0425\u0445\u1541\u157d\u166d\u166e\u16b7\u2573\u292b\u292c"
        "\u2a2f\u2cac\u2d5d\ua4eb\ua7b3\U00010290\U000102b4\U00010317\U00010322\U00010527"
        "\U000118ec"
    ),
    "y": (
        "\u0263\u03a5\u03b3\u0423\u0443\u04ae\u04af\u10e7\u13a9\u13bd\u2ca8\ua4ec"
        "\U000102b2\U000118a4\U000118dc\U00016f43"
    ),
    "z": "\u0396\u13c3\ua4dc\uab93\U000102f5\U000118a9\U000118c4\U000118e5",
}
"""By the sign in lower case, what imitates it."""

CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1b\x1f\x7f]")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")

UNSEEN = re.compile(
    "[\xad\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""What takes no room on a screen, or leaves it empty, though its category does not say so."""

DROPPED = frozenset({"Mn", "Me", "Cf", "Cc"})
"""Accents, what is invisible, and controls."""

NAMED_AFTER = re.compile(
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER (?:SCRIPT |DOTLESS |OPEN |LONG |INSULAR )?"
    r"|LATIN LETTER SMALL CAPITAL |REGIONAL INDICATOR SYMBOL LETTER "
    r"|(?:NEGATIVE )?(?:CIRCLED|SQUARED) LATIN CAPITAL LETTER )([A-Z])(?: WITH .*)?"
)

LONGEST_SPELLING = 4
"""Signs that one sign is spelled out to.

Longer ones are ligatures of whole phrases, and none of them is ASCII.
"""

LOOKALIKES = {
    imitation: sign for sign, imitations in IMITATIONS.items() for imitation in imitations
}

LONGEST_LINE = 2000
"""Characters of a line that are read: a marker is shorter, and a team's own pattern must come to an end."""

LONGEST_END = 500
"""As many of them from its end, where the address of a trailer stands."""

BEFORE_KEY = r"((?::\w{1,30}:|\d{1,3}[.)]|[^\w<>:]|_){0,16})"
"""What people and tools put before a key: a bullet, a number, a heading's sign, an emoji, a quote.

`>` before it quotes the line.
"""

KEY = re.compile(
    BEFORE_KEY
    + r"([A-Za-z][A-Za-z0-9 _-]{1,40}?)[^\w<>:=]{0,4}:(?!//)[*_\"'`]{0,3}\s*(\S.*)?"
)
KEY_IN_BLOCK = re.compile(KEY.pattern.replace(":(?!//)", "[:=](?!//)"))
BREAKS = re.compile(r"[\s_-]+")

KNOWN_ENCODING = re.compile(
    r"(?:utf|ucs|iso|latin|windows|cp|ibm|ebcdic|koi8|mac|euc|shift|sjis|gb|big5"
    r"|us.?ascii|ascii|l\d)[\w.:-]{0,24}",
    re.IGNORECASE,
)
"""Names that we try.

Python knows codecs that are slow (punycode) or no text (zip), so a name alone is not trusted.
"""

UNKNOWN_ENCODING = "cp500"
"""How bytes are read, too, that claim an encoding which Python does not know and git's library may.

What a trailer is written with stands at the same places in nearly every EBCDIC, and in what extends
ASCII the bytes are read anyway.
"""

LONGEST_DECORATION = 300
DECORATION = re.compile(r"(?:</?\w{1,10} ?/?>|[*_\s])+")
DECORATED_END = re.compile(r"(?:</?\w{1,10} ?/?>|[*_\s]){1,20}$")
ORNAMENT = re.compile(r"(?:[^\x00-\x7f]\S{0,12}|\\[uU][0-9A-Fa-f]{8}|:\w{1,30}:)\s+")

OTHER_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|\r(?!\n)")
"""What Python and many a reader take for the end of a line, and git does not."""


class Line(NamedTuple):
    """A line that can be evidence.

    `text` is folded and stripped, `raw` as it came, `number` its place in the text from 0. `key`
    (lower case, with `-`) and `value` are set for what has the form of a trailer. `subject` marks
    the first line of a message, `comment` an HTML comment.
    """

    text: str
    raw: str
    number: int
    key: str = ""
    value: str = ""
    subject: bool = False
    comment: bool = False


def readings(raw: bytes, encoding: str | None) -> Iterator[str]:
    """What the bytes can be read as, at least one text and at most four.

    As git reads them and, where that could hide something, in other ways.

    Args:
        raw: the bytes of a message.
        encoding: what the commit's header says it is encoded in, if it does.
    """
    # Git ends a message at a NUL and believes the header. Either can hide a line, from those who
    # read as git does or from those who do not.
    if encoding is not None and _can_differ(raw, encoding):
        yield _as_claimed(raw, encoding)
    text = raw.decode("utf-8", "surrogateescape")
    yield text.partition("\0")[0]
    if "\0" in text:
        yield text.replace("\0", "\n")
        yield text.replace("\0", "")  # UTF-16 and UTF-32, as far as they spell ASCII


def _can_differ(raw: bytes, encoding: str) -> bool:
    """Whether the bytes can be another text in this encoding than in UTF-8."""
    if not raw.isascii():
        return True
    # These spell other text with ASCII's bytes.
    return re.match(r"utf.?(?:7|16|32)", encoding, re.IGNORECASE) is not None


def _as_claimed(raw: bytes, encoding: str) -> str:
    """The bytes in the encoding that they claim, as far as it is one that we know."""
    known = encoding if KNOWN_ENCODING.fullmatch(encoding) else UNKNOWN_ENCODING
    try:
        text = raw.decode(known, "replace")
    except (LookupError, ValueError):
        text = raw.decode(UNKNOWN_ENCODING, "replace")
    return text.replace("\0", "\n")


def line_readings(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The text's lines, as they came and folded, as many of each.

    Ended by whatever may end one and, where that differs, as git has them, which come first. What
    git does not take for an end is dropped in its reading, so that it cannot break a word in two.
    """
    lines = split_lines(text)
    gits = text.count("\n") + (not text.endswith("\n"))
    if len(lines[0]) > gits:
        yield split_lines(OTHER_BREAKS.sub("", text))
    yield lines


def split_lines(text: str) -> tuple[list[str], list[str]]:
    """The text's lines, at whatever may end one, as they came and folded; as many of each."""
    raw = text.splitlines()
    whole = "\n".join(raw)
    if not raw or is_plain(whole):
        return raw, raw
    return raw, normalize(whole).split("\n")


def normalize(text: str, *, accents: bool = False) -> str:
    """The text with look-alikes as what they imitate and without what is invisible.

    Its line feeds are kept, so that it has as many lines as before.

    Args:
        text: as it came.
        accents: whether accented letters stay as they are, as in a person's name.
    """
    visible = text if is_plain(text) else CONTROLS.sub("", text)
    if visible.isascii():
        return visible
    if not accents:
        return BEYOND_ASCII.sub(lambda found: _fold_sign(found[0]), visible)
    # An accent that is a sign of its own first becomes part of its letter.
    composed = unicodedata.normalize("NFC", visible)
    return BEYOND_ASCII.sub(lambda found: _fold_mark(found[0]), composed)


def is_plain(text: str) -> bool:
    """Whether the text is as it appears, so that it need not be folded."""
    return text.isascii() and not CONTROLS.search(text)


@lru_cache(4096)
def _fold_sign(sign: str) -> str:
    """What the sign imitates, in letters; itself if it imitates none."""
    spelled = unicodedata.normalize("NFKD", sign)
    if len(spelled) > LONGEST_SPELLING:
        return sign
    return "".join(map(_imitated, spelled))


@lru_cache(4096)
def _fold_mark(sign: str) -> str:
    """An accented letter stays as it is: in a name it is no imitation."""
    decomposed = unicodedata.normalize("NFD", sign)
    is_accented = len(decomposed) > 1 and decomposed[0].isascii()
    return sign if is_accented else _fold_sign(sign)


def _imitated(sign: str) -> str:
    """The sign that a single one imitates; empty for one that cannot be seen."""
    if sign.isascii():
        return sign
    if _is_unseen(sign):
        return ""
    if unicodedata.category(sign) == "Zs":
        return " "
    letter = LOOKALIKES.get(sign) or _namesake(sign) or sign
    return letter.upper() if sign.isupper() else letter


def _is_unseen(sign: str) -> bool:
    """Whether the sign takes no room on a screen, leaves it empty, or is an accent of another one."""
    return unicodedata.category(sign) in DROPPED or UNSEEN.match(sign) is not None


def _namesake(sign: str) -> str:
    """The letter that the sign is a form of, as its name in Unicode says; empty if it is of none."""
    named = NAMED_AFTER.fullmatch(unicodedata.name(sign, ""))
    return named[1].lower() if named else ""


def shorten(text: str) -> str:
    """As much of a line as is read: what is too long first loses long blanks and then its middle."""
    if len(text) <= LONGEST_LINE:
        return text
    # The indentation stays, because it can make the line code or a trailer's next line.
    indented = text[: min(len(text) - len(text.lstrip()), 8)]
    dense = " ".join(text.split())
    if len(dense) > LONGEST_LINE:
        dense = f"{dense[: LONGEST_LINE - LONGEST_END]} {dense[-LONGEST_END:]}"
    return indented + dense


def read_line(
    whole: str, raw: str, number: int, *, subject: bool = False, in_block: bool = False
) -> Line:
    """The line at this place, shortened, with its key and value if it has the form of a trailer.

    Args:
        whole: its text, folded.
        raw: its text as it came.
        number: its place in the text, from 0.
        subject: whether it is the first line of a message.
        in_block: whether it is in a block of trailers, where `=` ends a key, too.
    """
    text = shorten(whole).strip()
    dense = " ".join(text.split()) if "  " in text else text
    match = _match_key(dense, in_block=in_block)
    if match is None:
        return Line(text, raw, number, subject=subject)
    value = (match[3] or "").strip()
    # Where signs stand before the key, those that close them may stand behind the value.
    if match[1]:
        value = value.rstrip(AROUND.replace(".", "") + ") ")
    return Line(text, raw, number, BREAKS.sub("-", match[2].lower()), value, subject)


def _match_key(dense: str, *, in_block: bool) -> re.Match[str] | None:
    """The key and the value of what has the form of a trailer."""
    if in_block:
        return KEY_IN_BLOCK.match(dense)
    # Most lines have no colon, and to find that is faster than the expression.
    return KEY.match(dense) if ":" in dense else None


def plain_forms(text: str) -> Iterator[str]:
    """A footer's line as it stands, and without emphasis, tags and the emoji before it."""
    yield text
    # Nothing of that kind can be around a line between a letter and a letter or digit.
    if text[0].isalpha() and text[-1].isalnum():
        return
    plain = ORNAMENT.sub("", _undecorated(text), count=1)
    if plain and plain != text:
        yield _undecorated(plain)


def _undecorated(text: str) -> str:
    """The text without emphasis and tags around it."""
    before = DECORATION.match(text)
    start = before.end() if before else 0
    # Only a part from its end is searched, so that the time does not grow with the line's length.
    after = DECORATED_END.search(text, max(start, len(text) - LONGEST_DECORATION))
    end = after.start() if after else len(text)
    return text[start:end]
