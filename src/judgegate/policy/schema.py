"""The JSON Schema of a policy, for editors: written from the same enums, limits and rows that the loader reads with.

It says what a schema can: keys, words, numbers, shapes. What only the loader can tell (whether a rule can fire, whether a pattern compiles,
what a layer may weaken) it leaves to `judgegate policy validate`.
"""

from collections.abc import Iterable

from judgegate.model.rules import RuleSpec
from judgegate.model.scales import Action, FailOn, Severity
from judgegate.policy.block_schema import block_definitions, limits_schema, override_schema
from judgegate.policy.condition_text import condition, condition_schema
from judgegate.policy.model import BLOCKS
from judgegate.policy.oversight import FLOORED
from judgegate.policy.own_rules import OWN_ID
from judgegate.policy.path_patterns import path_patterns
from judgegate.policy.policy_file import VERSION
from judgegate.policy.schema_shapes import (
    DRAFT,
    TEXT,
    Schema,
    many,
    number,
    some,
    table_schema,
    text,
    words,
)
from judgegate.policy.search_schema import own_rule_fields


def policy_schema(rows: Iterable[RuleSpec]) -> Schema:
    """The schema of a policy file over these rules."""
    return {
        "$schema": DRAFT,
        "$id": "urn:judgegate:policy:1",
        "title": "judgegate policy, version 1",
        "type": "object",
        "required": ["version"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": VERSION, "description": "The version of the policy language."},
            "extends": {
                "description": "Packs by name, or files beside this one; later ones weigh more.",
                **many(_EXTENDED),
            },
            "fail_on": {
                "description": "The mildest outcome that makes the exit code non-zero.",
                **words(FailOn),
            },
            "provenance": {"$ref": "#/$defs/provenance"},
            "review": {"$ref": "#/$defs/review"},
            "exempt": {
                "description": "Files that need no check where none covers them.",
                "type": "array",
                "items": {"$ref": "#/$defs/exemption"},
            },
            "rules": _rules(rows),
            "waivers": {
                "description": "Findings that are accepted for a while.",
                "type": "array",
                "items": {"$ref": "#/$defs/waiver"},
            },
            "limits": limits_schema(),
            "override": override_schema(),
            "non_negotiable": {
                "description": "Blocks that no later layer may weaken.",
                **many({"enum": list(BLOCKS)}, empty=False),
            },
        },
        "$defs": definitions(),
    }


def definitions() -> Schema:
    """What several schemas speak of."""
    return {"condition": condition_schema(), **block_definitions()}


_EXTENDED = text(r"^([a-z][a-z0-9-]*|[^\\\n\t]+\.ya?ml)$")


def _rules(rows: Iterable[RuleSpec]) -> Schema:
    return {
        "description": "What each rule leads to, by its id.",
        "type": "object",
        "propertyNames": {"pattern": f"^{OWN_ID.pattern}$"},
        "properties": {row.id: _rule(row) for row in rows},
        "additionalProperties": _own_rule(),
    }


def _rule(row: RuleSpec) -> Schema:
    overlay = _overlay(row)
    when = (
        {}
        if row.id in FLOORED
        else {"when": {"description": "The rule applies only where this holds.", **condition.schema}}
    )
    fields = {**overlay, **when, "cases": some(_case(overlay)), "non_negotiable": {"type": "boolean"}}
    return table_schema(fields, description=row.summary, minProperties=1)


def _own_rule() -> Schema:
    kinds, options = own_rule_fields(path_patterns.schema)
    overlay = {**_common(words(Action)), "with": table_schema(options, minProperties=0)}
    pairs = [
        {"required": [one, other]} for index, one in enumerate(kinds) for other in list(kinds)[index + 1 :]
    ]
    fields = {
        **overlay,
        **kinds,
        "when": condition.schema,
        "cases": some(_case(overlay)),
        "non_negotiable": {"type": "boolean"},
    }
    about = "A rule of your own: it looks for exactly one of pattern, regex, imports, files, size, here or where it was first written."
    return table_schema(fields, description=about, minProperties=1, **{"not": {"anyOf": pairs}})


def _overlay(row: RuleSpec) -> Schema:
    floored = (Action.OFF, Action.WARN) if row.id in FLOORED else ()
    options = {
        option.name: {"description": option.summary, **number(option.minimum, option.maximum)}
        for option in row.options
    }
    return _common(words(Action, but=floored)) | (
        {"with": table_schema(options, minProperties=0)} if options else {}
    )


def _common(action: Schema) -> Schema:
    return {
        "action": {"description": "What a finding leads to.", **action},
        "severity": {"description": "Instead of the check's own.", **words(Severity)},
        "review": {"$ref": "#/$defs/review"},
        "message": {"description": "Your words for your team.", **TEXT},
        "why": {"description": "Your reason.", **TEXT},
    }


def _case(overlay: Schema) -> Schema:
    about = "The first case whose condition holds overlays the rule."
    return table_schema({"when": condition.schema, **overlay}, ["when"], description=about, minProperties=2)
