"""The JSON Schema of a file of cases, for editors."""

from judgegate.model.approvals import Permission
from judgegate.model.levels import Action, Authorship, Outcome, Severity
from judgegate.policy.schema import definitions
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
from judgegate.tuning.cases import VERSION

_CONTENT: Schema = {"type": "string"}
_PATH: Schema = text(r"^(?!/)(?!.*(^|/)(\.{1,2}|\.[gG][iI][tT])(/|$))(?!.*//).*[^/]$")
_FILES: Schema = {
    "type": "object",
    "propertyNames": _PATH,
    "additionalProperties": _CONTENT,
}
_LOGIN = text("^@?[A-Za-z0-9][A-Za-z0-9-]{0,98}$")
_ACCOUNT = text(r"^@?[A-Za-z0-9][A-Za-z0-9-]{0,98}(\[bot\])?$")
_TEAM = text(r"^@?[A-Za-z0-9][A-Za-z0-9-]{0,98}/[A-Za-z0-9_.-]{1,100}$")
_RULE = text("^[a-z]+/[a-z0-9-]+$")
_DAY = text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


def case_schema() -> Schema:
    """The schema of a file of cases."""
    return {
        "$schema": DRAFT,
        "$id": "urn:judgegate:policy-test:1",
        "title": "judgegate policy tests, version 1",
        **table_schema(
            {"version": {"const": VERSION}, "cases": some({"$ref": "#/$defs/case"})},
            ["version", "cases"],
        ),
        "$defs": {"standings": definitions()["standings"], "case": _case()},
    }


def _case() -> Schema:
    fields = {
        "name": {"description": "A sentence that says what the case shows.", **TEXT},
        "before": {"description": "The files of the base.", **_FILES},
        "after": {"description": "The files that the change writes.", **_FILES},
        "removed": {
            "description": "The files that the change removes.",
            **many(_PATH, empty=False),
        },
        "executable": {
            "description": "Which of the files are executable.",
            **many(_PATH, empty=False),
        },
        "patch": {
            "description": "The change as a unified diff, instead of `after` and `removed`.",
            **_CONTENT,
        },
        "written_by": {
            "description": "ai applies the rules for AI-assisted changes.",
            **words(Authorship),
        },
        "message": {"description": "The commit's message, for markers in it.", **_CONTENT},
        "pull_request": _pull_request(),
        "approvals": {
            "description": "Who approved. An empty list means that no one did. Without this field, approvals "
            "are not known.",
            "type": "array",
            "items": _approval(),
        },
        "today": {
            "description": "The day on which the change is judged, for waivers.",
            **_DAY,
        },
        "expect": _expectation(),
    }
    changes = [
        {
            "required": ["patch"],
            "not": {"anyOf": [{"required": ["after"]}, {"required": ["removed"]}]},
        },
        {
            "not": {"required": ["patch"]},
            "anyOf": [{"required": ["after"]}, {"required": ["removed"]}],
        },
    ]
    return table_schema(fields, ["name", "expect"], oneOf=changes)


def _pull_request() -> Schema:
    fields = {
        "author": {
            "description": "Who opened it: a login, or an app's such as dependabot[bot].",
            **_ACCOUNT,
        },
        "title": TEXT,
        "body": _CONTENT,
        "branch": TEXT,
        "target_branch": TEXT,
        "labels": many(TEXT),
    }
    return table_schema(
        fields,
        description="The pull request's fields, for conditions. Without it, they are not known.",
    )


def _approval() -> Schema:
    fields = {
        "by": _LOGIN,
        "permission": {"description": "The default is write.", **words(Permission)},
        "teams": many(_TEAM, empty=False),
        "stale": {"description": "It was given on an older commit.", "type": "boolean"},
        "attests": {
            "description": "What a contributor of the change says that they checked, instead of an approval.",
            **TEXT,
        },
        "overrides": {
            "description": "Why someone lets the change pass in an emergency, instead of an approval.",
            **TEXT,
        },
    }
    return table_schema(fields, ["by"], **{"not": {"required": ["attests", "overrides"]}})


def _expectation() -> Schema:
    finding = table_schema(
        {
            "rule": _RULE,
            "code": TEXT,
            "path": _PATH,
            "line": number(1, 1_000_000),
            "action": words(Action),
            "severity": words(Severity),
            "waived": {"type": "boolean"},
        },
        ["rule"],
    )
    demand = table_schema(
        {
            "approvals": number(1, 100),
            "from": {"$ref": "#/$defs/standings"},
            "rules": many(_RULE, empty=False),
            "missing": number(0, 100),
        }
    )
    findings = {
        "description": "All findings that the change introduces.",
        "type": "array",
        "items": {"anyOf": [_RULE, finding]},
    }
    demands = {
        "description": "All reviews that are required.",
        "type": "array",
        "items": demand,
    }
    return table_schema(
        {
            "outcome": words(Outcome, but=[Outcome.ERROR]),
            "findings": findings,
            "demands": demands,
        },
        ["outcome"],
    )
