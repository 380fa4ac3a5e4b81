"""Conditions, and what they say of the facts: it holds, it does not, or it cannot be known here.

What is not known is evaluated both ways. A label that is present counts as present and as absent, so that no label can loosen a rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from judgegate.model.scales import Authorship, Confidence, Severity
from judgegate.policy.path_patterns import matches


class Unknown(Enum):
    """Stands for a fact that nobody could tell."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule is asked with: the finding, and what is known of the change.

    `path` is None for a change without files. `severity`, `confidence` and `code` are the tool's own, None where it has none. `author` is
    the pull request's account as the forge states it. `added_lines` and `languages` (lower case) are those of the whole change.
    `dependency_update`: a known bot made all of it, and it changes nothing but manifests and lock files.
    """

    path: str | None
    provenance: Authorship
    severity: Severity | None = None
    confidence: Confidence | None = None
    code: str | None = None
    target_branch: str | Unknown = UNKNOWN
    author: str | Unknown = UNKNOWN
    labels: frozenset[str] | Unknown = UNKNOWN
    added_lines: int | Unknown = UNKNOWN
    languages: frozenset[str] | Unknown = UNKNOWN
    dependency_update: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether a condition may hold, whether it may fail, and which facts were not known."""

    may_hold: bool
    may_fail: bool
    unknown: frozenset[str] = frozenset()


HOLDS = Truth(may_hold=True, may_fail=False)
FAILS = Truth(may_hold=False, may_fail=True)
EITHER = Truth(may_hold=True, may_fail=True)


class Condition(Protocol):
    """What can be asked of facts."""

    def test(self, facts: Facts) -> Truth:
        """Whether it holds."""


def _known(holds: bool) -> Truth:
    return HOLDS if holds else FAILS


def _unknown(fact: str) -> Truth:
    return Truth(may_hold=True, may_fail=True, unknown=frozenset({fact}))


@dataclass(frozen=True, slots=True)
class PathIs:
    """The finding's path matches the patterns."""

    patterns: tuple[str, ...]

    def test(self, facts: Facts) -> Truth:
        return _unknown("path") if facts.path is None else _known(matches(self.patterns, facts.path))


@dataclass(frozen=True, slots=True)
class ProvenanceIs:
    """The finding's lines are of one of these provenances."""

    values: frozenset[Authorship]

    def test(self, facts: Facts) -> Truth:
        return _known(facts.provenance in self.values)


@dataclass(frozen=True, slots=True)
class SeverityIs:
    """The finding's severity is one of these: the tool's own, or else the rule's."""

    values: frozenset[Severity]

    def test(self, facts: Facts) -> Truth:
        return _known(facts.severity in self.values)


@dataclass(frozen=True, slots=True)
class ConfidenceIs:
    """The tool's confidence is one of these; a finding without one never has it."""

    values: frozenset[Confidence]

    def test(self, facts: Facts) -> Truth:
        return _known(facts.confidence in self.values)


@dataclass(frozen=True, slots=True)
class CodeIs:
    """The tool's own identifier is one of these, where `*` at the end stands for any rest."""

    patterns: tuple[str, ...]

    def test(self, facts: Facts) -> Truth:
        code = facts.code
        return _known(code is not None and any(is_like(pattern, code) for pattern in self.patterns))


@dataclass(frozen=True, slots=True)
class BranchIs:
    """The branch that the change wants to join, `*` standing for any rest."""

    patterns: tuple[str, ...]

    def test(self, facts: Facts) -> Truth:
        branch = facts.target_branch
        return (
            _unknown("target_branch")
            if isinstance(branch, Unknown)
            else _known(any(is_like(pattern, branch) for pattern in self.patterns))
        )


@dataclass(frozen=True, slots=True)
class AuthorIs:
    """The pull request's account, upper and lower case alike."""

    names: frozenset[str]

    def test(self, facts: Facts) -> Truth:
        author = facts.author
        return _unknown("author") if isinstance(author, Unknown) else _known(author.lower() in self.names)


@dataclass(frozen=True, slots=True)
class LabelIs:
    """The pull request has one of these labels, upper and lower case alike. Its presence may only tighten."""

    names: frozenset[str]

    def test(self, facts: Facts) -> Truth:
        if isinstance(facts.labels, Unknown):
            return _unknown("labels")
        return EITHER if self.names & {label.lower() for label in facts.labels} else FAILS


@dataclass(frozen=True, slots=True)
class AddedLinesAre:
    """How many lines the whole change adds, both limits included."""

    minimum: int
    maximum: int | None

    def test(self, facts: Facts) -> Truth:
        added = facts.added_lines
        if isinstance(added, Unknown):
            return _unknown("added_lines")
        return _known(self.minimum <= added and (self.maximum is None or added <= self.maximum))


@dataclass(frozen=True, slots=True)
class LanguageIs:
    """The change touches a file in one of these languages."""

    names: frozenset[str]

    def test(self, facts: Facts) -> Truth:
        return (
            _unknown("languages")
            if isinstance(facts.languages, Unknown)
            else _known(bool(self.names & facts.languages))
        )


@dataclass(frozen=True, slots=True)
class UpdatesDependencies:
    """A known bot updates dependencies, and nobody does anything else in the change."""

    def test(self, facts: Facts) -> Truth:
        update = facts.dependency_update
        return _unknown("dependency_update") if isinstance(update, Unknown) else _known(update)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Truth:
        truths = [part.test(facts) for part in self.parts]
        may_hold, may_fail = all(truth.may_hold for truth in truths), any(truth.may_fail for truth in truths)
        return Truth(may_hold, may_fail, _blame(truths) if may_hold and may_fail else frozenset())


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Truth:
        truths = [part.test(facts) for part in self.parts]
        may_hold, may_fail = any(truth.may_hold for truth in truths), all(truth.may_fail for truth in truths)
        return Truth(may_hold, may_fail, _blame(truths) if may_hold and may_fail else frozenset())


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def test(self, facts: Facts) -> Truth:
        truth = self.part.test(facts)
        return Truth(may_hold=truth.may_fail, may_fail=truth.may_hold, unknown=truth.unknown)


def is_like(pattern: str, text: str) -> bool:
    """Whether the text is the pattern, where a `*` at the pattern's end stands for any rest."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


def _blame(truths: Iterable[Truth]) -> frozenset[str]:
    return frozenset().union(*(truth.unknown for truth in truths))
