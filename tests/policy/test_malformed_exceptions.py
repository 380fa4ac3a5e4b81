"""Malformed exemptions and waivers."""

import pytest

from tests.policy.policies import lines_of

HEAD = "version: 1\nextends: []\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            HEAD + "exempt: {}\n",
            [":3:9: expected a list of exemptions, found an empty mapping"],
        ),
        (
            HEAD + "exempt: [{name: a, reason: b}]\n",
            [":3:10: this entry exempts no files: give it `paths` or `suffixes`"],
        ),
        (
            HEAD + "exempt: [{name: a, paths: [docs/]}]\n",
            [":3:10: `reason` is missing: say why no one needs to check these files"],
        ),
        (
            HEAD + "exempt: [{paths: [docs/], reason: Prose.}]\n",
            [
                ":3:10: `name` is missing: a later layer replaces the exemption with the same name"
            ],
        ),
        (
            HEAD + "exempt: [{name: a, suffixes: [md], reason: Prose.}]\n",
            [':3:31: expected a suffix such as .md, found "md"'],
        ),
        (
            HEAD + "exempt: [{name: a, suffixes: ['*.md'], reason: Prose.}]\n",
            [':3:31: expected a suffix such as .md, found "*.md"'],
        ),
        (
            HEAD
            + "exempt:\n  - {name: a, suffixes: [.md], reason: Prose.}\n  - {name: a, suffixes: [.txt], reason: Prose.}\n",
            [':5:5: an exemption with the name "a" already exists'],
        ),
        (
            HEAD + "exempt: [{name: a, path: [docs/], reason: Prose.}]\n",
            [
                ":3:10: this entry exempts no files: give it `paths` or `suffixes`",
                ':3:20: unknown key "path" in an exemption; did you mean "paths"?',
            ],
        ),
        (
            HEAD + "exempt: [docs/]\n",
            [':3:10: expected an exemption (a mapping), found "docs/"'],
        ),
        (
            HEAD
            + 'waivers:\n  - {paths: [a.py], owner: "@alice", reason: Soon., expires: 2027-01-31}\n',
            [":4:5: `rule` is missing: say which rule's findings are accepted"],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure, paths: [a.py], owner: "@alice", reason: Soon., expires: 2027-01-31}\n'
            ),
            [
                ':4:12: unknown rule "security/insecure"; did you mean "security/insecure-code"?'
            ],
        ),
        (
            HEAD
            + "waivers:\n  - {rule: security/insecure-code, paths: [a.py], reason: Soon., expires: 2027-01-31}\n",
            [":4:5: `owner` is missing: say who will fix the finding"],
        ),
        (
            HEAD
            + (
                "waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: @alice, reason: Soon., expires: 2027-01-31}\n"
            ),
            [
                (
                    ":4:58: this is not YAML: found character that cannot start any token; put quotes around a text "
                    "that starts with @, ` or %, and indent with spaces, not tabs"
                )
            ],
        ),
        (
            HEAD
            + 'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", expires: 2027-01-31}\n',
            [":4:5: `reason` is missing: say why the finding is accepted"],
        ),
        (
            HEAD
            + 'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon.}\n',
            [
                ":4:5: `expires` is missing: a waiver needs an expiry date such as 2027-01-31"
            ],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., expires: 2027-02-30}\n'
            ),
            [':4:92: expected a day such as 2027-01-31, found "2027-02-30"'],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., expires: 2027-1-31}\n'
            ),
            [':4:92: expected a day such as 2027-01-31, found "2027-1-31"'],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., expires: never}\n'
            ),
            [':4:92: expected a day such as 2027-01-31, found "never"'],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., '
                "expires: 2027-01-31T00:00:00Z}\n"
            ),
            [':4:92: expected a day such as 2027-01-31, found "2027-01-31T00:00:00Z"'],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., expires: 2027-01-31, max: 0}\n'
            ),
            [':4:109: expected a whole number from 1 to 1000, found "0"'],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., '
                "expires: 2027-01-31, max: many}\n"
            ),
            [':4:109: expected a whole number from 1 to 1000, found "many"'],
        ),
        (
            HEAD
            + 'waivers:\n  - {rule: security/insecure-code, owner: "@alice", reason: Soon., expires: 2027-01-31}\n',
            [
                ":4:5: this would waive the rule everywhere: give it `paths` or a `fingerprint`"
            ],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., '
                "expires: 2027-01-31, fingerprint: abc}\n"
            ),
            [':4:117: expected a fingerprint such as 1:0123456789abcdef, found "abc"'],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: oversight/unanalysed, paths: [a.py], owner: "@alice", reason: Soon., expires: 2027-01-31}\n'
            ),
            [
                ":4:5: oversight/unanalysed cannot be waived: no check has seen what it reports"
            ],
        ),
        (
            HEAD
            + (
                'waivers:\n  - {rule: security/insecure-code, paths: [a.py], owner: "@alice", reason: Soon., '
                "expires: 2027-01-31, until: 2027-01-31}\n"
            ),
            [
                (
                    ':4:104: unknown key "until" in a waiver; it has rule, owner, reason, expires, max, paths, code and fingerprint'
                )
            ],
        ),
    ],
)
def test_malformed_exceptions_are_told_with_line_column_and_what_was_expected(
    text: str, expected: list[str]
) -> None:
    assert lines_of(text) == expected
