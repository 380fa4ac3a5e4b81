"""Kinds of conditions: those that name words of a scale, patterns of a text, or names.

Which fact each asks stands in `conditions`.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, ClassVar, Final, Self

from msgspec import Struct

CODES = "The tool's own identifiers; a * at the end matches any rest."
"""What a schema says of a list of codes."""


def is_like(pattern: str, text: str) -> bool:
    """Whether the text is the pattern, where a `*` at the pattern's end stands for any rest."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


class Unknown(Enum):
    """Stands for a fact that nobody could tell."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class Truth(Struct, frozen=True):
    """Whether a condition may hold, whether it may fail, and which facts were not known."""

    may_hold: bool
    may_fail: bool
    unknown: frozenset[str] = frozenset()


HOLDS = Truth(may_hold=True, may_fail=False)
FAILS = Truth(may_hold=False, may_fail=True)
EITHER = Truth(may_hold=True, may_fail=True)


def known(holds: bool) -> Truth:
    return HOLDS if holds else FAILS


def unknown(fact: str) -> Truth:
    return Truth(may_hold=True, may_fail=True, unknown=frozenset({fact}))


class Sample(Struct, frozen=True):
    """An example of a fact, and the words that it stands for."""

    labels: tuple[str, ...]
    value: Any


ELSE = "anything else"
UNNAMED = "a-name-that-no-policy-has"


class Question(Struct, frozen=True):
    """A condition that asks for a single fact: what it names, and the examples of facts that questions of its class tell apart."""

    IS_EXACT: ClassVar[bool] = False
    """Whether a few values stand for all that questions of this class tell apart; else only whether each holds can be tried.
    """

    def describe(self) -> str:
        """What stands behind the condition's key, as YAML in one line."""
        raise NotImplementedError

    @property
    def weight(self) -> int:
        """How many words and patterns it names."""
        return 1

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Facts that these questions tell apart; none where nothing is asked."""
        raise NotImplementedError

    @classmethod
    def exact_values(cls, asked: Sequence[Self]) -> tuple[object, ...]:
        """All values that these questions tell apart, if the class is exact."""
        return tuple(sample.value for sample in cls.samples(asked))


class OneOfScale(Question, frozen=True):
    """Asks whether a word of a scale is among several."""

    IS_EXACT = True
    SCALE: ClassVar[type[Enum]]
    MAY_LACK: ClassVar[bool] = False
    values: frozenset[Any]

    def describe(self) -> str:
        return yaml_list([member.value for member in self.SCALE if member in self.values])

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        if not asked:
            return ()
        lacking = [sample("none", None)] if cls.MAY_LACK else []
        return (*lacking, *(sample(str(member.value), member) for member in cls.SCALE))


class LikeText(Question, frozen=True):
    """Asks whether a text is like one of several patterns, where `*` at the end stands for any rest."""

    patterns: tuple[str, ...]

    def describe(self) -> str:
        return yaml_list(self.patterns)

    @property
    def weight(self) -> int:
        return len(self.patterns)

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        patterns = dict.fromkeys(
            pattern for question in asked for pattern in question.patterns
        )
        examples = [sample(pattern, longest_like(pattern)) for pattern in patterns]
        return (*examples, sample(ELSE, UNNAMED)) if examples else ()


class AnyName(Question, frozen=True):
    """Asks for one of several names, upper and lower case alike (they are kept in lower case)."""

    names: frozenset[str]

    def describe(self) -> str:
        return yaml_list(sorted(self.names))

    @property
    def weight(self) -> int:
        return len(self.names)

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Sets of names: each alone, all together, and none of them."""
        names = all_names(asked)
        if not names:
            return ()
        together = [sample("all of these", frozenset(names))] if len(names) > 1 else []
        return (
            *(sample(name, frozenset({name})) for name in names),
            *together,
            sample(ELSE, frozenset()),
        )


class YesOrNo(Question, frozen=True):
    """Asks for a fact that is true or false; `key: false` is written for its negation."""

    def describe(self) -> str:
        return "true"

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        return (sample("true", value=True), sample("false", value=False)) if asked else ()


def sample(label: str, value: object) -> Sample:
    return Sample((label,), value)


def all_names(asked: Iterable[AnyName]) -> list[str]:
    """What all of these questions name."""
    return sorted({name for question in asked for name in question.names})


def longest_like(pattern: str) -> str:
    """An example of what is like the pattern, longer than what stands before its star."""
    return f"{pattern[:-1]}\0" if pattern.endswith("*") else pattern


def yaml_list(values: Iterable[str]) -> str:
    """The values as they are written in one line: a single one, or `[one, other]`."""
    found = list(values)
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"
