"""Texts, by RE2.

Its time grows with the length of the text and never with its content, so no file can hang the gate.

A text is searched as it stands and in Unicode's compatibility form (NFKC), since Python and others
read full-width letters as plain ones.
"""

import bisect
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from judgegate.checks.excerpts import excerpt_of
from judgegate.model.observation import Observation, fingerprint, secret_key
from judgegate.model.own_rules import Regex, Sought
from judgegate.model.ranges import LineRange
from judgegate.sources.text import TextSource

MASK = b"***"


def prepare() -> Any:
    """The engine, imported on the first call."""
    import re2

    return re2


def scan_regexes(source: TextSource, sought: Sequence[Sought]) -> Iterator[Observation]:
    """Observe every place where one of the expressions matches.

    One line, or one range of lines, counts once for a rule.

    Args:
        source: the file.
        sought: the rules; those that search for something else are passed over.
    """
    for one in sought:
        search = one.search
        if not isinstance(search, Regex):
            continue
        compiled = _compile(search.pattern)
        for lines in sorted(set(_places(search, compiled, source))):
            yield _observe(one.rule, search, compiled, lines, source)


def _places(search: Regex, compiled: Any, source: TextSource) -> Iterator[LineRange]:
    """Where the expression matches, in single lines or in the text as a whole."""
    if search.added:
        return _matching_lines(compiled, source.lines.texts)
    return _matching_ranges(compiled, source.text)


def _compile(pattern: str) -> Any:
    """The expression over bytes: text would have every offset counted out in characters.

    The engine keeps what it has compiled.
    """
    return prepare().compile(pattern.encode())


def _matching_lines(compiled: Any, texts: Sequence[str]) -> Iterator[LineRange]:
    """The lines in which the expression matches, each by itself."""
    for number, line in enumerate(texts, 1):
        if any(compiled.search(form) is not None for form in _forms(line)):
            yield LineRange(number, number)


def _matching_ranges(compiled: Any, text: str) -> Iterator[LineRange]:
    """The ranges of lines of all matches in the whole text."""
    for form in _forms(text):
        feeds = [index for index, byte in enumerate(form) if byte == _LINE_FEED]
        for match in compiled.finditer(form):
            start = bisect.bisect_left(feeds, match.start()) + 1
            yield LineRange(
                start, max(start, bisect.bisect_left(feeds, match.end() - 1) + 1)
            )


_LINE_FEED = 10


def _forms(text: str) -> tuple[bytes, ...]:
    """The text as it stands, and as it is read where that differs.

    Neither form makes or takes away a line feed.
    """
    plain = _encode(text)
    if text.isascii():
        return (plain,)
    folded = _encode(unicodedata.normalize("NFKC", text))
    return (plain,) if folded == plain else (plain, folded)


def _encode(text: str) -> bytes:
    """The bytes that are searched, without the carriage return at the end of a line."""
    return text.removesuffix("\r").encode("utf-8", "surrogatepass")


def _observe(
    rule: str, regex: Regex, compiled: Any, lines: LineRange, source: TextSource
) -> Observation:
    plain = source.texts_of(lines)
    shown = _masked(compiled, plain) if regex.secret else plain
    mark = fingerprint(rule, "", "", shown)
    return Observation(
        rule=rule,
        code="",
        lines=lines,
        subject="",
        message=f"This is what {rule} looks for",
        fingerprint=mark,
        key=secret_key(source.salt, rule, "", "", plain) if regex.secret else mark,
        excerpt=excerpt_of(shown),
    )


def _masked(compiled: Any, lines: Sequence[str]) -> Sequence[str]:
    """The lines without what matched; nothing of them where it cannot be found in them.

    That is where it reaches over a line's end, or only the other form matches somewhere.
    """
    if len(lines) > 1:
        return (MASK.decode(),)
    plain = lines[0].encode("utf-8", "surrogatepass")
    masked: bytes = compiled.sub(MASK, plain)
    shown = masked.decode("utf-8", "replace")
    others = _forms(shown)[1:]
    if masked == plain or any(compiled.search(form) is not None for form in others):
        return (MASK.decode(),)
    return (shown,)
