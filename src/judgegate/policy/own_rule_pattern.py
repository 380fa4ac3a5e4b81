"""How a shape of code is written: ast-grep's pattern, or its rule object as far as a single rule needs it.

pattern: {language: python, code: "print($$$)", inside: {kind: function_definition, stopBy: end}}
"""

import json
import re
from collections.abc import Mapping as AbstractMapping
from typing import Any

from judgegate.model.file_names import SUFFIXES
from judgegate.model.own_rules import Pattern
from judgegate.policy.problems import Placed, Problems, listed, nearest, quoted
from judgegate.policy.reader import (
    Field,
    Read,
    Shape,
    fields_schema,
    is_plain,
    list_of,
    refuse_word,
    table,
    truth,
    word,
    written,
)
from judgegate.policy.yaml_document import Mapping, Node, Scalar, Sequence

MOST_PARTS = 200
"""Values in one rule object. A longer one cannot be reviewed, and each is compiled."""

RELATIONS = ("inside", "has", "precedes", "follows")
_WORDS = ("pattern", "kind", "regex", "field", "selector", "context", "strictness")
_OBJECTS = ("not", "ofRule", *RELATIONS)
_LISTS = ("all", "any")
_KEYS = (*_WORDS, *_OBJECTS, *_LISTS, "nthChild", "stopBy", "position", "reverse")
_REFUSED = {
    "matches": "`matches` is not allowed in a policy: write the rule itself here",
    "utils": "`utils` are not allowed in a policy: write the rules themselves here",
    "range": "`range` is not allowed in a policy: a rule must apply to the code in any place",
}

_METAVARIABLE = re.compile(r"\$\$\$[A-Z0-9_]*|\$\$?[A-Z_][A-Z0-9_]*")
_CAUSE = re.compile(r"^\s+(?:\d+: )?(\S.*)$", re.MULTILINE)
_DIGITS = re.compile(r"[0-9]+")
LONGEST_REASON = 200

Json = Any
"""A value of JSON: ast-grep's rules are nested without end."""


def _read_language(node: Node, problems: Problems) -> str | None:
    """The name of a language that ast-grep is asked to read."""
    if isinstance(node, Scalar) and node.text in SUFFIXES:
        return node.text
    hint = nearest(written(node), SUFFIXES)
    # The list is long, so it is shown only where no word of it is near.
    expected = "a language that patterns can be written for" if hint else listed(SUFFIXES)
    return refuse_word(node, problems, expected, hint)


def _read_rule(node: Node, problems: Problems) -> dict[str, Json] | None:
    """ast-grep's rule object.

    What its words mean is checked when it is compiled; here, that it has no other keys.
    """
    fields = table(node, problems, "a rule such as {kind: call}")
    if fields is None:
        return None
    if _count(node) > MOST_PARTS:
        problems.add(
            node.place, f"too many values: a pattern's rule can have at most {MOST_PARTS}"
        )
        return None
    found = {key.text: _value(key, value, problems) for key, value in fields.node.entries}
    return None if not found or None in found.values() else found


def _value(key: Scalar, node: Node, problems: Problems) -> Json:
    """The value of one key of a rule object, or None where the key or the value is wrong."""
    name = key.text
    if name in _KEYS:
        return _reader(name, node)(node, problems)
    unknown = f"unknown key {quoted(name)} in a pattern's rule{nearest(name, _KEYS)}"
    problems.add(key.place, _REFUSED.get(name, unknown))
    return None


def _reader(name: str, node: Node) -> Read[Json]:
    """What reads the value of this key."""
    if name in _LISTS:
        return list_of(_rule, "a list of rules")
    # `nthChild` and `stopBy` may be a word or a mapping, so what is written decides.
    if name in _OBJECTS or isinstance(node, Mapping):
        return _rule
    return _scalar if name in {"nthChild", "position", "reverse"} else word


def _scalar(node: Node, problems: Problems) -> Json:
    """`true`, `false`, a whole number, or a text as `2n+1`."""
    if is_plain(node, ("true", "false")):
        return node.text == "true"
    if isinstance(node, Scalar) and node.plain and _DIGITS.fullmatch(node.text):
        # Cut, because Python refuses to convert very long numbers; no code has as many children.
        return int(node.text[:9])
    return word(node, problems)


def _read_constraints(node: Node, problems: Problems) -> AbstractMapping[str, Json] | None:
    """A rule for what a metavariable may match, by the variable's name."""
    fields = table(
        node,
        problems,
        "constraints by the names of metavariables, such as {A: {regex: ^test}}",
    )
    if fields is None:
        return None
    return {
        key.text: found
        for key, value in fields.node.entries
        if (found := _rule(value, problems)) is not None
    }


def _count(node: Node) -> int:
    """How many nodes there are, without recursion."""
    pending: list[Node] = [node]
    count = 0
    while pending:
        match pending.pop():
            case Mapping(entries=entries):
                pending.extend(value for _, value in entries)
            case Sequence(items=items):
                pending.extend(items)
            case Scalar():
                pass
        count += 1
    return count


_rule: Shape[dict[str, Json]] = Shape(
    _read_rule,
    {"description": "ast-grep's rule object.", "type": "object", "minProperties": 1},
)
_PARTS = tuple(Field(name, _rule) for name in (*RELATIONS, "not"))
_FIELDS = (
    Field(
        "language",
        list_of(
            Shape(_read_language, {"enum": list(SUFFIXES)}),
            "a language or a list of them",
            alone=True,
        ),
        needed="say which language the code is in",
    ),
    Field("code", word),
    Field("rule", _rule),
    *_PARTS,
    Field(
        "constraints",
        Shape(_read_constraints, {"type": "object", "additionalProperties": _rule.schema}),
    ),
    Field("covers", truth, "Files of these languages count as analysed."),
)


def _read_pattern(node: Node, problems: Problems) -> Placed[Pattern] | None:
    """A pattern as ast-grep gets it; its place is that of `code` or `rule`."""
    fields = table(node, problems, "a pattern such as {language: python, code: print($$$)}")
    if fields is None:
        return None
    values = fields.take_all(_FIELDS)
    fields.close("a pattern")
    code, rule = fields.node_of("code"), fields.node_of("rule")
    searched = code or rule
    if searched is None or (code is not None and rule is not None):
        problems.add(node.place, "a pattern needs either `code` or `rule`")
        return None
    # Written, but not readable: the problem is noted already.
    if not values.get("language") or values.keys().isdisjoint({"code", "rule"}):
        return None
    matcher = _matcher(values, node, problems)
    found = Pattern(
        values["language"],
        json.dumps(matcher, sort_keys=True),
        values.get("covers", False),
        values.get("code", ""),
    )
    return Placed(found, searched.place)


def _matcher(
    values: AbstractMapping[str, Any], node: Node, problems: Problems
) -> dict[str, Json]:
    """The rule object that ast-grep gets: `code` or `rule`, with the parts beside it."""
    wanted = {"pattern": values["code"]} if "code" in values else values["rule"]
    parts = {row.key: values[row.key] for row in _PARTS if row.key in values}
    clash = next((name for name in parts if name in wanted), None)
    if clash is not None:
        problems.add(node.place, f"`{clash}` is both in the rule and beside it")
    matcher: dict[str, Json] = {"rule": {**wanted, **parts}}
    if values.get("constraints"):
        matcher["constraints"] = values["constraints"]
    return matcher


pattern = Shape(
    _read_pattern,
    fields_schema(
        _FIELDS,
        description="A code pattern for ast-grep.",
        oneOf=[{"required": ["code"]}, {"required": ["rule"]}],
    ),
)
"""What a `pattern` rule looks for; its place is where the pattern itself is."""


def pattern_fault(pattern: Pattern) -> str | None:
    """Why ast-grep cannot look for it, or None.

    It is compiled once for each language, and thrown away.
    """
    for language in pattern.languages:
        fault = _fault_in(pattern, language)
        if fault is not None:
            return fault
    return None


def _fault_in(pattern: Pattern, language: str) -> str | None:
    """Why ast-grep cannot look for the pattern in this language, or None."""
    # A Rust library, which only policies with such a rule load.
    from ast_grep_py import SgRoot

    try:
        if pattern.code and not _is_code(pattern.code, language):
            return (
                f"this is not valid {language} by itself; give a `rule` with `pattern: "
                f"{{context: ..., selector: ...}}`"
            )
        SgRoot("", language).root().find(json.loads(pattern.matcher))
    # The engine raises whatever it likes, and every one means that it cannot use the rule.
    except Exception as error:  # noqa: BLE001 - as above
        return f"ast-grep cannot use this for {language}: {_cause_of(str(error))}"
    except BaseException as error:
        # A panic of the engine is a BaseException, which the clause above does not catch.
        if type(error).__name__ != "PanicException":
            raise
        return f"ast-grep cannot use this for {language}: it crashed"
    return None


def _is_code(text: str, language: str) -> bool:
    """Whether the language's grammar reads the text without an error."""
    from ast_grep_py import SgRoot

    # A metavariable matches any code, so a name in its place is as good.
    code = _METAVARIABLE.sub("_", text)
    return SgRoot(code, language).root().find(kind="ERROR") is None


def _cause_of(message: str) -> str:
    """The last cause that the engine names, without its stack."""
    listed_causes = message.partition("Caused by:")[2].partition("Stack backtrace:")[0]
    causes = _CAUSE.findall(listed_causes)
    return in_one_line(causes[-1] if causes else message)


def in_one_line(text: str) -> str:
    """An engine's reason inside a sentence: no line ends, no full stop, and not too long."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:LONGEST_REASON].rstrip(".")
