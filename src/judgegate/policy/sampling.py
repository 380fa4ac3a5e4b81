"""The facts that conditions tell apart: for each fact a few examples, so that two policies can be asked the same questions."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from judgegate.policy.block_fields import MOST_NAMED
from judgegate.policy.condition_kinds import ELSE, Question, Sample
from judgegate.policy.conditions import (
    CONDITIONS,
    FINDING_FACTS,
    NO_FACTS,
    Condition,
    ConditionRow,
    Facts,
    PathIs,
    path_samples,
)


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
    # Where a folder has a policy of its own, paths matter even if no condition asks for one.
    if row.asks is PathIs:
        return path_samples([leaf for leaf in asked if isinstance(leaf, PathIs)], folders)
    return row.asks.samples([leaf for leaf in asked if isinstance(leaf, row.asks)])


def _merged(
    dimension: Dimension, asked: Sequence[Condition], folders: Sequence[str]
) -> Dimension:
    """The dimension, with one sample for all those that no question tells apart."""
    alike: dict[tuple[object, ...], Sample] = {}
    for sample in dimension.samples:
        facts = replace(NO_FACTS, **{dimension.fact: sample.value})
        # Two paths that answer every question alike differ still if another folder's policy holds for one.
        zone = (
            facts.path is not None and facts.path.startswith(folder) for folder in folders
        )
        signature = (*(leaf.test(facts) for leaf in asked), *zone)
        known = alike.get(signature)
        alike[signature] = (
            sample if known is None else Sample(known.labels + sample.labels, known.value)
        )
    return replace(dimension, samples=tuple(alike.values()))


def count_names(questions: Iterable[Condition]) -> int:
    """How many words and patterns the conditions name.

    A path's pattern counts more, because each is tried with each.
    """
    return sum(leaf.weight for leaf in questions if isinstance(leaf, Question))


def count_worlds(known: Sequence[Dimension]) -> int:
    """How many combinations there are."""
    return prod(len(dimension.samples) for dimension in known)


def worlds(known: Sequence[Dimension]) -> Iterator[tuple[World, Facts]]:
    """Every combination, with the facts that it stands for."""
    for world in product(*(dimension.samples for dimension in known)):
        values = {
            dimension.fact: sample.value
            for dimension, sample in zip(known, world, strict=True)
        }
        yield world, replace(NO_FACTS, **values)


def describe_worlds(known: Sequence[Dimension], chosen: Sequence[World]) -> str:
    """Where these worlds lie, in the policy's words: ` (severity high or critical; paths src/**)`, empty where it is everywhere."""
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
    """The examples that were seen; where what no question names is among them, those that were not."""
    named = [
        label for sample in dimension.samples if sample in seen for label in sample.labels
    ]
    if ELSE not in named:
        return _listed(named)
    return f"other than {_listed([label for sample in dimension.samples if sample not in seen for label in sample.labels])}"


def _listed(words: Sequence[str]) -> str:
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED} more"
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
