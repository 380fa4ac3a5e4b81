"""The facts that conditions tell apart.

For each fact there are a few examples, so that two policies can be asked the same questions.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, product
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from judgegate.policy.block_fields import MOST_NAMED
from judgegate.policy.condition_kinds import ELSE, Question, Sample, sample, with_else
from judgegate.policy.conditions import (
    CONDITIONS,
    FINDING_FACTS,
    NO_FACTS,
    Condition,
    ConditionRow,
    Facts,
    PathIs,
)
from judgegate.policy.path_patterns import path_examples


class Dimension(Struct, frozen=True):
    """A fact with its examples. `name` is the policy's word for it, `fact` the field's."""

    name: str
    fact: str
    samples: tuple[Sample, ...]


World = tuple[Sample, ...]


def dimensions(
    questions: Iterable[Condition], folders: Iterable[str] = ()
) -> tuple[Dimension, ...]:
    """The facts that these conditions, and policies of these folders, tell apart."""
    asked = list(dict.fromkeys(questions))
    zones = sorted(folders)
    # A sentence first names what is known of the finding itself, then where it is, then the change.
    rows = sorted(CONDITIONS, key=lambda row: row.key not in FINDING_FACTS)
    found = [Dimension(row.key, row.fact, _samples(row, asked, zones)) for row in rows]
    return tuple(
        _merged(dimension, asked, zones) for dimension in found if dimension.samples
    )


def _samples(
    row: ConditionRow, asked: Sequence[Condition], folders: Sequence[str]
) -> tuple[Sample, ...]:
    """The examples of a row's fact; none where neither a condition nor a folder asks for it."""
    questions = row.questions(asked)
    # Where a folder has a policy of its own, paths matter even if no condition asks for one.
    if row.asks is PathIs:
        return _path_samples(questions, folders)
    return row.asks.samples(questions) if questions else ()


def _path_samples(asked: Iterable[PathIs], folders: Sequence[str]) -> tuple[Sample, ...]:
    """Paths that these questions, and policies of these folders, tell apart."""
    patterns = chain.from_iterable(question.patterns for question in asked)
    examples = [sample(*example) for example in path_examples(patterns, folders)]
    return with_else(examples, "elsewhere/file.other")


def _merged(
    dimension: Dimension, asked: Sequence[Condition], folders: Sequence[str]
) -> Dimension:
    """The dimension, with one sample for all those that no question tells apart."""
    alike: dict[tuple[object, ...], list[Sample]] = {}
    for example in dimension.samples:
        facts = replace(NO_FACTS, **{dimension.fact: example.value})
        answers = [leaf.test(facts) for leaf in asked]
        # Two paths that answer every question alike still differ if one is in a folder with a policy.
        path = facts.path or ""
        zone = [path.startswith(folder) for folder in folders]
        alike.setdefault((*answers, *zone), []).append(example)
    return replace(dimension, samples=tuple(map(_joined, alike.values())))


def _joined(samples: Sequence[Sample]) -> Sample:
    """The first sample, in the place of all of them: it has their labels."""
    return Sample(tuple(_labels(samples)), samples[0].value)


def _labels(samples: Iterable[Sample]) -> list[str]:
    """The labels of all samples, in their order."""
    return list(chain.from_iterable(sample.labels for sample in samples))


def count_names(questions: Iterable[Condition]) -> int:
    """How many words and patterns the conditions name.

    A path's pattern counts more, because each is tried with each.
    """
    return sum(leaf.weight for leaf in questions if isinstance(leaf, Question))


def count_worlds(known: Sequence[Dimension]) -> int:
    """How many combinations there are."""
    return prod(len(dimension.samples) for dimension in known)


def worlds(known: Sequence[Dimension]) -> Iterator[tuple[World, Facts]]:
    """Every combination, with its facts."""
    for world in product(*(dimension.samples for dimension in known)):
        yield world, facts_in(world, known, NO_FACTS)


def facts_in(world: World, known: Sequence[Dimension], facts: Facts) -> Facts:
    """The facts, with what the world says of each dimension."""
    pairs = zip(known, world, strict=True)
    return replace(facts, **{dimension.fact: one.value for dimension, one in pairs})


def describe_worlds(known: Sequence[Dimension], chosen: Sequence[World]) -> str:
    """Where these worlds lie, in the policy's words: ` (severity high or critical; paths src/**)`.

    Empty where it is everywhere.
    """
    parts: list[str] = []
    size = 1
    for index, dimension in enumerate(known):
        seen = {world[index] for world in chosen}
        size *= len(seen)
        if len(seen) < len(dimension.samples):
            parts.append(f"{dimension.name} {_describe(dimension, seen)}")
    # Each fact is listed by itself, so the list is exact only if the worlds are all its combinations.
    is_exact = size == len(chosen)
    if not parts:
        return "" if is_exact else " in some cases"
    return f" ({'; '.join(parts)})" if is_exact else f" (some of: {'; '.join(parts)})"


def _describe(dimension: Dimension, seen: Collection[Sample]) -> str:
    """The examples that were seen.

    Where what no question names is among them, those that were not seen say it in fewer words.
    """
    named = _labels(one for one in dimension.samples if one in seen)
    if ELSE not in named:
        return _listed(named)
    others = _labels(one for one in dimension.samples if one not in seen)
    return f"other than {_listed(others)}"


def _listed(words: Sequence[str]) -> str:
    """The words in a sentence; where they are many, the first ones and how many more."""
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED} more"
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
