"""Files that are no policy: what YAML allows and a policy does not, and its first lines."""

import pytest

from tests.policy.policies import lines_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [": the file is empty; a policy must start with `version: 1`"]),
        ("# nothing\n", [": the file is empty; a policy must start with `version: 1`"]),
        ("[]\n", [":1:1: expected a mapping: a policy must start with `version: 1`"]),
        (
            "just words\n",
            [":1:1: expected a mapping: a policy must start with `version: 1`"],
        ),
        (
            "version: 1\n---\nversion: 1\n",
            [":2:1: a policy must be one document, and a second one starts here"],
        ),
        (
            "%YAML 1.1\n---\nversion: 1\n",
            [":1:1: directives (%YAML, %TAG) are not allowed in a policy"],
        ),
        (
            "version: 1\nversion: 1\nextends: []\n",
            [':2:1: duplicate key "version": it is already in line 1'],
        ),
        (
            "version: 1\nextends: &packs [default]\n",
            [
                ":2:10: anchors are not allowed in a policy: write the value of &packs where it is used"
            ],
        ),
        (
            "version: 1\nextends: *packs\n",
            [":2:10: aliases are not allowed in a policy: write the value of *packs here"],
        ),
        (
            "version: 1\nextends: [default]\n<<: {fail_on: never}\n",
            [":3:1: merge keys are not allowed in a policy: write the merged keys here"],
        ),
        (
            "version: !!int 1\nextends: []\n",
            [':1:10: tags are not allowed in a policy: found "tag:yaml.org,2002:int"'],
        ),
        (
            "version: 1\nextends: !mine []\n",
            [':2:10: tags are not allowed in a policy: found "!mine"'],
        ),
        (
            "version: 1\n\textends: []\n",
            [
                ":2:1: this is not YAML: found a tab character that violates indentation; indent with spaces, not tabs"
            ],
        ),
        (
            "version: 1\nextends: [default\n",
            [":3:1: this is not YAML: did not find expected ',' or ']'"],
        ),
        (
            "version: 1\nfail_on: 'never\n",
            [":3:1: this is not YAML: found unexpected end of stream"],
        ),
        (
            "version: 1\nextends: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
            [":2:29: nested too deeply: at most 20 levels"],
        ),
        (
            "version: 1\nextends: []\x00\n",
            [":2:12: the character U+0000 is not allowed in a policy"],
        ),
        (
            "version: 1\nextends: [] # \u202e\n",
            [":2:15: the character U+202E is not allowed in a policy"],
        ),
        (
            "version: 1\r\nextends: []\rfail_on: never\n",
            [":2:12: the character U+000D is not allowed in a policy"],
        ),
        (
            "extends: [default]\n",
            [":1:1: `version` is missing: a policy must start with `version: 1`"],
        ),
        (
            "version: 2\nextends: []\n",
            [
                ':1:10: expected the number 1, the version of the policy language that this judgegate knows, found "2"'
            ],
        ),
        (
            "version: '1'\nextends: []\n",
            [
                ':1:10: expected the number 1, the version of the policy language that this judgegate knows, found "1"'
            ],
        ),
        (
            "version: 1.0\nextends: []\n",
            [
                ':1:10: expected the number 1, the version of the policy language that this judgegate knows, found "1.0"'
            ],
        ),
        (
            "version: one\nextends: []\n",
            [
                ':1:10: expected the number 1, the version of the policy language that this judgegate knows, found "one"'
            ],
        ),
        (
            "version: 1\n",
            [":1:1: this policy has no effect: add `rules`, or `extends: [default]`"],
        ),
        (
            "version: 1\nextend: [default]\nrules: {}\n",
            [':2:1: unknown key "extend" in a policy; did you mean "extends"?'],
        ),
        (
            "version: 1\nextends: [defualt]\n",
            [':2:11: unknown pack "defualt"; did you mean "default"?'],
        ),
        (
            "version: 1\nextends: {default: yes}\n",
            [":2:10: expected a list of packs and files, found a mapping"],
        ),
        (
            "version: 1\nextends: [../other.yml]\n",
            [':2:11: "../other.yml" is outside of the policy\'s repository'],
        ),
        (
            "version: 1\nextends: [/etc/policy.yml]\n",
            [':2:11: "/etc/policy.yml" is outside of the policy\'s repository'],
        ),
        (
            "version: 1\nextends: [missing.yml]\n",
            [
                ':2:11: there is no file "missing.yml" in the place that this policy was read from'
            ],
        ),
        (
            "version: 1\nextends: [.judgegate.yml]\n",
            [":2:11: `extends` makes a cycle: .judgegate.yml extends .judgegate.yml"],
        ),
        (
            "version: 1\nextends: [Default Pack]\n",
            [
                ':2:11: expected a pack\'s name, or a file that ends in .yml, found "Default Pack"'
            ],
        ),
    ],
)
def test_malformed_files_are_told_with_line_column_and_what_was_expected(
    text: str, expected: list[str]
) -> None:
    assert lines_of(text) == expected
