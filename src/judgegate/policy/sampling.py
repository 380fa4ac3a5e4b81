"""The facts that conditions tell apart: for each fact a few examples, so that two policies can be asked the same questions."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from math import prod
from typing import Any

from judgegate.model.scales import Authorship, Confidence, Severity
from judgegate.policy.conditions import (
    AddedLinesAre,
    AuthorIs,
    BranchIs,
    CodeIs,
    Condition,
    ConfidenceIs,
    Facts,
    LabelIs,
    LanguageIs,
    PathIs,
    ProvenanceIs,
    SeverityIs,
    UpdatesDependencies,
)
from judgegate.policy.path_patterns import matches

PATH_WEIGHT = 5
MOST_PATHS = 200
"""Examples of paths: each is one that a reader would have to think of, too."""
MOST_NAMED = 4
"""Examples that a sentence names before it only counts them."""

ELSE = "anything else"
NO_FACTS = Facts(path=None, provenance=Authorship.UNMARKED)
_UNNAMED = "a-name-that-no-policy-has"


@dataclass(frozen=True, slots=True)
class Probe:
    """An example of a fact, and the words that it stands for."""

    labels: tuple[str, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class Dimension:
    """A fact with its examples. `name` is the policy's word for it, `fact` the field's."""

    name: str
    fact: str
    probes: tuple[Probe, ...]


World = tuple[Probe, ...]


def dimensions(questions: Iterable[Condition], folders: Iterable[str] = ()) -> tuple[Dimension, ...]:
    """The facts that these conditions, and policies of these folders, tell apart."""
    asked = list(dict.fromkeys(questions))
    zones = sorted(folders)
    paths = _paths(asked, zones)
    found = [
        Dimension("provenance", "provenance", _words(Authorship) if _any(asked, ProvenanceIs) else ()),
        Dimension("severity", "severity", _words(Severity) if _any(asked, SeverityIs) else ()),
        Dimension(
            "confidence",
            "confidence",
            (_probe("none", None), *_words(Confidence)) if _any(asked, ConfidenceIs) else (),
        ),
        Dimension("code", "code", _starred(leaf.patterns for leaf in asked if isinstance(leaf, CodeIs))),
        Dimension("paths", "path", (*paths, _probe(ELSE, "elsewhere/file.other")) if paths else ()),
        Dimension(
            "target_branch",
            "target_branch",
            _starred(leaf.patterns for leaf in asked if isinstance(leaf, BranchIs)),
        ),
        Dimension("author", "author", _names(leaf.names for leaf in asked if isinstance(leaf, AuthorIs))),
        Dimension("labels", "labels", _sets(leaf.names for leaf in asked if isinstance(leaf, LabelIs))),
        Dimension("added_lines", "added_lines", _line_counts(asked)),
        Dimension(
            "languages", "languages", _sets(leaf.names for leaf in asked if isinstance(leaf, LanguageIs))
        ),
        Dimension(
            "dependency_update", "dependency_update", _TRUTHS if _any(asked, UpdatesDependencies) else ()
        ),
    ]
    return tuple(_merged(dimension, asked, zones) for dimension in found if dimension.probes)


def _merged(dimension: Dimension, asked: Sequence[Condition], folders: Sequence[str]) -> Dimension:
    """The dimension, with one probe for all those that no question tells apart."""
    alike: dict[tuple[object, ...], Probe] = {}
    for probe in dimension.probes:
        facts = replace(NO_FACTS, **{dimension.fact: probe.value})
        zone = (facts.path is not None and facts.path.startswith(folder) for folder in folders)
        signature = (*(leaf.test(facts) for leaf in asked), *zone)
        known = alike.get(signature)
        alike[signature] = probe if known is None else Probe(known.labels + probe.labels, known.value)
    return replace(dimension, probes=tuple(alike.values()))


def count_names(questions: Iterable[Condition]) -> int:
    """How many words and patterns the conditions name. A path's pattern counts for `PATH_WEIGHT`, because each is tried with each."""
    count = 0
    for leaf in questions:
        match leaf:
            case PathIs(patterns):
                count += PATH_WEIGHT * len(patterns)
            case CodeIs(patterns) | BranchIs(patterns):
                count += len(patterns)
            case AuthorIs(names) | LabelIs(names) | LanguageIs(names):
                count += len(names)
            case _:
                count += 1
    return count


def count_worlds(known: Sequence[Dimension]) -> int:
    """How many combinations there are."""
    return prod(len(dimension.probes) for dimension in known)


def worlds(known: Sequence[Dimension]) -> Iterator[tuple[World, Facts]]:
    """Every combination, with the facts that it stands for."""
    for world in product(*(dimension.probes for dimension in known)):
        values = {dimension.fact: probe.value for dimension, probe in zip(known, world, strict=True)}
        yield world, replace(NO_FACTS, **values)


def example_of(pattern: str) -> str | None:
    """A path that the pattern matches, or None where none is found."""
    bare = pattern.removeprefix("!").removeprefix("/")
    shape = (
        re.sub(r"\[(.)[^\]]*\]", r"\1", bare)
        .replace("**/", "")
        .replace("/**", "/x")
        .replace("*", "x")
        .replace("?", "x")
    )
    example = re.sub(r"\\(.)", r"\1", shape)
    candidates = (f"{example}x" if example.endswith("/") else example, f"{example}/x")
    return next(
        (candidate for candidate in candidates if matches((pattern.removeprefix("!"),), candidate)), None
    )


def _probe(label: str, value: object) -> Probe:
    return Probe((label,), value)


_TRUTHS = (_probe("true", value=True), _probe("false", value=False))


def _paths(asked: Iterable[Condition], folders: Iterable[str]) -> tuple[Probe, ...]:
    """An example of each pattern and folder, and of each two of them that a path can match at once."""
    patterns = dict.fromkeys(
        pattern.removeprefix("!") for leaf in asked if isinstance(leaf, PathIs) for pattern in leaf.patterns
    )
    single = {pattern: example for pattern in patterns if (example := example_of(pattern)) is not None}
    single |= {folder: f"{folder}file.other" for folder in folders}
    named = {
        _matched(example, single): _probe(pattern, example) for pattern, example in reversed(single.items())
    }
    for one, other in permutations(single, 2):
        for candidate in _joined(single[one], single[other]):
            held = _matched(candidate, single)
            if {one, other} <= held and len(named) < MOST_PATHS:
                named.setdefault(held, _probe(f"{one} and {other}", candidate))
    kept = dict.fromkeys(
        [*(_probe(pattern, example) for pattern, example in single.items()), *named.values()]
    )
    return tuple(kept)


def _joined(one: str, other: str) -> tuple[str, ...]:
    """Paths that lie where the one does and are called as the other is."""
    folder, _, _ = one.rpartition("/")
    return (f"{folder}/{other.rpartition('/')[2]}", f"{folder}/{other}") if folder else ()


def _matched(path: str, patterns: Iterable[str]) -> frozenset[str]:
    """Those of the patterns (and folders, which end in a slash) that the path matches."""
    return frozenset(pattern for pattern in patterns if matches((pattern,), path) or path.startswith(pattern))


def _any(asked: Iterable[Condition], kind: type) -> bool:
    return any(isinstance(leaf, kind) for leaf in asked)


def _words(scale: type[Authorship | Severity | Confidence]) -> tuple[Probe, ...]:
    return tuple(_probe(str(member.value), member) for member in scale)


def _starred(lists: Iterable[tuple[str, ...]]) -> tuple[Probe, ...]:
    patterns = dict.fromkeys(pattern for patterns in lists for pattern in patterns)
    examples = tuple(
        _probe(pattern, f"{pattern[:-1]}\0" if pattern.endswith("*") else pattern) for pattern in patterns
    )
    return (*examples, _probe(ELSE, _UNNAMED)) if examples else ()


def _names(sets: Iterable[frozenset[str]]) -> tuple[Probe, ...]:
    names = sorted({name for names in sets for name in names})
    return (*(_probe(name, name) for name in names), _probe(ELSE, _UNNAMED)) if names else ()


def _sets(sets: Iterable[frozenset[str]]) -> tuple[Probe, ...]:
    names = sorted({name for names in sets for name in names})
    together = [Probe(("all of these",), frozenset(names))] if len(names) > 1 else []
    return (
        (*(_probe(name, frozenset({name})) for name in names), *together, _probe(ELSE, frozenset()))
        if names
        else ()
    )


def _line_counts(asked: Iterable[Condition]) -> tuple[Probe, ...]:
    limits = [leaf for leaf in asked if isinstance(leaf, AddedLinesAre)]
    edges = sorted(
        {0}
        | {leaf.minimum for leaf in limits}
        | {leaf.maximum + 1 for leaf in limits if leaf.maximum is not None}
    )
    return tuple(_probe(f"from {edge}", edge) for edge in edges) if limits else ()


def describe_worlds(known: Sequence[Dimension], chosen: Sequence[World]) -> str:
    """Where these worlds lie, in the policy's words: ` (severity high or critical; paths src/**)`, empty where it is everywhere."""
    parts: list[str] = []
    size = 1
    for index, dimension in enumerate(known):
        seen = {world[index] for world in chosen}
        size *= len(seen)
        if len(seen) < len(dimension.probes):
            parts.append(f"{dimension.name} {_describe(dimension, seen)}")
    is_exact = size == len(chosen)
    if not parts:
        return "" if is_exact else " in some cases"
    return f" ({'; '.join(parts)})" if is_exact else f" (some of: {'; '.join(parts)})"


def _describe(dimension: Dimension, seen: Collection[Probe]) -> str:
    """The examples that were seen; where what no question names is among them, those that were not."""
    named = [label for probe in dimension.probes if probe in seen for label in probe.labels]
    if ELSE not in named:
        return _listed(named)
    return f"other than {_listed([label for probe in dimension.probes if probe not in seen for label in probe.labels])}"


def _listed(words: Sequence[str]) -> str:
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED} more"
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
