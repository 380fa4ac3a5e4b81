"""Conditions: what a policy may ask of a finding and its change, and what the facts answer.

Here is also how each of them is written.

A new condition is a fact, a class and a row of `CONDITIONS`; its reader, schema, words, samples and
what `lint` tries are made from these.

What is not known is evaluated both ways. A label that is present counts as present and as absent,
so that no label can loosen a rule.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any, Protocol, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.levels import Authorship, Confidence, Severity
from judgegate.policy.condition_kinds import (
    CODES,
    EITHER,
    FAILS,
    UNKNOWN,
    UNNAMED,
    AnyName,
    LikeText,
    NumberWithin,
    OneOfScale,
    Question,
    Sample,
    Truth,
    Unknown,
    YesOrNo,
    all_names,
    all_patterns,
    known,
    longest_like,
    sample,
    unknown,
    with_else,
    yaml_list,
)
from judgegate.policy.path_patterns import matches
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

E = TypeVar("E", bound=Enum)
Quantifier = Callable[[Iterable[bool]], bool]
"""`all` or `any`."""

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

    def with_severity(self, default: Severity) -> "Facts":
        """The same facts, with this severity where the tool has none of its own."""
        return self if self.severity is not None else replace(self, severity=default)


NO_FACTS = Facts(path=None, provenance=Authorship.UNMARKED)


class Condition(Protocol):
    """What can be asked of facts."""

    def test(self, facts: Facts) -> Truth:
        """Whether it is true."""


class AllOf(Struct, frozen=True):
    """Every part is true."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Truth:
        """Yes if all parts do, no if one part does not."""
        return _combined(self.parts, facts, holds=all, fails=any)


class AnyOf(Struct, frozen=True):
    """At least one part is true."""

    parts: tuple[Condition, ...]

    def test(self, facts: Facts) -> Truth:
        """Yes if one part does, no if no part does."""
        return _combined(self.parts, facts, holds=any, fails=all)


class Not(Struct, frozen=True):
    """The part is not true."""

    part: Condition

    def test(self, facts: Facts) -> Truth:
        """The opposite of what the part says; what is open stays open."""
        truth = self.part.test(facts)
        return Truth(
            may_hold=truth.may_fail, may_fail=truth.may_hold, unknown=truth.unknown
        )


def _combined(
    parts: Iterable[Condition], facts: Facts, *, holds: Quantifier, fails: Quantifier
) -> Truth:
    """Whether several parts are true together.

    `holds` and `fails` say of how many parts it depends whether they may be true, or false.
    """
    truths = [part.test(facts) for part in parts]
    may_hold = holds(truth.may_hold for truth in truths)
    may_fail = fails(truth.may_fail for truth in truths)
    # Where the answer is sure anyway, what was not known made no difference and is not named.
    if not (may_hold and may_fail):
        return Truth(may_hold, may_fail)
    return Truth(may_hold, may_fail, frozenset().union(*(one.unknown for one in truths)))


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

    FACT = "provenance"
    SCALE = Authorship


class SeverityIs(OneOfScale, frozen=True):
    """The finding's severity is one of these: the tool's own, or else the rule's."""

    FACT = "severity"
    SCALE = Severity


class ConfidenceIs(OneOfScale, frozen=True):
    """The tool's confidence is one of these; a finding without one never has it."""

    FACT = "confidence"
    SCALE = Confidence
    MAY_LACK = True


class CodeIs(LikeText, frozen=True):
    """The tool's own identifier is one of these."""

    FACT = "code"
    IS_EXACT = True

    @classmethod
    def exact_values(cls, asked: Sequence[Self]) -> tuple[object, ...]:
        """No code, each pattern's shortest one, and a longer one of each that ends in a star."""
        codes: list[str] = []
        for pattern in all_patterns(asked):
            codes += [pattern.removesuffix("*"), longest_like(pattern)]
        return (None, *dict.fromkeys(codes))


class BranchIs(LikeText, frozen=True):
    """The branch that the change wants to join."""

    FACT = "target_branch"


class AuthorIs(AnyName, frozen=True):
    """The pull request's account."""

    FACT = "author"

    def answer(self, value: str) -> Truth:
        """Whether it is one of the accounts, in upper or lower case."""
        return known(value.lower() in self.names)

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Single names, because a change has one author."""
        return with_else([sample(name, name) for name in all_names(asked)], UNNAMED)


class LabelIs(AnyName, frozen=True):
    """The pull request has one of these labels. Its presence may only tighten."""

    FACT = "labels"

    def answer(self, value: frozenset[str]) -> Truth:
        """Open where the pull request has one of the labels, else no."""
        # Anybody who can set a label could otherwise switch a rule off with one, so a label that is
        # there counts as present and as absent.
        return EITHER if self.names & {label.lower() for label in value} else FAILS


class LanguageIs(AnyName, frozen=True):
    """The change touches a file in one of these languages."""

    FACT = "languages"

    def answer(self, value: frozenset[str]) -> Truth:
        """Whether one of the languages is among those of the change."""
        return known(not self.names.isdisjoint(value))


class PathIs(Question, frozen=True):
    """The finding's path matches the patterns."""

    FACT = "path"
    patterns: tuple[str, ...]

    def answer(self, value: str | None) -> Truth:
        """Whether the path matches."""
        # A finding on the change as a whole has no path: whether it would match is not known.
        return unknown("path") if value is None else known(matches(self.patterns, value))

    def describe(self) -> str:
        """The patterns in their order: the last one that matches decides."""
        return yaml_list(self.patterns)

    @property
    def weight(self) -> int:
        """How many patterns there are, each many times."""
        # Each pattern is tried with each other one, so patterns cost more than words.
        return PATH_WEIGHT * len(self.patterns)


class AddedLinesAre(NumberWithin, frozen=True):
    """How many lines the whole change adds."""

    FACT = "added_lines"


class UpdatesDependencies(YesOrNo, frozen=True):
    """A known bot updates dependencies, and the change contains nothing else."""

    FACT = "dependency_update"


class ConditionRow(Struct, frozen=True):
    """A key of a condition: what is asked, and how it is written."""

    key: str
    asks: type[Question]
    shape: Shape[Condition]
    about: str = ""

    @property
    def fact(self) -> str:
        """The field of `Facts` that answers."""
        return self.asks.FACT

    def questions(self, asked: Iterable[Condition]) -> list[Any]:
        """Those of the conditions that are of this row's class."""
        return [leaf for leaf in asked if isinstance(leaf, self.asks)]


def _several(
    asks: Callable[[frozenset[E]], Condition], scale: type[E], expected: str
) -> Shape[Condition]:
    """One word of a scale, or a list of them."""
    return list_of(one_of(scale), expected, alone=True).then(
        lambda values: asks(frozenset(values))
    )


_texts = list_of(word, "a text or a list of texts", alone=True)
_names = _texts.then(lambda names: frozenset(name.lower() for name in names))
_limits = (
    Field("min", whole_number(0, MOST_LINES)),
    Field("max", whole_number(0, MOST_LINES)),
)


def _read_added_lines(node: Node, problems: Problems) -> Condition | None:
    """Limits of a number of lines, at least one of which is given."""
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
    ConditionRow("paths", PathIs, path_patterns.then(PathIs)),
    ConditionRow(
        "provenance", ProvenanceIs, _several(ProvenanceIs, Authorship, "ai or unmarked")
    ),
    ConditionRow(
        "severity",
        SeverityIs,
        _several(SeverityIs, Severity, "a severity or a list of them"),
    ),
    ConditionRow(
        "confidence",
        ConfidenceIs,
        _several(ConfidenceIs, Confidence, "a confidence or a list of them"),
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
"""What a condition can ask, in the order in which it is described."""

FINDING_FACTS = ("provenance", "severity", "confidence", "code")
"""The conditions that ask what is known of a single finding besides its path."""
