"""What YAML allows and a policy does not, also where libyaml is missing; and what escapes may smuggle in."""

import pytest
import yaml

from judgegate.policy import layers
from tests.policy.policies import lines_of, problems_of

HEAD = "version: 1\nextends: []\n"
RULE = f"{HEAD}rules:\n  security/insecure-code: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}fail_on: never\n", []),
        (f"{HEAD}fail_on: on\n", [':3:10: expected never, block or review, found "on"']),
        (
            f"{HEAD}fail_on: &a never\n",
            [
                ":3:10: anchors are not allowed in a policy: write the value of &a where it is used"
            ],
        ),
        (
            f"{HEAD}fail_on: never\n---\n",
            [":4:1: a policy must be one document, and a second one starts here"],
        ),
        (
            f"{HEAD}extends: []\n",
            [':3:1: duplicate key "extends": it is already in line 2'],
        ),
        (
            f"{HEAD}review: {'[' * 50_000}\n",
            [":3:28: nested too deeply: at most 20 levels"],
        ),
        (f"{RULE}{{action: warn, message: |\n    Two\n    lines.\n  }}\n", None),
        (
            f"{RULE}{{action: warn, message: on}}\n",
            [':4:51: expected a text (put it in quotes: "on"), found "on"'],
        ),
        (f'{RULE}{{action: warn, message: "on"}}\n', []),
    ],
)
def test_without_libyaml_the_same_is_said(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: list[str] | None
) -> None:
    with_libyaml = lines_of(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    if expected is None:
        assert [
            line.partition(" this")[0] for line in (*with_libyaml[:1], *lines_of(text)[:1])
        ].count("") == 0
    else:
        assert with_libyaml == lines_of(text) == expected


@pytest.mark.parametrize(
    "escape", ["\\x1b", "\\0", "\\u202e", "\\r", "\\x85", "\\u2028", "\\uFEFF"]
)
def test_a_control_character_written_as_an_escape_is_refused(escape: str) -> None:
    (problem,) = problems_of(f'{RULE}{{action: warn, message: "a{escape}b"}}\n')
    assert problem.message.startswith("expected a text without control characters, found ")
    assert problem.message.isprintable()


def test_an_escape_in_a_key_or_a_wrong_word_is_made_visible() -> None:
    problems = problems_of(f'{HEAD}"a\\x1b[31m": 1\nfail_on: "\\x1b"\n')
    assert [problem.message.isprintable() for problem in problems] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        f'{HEAD}"extends\\n": []\n',
        'version: 1\nextends: ["a\\nb.yml"]\n',
        "version: 1\nextends: ['a\\b.yml']\n",
        f"{RULE}{{action: warn, message: '{'x' * 3000}'}}\n",
        f"{RULE}{{action: warn, with: 5}}\n",
        f"{RULE}{{action: warn, cases: [5]}}\n",
        f"{HEAD}provenance: 5\n",
        f"{HEAD}provenance: {{signals: {{add: [5]}}}}\n",
        f"{HEAD}review: {{from: [[]]}}\n",
        f"{HEAD}limits: 5\n",
        f"{HEAD}override: []\n",
        f"{HEAD}waivers: [5]\n",
        f"{HEAD}rules: {{*a : {{action: warn}}}}\n",
        f"{HEAD}fail_on: *a\n",
    ],
)
def test_what_is_no_policy_is_one_problem(text: str) -> None:
    assert len(problems_of(text)) == 1


def test_a_pack_that_extends_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        layers,
        "read_pack",
        lambda name: f"version: 1\nextends: [{'b' if name == 'a' else 'a'}]\n".encode(),
    )
    (problem,) = problems_of("version: 1\nextends: [a]\n")
    assert (problem.file, problem.message) == (
        "pack b",
        "`extends` makes a cycle: a extends b extends a",
    )


def test_a_broken_pack_is_told_like_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "read_pack", lambda _: b"[]")
    (problem,) = problems_of("version: 1\nextends: [a]\n")
    assert problem.file == "pack a"


def test_a_rule_looks_for_one_thing() -> None:
    own = "version: 1\nextends: []\nrules:\n  reliability/own: "
    (line,) = lines_of(f"{own}{{action: warn, regex: print, files: {{change: added}}}}\n")
    assert (
        line
        == ":4:20: a rule looks for exactly one of pattern, regex, imports, files or size, found regex and files"
    )


def test_two_conditions_too_many_to_try_out_are_not_judged() -> None:
    labels = ", ".join(f"{{labels: a{number}}}" for number in range(30))
    case = f"{{when: {{any: [{labels}]}}, action: block}}"
    assert problems_of(f"{RULE}{{action: warn, cases: [{case}, {case}]}}\n") == ()


def test_an_impossible_scope_is_told() -> None:
    assert lines_of(
        f"{RULE}{{action: warn, when: {{provenance: ai, not: {{provenance: ai}}}}}}\n"
    ) == [":4:48: this condition can never be true"]
