"""How conditions are written: a mapping whose entries must all hold, with `any`, `all` and `not` inside."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from judgegate.model.scales import Authorship, Confidence, Severity
from judgegate.policy.conditions import (
    AddedLinesAre,
    AllOf,
    AnyOf,
    AuthorIs,
    BranchIs,
    CodeIs,
    Condition,
    ConfidenceIs,
    LabelIs,
    LanguageIs,
    Not,
    PathIs,
    ProvenanceIs,
    SeverityIs,
    UpdatesDependencies,
)
from judgegate.policy.path_patterns import fault
from judgegate.policy.problems import Problems, nearest, quoted
from judgegate.policy.reader import Read, list_of, matching, one_of, refuse, table, truth, whole_number, word
from judgegate.policy.yaml_document import Node

T = TypeVar("T")
MOST_LINES = 1_000_000_000
_TRAILING_STAR = re.compile(r"[^*]+\*?")


def path_pattern(folder: str = "") -> Read[str]:
    """A line of `.gitignore`, relative to the folder (empty, or with a slash at its end)."""

    def read(node: Node, problems: Problems) -> str | None:
        text = word(node, problems)
        if text is None:
            return None
        if wrong := fault(text):
            problems.add(node.place, f"expected a path pattern {wrong}, found {quoted(text)}")
            return None
        return _moved(text, folder) if folder else text

    return read


def _moved(pattern: str, folder: str) -> str:
    """The same pattern as seen from the root."""
    negation, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    home = re.sub(r"([\\*?\[\] !#])", r"\\\1", folder)
    anchored = "/" in bare.rstrip("/")
    return f"{negation}/{home}{bare.removeprefix('/')}" if anchored else f"{negation}/{home}**/{bare}"


def path_patterns(folder: str = "") -> Read[tuple[str, ...]]:
    """A list of path patterns, at least one of which adds paths."""
    read_all = list_of(path_pattern(folder), "a list of path patterns", alone=True)

    def read(node: Node, problems: Problems) -> tuple[str, ...] | None:
        patterns = read_all(node, problems)
        if patterns and all(pattern.startswith("!") for pattern in patterns):
            problems.add(
                node.place,
                "these patterns match nothing: each one only takes out (!) what an earlier one matched",
            )
            return None
        return patterns

    return read


def condition(folder: str = "") -> Read[Condition]:
    """A condition; path patterns in it are relative to the folder."""

    def read(node: Node, problems: Problems) -> Condition | None:
        entries = table(node, problems, "a condition")
        if entries is None:
            return None
        if not entries.node.entries:
            return refuse(node, problems, "a condition, as {provenance: ai}")
        taken = [entries.take(name, reader) for name, reader in readers.items()]
        entries.close("a condition")
        parts = tuple(part for part in taken if part is not None)
        return parts[0] if len(parts) == 1 else AllOf(parts) if parts else None

    readers = _readers(folder, read)
    return read


def _readers(folder: str, nested: Read[Condition]) -> Mapping[str, Read[Condition]]:
    words = list_of(word, "a text or a list of texts", alone=True)
    starred = matching(_TRAILING_STAR, "a text with at most one *, at its end")
    several = list_of(nested, "a list of conditions")
    return {
        "paths": _made(path_patterns(folder), PathIs),
        "provenance": _made(
            list_of(one_of(Authorship), "ai or unmarked", alone=True),
            lambda values: ProvenanceIs(frozenset(values)),
        ),
        "severity": _made(
            list_of(one_of(Severity), "a severity or a list of them", alone=True),
            lambda values: SeverityIs(frozenset(values)),
        ),
        "confidence": _made(
            list_of(one_of(Confidence), "a confidence or a list of them", alone=True),
            lambda values: ConfidenceIs(frozenset(values)),
        ),
        "code": _made(list_of(starred, "a code or a list of them", alone=True), CodeIs),
        "target_branch": _made(list_of(starred, "a branch or a list of them", alone=True), BranchIs),
        "author": _made(words, lambda names: AuthorIs(_folded(name.removeprefix("@") for name in names))),
        "labels": _made(words, lambda names: LabelIs(_folded(names))),
        "added_lines": _added_lines,
        "languages": _made(words, lambda names: LanguageIs(_folded(names))),
        "dependency_update": _made(
            truth, lambda holds: UpdatesDependencies() if holds else Not(UpdatesDependencies())
        ),
        "any": _made(several, AnyOf),
        "all": _made(several, AllOf),
        "not": _made(nested, Not),
    }


def _made(read: Read[T], make: Callable[[T], Condition]) -> Read[Condition]:
    def read_condition(node: Node, problems: Problems) -> Condition | None:
        value = read(node, problems)
        return None if value is None else make(value)

    return read_condition


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _added_lines(node: Node, problems: Problems) -> Condition | None:
    limits = table(node, problems, "limits: {min: 1} or {max: 100}")
    if limits is None:
        return None
    minimum = limits.take("min", whole_number(0, MOST_LINES))
    maximum = limits.take("max", whole_number(0, MOST_LINES))
    limits.close("added_lines")
    if not limits.node.entries:
        return refuse(node, problems, "limits: {min: 1} or {max: 100}")
    if minimum is not None and maximum is not None and maximum < minimum:
        problems.add(node.place, f"this can never hold: max {maximum} is below min {minimum}")
        return None
    return AddedLinesAre(minimum or 0, maximum)


def rule_id(node: Node, problems: Problems) -> str | None:
    """The id of a rule that some layer, or a check, brings: which ones there are is known when all layers are read."""
    text = word(node, problems)
    if text is not None:
        problems.mention(node.place, text)
    return text


def nearest_rule(text: str, rules: Mapping[str, object]) -> str:
    """The nearest right id behind a wrong one; a name without its family finds its id."""
    in_families = [rule for rule in rules if rule.partition("/")[2] == text]
    return nearest(in_families[0], in_families) if in_families else nearest(text, rules)
