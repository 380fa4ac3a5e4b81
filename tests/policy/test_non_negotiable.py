"""What one layer makes non-negotiable, no later one can weaken."""

from pathlib import Path

import pytest

from judgegate.model.change import Blob
from judgegate.model.levels import Action, Authorship, Role, Severity
from judgegate.model.verdict import Standing
from judgegate.policy.provenance import GateOn
from judgegate.policy.review import AuthorApproval, ContributorTerm, Stale
from tests.policy.policies import ask, lines_over, load_over

COMPLEX = "architecture/complex-function"
BANK = """\
version: 1
extends: []
provenance: {gate_on: strong, roles: [authored, declared]}
review: {approvals: 2, from: [{permission: write}, {team: bank/platform}], stale: head, contributors: not_author}
exempt:
  - {name: prose, suffixes: [.md], reason: Prose.}
limits: {cpu_seconds: 20}
override: {from: [{permission: admin}, {team: bank/platform}]}
rules:
  architecture/complex-function:
    non_negotiable: true
    action: review
    severity: medium
    with: {max_complexity: 10, min_depth: 3, style: 4}
    cases:
      - when: {provenance: ai}
        action: block
      - when: {paths: [tests/]}
        action: off
"""


def mine(rule: str) -> str:
    return f"version: 1\nextends: []\nrules:\n  architecture/complex-function: {rule}\n"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "{action: warn}",
            "4:43: the action of architecture/complex-function may not be below review",
        ),
        (
            "{severity: low}",
            "4:45: the severity of architecture/complex-function may not be below medium",
        ),
        (
            "{with: {max_complexity: 11}}",
            "4:58: `max_complexity` of architecture/complex-function may only be at most 10",
        ),
        (
            "{with: {min_depth: 2}}",
            "4:53: `min_depth` of architecture/complex-function may only be at least 3",
        ),
        (
            "{with: {style: 5}}",
            "4:49: `style` of architecture/complex-function may only be 4",
        ),
        (
            "{when: {paths: [src/]}}",
            "4:41: this layer may not set `when` of architecture/complex-function",
        ),
        (
            "{cases: [{when: {provenance: ai}, action: block}]}",
            "4:42: this layer may not set `cases` of architecture/complex-function",
        ),
        (
            "{message: Mine.}",
            "4:44: this layer may not set `message` of architecture/complex-function",
        ),
        (
            "{why: Mine.}",
            "4:40: this layer may not set `why` of architecture/complex-function",
        ),
        (
            "{non_negotiable: false}",
            "4:51: this layer may not remove `non_negotiable` from architecture/complex-function",
        ),
        (
            "{review: {from: [code_owners]}}",
            "4:50: this layer may not set `from` of architecture/complex-function",
        ),
        (
            "{review: {stale: never}}",
            "4:51: `stale` of architecture/complex-function may only be made stricter",
        ),
        (
            "{review: {author: attest}}",
            "4:52: `author` of architecture/complex-function may only be made stricter",
        ),
    ],
)
def test_weakening_is_an_error_that_names_both_places(
    tmp_path: Path, rule: str, expected: str
) -> None:
    assert lines_over(BANK, mine(rule), tmp_path) == [
        f"{expected}: organisation.yml:11:21 makes it non-negotiable"
    ]


@pytest.mark.parametrize(
    ("rule", "path", "provenance", "action"),
    [
        ("{non_negotiable: true}", "src/a.py", "unmarked", Action.REVIEW),
        ("{action: review}", "src/a.py", "ai", Action.BLOCK),
        ("{action: review}", "tests/a.py", "unmarked", Action.REVIEW),
        ("{action: block}", "src/a.py", "unmarked", Action.BLOCK),
        ("{action: block}", "tests/a.py", "unmarked", Action.BLOCK),
    ],
)
def test_of_two_actions_that_meet_the_stricter_holds(
    tmp_path: Path, rule: str, path: str, provenance: str, action: Action
) -> None:
    policy = load_over(BANK, mine(rule), tmp_path)
    effective = policy.resolve(COMPLEX, ask(path, Authorship(provenance)))
    assert effective.action is action
    assert effective.non_negotiable


def test_a_raised_action_is_traced_to_the_layer_that_raised_it(tmp_path: Path) -> None:
    policy = load_over(BANK, mine("{action: block}"), tmp_path)
    assert str(policy.resolve(COMPLEX, ask("src/a.py")).decided_by) == ".judgegate.yml:4:43"


def test_severity_options_and_approvals_can_be_raised(tmp_path: Path) -> None:
    rule = "{severity: critical, with: {max_complexity: 5, min_depth: 4, style: 4}, review: {approvals: 3}}"
    effective = load_over(BANK, mine(rule), tmp_path).resolve(COMPLEX, ask("src/a.py"))
    assert effective.severity is Severity.CRITICAL
    assert effective.options == {"max_complexity": 5, "min_depth": 4, "style": 4}
    assert effective.review.approvals == 3
    assert effective.review.standings == (
        Standing("permission", "write"),
        Standing("team", "bank/platform"),
    )


def test_a_raised_severity_never_lowers_the_tools_own(tmp_path: Path) -> None:
    bank = "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: warn, non_negotiable: true}\n"
    policy = load_over(
        bank,
        "version: 1\nextends: []\nrules:\n  security/insecure-code: {severity: medium}\n",
        tmp_path,
    )
    severity = [
        policy.resolve("security/insecure-code", ask(severity=severity)).severity
        for severity in (Severity.LOW, Severity.HIGH)
    ]
    assert severity == [Severity.MEDIUM, Severity.HIGH]


WEAKER = """\
version: 1
extends: []
provenance: {gate_on: certain, roles: [review_suggestion], signals: {off: [robot]}}
review: {approvals: 1, from: [{user: alice}], stale: never, contributors: never, author: attest}
exempt:
  - {name: prose, suffixes: [.md, .bin], reason: Wider.}
  - {name: source, suffixes: [.go], reason: Mine.}
  - {name: secrets, never: true, paths: [secret.md], reason: Look.}
limits: {cpu_seconds: 5, source_bytes: 2000000}
override: {from: [{permission: write}]}
rules:
  security/insecure-code: {action: review}
"""


def test_such_a_rule_sees_later_review_terms_only_where_they_are_stricter(
    tmp_path: Path,
) -> None:
    policy = load_over(BANK, WEAKER, tmp_path)
    sealed = policy.resolve(COMPLEX, ask("src/a.py")).review
    assert (sealed.approvals, sealed.stale, sealed.contributors) == (
        2,
        Stale.HEAD,
        ContributorTerm.NEVER,
    )
    assert sealed.author is AuthorApproval.NEVER
    assert sealed.standings == (
        Standing("permission", "write"),
        Standing("team", "bank/platform"),
    )
    free = policy.resolve("security/insecure-code", ask("src/a.py")).review
    assert (free.approvals, free.author, free.standings) == (
        1,
        AuthorApproval.ATTEST,
        (Standing("user", "alice"),),
    )


def test_such_a_rule_takes_a_part_of_those_who_may_approve(tmp_path: Path) -> None:
    narrower = WEAKER.replace("{user: alice}", "{team: bank/platform}")
    review = load_over(BANK, narrower, tmp_path).resolve(COMPLEX, ask("src/a.py")).review
    assert review.standings == (Standing("team", "bank/platform"),)


def test_such_a_rule_sees_later_provenance_terms_only_where_they_are_stricter(
    tmp_path: Path,
) -> None:
    policy = load_over(BANK, WEAKER, tmp_path)
    sealed, free = policy.provenance_of(COMPLEX), policy.provenance
    assert (sealed.gate_on, sealed.signals_off) == (GateOn.STRONG, frozenset())
    assert sealed.roles == {Role.AUTHORED, Role.DECLARED, Role.REVIEW_SUGGESTION}
    assert (free.gate_on, free.roles, free.signals_off) == (
        GateOn.CERTAIN,
        frozenset({Role.REVIEW_SUGGESTION}),
        frozenset({"robot"}),
    )
    assert policy.provenance_of("security/insecure-code") == free


@pytest.mark.parametrize(
    ("path", "free", "sealed"),
    [
        ("a.md", True, True),
        ("a.bin", True, False),
        ("a.go", True, False),
        ("secret.md", False, False),
    ],
)
def test_such_a_rule_sees_later_exemptions_only_where_they_take_back(
    tmp_path: Path, path: str, free: bool, sealed: bool
) -> None:
    policy, blob = load_over(BANK, WEAKER, tmp_path), Blob(0o100644, "a" * 40, 1)
    assert (policy.exemption(path, blob) is not None) is free
    assert (policy.exemption(path, blob, rule=COMPLEX) is not None) is sealed


def test_one_analysis_serves_all_so_limits_are_those_of_the_first_such_rule(
    tmp_path: Path,
) -> None:
    limits = load_over(BANK, WEAKER, tmp_path).limits
    assert (limits.cpu_seconds, limits.source_bytes) == (20, 2_000_000)


@pytest.mark.parametrize(
    ("block", "line", "expected"),
    [
        ("fail_on", "fail_on: never", "3:10: `fail_on` may only be made stricter"),
        (
            "provenance",
            "provenance: {gate_on: certain}",
            "3:23: `provenance` may only be made stricter",
        ),
        (
            "provenance",
            "provenance: {roles: [authored]}",
            "3:21: `provenance` may only be made stricter",
        ),
        (
            "provenance",
            "provenance: {signals: {off: [robot]}}",
            "3:30: `provenance` may only be made stricter",
        ),
        ("review", "review: {approvals: 1}", "3:21: `review` may only be made stricter"),
        (
            "review",
            "review: {from: [{permission: admin}]}",
            "3:16: `review` may only be made stricter",
        ),
        ("review", "review: {stale: never}", "3:17: `review` may only be made stricter"),
        (
            "exempt",
            "exempt: [{name: x, suffixes: [.x], reason: Mine.}]",
            "3:10: this layer may not add to `exempt`",
        ),
        ("limits", "limits: {cpu_seconds: 5}", "3:23: `limits` may only be made stricter"),
        ("limits", "limits: {files: 100}", "3:17: `limits` may only be made stricter"),
        ("limits", "limits: {bytes: 1000000}", "3:17: `limits` may only be made stricter"),
        (
            "override",
            "override: {from: [{permission: write}]}",
            "3:11: `override` may only be made stricter",
        ),
        (
            "waivers",
            'waivers: [{rule: security/insecure-code, paths: [a.py], owner: "@bob", reason: Later., expires: 2030-01-01}]',
            "3:11: this layer may not add to `waivers`",
        ),
    ],
)
def test_a_sealed_block_can_only_be_tightened(
    tmp_path: Path, block: str, line: str, expected: str
) -> None:
    sealed = BANK.replace("rules:", f"non_negotiable: [{block}]\nrules:")
    found = lines_over(sealed, f"version: 1\nextends: []\n{line}\n", tmp_path)
    assert found == [f"{expected}: organisation.yml:9:18 makes it non-negotiable"]
    assert lines_over(BANK, f"version: 1\nextends: []\n{line}\n", tmp_path) == []


@pytest.mark.parametrize(
    "line",
    [
        "fail_on: review",
        "provenance: {gate_on: always, roles: [authored, declared, summary_only]}",
        "review: {approvals: 3, from: [{team: bank/platform}], contributors: never}",
        "exempt: [{name: prose, never: true, reason: Look at it.}]",
        "limits: {cpu_seconds: 30}",
        "limits: {files: 30000, bytes: 512000000}",
        "override: never",
        "override: {from: [{permission: admin}]}",
    ],
)
def test_a_sealed_block_can_be_tightened(tmp_path: Path, line: str) -> None:
    sealed = BANK.replace(
        "rules:",
        "non_negotiable: [fail_on, provenance, review, exempt, limits, override]\nrules:",
    )
    assert lines_over(sealed, f"version: 1\nextends: []\n{line}\n", tmp_path) == []


def test_a_sealed_exemption_can_be_taken_back(tmp_path: Path) -> None:
    sealed = BANK.replace("rules:", "non_negotiable: exempt\nrules:")
    blob = Blob(0o100644, "a" * 40, 1)
    assert load_over(sealed, "version: 1\nextends: []\n", tmp_path).exemption("a.md", blob)
    back = "version: 1\nextends: []\nexempt: [{name: prose, never: true, reason: Look at it.}]\n"
    assert load_over(sealed, back, tmp_path).exemption("a.md", blob) is None


def test_a_layer_may_shape_its_own_non_negotiable_rule_freely(tmp_path: Path) -> None:
    lower = "version: 1\nextends: [advisory]\nrules:\n  security/insecure-code: {action: warn, non_negotiable: true}\n"
    assert lines_over(lower, "version: 1\nextends: []\n", tmp_path) == []
