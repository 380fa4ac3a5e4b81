"""How a shape of code is written: ast-grep's pattern, or its rule object as far as a single rule needs it.

pattern: {language: python, code: "print($$$)", inside: {kind: function_definition, stopBy: end}}
"""

import json
from collections.abc import Mapping as AbstractMapping
from typing import Any

from judgegate.model.languages import SUFFIXES
from judgegate.model.searches import Pattern
from judgegate.policy.problems import Problems, listed, nearest, quoted
from judgegate.policy.reader import Placed, Read, list_of, refuse_word, table, truth, word
from judgegate.policy.yaml_document import Mapping, Node, Scalar, Sequence

MOST_PARTS = 200
"""Values in one rule object. Nobody reads a longer one, and each is compiled."""

RELATIONS = ("inside", "has", "precedes", "follows")
_WORDS = ("pattern", "kind", "regex", "field", "selector", "context", "strictness")
_OBJECTS = ("not", "ofRule", *RELATIONS)
_LISTS = ("all", "any")
_KEYS = (*_WORDS, *_OBJECTS, *_LISTS, "nthChild", "stopBy", "position", "reverse")
_REFUSED = {
    "matches": "`matches` has no place in a policy: write out what it stands for",
    "utils": "`utils` have no place in a policy: write out what they stand for",
    "range": "`range` has no place in a policy: a rule must hold wherever the code stands",
}

Json = Any
"""A value of JSON: ast-grep's rules are nested without end."""


def pattern(node: Node, problems: Problems) -> Placed[Pattern] | None:
    """What a `pattern` rule looks for; its place is where the pattern itself stands."""
    fields = table(node, problems, "a pattern as {language: python, code: print($$$)}")
    if fields is None:
        return None
    languages = fields.need(
        "language",
        list_of(_language, "a language or a list of them", alone=True),
        "say which one the code is in",
    )
    code = fields.take("code", word)
    rule = fields.take("rule", rule_object)
    parts = {name: fields.take(name, rule_object) for name in (*RELATIONS, "not")}
    constraints = fields.take("constraints", _constraints)
    covers = fields.take("covers", truth)
    fields.close("a pattern")
    if (fields.node_of("code") is None) == (fields.node_of("rule") is None):
        problems.add(node.place, "a pattern has either `code` or `rule`")
        return None
    held = fields.node_of("code") or fields.node_of("rule")
    if not languages or (code is None and rule is None) or held is None:
        return None
    wanted: dict[str, Json] = {"pattern": code} if code is not None else dict(rule or {})
    clash = next((name for name, part in parts.items() if part is not None and name in wanted), None)
    if clash is not None:
        problems.add(node.place, f"`{clash}` stands both in the rule and beside it")
    wanted |= {name: part for name, part in parts.items() if part is not None}
    matcher = {"rule": wanted} | ({"constraints": constraints} if constraints else {})
    return Placed(
        Pattern(languages, json.dumps(matcher, sort_keys=True), bool(covers), code or ""), held.place
    )


def _language(node: Node, problems: Problems) -> str | None:
    if isinstance(node, Scalar) and node.text in SUFFIXES:
        return node.text
    hint = nearest(node.text, SUFFIXES) if isinstance(node, Scalar) else ""
    return refuse_word(
        node,
        problems,
        hint=hint,
        expected="a language that patterns can be written for" if hint else listed(SUFFIXES),
    )


def rule_object(node: Node, problems: Problems) -> dict[str, Json] | None:
    """ast-grep's rule object. What its words mean is checked when it is compiled; here, that it holds nothing else."""
    fields = table(node, problems, "a rule as {kind: call}")
    if fields is None:
        return None
    if _count(node) > MOST_PARTS:
        problems.add(node.place, f"too many values: a pattern's rule holds at most {MOST_PARTS}")
        return None
    found = {key.text: _value(key, value, problems) for key, value in fields.node.entries}
    return None if not found or None in found.values() else found


def _value(key: Scalar, node: Node, problems: Problems) -> Json:
    name = key.text
    if name in _REFUSED:
        problems.add(key.place, _REFUSED[name])
        return None
    if name not in _KEYS:
        problems.add(key.place, f"unknown key {quoted(name)} in a pattern's rule{nearest(name, _KEYS)}")
        return None
    return _reader(name, node)(node, problems)


def _reader(name: str, node: Node) -> Read[Json]:
    if name in _LISTS:
        return list_of(rule_object, "a list of rules")
    if name in _OBJECTS or isinstance(node, Mapping):
        return rule_object
    return _scalar if name in {"nthChild", "position", "reverse"} else word


def _scalar(node: Node, problems: Problems) -> Json:
    """`true`, `false`, a whole number, or a text as `2n+1`."""
    if isinstance(node, Scalar) and node.plain:
        if node.text in {"true", "false"}:
            return node.text == "true"
        if node.text.isascii() and node.text.isdigit():
            return int(node.text[:9])
    return word(node, problems)


def _constraints(node: Node, problems: Problems) -> AbstractMapping[str, Json] | None:
    fields = table(node, problems, "constraints by the names of metavariables, as {A: {regex: ^test}}")
    if fields is None:
        return None
    return {
        key.text: found
        for key, value in fields.node.entries
        if (found := rule_object(value, problems)) is not None
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
