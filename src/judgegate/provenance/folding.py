"""Text to a form in which look-alikes are alike: as a reader's eye takes it."""

import re
import unicodedata
from functools import lru_cache

from judgegate.provenance.lookalikes import IMITATIONS

CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1b\x1f\x7f]")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
UNSEEN = re.compile("[\xad\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""What takes no room on a screen, or leaves it empty, though its category does not say so."""

DROPPED = frozenset({"Mn", "Me", "Cf", "Cc"})
"""Accents, what is invisible, and controls."""

NAMED_AFTER = re.compile(
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER (?:SCRIPT |DOTLESS |OPEN |LONG |INSULAR )?|LATIN LETTER SMALL CAPITAL "
    r"|REGIONAL INDICATOR SYMBOL LETTER |(?:NEGATIVE )?(?:CIRCLED|SQUARED) LATIN CAPITAL LETTER )([A-Z])(?: WITH .*)?"
)
LONGEST_SPELLING = 4
"""Signs that one sign is spelled out to: longer ones are ligatures of whole phrases, and none of them is ASCII."""

LOOKALIKES = {imitation: sign for sign, imitations in IMITATIONS.items() for imitation in imitations}


def fold(text: str, *, accents: bool = False) -> str:
    """The text with look-alikes as what they imitate and without what is invisible. Lines are kept, and with `accents` accented letters."""
    visible = text if is_plain(text) else CONTROLS.sub("", text)
    if visible.isascii():
        return visible
    look = _fold_mark if accents else _fold_sign
    return BEYOND_ASCII.sub(lambda found: look(found[0]), unicodedata.normalize("NFC", visible) if accents else visible)


def is_plain(text: str) -> bool:
    """Whether the text is as it looks, so that it need not be folded."""
    return text.isascii() and not CONTROLS.search(text)


@lru_cache(4096)
def _fold_sign(sign: str) -> str:
    spelled = unicodedata.normalize("NFKD", sign)
    return "".join(map(_imitated, spelled)) if len(spelled) <= LONGEST_SPELLING else sign


@lru_cache(4096)
def _fold_mark(sign: str) -> str:
    """An accented letter stays as it is: in a name it is no imitation."""
    decomposed = unicodedata.normalize("NFD", sign)
    return sign if len(decomposed) > 1 and decomposed[0].isascii() else _fold_sign(sign)


def _imitated(sign: str) -> str:
    if sign.isascii():
        return sign
    category = unicodedata.category(sign)
    if category in DROPPED or UNSEEN.match(sign):
        return ""
    if category == "Zs":
        return " "
    letter = LOOKALIKES.get(sign) or ((named := NAMED_AFTER.fullmatch(unicodedata.name(sign, ""))) and named[1].lower()) or sign
    return letter.upper() if sign.isupper() else letter
