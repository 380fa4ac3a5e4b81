"""How values are written in a policy.

A shape reads a node into a typed value, or notes a problem and gives None. It also has its part of
the JSON Schema.

A mapping with known keys is a table of `Field` rows, which both the reader and the schema are made
from; what is left over when a `FieldReader` is closed is unknown. Hand-written rather than
pydantic: a problem needs its line and column, every value keeps where it was set, YAML's surprises
must be seen before they have become Python values, and no model has to be built when a run starts.
"""

import re
from collections.abc import Callable, Container, Iterable
from collections.abc import Sequence as AnySequence
from datetime import date
from enum import Enum
from typing import Any, Generic, TypeGuard, TypeVar

from msgspec import Struct, field

from judgegate.policy.path_patterns import fault, seen_from_root
from judgegate.policy.problems import Placed, Problems, listed, nearest, quoted
from judgegate.policy.schema_shapes import (
    LONGEST_TEXT,
    TEXT,
    Schema,
    described,
    many,
    number,
    some,
    table_schema,
    text,
    words,
)
from judgegate.policy.yaml_document import FORBIDDEN, Mapping, Node, Scalar, Sequence

T = TypeVar("T")
U = TypeVar("U")
E = TypeVar("E", bound=Enum)

Read = Callable[[Node, Problems], T | None]


class Shape(Struct, Generic[T], frozen=True):
    """How a value is written: what reads it, and what a JSON Schema says of it."""

    read: Read[T]
    schema: Schema

    def __call__(self, node: Node, problems: Problems) -> T | None:
        """The value, or None where a problem was noted."""
        return self.read(node, problems)

    def then(self, make: Callable[[T], U]) -> "Shape[U]":
        """Something else that is made of what is written in the same way."""

        def read(node: Node, problems: Problems) -> U | None:
            value = self.read(node, problems)
            return None if value is None else make(value)

        return Shape(read, self.schema)


class Field(Struct, frozen=True):
    """A row of a table of fields: a key of a mapping, and how its value is written.

    `about` is the schema's description. `needed` says why the key must be there, and ends the
    sentence "`key` is missing: ...". `name` is what the value is called in code, where that is not
    the key.
    """

    key: str
    shape: Shape[Any]
    about: str = ""
    needed: str = ""
    name: str = ""

    @property
    def attribute(self) -> str:
        """What the value is called in code."""
        return self.name or self.key

    @property
    def schema(self) -> Schema:
        """The schema of the value, with the row's description."""
        return described(self.about, self.shape.schema)


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# What some reader of YAML takes for something other than text: truth values, null, numbers of any
# spelling, dates and times.
_NOT_TEXT = re.compile(
    r"(?:yes|no|on|off|true|false|y|n|null|~"
    r"|[-+]?\.(?:inf|nan)|[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|[-+]?\.[0-9][0-9_]*"
    r"|[-+]?0[xob][0-9a-f_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?|=)\Z",
    re.IGNORECASE,
)
_TRUTH = ("true", "false")
_TRUTH_HINTS = {
    **dict.fromkeys(("yes", "on", "y"), "; did you mean true?"),
    **dict.fromkeys(("no", "off", "n"), "; did you mean false?"),
}
"""What YAML 1.1 takes for a truth value and YAML 1.2 does not, with the hint behind the problem."""
WITHOUT_QUOTES = ", without quotes"


def present(values: Iterable[T | None]) -> tuple[T, ...]:
    """Those of the values that are there: what could not be read is None."""
    return tuple(value for value in values if value is not None)


def written(node: Node) -> str:
    """The text of a scalar; empty for a list or a mapping."""
    return node.text if isinstance(node, Scalar) else ""


def is_plain(node: Node, words: Container[str]) -> TypeGuard[Scalar]:
    """Whether one of these words is written here without quotes."""
    return isinstance(node, Scalar) and node.plain and node.text in words


def refuse(node: Node, problems: Problems, expected: str) -> T | None:
    """Note that something else was expected here, and give nothing. What is broken anyway is left alone."""
    match node:
        case Scalar(broken=True):
            return None
        case Scalar(text="", plain=True):
            found = "nothing"
        case Scalar():
            found = quoted(node.text)
        case Sequence():
            found = "a list"
        case Mapping():
            found = "a mapping" if node.entries else "an empty mapping"
    problems.add(node.place, f"expected {expected}, found {found}")
    return None


def _read_word(node: Node, problems: Problems) -> str | None:
    """A text that every reader of YAML takes for a text."""
    if not isinstance(node, Scalar) or not node.text.strip():
        return refuse(node, problems, "a text")
    if node.plain and _NOT_TEXT.match(node.text):
        return refuse(node, problems, f'a text (put it in quotes: "{node.text[:40]}")')
    # In the file itself such a character was refused before: here it was written as an escape.
    if FORBIDDEN.search(node.text):
        return refuse(node, problems, "a text without control characters")
    if len(node.text) > LONGEST_TEXT:
        return refuse(node, problems, f"a text of at most {LONGEST_TEXT} characters")
    return node.text


word: Shape[str] = Shape(_read_word, TEXT)
"""Any non-empty text.

It needs quotes if another reader of YAML would see a number, a date or a truth value.
"""


def matching(pattern: re.Pattern[str], expected: str) -> Shape[str]:
    """A text that matches as a whole."""

    def read(node: Node, problems: Problems) -> str | None:
        found = word(node, problems)
        if found is None or pattern.fullmatch(found):
            return found
        return refuse(node, problems, expected)

    return Shape(read, text(f"^{pattern.pattern}$"))


def one_of(scale: type[E]) -> Shape[E]:
    """One of an enum's words."""
    return Shape(
        one_word([member.value for member in scale]).then(scale).read, words(scale)
    )


def one_word(known: Iterable[str], expected: str = "") -> Shape[str]:
    """One of some words; `expected` names them, where listing them does not say enough."""
    choice = list(known)

    def read(node: Node, problems: Problems) -> str | None:
        found = written(node)
        if found in choice:
            return found
        return refuse_word(
            node, problems, expected or listed(choice), nearest(found, choice)
        )

    return Shape(read, {"enum": choice})


def refuse_word(node: Node, problems: Problems, expected: str, hint: str) -> T | None:
    """Like `refuse`, with the nearest right word behind it."""
    if hint and isinstance(node, Scalar) and not node.broken:
        problems.add(node.place, f"expected {expected}, found {quoted(node.text)}{hint}")
        return None
    return refuse(node, problems, expected)


def _read_truth(node: Node, problems: Problems) -> bool | None:
    """A truth value; a near word gets a hint."""
    if is_plain(node, _TRUTH):
        return node.text == "true"
    found = written(node).lower()
    quotes = WITHOUT_QUOTES if found in _TRUTH else ""
    return refuse_word(
        node, problems, f"true or false{quotes}", _TRUTH_HINTS.get(found, "")
    )


truth: Shape[bool] = Shape(_read_truth, {"type": "boolean"})
"""Exactly `true` or `false`, in this spelling."""


def whole_number(minimum: int, maximum: int) -> Shape[int]:
    """A decimal whole number within limits, both included."""
    expected = f"a whole number from {minimum} to {maximum}"

    def read(node: Node, problems: Problems) -> int | None:
        if not isinstance(node, Scalar) or not _NUMBER.match(node.text):
            return refuse(node, problems, expected)
        if not node.plain:
            return refuse(node, problems, expected + WITHOUT_QUOTES)
        found = int(node.text)
        return found if minimum <= found <= maximum else refuse(node, problems, expected)

    return Shape(read, number(minimum, maximum))


def _read_day(node: Node, problems: Problems) -> date | None:
    """A day that the calendar has."""
    if isinstance(node, Scalar) and _DATE.match(node.text):
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            pass  # no such day: said below, as for any other text
    return refuse(node, problems, "a day such as 2027-01-31")


day: Shape[date] = Shape(_read_day, text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
"""A day of the calendar, such as 2027-01-31."""


def placed(read: Read[T]) -> Shape[Placed[T]]:
    """The value with its place."""

    def read_placed(node: Node, problems: Problems) -> Placed[T] | None:
        """The place is that of the value, not of its key."""
        value = read(node, problems)
        return None if value is None else Placed(value, node.place)

    return Shape(read_placed, _schema_of(read))


def list_of(
    read: Read[T], expected: str, *, alone: bool = False, empty: bool = False
) -> Shape[tuple[T, ...]]:
    """A list, without the items that could not be read.

    With `alone` a single value counts as a list of one, with `empty` the list may be empty.
    """

    def read_list(node: Node, problems: Problems) -> tuple[T, ...] | None:
        """What is written must be a list."""
        if not isinstance(node, Sequence):
            return refuse(node, problems, expected)
        if not node.items and not empty:
            problems.add(node.place, f"expected {expected}, found an empty list")
            return None
        return present(read(item, problems) for item in node.items)

    def read_one_or_list(node: Node, problems: Problems) -> tuple[T, ...] | None:
        """A single value is a list of one."""
        if isinstance(node, Scalar):
            return present([read(node, problems)]) or None
        return read_list(node, problems)

    item = _schema_of(read)
    if alone:
        return Shape(read_one_or_list, many(item, empty=empty))
    return Shape(read_list, some(item, empty=empty))


def _schema_of(read: Read[Any]) -> Schema:
    """What a reader says of its schema; one that is no shape says nothing, so that is written by hand."""
    return read.schema if isinstance(read, Shape) else {}


starred_text = matching(re.compile(r"[^*]+\*?"), "a text with at most one *, at its end")
"""A pattern for texts, where `*` at the end matches any rest."""


def _read_path_pattern(node: Node, problems: Problems) -> str | None:
    """A pattern as seen from the root, whatever folder the policy is of."""
    text = word(node, problems)
    if text is None:
        return None
    if wrong := fault(text):
        problems.add(node.place, f"expected a path pattern {wrong}, found {quoted(text)}")
        return None
    return seen_from_root(text, problems.folder) if problems.folder else text


_path_patterns = list_of(
    Shape(_read_path_pattern, TEXT), "a list of path patterns", alone=True
)


def _read_path_patterns(node: Node, problems: Problems) -> tuple[str, ...] | None:
    """One pattern, or a list of which at least one adds paths."""
    patterns = _path_patterns(node, problems)
    # An exclusion takes out what an earlier pattern matched, and here no pattern matches anything.
    if patterns and all(pattern.startswith("!") for pattern in patterns):
        problems.add(
            node.place,
            "these patterns match nothing: each one only excludes (!) what an earlier one matched",
        )
        return None
    return patterns


path_patterns = Shape(
    _read_path_patterns,
    {"description": "Patterns in the language of .gitignore.", **_path_patterns.schema},
)
"""A list of path patterns, at least one of which adds paths."""


class FieldReader(Struct):
    """A mapping while its fields are taken from it."""

    node: Mapping
    problems: Problems
    known: list[str] = field(default_factory=list)

    def take(self, name: str, read: Read[T]) -> T | None:
        """The field's value, or None where it is absent or wrong."""
        self.known.append(name)
        node = self.node_of(name)
        return None if node is None else read(node, self.problems)

    def placed(self, name: str, read: Read[T]) -> Placed[T] | None:
        """The field's value with its place."""
        return self.take(name, placed(read))

    def need(self, name: str, read: Read[T], why: str) -> T | None:
        """A field that must be there; `why` ends the sentence "`name` is missing: ..."."""
        if not self.has(name):
            self.problems.add(self.node.place, f"`{name}` is missing: {why}")
        return self.take(name, read)

    def take_all(self, rows: AnySequence[Field]) -> dict[str, Any]:
        """The values of a table's rows by their attributes, as far as they are there and right."""
        values: dict[str, Any] = {}
        for row in rows:
            value = (
                self.need(row.key, row.shape, row.needed)
                if row.needed
                else self.take(row.key, row.shape)
            )
            if value is not None:
                values[row.attribute] = value
        return values

    def has(self, *names: str) -> bool:
        """Whether any of these fields is written, right or wrong."""
        return any(self.node_of(name) is not None for name in names)

    def node_of(self, name: str) -> Node | None:
        """The field as it is written."""
        return next((value for key, value in self.node.entries if key.text == name), None)

    def close(self, what: str) -> None:
        """Note every key that was not asked for; `what` names the mapping: "a rule"."""
        unknown = (key for key, _ in self.node.entries if key.text not in self.known)
        for key in unknown:
            hint = nearest(key.text, self.known) or f"; it has {listed(self.known, 'and')}"
            self.problems.add(key.place, f"unknown key {quoted(key.text)} in {what}{hint}")


def table(node: Node, problems: Problems, what: str) -> FieldReader | None:
    """The node as a table, or None (and a problem) where it is no mapping."""
    if isinstance(node, Mapping):
        return FieldReader(node, problems)
    return refuse(node, problems, f"{what} (a mapping)")


def is_complete(values: dict[str, Any], rows: AnySequence[Field]) -> bool:
    """Whether all that the table needs was there and right."""
    return all(row.attribute in values for row in rows if row.needed)


def fields_schema(rows: AnySequence[Field], **more: object) -> Schema:
    """The schema of a mapping with these fields."""
    needed = [row.key for row in rows if row.needed]
    return table_schema({row.key: row.schema for row in rows}, needed, **more)
