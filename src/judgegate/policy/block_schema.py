"""The schemas of a policy's blocks that belong to no single rule."""

from judgegate.model.scales import Certainty, Role
from judgegate.policy.condition_kinds import CODES, starred_text
from judgegate.policy.exception_grammar import MOST_WAIVED
from judgegate.policy.oversight import FLOORED
from judgegate.policy.path_patterns import path_patterns
from judgegate.policy.policy_file import LIMITS
from judgegate.policy.provenance_grammar import SIGNAL_KINDS
from judgegate.policy.review_grammar import MOST_APPROVALS, PERMISSIONS
from judgegate.policy.schema_shapes import TEXT, Schema, many, number, some, table_schema, text, words
from judgegate.policy.terms import AuthorApproval, ContributorTerm, GateOn, Stale


def block_definitions() -> Schema:
    """Those that several schemas speak of, by their names."""
    return {
        "provenance": _provenance(),
        "review": _review(),
        "standings": _standings(owners=True),
        "exemption": _exemption(),
        "waiver": _waiver(),
    }


def _provenance() -> Schema:
    signal = table_schema(
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
        "signals": table_schema({"add": some(signal), "off": many(TEXT, empty=False)}),
    }
    return table_schema(fields, description="What makes a change AI-assisted.")


def _review() -> Schema:
    fields = {
        "approvals": {"description": "How many.", **number(1, MOST_APPROVALS)},
        "from": {"$ref": "#/$defs/standings"},
        "stale": {"description": "head: only approvals of the newest commit count.", **words(Stale)},
        "contributors": {
            "description": "Whether co-authors and committers may approve.",
            **words(ContributorTerm),
        },
        "author": {
            "description": "attest: the author alone may, for the maintainer who is alone.",
            **words(AuthorApproval),
        },
    }
    return table_schema(fields, description="What a human review is.")


def _standings(*, owners: bool) -> Schema:
    login = r"^@?[A-Za-z0-9][A-Za-z0-9-]{0,98}"
    forms: list[Schema] = [
        *([{"const": "code_owners"}] if owners else []),
        table_schema({"permission": {"enum": list(PERMISSIONS)}}, ["permission"]),
        table_schema({"team": text(login + r"/[A-Za-z0-9_.-]{1,100}$")}, ["team"]),
        table_schema({"user": text(login + "$")}, ["user"]),
    ]
    return {"description": "From any of these.", **some({"anyOf": forms})}


def _exemption() -> Schema:
    fields = {
        "name": {"description": "A later layer replaces an entry by its name.", **TEXT},
        "reason": {"description": "Why nobody needs to look at these files.", **TEXT},
        "paths": path_patterns.schema,
        "suffixes": many(text(r"^\.[A-Za-z0-9_+-]{1,20}$"), empty=False),
        "except": path_patterns.schema,
        "never": {
            "description": "These files are exempt by no entry of this layer or a lower one.",
            "type": "boolean",
        },
    }
    named = [
        {"required": ["paths"]},
        {"required": ["suffixes"]},
        {"required": ["never"], "properties": {"never": {"const": True}}},
    ]
    return table_schema(fields, ["name", "reason"], anyOf=named)


def _waiver() -> Schema:
    fields = {
        "rule": TEXT,
        "owner": {"description": "Who pays it back.", **TEXT},
        "reason": {"description": "Why the finding is accepted.", **TEXT},
        "expires": {
            "description": "The last day on which it holds, as 2027-01-31.",
            **text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        },
        "max": {"description": "How many findings at most; 1 if not said.", **number(1, MOST_WAIVED)},
        "paths": path_patterns.schema,
        "code": {"description": CODES, **many(starred_text.schema, empty=False)},
        "fingerprint": many(text("^1:[0-9a-f]{16}$"), empty=False),
    }
    rules = {"rule": {"not": {"enum": sorted(FLOORED)}, **TEXT}}
    return table_schema(
        fields | rules,
        ["rule", "owner", "reason", "expires"],
        anyOf=[{"required": ["paths"]}, {"required": ["fingerprint"]}],
    )


def limits_schema() -> Schema:
    fields = {name: number(minimum, maximum) for name, (minimum, maximum) in LIMITS.items()}
    return table_schema(fields, description="What one file may cost before it is left to a human.")


def override_schema() -> Schema:
    forms = [{"const": "never"}, table_schema({"from": _standings(owners=False)}, ["from"])]
    return {"description": "Who may override a verdict in an emergency.", "anyOf": forms}
