"""The schema that editors get and the loader agree, as far as a schema can say it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from judgegate.checks.registry import RULEBOOK
from judgegate.policy.layers import pack_names, read_pack
from judgegate.policy.loading import load_organisation, load_policy_file
from judgegate.policy.problems import Problems
from judgegate.policy.schema import policy_schema
from judgegate.policy.yaml_document import Mapping, Node, Scalar, Sequence, read_document
from tests.policy import (
    test_malformed_conditions,
    test_malformed_exceptions,
    test_malformed_files,
    test_malformed_rules,
    test_malformed_terms,
)
from tests.policy.policies import ROWS, problems_of

ROOT = Path(__file__).parent.parent.parent
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")

BEYOND = (
    r"unknown rule",  # rules may come from a layer below
    r"put it in quotes",  # texts that other readers of YAML take for something else
    r"never (be true|reached|be)|can never fire|has no effect|rule is empty|changes nothing|exempts no files|matches nothing",
    r"path pattern|is not allowed in|control characters",
    r"cycle|no file|is outside of|too many files|unknown pack|can extend only files",
    r"non-negotiable|may not|may only",
    r"already",  # the same name twice
    r"a day such as",  # a day that is none
    r"duplicate key|anchors|aliases|tags|merge keys|directives|one document|nested too deeply|too large|too many values",
    r"exactly one|already has a check|has no option|looks for",
    r"regular expression|RE2|ast-grep|is not valid \w+ by itself|empty text",
    r"a module|overlap|is listed twice|at least two",
    r"expected a (folder|module)",
)
"""What a schema cannot express, in the loader's words."""


@cache
def validator(*, shipped: bool = False) -> jsonschema.Draft202012Validator:
    """The schema over the rows of this room's tests, or over those that are shipped."""
    schema = policy_schema(RULEBOOK.values() if shipped else ROWS)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def value_of(text: str) -> Any:
    """The document as an editor sees it, or None where it is no YAML that has one meaning."""
    problems = Problems()
    root = read_document(text.encode("utf-8", "surrogateescape"), "p.yml", problems)
    return None if problems.found or root is None else plain(root)


def plain(node: Node) -> Any:
    match node:
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar(plain=True, text="true" | "false"):
            return node.text == "true"
        case Scalar(plain=True) if NUMBER.fullmatch(node.text):
            return int(node.text)
        case Scalar(plain=True, text="" | "null" | "~"):
            return None
        case Scalar():
            return node.text


def malformed() -> Iterator[str]:
    """The texts of all tables of malformed policies."""
    modules = (
        test_malformed_conditions,
        test_malformed_exceptions,
        test_malformed_files,
        test_malformed_rules,
        test_malformed_terms,
    )
    for module in modules:
        for name, function in vars(module).items():
            if not name.startswith("test_"):
                continue
            for mark in getattr(function, "pytestmark", ()):
                for row in mark.args[1]:
                    values = (
                        row if isinstance(row, tuple) else getattr(row, "values", (row,))
                    )
                    if values and isinstance(values[0], str) and "\n" in values[0]:
                        yield values[0]


TEXTS = sorted({text for text in malformed() if value_of(text) is not None})


def test_the_tables_hold_what_they_should() -> None:
    assert len(TEXTS) > 60


@pytest.mark.parametrize("text", TEXTS)
def test_what_the_schema_lets_pass_the_loader_refuses_for_what_no_schema_can_say(
    text: str,
) -> None:
    if validator().is_valid(value_of(text)):
        told = [problem.message for problem in problems_of(text)]
        assert all(
            any(re.search(pattern, message) for pattern in BEYOND) for message in told
        ), told


def test_most_malformed_policies_are_caught_by_the_schema() -> None:
    caught = [text for text in TEXTS if not validator().is_valid(value_of(text))]
    assert len(caught) > len(TEXTS) / 2


@pytest.mark.parametrize("name", pack_names())
def test_every_pack_is_valid(name: str) -> None:
    validate((read_pack(name) or b"").decode())


EXAMPLES = sorted(
    [
        *(ROOT / "docs" / "examples").rglob(".judgegate.yml"),
        *(ROOT / "docs" / "examples").rglob("organisation.yml"),
    ]
)


@pytest.mark.parametrize(
    "file", EXAMPLES, ids=[str(file.relative_to(ROOT)) for file in EXAMPLES]
)
def test_every_example_is_valid(file: Path) -> None:
    above = file.with_name("organisation.yml")
    organisation = (
        load_organisation(RULEBOOK.values(), above)
        if above.exists() and above != file
        else None
    )
    load_policy_file(RULEBOOK.values(), file, organisation=organisation)
    validate(file.read_text())


PAGES = [
    block
    for block in re.findall(
        r"^```yaml\n(.*?)^```",
        (ROOT / "docs" / "policy.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    if "version:" in block
]


@pytest.mark.parametrize("text", PAGES)
def test_every_policy_in_the_pages_is_valid(text: str) -> None:
    validate(text)


def validate(text: str) -> None:
    validator(shipped=True).validate(value_of(text))


@pytest.mark.parametrize(
    "rule",
    [
        "{pattern: {language: python, code: 'print($$$)'}, message: No., action: warn}",
        "{pattern: {language: [python], rule: {kind: call}, inside: {kind: function_definition, stopBy: end}}, message: No., action: warn}",
        "{regex: 'TODO', message: No., action: warn}",
        "{regex: {pattern: 'TODO', in: content, secret: true}, message: No., action: warn}",
        "{imports: {layers: [a, [b, c]]}, message: No., action: warn}",
        "{imports: {forbidden: {from: a, to: [b]}, root: src}, message: No., action: warn}",
        "{imports: {independent: [a, b]}, message: No., action: warn}",
        "{files: {change: added, paths: ['*.zip'], type: [file], max_bytes: 10, mode: changed}, message: No., action: warn}",
        "{size: {max_added_lines: 400, paths: ['src/**']}, message: No., action: warn}",
    ],
)
def test_a_rule_of_one_s_own_is_valid(rule: str) -> None:
    text = f"version: 1\nextends: [default]\nrules:\n  reliability/ours: {rule}\n"
    assert problems_of(text) == ()
    validator().validate(value_of(text))


@pytest.mark.parametrize(
    "rule",
    [
        "{regex: x, size: {max_files: 1}, action: warn}",
        "{pattern: {language: cobol, code: x}, action: warn}",
        "{pattern: {language: python, code: x, rule: {kind: call}}, action: warn}",
        "{pattern: {code: x}, action: warn}",
        "{regex: {patern: x}, action: warn}",
        "{imports: {}, action: warn}",
        "{imports: {layers: [a]}, action: warn}",
        "{files: {}, action: warn}",
        "{files: {change: renamed}, action: warn}",
        "{size: {paths: [a]}, action: warn}",
        "{size: {max_lines: 1}, action: warn}",
    ],
)
def test_a_malformed_rule_of_one_s_own_is_refused_by_both(rule: str) -> None:
    text = f"version: 1\nextends: [default]\nrules:\n  reliability/ours: {rule}\n"
    assert problems_of(text) != ()
    assert not validator().is_valid(value_of(text))
