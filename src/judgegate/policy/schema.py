"""The JSON Schema of a policy, for editors.

It is put together from the blocks' parts, which are made from the tables that the loader reads with.

It says what a schema can: keys, words, numbers, shapes. What only the loader can tell (whether a
rule can fire, whether a pattern compiles, what a layer may weaken) it leaves to `judgegate policy
validate`.
"""

from collections.abc import Iterable

from judgegate.model.rules import RuleSpec
from judgegate.policy.condition_text import condition_schema
from judgegate.policy.exemptions import exemption_schema
from judgegate.policy.policy_file import policy_fields, version
from judgegate.policy.provenance import provenance_schema
from judgegate.policy.reader import Shape
from judgegate.policy.review import review_schema, standings_schema
from judgegate.policy.rules import rule_blocks, rules_schema
from judgegate.policy.schema_shapes import DRAFT, Schema
from judgegate.policy.waivers import waiver_schema


def policy_schema(rows: Iterable[RuleSpec]) -> Schema:
    """The schema of a policy file over these rules."""
    known = {row.id: row for row in rows}
    fields = policy_fields(Shape(rule_blocks(known), rules_schema(known.values())))
    return {
        "$schema": DRAFT,
        "$id": "urn:judgegate:policy:1",
        "title": "judgegate policy, version 1",
        "type": "object",
        "required": ["version"],
        "additionalProperties": False,
        "properties": {
            "version": version.schema,
            **{field.key: field.schema for field in fields},
        },
        "$defs": definitions(),
    }


def definitions() -> Schema:
    """What several schemas refer to."""
    return {
        "condition": condition_schema(),
        "provenance": provenance_schema,
        "review": review_schema,
        "standings": standings_schema(owners=True),
        "exemption": exemption_schema(),
        "waiver": waiver_schema(),
    }
