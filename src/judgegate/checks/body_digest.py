"""Where a finding stands, as a digest: two places with the same words are taken for one that moved."""

import hashlib
import re
from collections.abc import Iterable, Sequence

from judgegate.model.ranges import LineRange


def digest_body(name: str, stripped: Sequence[str], salt: bytes) -> str:
    """A digest of a definition's words: without its name, its indentation, its blank lines and its comment lines.

    Salted like the key of a secret, because a body may hold one.
    """
    first = re.sub(rf"\bdef\s+{re.escape(name)}\b", "def", stripped[0], count=1)
    return _digest([first, *_kept(stripped[1:])], salt)


def digest_surroundings(texts: Sequence[str], lines: LineRange, salt: bytes) -> str:
    """A digest of the words of the lines and of the nearest words before and after them, for what stands in no function."""
    before = next((line for line in _kept(reversed(texts[: lines.start - 1]))), "")
    after = next((line for line in _kept(texts[lines.end :])), "")
    return _digest([before, *_kept(texts[lines.start - 1 : lines.end]), after], salt)


def _kept(lines: Iterable[str]) -> Iterable[str]:
    stripped = (line.strip() for line in lines)
    return (line for line in stripped if line and not line.startswith("#"))


def _digest(words: Iterable[str], salt: bytes) -> str:
    return hashlib.blake2b(
        "\n".join(words).encode("utf-8", "surrogatepass"), key=salt[:64], digest_size=16
    ).hexdigest()
