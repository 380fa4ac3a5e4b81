"""Malformed rules and cases."""

import pytest

from tests.policy.policies import lines_of

RULES = "version: 1\nextends: []\nrules:\n"
INSECURE = f"{RULES}  security/insecure-code: "
COMPLEX = f"{RULES}  architecture/complex-function: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            RULES + "  security/insecure-cod: {action: warn}\n",
            [
                ':4:3: unknown rule "security/insecure-cod"; did you mean "security/insecure-code"?'
            ],
        ),
        (
            RULES + "  insecure-code: {action: warn}\n",
            [':4:3: unknown rule "insecure-code"; did you mean "security/insecure-code"?'],
        ),
        (
            RULES + "  reliability/no-print: {action: warn}\n",
            [':4:3: unknown rule "reliability/no-print"'],
        ),
        (
            INSECURE + "warn\n",
            [':4:27: expected what the rule does (a mapping), found "warn"'],
        ),
        (INSECURE + "{}\n", [":4:3: this rule is empty: give it an action, or remove it"]),
        (
            INSECURE + "{action: blok}\n",
            [
                ':4:36: expected off, warn, review or block, found "blok"; did you mean "block"?'
            ],
        ),
        (
            INSECURE + "{action: yes}\n",
            [':4:36: expected off, warn, review or block, found "yes"'],
        ),
        (
            INSECURE + "{acton: warn}\n",
            [':4:28: unknown key "acton" in a rule; did you mean "action"?'],
        ),
        (
            INSECURE + "{severity: hihg, action: warn}\n",
            [
                ':4:38: expected low, medium, high or critical, found "hihg"; did you mean "high"?'
            ],
        ),
        (
            INSECURE + "{severity: high}\n",
            [":4:3: security/insecure-code can never fire: no layer gives it an action"],
        ),
        (
            INSECURE + "{action: warn, with: {max: 1}}\n",
            [":4:48: security/insecure-code has no options"],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexty: 10}}\n",
            [
                (
                    ':4:56: unknown key "max_complexty" in the options of architecture/complex-function; did you mean "max_complexity"?'
                )
            ],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 010}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "010"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 1:30}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "1:30"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 1e3}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "1e3"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: .nan}}\n",
            [':4:72: expected a whole number from 1 to 1000, found ".nan"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: .inf}}\n",
            [':4:72: expected a whole number from 1 to 1000, found ".inf"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 0x1F}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "0x1F"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 1_000}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "1_000"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 10.0}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "10.0"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: -1}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "-1"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 0}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "0"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: 1001}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "1001"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: '10'}}\n",
            [':4:72: expected a whole number from 1 to 1000, without quotes, found "10"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: ten}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "ten"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: yes}}\n",
            [':4:72: expected a whole number from 1 to 1000, found "yes"'],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: }}\n",
            [":4:72: expected a whole number from 1 to 1000, found nothing"],
        ),
        (
            COMPLEX + "{action: warn, with: {max_complexity: [10]}}\n",
            [":4:72: expected a whole number from 1 to 1000, found a list"],
        ),
        (
            INSECURE + "{action: warn, message: on}\n",
            [':4:51: expected a text (put it in quotes: "on"), found "on"'],
        ),
        (
            INSECURE + "{action: warn, message: 1.5}\n",
            [':4:51: expected a text (put it in quotes: "1.5"), found "1.5"'],
        ),
        (
            INSECURE + "{action: warn, why: 2027-01-31}\n",
            [':4:47: expected a text (put it in quotes: "2027-01-31"), found "2027-01-31"'],
        ),
        (INSECURE + "{action: warn, why: ''}\n", [':4:47: expected a text, found ""']),
        (
            INSECURE + "{action: warn, non_negotiable: yes}\n",
            [':4:58: expected true or false, found "yes"; did you mean true?'],
        ),
        (
            INSECURE + "{action: warn, non_negotiable: 'true'}\n",
            [':4:58: expected true or false, without quotes, found "true"'],
        ),
        (
            RULES + "  oversight/unanalysed: {action: warn}\n",
            [
                ':4:34: expected review or block (oversight/unanalysed is never below review), found "warn"'
            ],
        ),
        (
            RULES + "  oversight/policy-change: {action: off}\n",
            [
                ':4:37: expected review or block (oversight/policy-change is never below review), found "off"'
            ],
        ),
        (
            RULES + "  oversight/unanalysed: {action: block, when: {paths: [src/]}}\n",
            [
                ":4:47: oversight/unanalysed applies everywhere: use `cases` to require more for some files"
            ],
        ),
        (
            INSECURE + "{action: warn, cases: {}}\n",
            [":4:49: expected a list of cases, found an empty mapping"],
        ),
        (
            INSECURE + "{action: warn, cases: []}\n",
            [":4:49: expected a list of cases, found an empty list"],
        ),
        (
            INSECURE + "{action: warn, cases: [{action: block}]}\n",
            [
                ":4:50: `when` is missing: give the case a condition, or set its fields in the rule itself"
            ],
        ),
        (
            INSECURE + "{action: warn, cases: [{when: {provenance: ai}}]}\n",
            [
                ":4:50: this case changes nothing: give it an action, a severity, options or a review"
            ],
        ),
        (
            INSECURE
            + "{action: warn, cases: [{when: {provenance: ai}, action: block, cases: []}]}\n",
            [
                ':4:90: unknown key "cases" in a case; it has when, action, severity, with, review, message and why'
            ],
        ),
        (
            RULES
            + (
                "  security/insecure-code:\n    action: warn\n    cases:\n      - when: {severity: [high, medium]}\n    "
                "    action: block\n      - when: {severity: high, provenance: ai}\n        action: review\n"
            ),
            [":9:9: this case is never reached: an earlier case always applies first"],
        ),
        (
            RULES
            + (
                "  security/insecure-code:\n    action: warn\n    when: {provenance: ai}\n    cases:\n      - when: "
                "{provenance: unmarked}\n        action: block\n"
            ),
            [":8:9: the condition of this case can never be true"],
        ),
    ],
)
def test_malformed_rules_are_told_with_line_column_and_what_was_expected(
    text: str, expected: list[str]
) -> None:
    assert lines_of(text) == expected
