"""Conditions: what a policy may ask of a finding and its change, how it is written, and what the facts answer.

A new condition is a fact, a class and a row of `CONDITIONS`; its reader, schema, words, samples and
what `lint` tries are made from these.

What is not known is evaluated both ways. A label that is present counts as present and as absent,
so that no label can loosen a rule.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, Self

from msgspec import Struct

from judgegate.model.levels import Authorship, Confidence, Severity
from judgegate.policy.condition_kinds import (
    CODES,
    EITHER,
    ELSE,
    FAILS,
    UNKNOWN,
    UNNAMED,
    AnyName,
    LikeText,
    OneOfScale,
    Question,
    Sample,
    Truth,
    Unknown,
    YesOrNo,
    all_names,
    is_like,
    known,
    longest_like,
    sample,
    unknown,
    yaml_list,
)
from judgegate.policy.path_patterns import matches, path_examples
from judgegate.policy.problems import Problems
from judgegate.policy.reader import (
    Field,
    Shape,
    fields_schema,
    list_of,
    one_of,
    path_patterns,
    refuse,
    starred_text,
    table,
    truth,
    whole_number,
    word,
)
from judgegate.policy.yaml_document import Node

PATH_WEIGHT = 5
MOST_LINES = 1_000_000_000


class Facts(Struct, frozen=True):
    """What a rule is asked with: the finding, and what is known of the change.

    `path` is None for a change without files. `severity`, `confidence` and `code` are the tool's
    own, None where it has none. `author` is the pull request's account as the forge states it.
    `added_lines` and `languages` (lower case) are those of the whole change. `dependency_update`: a
    known bot made all of it, and it changes nothing but manifests and lock files.
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


NO_FACTS = Facts(path=None, provenance=Authorship.UNMARKED)


class Condition(Protocol):
    """What can be asked of facts."""

    def test(self, facts: Facts) -> Truth:
        """Whether it holds."""


class AllOf(Struct, frozen=True):
    """Every part holds."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Truth:
        truths = [part.test(facts) for part in self.parts]
        may_hold, may_fail = (
            all(truth.may_hold for truth in truths),
            any(truth.may_fail for truth in truths),
        )
        return Truth(
            may_hold, may_fail, _blame(truths) if may_hold and may_fail else frozenset()
        )


class AnyOf(Struct, frozen=True):
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Truth:
        truths = [part.test(facts) for part in self.parts]
        may_hold, may_fail = (
            any(truth.may_hold for truth in truths),
            all(truth.may_fail for truth in truths),
        )
        return Truth(
            may_hold, may_fail, _blame(truths) if may_hold and may_fail else frozenset()
        )


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Condition

    def test(self, facts: Facts) -> Truth:
        truth = self.part.test(facts)
        return Truth(
            may_hold=truth.may_fail, may_fail=truth.may_hold, unknown=truth.unknown
        )


def _blame(truths: Iterable[Truth]) -> frozenset[str]:
    return frozenset().union(*(truth.unknown for truth in truths))


def leaves(condition: Condition) -> Iterator[Condition]:
    """The questions that a condition is made of."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


class ProvenanceIs(OneOfScale, frozen=True):
    """The finding's lines are of one of these provenances."""

    SCALE = Authorship

    def test(self, facts: Facts) -> Truth:
        return known(facts.provenance in self.values)


class SeverityIs(OneOfScale, frozen=True):
    """The finding's severity is one of these: the tool's own, or else the rule's."""

    SCALE = Severity

    def test(self, facts: Facts) -> Truth:
        return known(facts.severity in self.values)


class ConfidenceIs(OneOfScale, frozen=True):
    """The tool's confidence is one of these; a finding without one never has it."""

    SCALE = Confidence
    MAY_LACK = True

    def test(self, facts: Facts) -> Truth:
        return known(facts.confidence in self.values)


class CodeIs(LikeText, frozen=True):
    """The tool's own identifier is one of these."""

    IS_EXACT = True

    def test(self, facts: Facts) -> Truth:
        code = facts.code
        return known(
            code is not None and any(is_like(pattern, code) for pattern in self.patterns)
        )

    @classmethod
    def exact_values(cls, asked: Sequence[Self]) -> tuple[object, ...]:
        """No code, each pattern's shortest one, and a longer one of each that ends in a star."""
        patterns = dict.fromkeys(
            pattern for question in asked for pattern in question.patterns
        )
        codes = (
            code for one in patterns for code in (one.removesuffix("*"), longest_like(one))
        )
        return (None, *dict.fromkeys(codes))


class BranchIs(LikeText, frozen=True):
    """The branch that the change wants to join."""

    def test(self, facts: Facts) -> Truth:
        branch = facts.target_branch
        if isinstance(branch, Unknown):
            return unknown("target_branch")
        return known(any(is_like(pattern, branch) for pattern in self.patterns))


class AuthorIs(AnyName, frozen=True):
    """The pull request's account."""

    def test(self, facts: Facts) -> Truth:
        author = facts.author
        return (
            unknown("author")
            if isinstance(author, Unknown)
            else known(author.lower() in self.names)
        )

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Single names, because a change has one author."""
        names = all_names(asked)
        return (
            (*(sample(name, name) for name in names), sample(ELSE, UNNAMED))
            if names
            else ()
        )


class LabelIs(AnyName, frozen=True):
    """The pull request has one of these labels. Its presence may only tighten."""

    def test(self, facts: Facts) -> Truth:
        if isinstance(facts.labels, Unknown):
            return unknown("labels")
        return EITHER if self.names & {label.lower() for label in facts.labels} else FAILS


class LanguageIs(AnyName, frozen=True):
    """The change touches a file in one of these languages."""

    def test(self, facts: Facts) -> Truth:
        if isinstance(facts.languages, Unknown):
            return unknown("languages")
        return known(bool(self.names & facts.languages))


class PathIs(Question, frozen=True):
    """The finding's path matches the patterns."""

    patterns: tuple[str, ...]

    def test(self, facts: Facts) -> Truth:
        return (
            unknown("path")
            if facts.path is None
            else known(matches(self.patterns, facts.path))
        )

    def describe(self) -> str:
        return yaml_list(self.patterns)

    @property
    def weight(self) -> int:
        return PATH_WEIGHT * len(self.patterns)  # because each is tried with each

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        return path_samples(asked, ())


def path_samples(asked: Sequence[PathIs], folders: Sequence[str]) -> tuple[Sample, ...]:
    """Paths that these questions, and policies of these folders, tell apart."""
    paths = path_examples(
        (pattern for question in asked for pattern in question.patterns), folders
    )
    return (
        (*(sample(*one) for one in paths), sample(ELSE, "elsewhere/file.other"))
        if paths
        else ()
    )


class AddedLinesAre(Question, frozen=True):
    """How many lines the whole change adds, both limits included."""

    IS_EXACT = True
    minimum: int
    maximum: int | None

    def test(self, facts: Facts) -> Truth:
        added = facts.added_lines
        if isinstance(added, Unknown):
            return unknown("added_lines")
        return known(
            self.minimum <= added and (self.maximum is None or added <= self.maximum)
        )

    def describe(self) -> str:
        limits = [f"min: {self.minimum}"] if self.minimum else []
        limits += [f"max: {self.maximum}"] if self.maximum is not None else []
        return f"{{{', '.join(limits)}}}"

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        edges = {0} | {one.minimum for one in asked}
        edges |= {one.maximum + 1 for one in asked if one.maximum is not None}
        return (
            tuple(sample(f"from {edge}", edge) for edge in sorted(edges)) if asked else ()
        )


class UpdatesDependencies(YesOrNo, frozen=True):
    """A known bot updates dependencies, and nobody does anything else in the change."""

    def test(self, facts: Facts) -> Truth:
        update = facts.dependency_update
        return (
            unknown("dependency_update") if isinstance(update, Unknown) else known(update)
        )


class ConditionRow(Struct, frozen=True):
    """A key of a condition: what is asked, how it is written, and which fact answers (its name is the key's, if not said)."""

    key: str
    asks: type[Question]
    shape: Shape[Condition]
    about: str = ""
    answered_by: str = ""

    @property
    def fact(self) -> str:
        return self.answered_by or self.key


_texts = list_of(word, "a text or a list of texts", alone=True)
_names = _texts.then(lambda names: frozenset(name.lower() for name in names))
_limits = (
    Field("min", whole_number(0, MOST_LINES)),
    Field("max", whole_number(0, MOST_LINES)),
)


def _read_added_lines(node: Node, problems: Problems) -> Condition | None:
    limits = table(node, problems, "limits: {min: 1} or {max: 100}")
    if limits is None:
        return None
    values = limits.take_all(_limits)
    limits.close("added_lines")
    if not limits.node.entries:
        return refuse(node, problems, "limits: {min: 1} or {max: 100}")
    minimum, maximum = values.get("min", 0), values.get("max")
    if maximum is not None and maximum < minimum:
        problems.add(
            node.place, f"this can never be true: max {maximum} is below min {minimum}"
        )
        return None
    return AddedLinesAre(minimum, maximum)


CONDITIONS: tuple[ConditionRow, ...] = (
    ConditionRow("paths", PathIs, path_patterns.then(PathIs), answered_by="path"),
    ConditionRow(
        "provenance",
        ProvenanceIs,
        list_of(one_of(Authorship), "ai or unmarked", alone=True).then(
            lambda values: ProvenanceIs(frozenset(values))
        ),
    ),
    ConditionRow(
        "severity",
        SeverityIs,
        list_of(one_of(Severity), "a severity or a list of them", alone=True).then(
            lambda values: SeverityIs(frozenset(values))
        ),
    ),
    ConditionRow(
        "confidence",
        ConfidenceIs,
        list_of(one_of(Confidence), "a confidence or a list of them", alone=True).then(
            lambda values: ConfidenceIs(frozenset(values))
        ),
    ),
    ConditionRow(
        "code",
        CodeIs,
        list_of(starred_text, "a code or a list of them", alone=True).then(CodeIs),
        CODES,
    ),
    ConditionRow(
        "target_branch",
        BranchIs,
        list_of(starred_text, "a branch or a list of them", alone=True).then(BranchIs),
    ),
    ConditionRow(
        "author",
        AuthorIs,
        _texts.then(
            lambda names: AuthorIs(
                frozenset(name.removeprefix("@").lower() for name in names)
            )
        ),
    ),
    ConditionRow("labels", LabelIs, _names.then(LabelIs)),
    ConditionRow(
        "added_lines",
        AddedLinesAre,
        Shape(_read_added_lines, fields_schema(_limits, minProperties=1)),
    ),
    ConditionRow("languages", LanguageIs, _names.then(LanguageIs)),
    ConditionRow(
        "dependency_update",
        UpdatesDependencies,
        truth.then(
            lambda holds: UpdatesDependencies() if holds else Not(UpdatesDependencies())
        ),
        "A known bot updates dependencies, and the change contains nothing else.",
    ),
)
"""What a condition can ask, in the order in which it is told."""

FINDING_FACTS = ("provenance", "severity", "confidence", "code")
"""The conditions that ask what is known of a single finding besides its path."""
