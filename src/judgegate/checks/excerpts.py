"""What a report shows of flagged lines, with secrets masked.

And digests by which the lines are recognised in another place.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from judgegate.model.ranges import LineRange

LONGEST_EXCERPT = 200
MASK = "***"

_LONGEST_SEARCHED = 1000
"""Characters of a line that are searched: a token at the cut must be known for one."""
_WORDS = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|credentials?|authorization|bearer)"
_URL_PASSWORD = re.compile(r"(://[^/\s:@'\"]*:)[^/\s@'\"]+@")
_NAMED_LITERAL = re.compile(
    rf"""({_WORDS}\w*["']?\]?\s*(?::|=|==|!=|,)\s*[bBfFrRuU]{{0,2}})(["'])(?:(?!\2).)*(?:\2|$)""",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"A(?:KIA|SIA)[0-9A-Z]{12,}"  # Amazon
    r"|AIza[0-9A-Za-z_-]{30,}"  # Google
    r"|gh[opusr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}"  # GitHub, GitLab
    r"|[sr]k[-_][\w-]{16,}"  # OpenAI, Anthropic, Stripe
    r"|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}"  # Slack
    r"|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"  # JSON web tokens
    r")|-----BEGIN [A-Z ]{0,30}PRIVATE KEY.*"
)
_DEFINED = re.compile(r"\bdef\s+(?P<name>\w+)")
_USER_PASSWORD = re.compile(r"(?<![\w.%+-])([\w.%+-]{1,64}:)[^\s:@/'\"]{1,200}@(?=[\w\[])")
_HEADER_VALUE = re.compile(rf"""({_WORDS}:)(?=[^\s"'])[^\s"',)]+""", re.IGNORECASE)


def excerpt_of(lines: Sequence[str]) -> str:
    """The first line that is not blank, cut to a length that can be shown.

    Without what looks like a secret in it: a check that knows where secrets stand masks them
    before; this catches what its form or a name beside it gives away, and no more.
    """
    line = next(filter(None, map(str.strip, lines)), "")
    # Tokens are masked before the cut, because a part of one is not recognised.
    shown = mask_tokens(line[:_LONGEST_SEARCHED])[:LONGEST_EXCERPT]
    shown = _URL_PASSWORD.sub(r"\1***@", shown)
    shown = _NAMED_LITERAL.sub(r'\1"***"', shown)
    return _HEADER_VALUE.sub(r"\1***", shown)


def mask_tokens(text: str) -> str:
    """The text without what by its form is a secret.

    A token of a well-known service, a private key, or a password before an `@`.
    """
    return _USER_PASSWORD.sub(rf"\1{MASK}@", _TOKENS.sub(MASK, text))


def digest_body(name: str, stripped: Sequence[str], salt: bytes) -> str:
    """A digest of a definition's words.

    Without its name, its indentation, its blank lines and its comment lines. Salted like the key of
    a secret, because a body may have one.
    """
    first = stripped[0]
    # One pattern for every name: to compile one for each takes longer than all the rest.
    for found in _DEFINED.finditer(first):
        if found["name"] == name:
            first = f"{first[: found.start()]}def{first[found.end() :]}"
            break
    return _digest([first, *_kept(stripped[1:])], salt)


def digest_surroundings(texts: Sequence[str], lines: LineRange, salt: bytes) -> str:
    """A digest of the words of the lines and of the nearest words before and after them.

    For what is in no function.
    """
    # By number: to cut the texts would copy most of a file for each of its observations.
    above, below = range(lines.start - 2, -1, -1), range(lines.end, len(texts))
    before = next(_kept(map(texts.__getitem__, above)), "")
    after = next(_kept(map(texts.__getitem__, below)), "")
    return _digest([before, *_kept(texts[lines.start - 1 : lines.end]), after], salt)


def _kept(lines: Iterable[str]) -> Iterator[str]:
    """The lines that say something to Python, without their indentation."""
    for line in map(str.strip, lines):
        if line and not line.startswith("#"):
            yield line


def _digest(words: Iterable[str], salt: bytes) -> str:
    """The digest of these words."""
    return hashlib.blake2b(
        "\n".join(words).encode("utf-8", "surrogatepass"), key=salt[:64], digest_size=16
    ).hexdigest()
