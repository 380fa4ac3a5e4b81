"""Malformed terms: review, provenance, limits, override, seals."""

import pytest

from tests.policy.policies import lines_of

HEAD = "version: 1\nextends: []\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "? [a]\n: b\n", [":3:3: expected a word as the key"]),
        (
            HEAD + "ruls: {}\n",
            [':3:1: unknown key "ruls" in a policy; did you mean "rules"?'],
        ),
        (HEAD + "fail_on: on\n", [':3:10: expected never, block or review, found "on"']),
        (HEAD + "fail_on: no\n", [':3:10: expected never, block or review, found "no"']),
        (
            HEAD + "fail_on: blok\n",
            [':3:10: expected never, block or review, found "blok"; did you mean "block"?'],
        ),
        (
            HEAD + "fail_on: [review]\n",
            [":3:10: expected never, block or review, found a list"],
        ),
        (HEAD + "fail_on:\n", [":3:9: expected never, block or review, found nothing"]),
        (
            HEAD + "rules: []\n",
            [":3:8: expected rules by their ids (a mapping), found a list"],
        ),
        (HEAD + "review: 2\n", [':3:9: expected review settings (a mapping), found "2"']),
        (
            HEAD + "review: {approvals: 0}\n",
            [':3:21: expected a whole number from 1 to 10, found "0"'],
        ),
        (
            HEAD + "review: {approvals: 11}\n",
            [':3:21: expected a whole number from 1 to 10, found "11"'],
        ),
        (
            HEAD + "review: {from: []}\n",
            [
                (
                    ":3:16: expected a list of {permission: write}, {team: org/team}, {user: login} or code_owners, found an empty list"
                )
            ],
        ),
        (
            HEAD + "review: {from: code_owner}\n",
            [
                (
                    ':3:16: expected a list of {permission: write}, {team: org/team}, {user: login} or code_owners, found "code_owner"'
                )
            ],
        ),
        (
            HEAD + "review: {from: [code_owner]}\n",
            [
                (
                    ":3:17: expected {permission: write}, {team: org/team}, {user: login} or code_owners, found "
                    '"code_owner"; did you mean "code_owners"?'
                )
            ],
        ),
        (
            HEAD + "review: {from: [{permission: wirte}]}\n",
            [
                ':3:30: expected write, maintain or admin, found "wirte"; did you mean "write"?'
            ],
        ),
        (
            HEAD + "review: {from: [{permission: read}]}\n",
            [':3:30: expected write, maintain or admin, found "read"'],
        ),
        (
            HEAD + "review: {from: [{team: platform}]}\n",
            [':3:24: expected a team such as org/team, found "platform"'],
        ),
        (
            HEAD + "review: {from: [{user: '@alice bob'}]}\n",
            [':3:24: expected a login, found "@alice bob"'],
        ),
        (
            HEAD + "review: {from: [{user: alice, team: a/b}]}\n",
            [
                (
                    ":3:17: expected exactly one of {permission: write}, {team: org/team}, {user: login} or code_owners "
                    "in each entry, found a mapping"
                )
            ],
        ),
        (
            HEAD + "review: {from: [{group: admins}]}\n",
            [':3:18: unknown key "group" in from; it has permission, team and user'],
        ),
        (
            HEAD + "review: {from: [{}]}\n",
            [
                (
                    ":3:17: expected exactly one of {permission: write}, {team: org/team}, {user: login} or code_owners "
                    "in each entry, found an empty mapping"
                )
            ],
        ),
        (HEAD + "review: {stale: yes}\n", [':3:17: expected never or head, found "yes"']),
        (
            HEAD + "review: {aprovals: 2}\n",
            [':3:10: unknown key "aprovals" in review; did you mean "approvals"?'],
        ),
        (
            HEAD + "provenance: {gate_on: stong}\n",
            [
                ':3:23: expected certain, strong, weak or always, found "stong"; did you mean "strong"?'
            ],
        ),
        (
            HEAD + "provenance: {roles: []}\n",
            [":3:21: expected a list of roles, found an empty list"],
        ),
        (
            HEAD + "provenance: {roles: [author]}\n",
            [
                (
                    ":3:22: expected authored, declared, review_suggestion, summary_only or message_only, found "
                    '"author"; did you mean "authored"?'
                )
            ],
        ),
        (
            HEAD + "provenance: {signals: [a]}\n",
            [":3:23: expected signals: {add: [...], off: [...]} (a mapping), found a list"],
        ),
        (
            HEAD + "provenance: {signals: {add: [{tool: robot}]}}\n",
            [
                ":3:30: `kind` is missing: the kind of place where the marker is, such as trailer",
                ":3:30: `pattern` is missing: the text of the marker",
            ],
        ),
        (
            HEAD
            + "provenance: {signals: {add: [{tool: robot, kind: trailers, pattern: Robot}]}}\n",
            [
                (
                    ":3:50: expected email, co_author_email, author_name, co_author_name, bot, login, bot_login, trailer_key, "
                    'trailer, footer, subject, fragment, comment, checkbox, branch or label, found "trailers"; did you mean "trailer"?'
                )
            ],
        ),
        (
            HEAD + "provenance: {signal: {}}\n",
            [':3:14: unknown key "signal" in provenance; did you mean "signals"?'],
        ),
        (
            HEAD + "limits: {source_bytes: 1}\n",
            [':3:24: expected a whole number from 10000 to 20000000, found "1"'],
        ),
        (
            HEAD + "limits: {cpu_seconds: 1e3}\n",
            [':3:23: expected a whole number from 1 to 300, found "1e3"'],
        ),
        (
            HEAD + "limits: {files: 0, bytes: 10}\n",
            [
                ':3:17: expected a whole number from 100 to 1000000, found "0"',
                ':3:27: expected a whole number from 1000000 to 10000000000, found "10"',
            ],
        ),
        (
            HEAD + "limits: {memory: 1}\n",
            [
                ':3:10: unknown key "memory" in limits; it has source_bytes, cpu_seconds, memory_mebibytes, files and bytes'
            ],
        ),
        (
            HEAD + "override: always\n",
            [':3:11: expected never, or {from: [{permission: admin}]}, found "always"'],
        ),
        (
            HEAD + "override: {permission: admin}\n",
            [
                ":3:11: `from` is missing: who may override a verdict, such as [{permission: admin}]",
                ':3:12: unknown key "permission" in override; it has from',
            ],
        ),
        (
            HEAD + "override: {from: [{permission: admin}, code_owners]}\n",
            [
                (
                    ":3:18: expected a permission, a team or a user: an override applies to the whole change, found a list"
                )
            ],
        ),
        (
            HEAD + "override: {from: []}\n",
            [
                (
                    ":3:18: expected a list of {permission: write}, {team: org/team}, {user: login} or code_owners, found an empty list"
                )
            ],
        ),
        (
            HEAD + "non_negotiable: true\n",
            [
                ':3:17: expected fail_on, edited, provenance, review, exempt, waivers, limits or override, found "true"'
            ],
        ),
        (
            HEAD + "non_negotiable: [rules]\n",
            [
                ':3:18: expected fail_on, edited, provenance, review, exempt, waivers, limits or override, found "rules"'
            ],
        ),
        (
            HEAD + "non_negotiable: [exmept]\n",
            [
                (
                    ":3:18: expected fail_on, edited, provenance, review, exempt, waivers, limits or override, "
                    'found "exmept"; did you mean "exempt"?'
                )
            ],
        ),
    ],
)
def test_malformed_terms_are_told_with_line_column_and_what_was_expected(
    text: str, expected: list[str]
) -> None:
    assert lines_of(text) == expected
