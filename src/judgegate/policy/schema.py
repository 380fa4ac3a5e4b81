"""The JSON Schema of a policy, for editors: written from the same enums, limits and rows that the loader reads with.

It says what a schema can: keys, words, numbers, shapes. What only the loader can tell (whether a rule can fire, whether a pattern compiles,
what a layer may weaken) it leaves to `judgegate policy validate`.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from judgegate.model.rules import RuleSpec
from judgegate.model.scales import Action, Authorship, Certainty, Confidence, FailOn, Role, Severity
from judgegate.policy.condition_grammar import MOST_LINES
from judgegate.policy.exception_grammar import MOST_WAIVED
from judgegate.policy.grammar import LIMITS, VERSION
from judgegate.policy.model import BLOCKS
from judgegate.policy.oversight import FLOORED
from judgegate.policy.own_rules import OWN_ID
from judgegate.policy.provenance_grammar import SIGNAL_KINDS
from judgegate.policy.reading import LONGEST_TEXT
from judgegate.policy.review_grammar import MOST_APPROVALS, PERMISSIONS
from judgegate.policy.search_schema import own_rule_fields
from judgegate.policy.terms import AuthorApproval, Contributors, GateOn, Stale

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string", "pattern": r"\S", "maxLength": LONGEST_TEXT}


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
            "fail_on": {"description": "The mildest outcome that makes the exit code non-zero.", **words(FailOn)},
            "provenance": {"$ref": "#/$defs/provenance"},
            "review": {"$ref": "#/$defs/review"},
            "exempt": {
                "description": "Files that need no check where none covers them.",
                "type": "array",
                "items": {"$ref": "#/$defs/exemption"},
            },
            "rules": _rules(rows),
            "waivers": {"description": "Findings that are accepted for a while.", "type": "array", "items": {"$ref": "#/$defs/waiver"}},
            "limits": _limits(),
            "override": _override(),
            "non_negotiable": {"description": "Blocks that no later layer may weaken.", **many({"enum": list(BLOCKS)}, empty=False)},
        },
        "$defs": definitions(),
    }


def definitions() -> Schema:
    """What several schemas speak of."""
    return {
        "condition": _condition(),
        "provenance": _provenance(),
        "review": _review(),
        "standings": _standings(),
        "exemption": _exemption(),
        "waiver": _waiver(),
    }


def text(pattern: str) -> Schema:
    """A text that matches."""
    return {"type": "string", "pattern": pattern, "maxLength": LONGEST_TEXT}


def words(scale: type[Enum], *, but: Iterable[Enum] = ()) -> Schema:
    """One of an enum's words."""
    return {"enum": [member.value for member in scale if member not in set(but)]}


def number(minimum: int, maximum: int) -> Schema:
    """A whole number within limits."""
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


def many(item: Schema, *, empty: bool = True) -> Schema:
    """One, or a list of them."""
    return {"anyOf": [item, {"type": "array", "items": item, **({} if empty else {"minItems": 1})}]}


def table(fields: Mapping[str, Schema], required: Iterable[str] = (), **more: object) -> Schema:
    """A mapping with these keys and no others."""
    needed = list(required)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(fields),
        **({"required": needed} if needed else {}),
        **more,
    }


def some(item: Schema) -> Schema:
    """A list of at least one."""
    return {"type": "array", "items": item, "minItems": 1}


PATHS: Schema = {"description": "Patterns as in .gitignore.", **many(TEXT, empty=False)}
_CODE: Schema = {"description": "The tool's own identifiers; a * at the end stands for any rest.", **many(text(r"^[^*]+\*?$"), empty=False)}
_EXTENDED = text(r"^([a-z][a-z0-9-]*|[^\\\n\t]+\.ya?ml)$")
_CONDITION: Schema = {"$ref": "#/$defs/condition"}


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
    when = {} if row.id in FLOORED else {"when": {"description": "The rule applies only where this holds.", **_CONDITION}}
    fields = {**overlay, **when, "cases": some(_case(overlay)), "non_negotiable": {"type": "boolean"}}
    return table(fields, description=row.summary, minProperties=1)


def _own_rule() -> Schema:
    kinds, options = own_rule_fields(PATHS)
    overlay = {**_common(words(Action)), "with": table(options, minProperties=0)}
    pairs = [{"required": [one, other]} for index, one in enumerate(kinds) for other in list(kinds)[index + 1 :]]
    fields = {**overlay, **kinds, "when": _CONDITION, "cases": some(_case(overlay)), "non_negotiable": {"type": "boolean"}}
    about = "A rule of your own: it looks for exactly one of pattern, regex, imports, files, size, here or where it was first written."
    return table(fields, description=about, minProperties=1, **{"not": {"anyOf": pairs}})


def _overlay(row: RuleSpec) -> Schema:
    floored = (Action.OFF, Action.WARN) if row.id in FLOORED else ()
    options = {option.name: {"description": option.summary, **number(option.minimum, option.maximum)} for option in row.options}
    return _common(words(Action, but=floored)) | ({"with": table(options, minProperties=0)} if options else {})


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
    return table({"when": _CONDITION, **overlay}, ["when"], description=about, minProperties=2)


def _condition() -> Schema:
    fields = {
        "paths": PATHS,
        "provenance": many(words(Authorship), empty=False),
        "severity": many(words(Severity), empty=False),
        "confidence": many(words(Confidence), empty=False),
        "code": _CODE,
        "target_branch": many(text(r"^[^*]+\*?$"), empty=False),
        "author": many(TEXT, empty=False),
        "labels": many(TEXT, empty=False),
        "added_lines": table({"min": number(0, MOST_LINES), "max": number(0, MOST_LINES)}, minProperties=1),
        "languages": many(TEXT, empty=False),
        "any": some(_CONDITION),
        "all": some(_CONDITION),
        "not": _CONDITION,
    }
    return table(fields, description="All that is given must hold; a list means any of these.", minProperties=1)


def _provenance() -> Schema:
    signal = table(
        {
            "tool": TEXT,
            "kind": {"enum": list(SIGNAL_KINDS)},
            "pattern": TEXT,
            "confidence": words(Certainty),
            "role": words(Role),
        },
        ["tool", "kind", "pattern"],
    )
    fields = {
        "gate_on": {"description": "The weakest evidence that makes a change AI-assisted.", **words(GateOn)},
        "roles": {"description": "Which parts an AI can have had count.", **some(words(Role))},
        "signals": table({"add": some(signal), "off": many(TEXT, empty=False)}),
    }
    return table(fields, description="What makes a change AI-assisted.")


def _review() -> Schema:
    fields = {
        "approvals": {"description": "How many.", **number(1, MOST_APPROVALS)},
        "from": {"$ref": "#/$defs/standings"},
        "stale": {"description": "head: only approvals of the newest commit count.", **words(Stale)},
        "contributors": {"description": "Whether co-authors and committers may approve.", **words(Contributors)},
        "author": {"description": "attest: the author alone may, for the maintainer who is alone.", **words(AuthorApproval)},
    }
    return table(fields, description="What a human review is.")


def _standings() -> Schema:
    login = r"^@?[A-Za-z0-9][A-Za-z0-9-]{0,98}"
    forms: list[Schema] = [
        {"const": "code_owners"},
        table({"permission": {"enum": list(PERMISSIONS)}}, ["permission"]),
        table({"team": text(login + r"/[A-Za-z0-9_.-]{1,100}$")}, ["team"]),
        table({"user": text(login + "$")}, ["user"]),
    ]
    return {"description": "From any of these.", **some({"anyOf": forms})}


def _exemption() -> Schema:
    fields = {
        "name": {"description": "A later layer replaces an entry by its name.", **TEXT},
        "reason": {"description": "Why nobody needs to look at these files.", **TEXT},
        "paths": PATHS,
        "suffixes": many(text(r"^\.[A-Za-z0-9_+-]{1,20}$"), empty=False),
        "except": PATHS,
        "never": {"description": "These files are exempt by no entry of this layer or a lower one.", "type": "boolean"},
    }
    named = [{"required": ["paths"]}, {"required": ["suffixes"]}, {"required": ["never"], "properties": {"never": {"const": True}}}]
    return table(fields, ["name", "reason"], anyOf=named)


def _waiver() -> Schema:
    fields = {
        "rule": TEXT,
        "owner": {"description": "Who pays it back.", **TEXT},
        "reason": {"description": "Why the finding is accepted.", **TEXT},
        "expires": {"description": "The last day on which it holds, as 2027-01-31.", **text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")},
        "max": {"description": "How many findings at most; 1 if not said.", **number(1, MOST_WAIVED)},
        "paths": PATHS,
        "code": _CODE,
        "fingerprint": many(text("^1:[0-9a-f]{16}$"), empty=False),
    }
    rules = {"rule": {"not": {"enum": sorted(FLOORED)}, **TEXT}}
    return table(fields | rules, ["rule", "owner", "reason", "expires"], anyOf=[{"required": ["paths"]}, {"required": ["fingerprint"]}])


def _limits() -> Schema:
    fields = {name: number(minimum, maximum) for name, (minimum, maximum) in LIMITS.items()}
    return table(fields, description="What one file may cost before it is left to a human.")


def _override() -> Schema:
    forms = [{"const": "never"}, table({"from": {"$ref": "#/$defs/standings"}}, ["from"])]
    return {"description": "Who may override a verdict in an emergency.", "anyOf": forms}
