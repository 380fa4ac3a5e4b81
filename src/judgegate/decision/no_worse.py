"""Whether an edit is proved to have made something no more dangerous, by its two evidence contexts."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from msgspec.structs import replace

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

_DECIDING = frozenset({GuardForm.BLOCK, GuardForm.STATE})
"""What comes before something and may let it do more."""

_CLEANING = re.compile(r"(?:\w+\.)*_*(?:clean|escape|quote|sanitize)(?:_(?!.*code)\w+)?")
"""Names of functions that give back a safer form of what they get, and nothing of their own."""

_CONVERTING = frozenset({"bool", "float", "int", "len"})
"""Builtins whose result is a number."""

_NEUTRAL = frozenset(
    {"str", ".format", ".join", ".lower", ".lstrip", ".rstrip", ".strip", ".upper"}
)
"""What makes nothing safer, and nothing else of a text either."""


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
        _flows_no_more(was, now)
        and _says_no_more(was, now)
        and _is_guarded(was.guards, now.guards)
        and _is_called_no_worse(was.keywords, now.keywords)
    )


def _flows_no_more(was: EvidenceContext, now: EvidenceContext) -> bool:
    """Whether all that flows in did so before, and through all the calls that it went through.

    If the code itself is another, all must be cleaned: in another order the same may be another command.
    """
    edit = _RootEdit(was.roots, now.roots)
    is_ordered = was.node == now.node or edit.cleans_all
    return edit.leaves_nothing or (
        edit.brings_nothing and edit.loses_nothing and is_ordered
    )


class _RootEdit:
    """What an edit did to the roots of a finding."""

    def __init__(self, was: Iterable[Root], now: Iterable[Root]) -> None:
        before, self._after = _significant(was), _significant(now)
        self._came = [root for root in self._after if root not in before]
        self._gone = [root for root in before if root not in self._after]
        self._cleaned = [root for root in self._came if _cleans_one_of(root, before)]
        # What cleans gives something back, too.
        added = {callee.name for root in self._came for callee in root.through}
        self._results = [one for one in self._after if _is_result_of_cleaning(one, added)]

    @property
    def leaves_nothing(self) -> bool:
        """Whether nothing flows in any more."""
        return not self._after

    @property
    def brings_nothing(self) -> bool:
        """Whether all that came is what was there before, and cleaned now."""
        return all(root in self._cleaned or root in self._results for root in self._came)

    @property
    def loses_nothing(self) -> bool:
        """Whether all that is gone is cleaned now.

        It may have kept something else in its place, as a base does in a URL.
        """
        return all(_is_cleaned_in(root, self._cleaned) for root in self._gone)

    @property
    def cleans_all(self) -> bool:
        """Whether all that flows in is cleaned now and was not before."""
        return all(root in self._came or root in self._results for root in self._after)


def _says_no_more(was: EvidenceContext, now: EvidenceContext) -> bool:
    """Whether the constants are the same.

    They may be others in a text that was edited, where all that flows in is cleaned now. What a call
    gets must stay as it is: a command may be another one.
    """
    added = {one.name for one in now.keywords} - {one.name for one in was.keywords}
    ignored = added & _HARMLESS_KEYWORDS
    if was.constants == tuple(one for one in now.constants if one.slot not in ignored):
        return True
    is_text = all(root.slot == "" for root in now.roots)
    return is_text and bool(now.roots) and was.node != now.node


def _is_guarded(was: Sequence[Guard], now: Sequence[Guard]) -> bool:
    """Whether no guard went, and what the program may do is decided as before.

    What is entered by a `with` may allow more than before.
    """
    lost = Counter(was) - Counter(now)
    came = Counter(now) - Counter(was)
    return not lost and _DECIDING.isdisjoint(guard.form for guard in came)


def _significant(roots: Iterable[Root]) -> list[Root]:
    """The roots without the calls that make nothing safer."""
    return [
        replace(
            root, through=tuple(one for one in root.through if one.name not in _NEUTRAL)
        )
        for root in roots
    ]


def _cleans_one_of(root: Root, others: Iterable[Root]) -> bool:
    return any(_is_cleaned(other, root) for other in others)


def _is_cleaned_in(root: Root, others: Iterable[Root]) -> bool:
    return any(_is_cleaned(root, other) for other in others)


def _is_cleaned(was: Root, now: Root) -> bool:
    """Whether a root is another one, through the same calls and through further ones that clean it."""
    if _origin(was) != _origin(now):
        return False
    left = list(was.through)
    added = []
    for callee in now.through:
        if left and callee == left[0]:
            del left[0]
        else:
            added.append(callee)
    return not left and bool(added) and all(map(_is_cleaning, added))


def _origin(root: Root) -> tuple[object, ...]:
    return root.slot, root.kind, root.name, root.detail


def _is_result_of_cleaning(root: Root, added: Container[str]) -> bool:
    """Whether it is what a function from elsewhere gives back that something goes through now."""
    is_added = root.kind is RootKind.CALL and root.name in added
    return (
        is_added
        and not root.detail
        and all(map(_is_cleaning, (Callee(root.name), *root.through)))
    )


def _is_cleaning(callee: Callee) -> bool:
    """Whether the name says that it cleans. What a function of the file does is read, whatever its name."""
    names = callee.name.split("|")
    return bool(callee.body) or all(
        one in _CONVERTING or _CLEANING.fullmatch(one.lower()) for one in names
    )


def _is_called_no_worse(was: Iterable[Keyword], now: Iterable[Keyword]) -> bool:
    """Whether keywords went or changed for the better only, and only harmless ones came."""
    before, after = set(was), set(now)
    gone = {(one.name, one.value) for one in before - after}
    names = {one.name for one in before}
    came = {one.name for one in after - before}
    is_harmless = came - names <= _HARMLESS_KEYWORDS
    return (
        gone <= _OPENING
        and is_harmless
        and Keyword("timeout", "None") not in after - before
    )
