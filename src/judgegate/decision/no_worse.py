"""Whether an edit is proved to have made something no more dangerous, by its two evidence contexts."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from judgegate.model.evidence_context import (
    Callee,
    EvidenceContext,
    Guard,
    Keyword,
    Root,
    RootKind,
)
from judgegate.model.facts import GuardForm

_HARMLESS_KEYWORDS = frozenset(
    {"capture_output", "check", "encoding", "errors", "stderr", "stdout", "text", "timeout"}
)
"""Keywords that may be added to a call."""

_OPENING = frozenset(
    {
        *(("autoescape", "False"), ("check_hostname", "False"), ("debug", "True")),
        *(("shell", "True"), ("trust_env", "True"), ("verify", "False")),
    }
)
"""Keywords with the values that switch a protection off. These may go, or get another value."""

_CLEANING = re.compile(r"(?:.*[._])?_*(?:clean|escape|quote|sanit)\w*")
"""Names of functions that give back a safer form of what they get, and nothing of their own."""

_CONVERTING = frozenset({"bool", "float", "int", "len"})
"""Builtins whose result is a number."""


def is_no_worse(was: EvidenceContext, now: EvidenceContext) -> bool:
    """Whether the later of two contexts is proved to be no more dangerous.

    The same is called and reached in the same way. Nothing flows in that did not before, no call around
    it went, nor did a guard. No keyword changed but for the better.
    """
    if not was.meanings or (was.meanings, was.exposure) != (now.meanings, now.exposure):
        return False
    if was.rest or now.rest or not set(now.doubts) <= set(was.doubts):
        return False
    return (
        _flows_no_more(was.roots, now.roots)
        and _says_no_more(was, now)
        and _is_guarded(was.guards, now.guards)
        and _is_called_no_worse(was.keywords, now.keywords)
    )


def _flows_no_more(was: Sequence[Root], now: Sequence[Root]) -> bool:
    """Whether all that flows in did so before, and through all the calls that it went through."""
    came = [root for root in now if root not in was]
    gone = [root for root in was if root not in now]
    if not all(_is_result_of_cleaning(one) or _wraps(one, was) for one in came):
        return False
    # What is gone is gone altogether, or goes through more calls now.
    return all(_is_wrapped_by(one, came) or not _is_among(one, now) for one in gone)


def _says_no_more(was: EvidenceContext, now: EvidenceContext) -> bool:
    """Whether the constants are the same.

    They may be others in code that was edited, if all that flows in is cleaned now and was not before.
    """
    added = {one.name for one in now.keywords} - {one.name for one in was.keywords}
    ignored = added & _HARMLESS_KEYWORDS
    if was.constants == tuple(one for one in now.constants if one.slot not in ignored):
        return True
    flowing = [root for root in now.roots if not _is_result_of_cleaning(root)]
    is_cleaned = all(root not in was.roots and _cleans(root.through) for root in flowing)
    return was.node != now.node and bool(flowing) and is_cleaned


def _is_guarded(was: Sequence[Guard], now: Sequence[Guard]) -> bool:
    """Whether no guard went, and what the program may do is decided as before."""
    lost = Counter(was) - Counter(now)
    came = Counter(now) - Counter(was)
    return not lost and not any(guard.form is GuardForm.STATE for guard in came)


def _wraps(root: Root, others: Iterable[Root]) -> bool:
    return any(_is_as_wrapped(other, root) for other in others)


def _is_wrapped_by(root: Root, others: Iterable[Root]) -> bool:
    return any(_is_as_wrapped(root, other) for other in others)


def _is_among(root: Root, others: Iterable[Root]) -> bool:
    """Whether the same still flows in, through whatever calls."""
    return any(_origin(root) == _origin(other) for other in others)


def _origin(root: Root) -> tuple[object, ...]:
    return root.slot, root.kind, root.name, root.detail


def _is_as_wrapped(was: Root, now: Root) -> bool:
    """Whether a root is another one, through the same calls and further ones."""
    left = iter(now.through)
    return _origin(was) == _origin(now) and all(callee in left for callee in was.through)


def _is_result_of_cleaning(root: Root) -> bool:
    """Whether it is what a function from elsewhere gives back that cleans what it gets."""
    calls = (Callee(root.name, root.detail), *root.through)
    return root.kind is RootKind.CALL and all(map(_is_cleaning, calls))


def _cleans(through: Iterable[Callee]) -> bool:
    return any(map(_is_cleaning, through))


def _is_cleaning(callee: Callee) -> bool:
    """Whether the name says that it cleans. What a function of the file does is read, whatever its name."""
    names = callee.name.split("|")
    is_named_so = all(
        one in _CONVERTING or _CLEANING.fullmatch(one.lower()) for one in names
    )
    return is_named_so and not callee.body


def _is_called_no_worse(was: Iterable[Keyword], now: Iterable[Keyword]) -> bool:
    """Whether keywords went or changed for the better only, and only harmless ones came."""
    before, after = set(was), set(now)
    gone = {(one.name, one.value) for one in before - after}
    names = {one.name for one in before}
    came = {one.name for one in after - before}
    return gone <= _OPENING and came - names <= _HARMLESS_KEYWORDS
