"""What the policy's blocks have in common.

A table of terms, and how a file's part of a block is laid over what is set below it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from typing import Any, Generic, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.levels import EditedAs, FailOn, Scale
from judgegate.policy.problems import Place, Placed, Problems
from judgegate.policy.reader import Field, Shape, fields_schema, placed, table
from judgegate.policy.yaml_document import Node

MOST_NAMED = 4
"""Examples that a sentence names before it only counts them."""


class Direction(Enum):
    """Which way a difference goes.

    `UNCLEAR`: it cannot be decided, so it must be looked at as if it were weaker.
    """

    WEAKER = "weaker"
    UNCLEAR = "unclear"
    TIGHTER = "tighter"
    NEUTRAL = "neutral"


ORDER = tuple(Direction)
"""What a reader should see first comes first."""


class Difference(Struct, frozen=True):
    """One difference in words.

    `subject` is a rule's id or a block's name, and the message's first word.
    """

    direction: Direction
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.direction.value}: {self.message}"


class AspectDifference(Struct, frozen=True):
    """One aspect in which two values differ, from what to what; `direction` is the new one's."""

    aspect: str
    before: str
    after: str
    direction: Direction

    def of(self, subject: str) -> Difference:
        """The difference in words."""
        return Difference(
            self.direction,
            subject,
            f"{self.aspect} is {self.after} instead of {self.before}",
        )


def way(*, stricter: bool, laxer: bool) -> Direction:
    """The direction of something that is stricter, laxer, or neither."""
    if stricter == laxer:
        return Direction.UNCLEAR
    return Direction.TIGHTER if stricter else Direction.WEAKER


def step(was: Scale, now: Scale) -> Direction:
    """The direction of a step on a scale whose stricter words come later."""
    return Direction.TIGHTER if now > was else Direction.WEAKER


def opposite(direction: Direction) -> Direction:
    """The direction of the same step taken back."""
    return Direction.WEAKER if direction is Direction.TIGHTER else Direction.TIGHTER


def compare_sets(
    name: str, was: Iterable[str], now: Iterable[str], *, more: Direction
) -> Iterator[Difference]:
    """What one list has and the other has not; `more` is the direction in which it grows."""
    before, after = set(was), set(now)
    for word in sorted(after - before):
        yield Difference(more, name, f"{name} now has {word}")
    for word in sorted(before - after):
        yield Difference(opposite(more), name, f"{name} no longer has {word}")


B = TypeVar("B", bound=Struct)
S = TypeVar("S", bound=Scale)


def describe_value(value: object) -> str:
    """A term's value in a sentence."""
    return str(value.value) if isinstance(value, Enum) else str(value)


class Term(Field, frozen=True):
    """A row of a block's table.

    It drives how the term is written, laid over a lower layer's, sealed and compared.

    `stricter` gives the stricter one of two values, the first one where that cannot be decided.
    """

    stricter: Callable[[Any, Any], Any] = max
    describe: Callable[[Any], str] = describe_value

    @property
    def is_ordered(self) -> bool:
        """Whether of any two values one is the stricter."""
        return self.stricter is max


class LayeredBlock(Struct, frozen=True):
    """How a block becomes terms.

    `built_in` is what applies where no layer sets anything, `parts` gives the single settings of a
    file's block with their places, and `apply` lays one over the terms of lower layers.
    """

    built_in: Any
    parts: Callable[[Any], Iterator[tuple[Any, Place]]]
    apply: Callable[[Any, Any], Any]


def is_bound(layer: int, seal: int | None) -> bool:
    """Whether the seal binds a layer: it is above the one that sealed, so it may only tighten."""
    return seal is not None and layer > seal


def block_shape(
    make: Callable[..., B],
    rows: Sequence[Field],
    expected: str,
    called: str,
    **more: object,
) -> Shape[B]:
    """A mapping of terms, each of which may be left out, with their places.

    `expected` and `called` name it in problems.
    """
    read_rows = [replace(row, shape=placed(row.shape)) for row in rows]

    def read(node: Node, problems: Problems) -> B | None:
        values = table(node, problems, expected)
        if values is None:
            return None
        block = make(**values.take_all(read_rows))
        values.close(called)
        return block

    return Shape(read, fields_schema(rows, **more))


def set_fields(terms: B, block: Struct) -> B:
    """Terms with the values of a block's fields, which have the same names."""
    values = {name: getattr(block, name) for name in block.__struct_fields__}
    # Lists, such as a team's own signals, have no place as a whole: their block adds them up itself.
    placed_values = {
        name: value.value for name, value in values.items() if isinstance(value, Placed)
    }
    return replace(terms, **placed_values)


def laid_over(lower: B, upper: B) -> B:
    """Of two blocks of one kind: each field of the upper one that is set, else the lower one's."""
    values = {name: getattr(upper, name) for name in upper.__struct_fields__}
    return replace(lower, **{name: value for name, value in values.items() if value})


def single_fields(block: Any) -> Iterator[tuple[Any, Place]]:
    """The block once for each field that it sets, with nothing but that field."""
    for name in block.__struct_fields__:
        value = getattr(block, name)
        if value is not None:
            yield type(block)(**{name: value}), value.place


def single_value(value: Placed[Any] | None) -> Iterator[tuple[Any, Place]]:
    """A block that is a single value, if it is set."""
    if value is not None:
        yield value, value.place


def tightened(rows: Iterable[Term], terms: B, later: B) -> B:
    """These terms, and of later ones what is stricter."""
    stricter = {
        row.attribute: row.stricter(
            getattr(terms, row.attribute), getattr(later, row.attribute)
        )
        for row in rows
    }
    return replace(terms, **stricter)


def compare_terms(
    block: str, rows: Iterable[Term], old: object, new: object
) -> Iterator[AspectDifference]:
    """The terms that differ, and which way."""
    for row in rows:
        was, now = getattr(old, row.attribute), getattr(new, row.attribute)
        stricter, laxer = row.stricter(was, now) == now, row.stricter(now, was) == was
        if not (stricter and laxer):
            direction = way(stricter=stricter, laxer=laxer)
            yield AspectDifference(
                f"{block}.{row.key}", row.describe(was), row.describe(now), direction
            )


class SingleTerm(Struct, Generic[S], frozen=True):
    """A block that is one word, in the shape that the other blocks have."""

    value: S

    def tightened(self, later: Self) -> "SingleTerm[S]":
        """The stricter one of both."""
        return SingleTerm(max(self.value, later.value))


def _one_word(built_in: Scale) -> LayeredBlock:
    """A block that is one word of a scale."""
    return LayeredBlock(
        SingleTerm(built_in), single_value, lambda _, value: SingleTerm(value.value)
    )


WORDS = {"fail_on": _one_word(FailOn.REVIEW), "edited": _one_word(EditedAs.WARN)}
"""The blocks that are one word each."""


_WRITTEN_AS = {"LimitTerms": "Limits", "RuleCase": "Case", "TeamSignal": "Signal"}
"""The old names of classes, for digests.

A digest is in published reports, so a class that was renamed is written under the name it had then.
"""


_ADDED_LATER = {"LimitTerms": frozenset({"files", "bytes"})}
"""Fields that came after digests were published, by class.

At their defaults they are left out, so that the same policy keeps its digest.
"""


def digest(value: object) -> str:
    """`sha256:` and the hexadecimal digest of the value's canonical JSON."""
    text = json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def plain(value: object) -> Any:
    """The value in JSON's types; a place says nothing about what applies, so it is left out.

    Raises:
        TypeError: it has a part that has no form.
    """
    if isinstance(value, Placed):
        return plain(value.value)
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return _plain_parts(value)


def _plain_parts(value: object) -> Any:
    """The value part by part, where it has parts."""
    if isinstance(value, Struct):
        return _fields(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, AbstractSet):
        # A set has no order, and the same policy must have the same digest in every process.
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    raise TypeError(f"no form for {type(value).__name__}")


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a value and the name of its class, so that two kinds of values never look alike."""
    name = type(value).__name__
    fields = {"is": _WRITTEN_AS.get(name, name)}
    later = _ADDED_LATER.get(name, frozenset())
    for field in value.__struct_fields__:
        item = getattr(value, field)
        if isinstance(item, Place):
            continue
        if field in later and item == getattr(type(value)(), field):
            continue
        fields[field] = plain(item)
    return fields
