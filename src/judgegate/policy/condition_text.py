"""Conditions as they are written: read from a policy, in its JSON Schema, and in words again."""

from collections.abc import Iterable, Sequence

from judgegate.policy.condition_kinds import Question, YesOrNo
from judgegate.policy.conditions import CONDITIONS, AllOf, AnyOf, Condition, Not
from judgegate.policy.problems import Problems
from judgegate.policy.reader import Shape, list_of, present, refuse, table
from judgegate.policy.schema_shapes import Schema, described, table_schema
from judgegate.policy.yaml_document import Node

_ROW_OF = {row.asks: row for row in CONDITIONS}


def _read_condition(node: Node, problems: Problems) -> Condition | None:
    """A mapping of questions, all of which must be answered with yes.

    A single one is left as it is, so that `all` with one part and the part itself are the same.
    """
    entries = table(node, problems, "a condition")
    if entries is None:
        return None
    if not entries.node.entries:
        return refuse(node, problems, "a condition such as {provenance: ai}")
    parts = present([entries.take(key, shape) for key, shape in _KEYS.items()])
    entries.close("a condition")
    if len(parts) > 1:
        return AllOf(parts)
    return parts[0] if parts else None


condition: Shape[Condition] = Shape(_read_condition, {"$ref": "#/$defs/condition"})
"""A mapping whose entries must all be true, with `any`, `all` and `not` inside."""

_several = list_of(condition, "a list of conditions")
_KEYS: dict[str, Shape[Condition]] = {
    **{row.key: row.shape for row in CONDITIONS},
    "any": _several.then(AnyOf),
    "all": _several.then(AllOf),
    "not": condition.then(Not),
}


def condition_schema() -> Schema:
    """The schema `#/$defs/condition`."""
    about = {row.key: row.about for row in CONDITIONS}
    fields = {
        key: described(about.get(key, ""), shape.schema) for key, shape in _KEYS.items()
    }
    return table_schema(
        fields,
        description="Every given entry must be true; a list means any of these.",
        minProperties=1,
    )


def describe_condition(condition: Condition) -> str:
    """The condition as YAML in one line, without the outermost braces: `severity: high, paths: [src/**]`."""
    match condition:
        case AllOf(parts) if _have_keys_of_their_own(parts):
            return ", ".join(describe_condition(part) for part in parts)
        case AllOf(parts):
            return f"all: {_describe_list(parts)}"
        case AnyOf(parts):
            return f"any: {_describe_list(parts)}"
        case Not(YesOrNo() as question):
            return f"{_ROW_OF[type(question)].key}: false"
        case Not(part):
            return f"not: {{{describe_condition(part)}}}"
        case Question() as question:
            return f"{_ROW_OF[type(question)].key}: {question.describe()}"
        case _:
            raise AssertionError(condition)


def _have_keys_of_their_own(parts: Sequence[Condition]) -> bool:
    """Whether no two parts are of one class: a mapping has each key once."""
    return len(set(map(type, parts))) == len(parts)


def _describe_list(parts: Iterable[Condition]) -> str:
    """Conditions as a list of YAML in one line."""
    described = (f"{{{describe_condition(part)}}}" for part in parts)
    return f"[{', '.join(described)}]"
