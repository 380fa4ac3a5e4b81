"""The part of the policy's JSON Schema that says what a team's own rules look for."""

from typing import Any

from judgegate.model.languages import SUFFIXES
from judgegate.model.searches import FileEvent, FileKind
from judgegate.policy.own_rule_kinds import ALL_SIZE_OPTIONS, MOST
from judgegate.policy.schema_shapes import LONGEST_TEXT

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "pattern": r"\S", "maxLength": LONGEST_TEXT}
_MODULE: Schema = {"type": "string", "pattern": r"^[^\W\d]\w*(?:\.[^\W\d]\w*)*$"}
_RULE: Schema = {"description": "ast-grep's rule object.", "type": "object", "minProperties": 1}


def own_rule_fields(paths: Schema) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """What a rule looks for, by the key that says it; and the options of a rule on the size of a change."""
    kinds = {
        "pattern": _pattern(),
        "regex": _regex(),
        "imports": _imports(),
        "files": _files(paths),
        "size": _size(paths),
    }
    return kinds, _measures()


def _closed(fields: dict[str, Schema], required: list[str] | None = None, **more: object) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": fields,
        **({"required": required} if required else {}),
        **more,
    }


def _many(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _pattern() -> Schema:
    fields = {
        "language": _many({"enum": list(SUFFIXES)}),
        "code": _TEXT,
        "rule": _RULE,
        **dict.fromkeys(("inside", "has", "precedes", "follows", "not"), _RULE),
        "constraints": {"type": "object", "additionalProperties": _RULE},
        "covers": {"description": "Files of these languages count as analysed.", "type": "boolean"},
    }
    either = [{"required": ["code"]}, {"required": ["rule"]}]
    return _closed(fields, ["language"], description="A shape of code, as ast-grep reads it.", oneOf=either)


def _regex() -> Schema:
    fields = {"pattern": _TEXT, "in": {"enum": ["added", "content"]}, "secret": {"type": "boolean"}}
    return {
        "description": "RE2's syntax, on added lines or whole files.",
        "anyOf": [_TEXT, _closed(fields, ["pattern"])],
    }


def _imports() -> Schema:
    modules = _many(_MODULE)
    fields = {
        "layers": {
            "description": "The highest first; each may import those below it.",
            "type": "array",
            "items": modules,
            "minItems": 2,
        },
        "forbidden": _closed({"from": modules, "to": modules}, ["from", "to"]),
        "independent": {"type": "array", "items": _MODULE, "minItems": 2},
        "root": _many(_TEXT),
        "type_checking": {"type": "boolean"},
    }
    one = [{"required": [name]} for name in ("layers", "forbidden", "independent")]
    return _closed(fields, description="A contract on the imports of Python modules.", oneOf=one)


def _files(paths: Schema) -> Schema:
    fields = {
        "change": _many({"enum": [event.value for event in FileEvent]}),
        "type": _many({"enum": [kind.value for kind in FileKind]}),
        "paths": paths,
        "max_bytes": {"type": "integer", "minimum": 0, "maximum": MOST},
        "mode": {"const": "changed"},
    }
    return _closed(
        fields, description="Facts of a file change; all that is given must hold.", minProperties=1
    )


def _size(paths: Schema) -> Schema:
    measures = _measures()
    any_of = [{"required": [name]} for name in measures]
    return _closed({**measures, "paths": paths}, description="Limits on the change as a whole.", anyOf=any_of)


def _measures() -> dict[str, Schema]:
    return {
        option.name: {
            "description": option.summary,
            "type": "integer",
            "minimum": option.minimum,
            "maximum": option.maximum,
        }
        for option in ALL_SIZE_OPTIONS
    }
