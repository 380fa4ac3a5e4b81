"""Kinds of conditions: those that name words of a scale, patterns of a text, names or limits.

Which fact each asks for is in `conditions`.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import chain
from typing import Any, ClassVar, Final, Self

from msgspec import Struct

CODES = "The tool's own identifiers; a * at the end matches any rest."
"""What a schema says of a list of codes."""


def is_like(pattern: str, text: str) -> bool:
    """Whether the text is the pattern, where a `*` at the pattern's end matches any rest."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


class Unknown(Enum):
    """In the place of a fact that is not known."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class Truth(Struct, frozen=True):
    """Whether a condition may be true, whether it may be false, and which facts were not known."""

    may_hold: bool
    may_fail: bool
    unknown: frozenset[str] = frozenset()


HOLDS = Truth(may_hold=True, may_fail=False)
FAILS = Truth(may_hold=False, may_fail=True)
EITHER = Truth(may_hold=True, may_fail=True)


def known(holds: bool) -> Truth:
    """The answer of a question whose fact is known."""
    return HOLDS if holds else FAILS


def unknown(fact: str) -> Truth:
    """The answer where a fact is not known: both ways are open, and the fact is named."""
    return Truth(may_hold=True, may_fail=True, unknown=frozenset({fact}))


class Sample(Struct, frozen=True):
    """An example of a fact, and the words for it."""

    labels: tuple[str, ...]
    value: Any


ELSE = "anything else"
UNNAMED = "a-name-that-no-policy-has"


class Question(Struct, frozen=True):
    """A condition that asks for a single fact.

    It says what it names, and which examples of the fact the questions of its class tell apart.
    """

    FACT: ClassVar[str]
    """The field of `Facts` that it asks for."""
    IS_EXACT: ClassVar[bool] = False
    """Whether a few values are enough for all that questions of this class tell apart.

    Otherwise each question is tried as true and as false.
    """

    def test(self, facts: Struct) -> Truth:
        """Whether it is true; where the fact is not known, it may be true and may be false."""
        value = getattr(facts, self.FACT)
        return unknown(self.FACT) if isinstance(value, Unknown) else self.answer(value)

    def answer(self, value: Any) -> Truth:
        """Whether it is true of this fact, which is known."""
        raise NotImplementedError

    def describe(self) -> str:
        """What is written after the condition's key, as YAML in one line."""
        raise NotImplementedError

    @property
    def weight(self) -> int:
        """How many words and patterns it names."""
        return 1

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Facts that these questions tell apart. There is at least one question."""
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

    def answer(self, value: Any) -> Truth:
        """Whether the fact is one of the words."""
        return known(value in self.values)

    def describe(self) -> str:
        """The words in the order of their scale."""
        return yaml_list(member.value for member in self.SCALE if member in self.values)

    @classmethod
    def samples(cls, _asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Every word of the scale, and none of them where the fact may be missing."""
        words = [sample(member.value, member) for member in cls.SCALE]
        return (sample("none", None), *words) if cls.MAY_LACK else tuple(words)


class LikeText(Question, frozen=True):
    """Asks whether a text is like one of several patterns.

    A `*` at a pattern's end matches any rest.
    """

    patterns: tuple[str, ...]

    def answer(self, value: str | None) -> Truth:
        """Whether one of the patterns is like the text; none is where there is no text."""
        return known(value is not None and self._is_like(value))

    def _is_like(self, text: str) -> bool:
        """Whether one of the patterns is like the text."""
        return any(is_like(pattern, text) for pattern in self.patterns)

    def describe(self) -> str:
        """The patterns in their order."""
        return yaml_list(self.patterns)

    @property
    def weight(self) -> int:
        """Each pattern counts."""
        return len(self.patterns)

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """A text that is like each pattern, and one that is like none."""
        examples = [sample(one, longest_like(one)) for one in all_patterns(asked)]
        return with_else(examples, UNNAMED)


class AnyName(Question, frozen=True):
    """Asks for one of several names, upper and lower case alike (they are kept in lower case)."""

    names: frozenset[str]

    def describe(self) -> str:
        """The names, sorted."""
        """The names, sorted."""
        return yaml_list(sorted(self.names))

    @property
    def weight(self) -> int:
        """Each name counts."""
        return len(self.names)

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Sets of names: each alone, all together, and none of them."""
        names = all_names(asked)
        examples = [sample(name, frozenset({name})) for name in names]
        # A change may have several labels, and a condition may ask for two of them at once.
        if len(names) > 1:
            examples.append(sample("all of these", frozenset(names)))
        return with_else(examples, frozenset())


class NumberWithin(Question, frozen=True):
    """Asks whether a number is within limits, both included; no maximum is no upper limit."""

    IS_EXACT = True
    minimum: int
    maximum: int | None

    def answer(self, value: int) -> Truth:
        """Whether the number is within the limits."""
        if self.maximum is not None and value > self.maximum:
            return FAILS
        return known(value >= self.minimum)

    def describe(self) -> str:
        """The limits that are given, as a mapping of YAML."""
        limits = [f"min: {self.minimum}"] if self.minimum else []
        if self.maximum is not None:
            limits.append(f"max: {self.maximum}")
        return f"{{{', '.join(limits)}}}"

    @classmethod
    def samples(cls, asked: Sequence[Self]) -> tuple[Sample, ...]:
        """The numbers at which the answer of some question changes."""
        # Between two of these numbers every question has the same answer.
        edges = {0, *(one.minimum for one in asked)}
        for one in asked:
            if one.maximum is not None:
                edges.add(one.maximum + 1)
        return tuple(sample(f"from {edge}", edge) for edge in sorted(edges))


class YesOrNo(Question, frozen=True):
    """Asks for a fact that is true or false; `key: false` is written for its negation."""

    def answer(self, value: bool) -> Truth:
        """The fact is the answer."""
        return known(value)

    def describe(self) -> str:
        return "true"

    @classmethod
    def samples(cls, _asked: Sequence[Self]) -> tuple[Sample, ...]:
        """Both answers."""
        return sample("true", value=True), sample("false", value=False)


def sample(label: str, value: object) -> Sample:
    """An example of a fact, with a single label."""
    return Sample((label,), value)


def with_else(examples: Sequence[Sample], value: object) -> tuple[Sample, ...]:
    """The examples, and one for anything else; none where there are no examples."""
    return (*examples, sample(ELSE, value)) if examples else ()


def all_patterns(asked: Iterable[LikeText]) -> list[str]:
    """The patterns of all of these questions, each once, in their order."""
    patterns = chain.from_iterable(question.patterns for question in asked)
    return list(dict.fromkeys(patterns))


def all_names(asked: Iterable[AnyName]) -> list[str]:
    """What all of these questions name."""
    return sorted(frozenset().union(*(question.names for question in asked)))


def longest_like(pattern: str) -> str:
    """An example of what is like the pattern, longer than what is before its star."""
    return f"{pattern[:-1]}\0" if pattern.endswith("*") else pattern


def yaml_list(values: Iterable[str]) -> str:
    """The values as they are written in one line: a single one, or `[one, other]`."""
    found = list(values)
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"
