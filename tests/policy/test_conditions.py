"""When a case holds, and what follows where nobody can tell."""

import pytest

from judgegate.model.levels import Action, Authorship, Confidence, Severity
from judgegate.model.verdict import Standing
from judgegate.policy.conditions import Facts
from judgegate.policy.effective_rules import EffectiveRule
from tests.policy.policies import ask, load

AI = Authorship.AI


def resolve(when: str, facts: Facts, action: str = "block") -> EffectiveRule:
    """A rule that warns, and does something else where a condition holds."""
    policy = load(f"""\
version: 1
extends: []
rules:
  security/insecure-code:
    action: warn
    cases:
      - when: {when}
        action: {action}
        review: {{approvals: 2}}
""")
    return policy.resolve("security/insecure-code", facts)


@pytest.mark.parametrize(
    ("when", "facts", "holds"),
    [
        ("{paths: [src/]}", ask("src/a.py"), True),
        ("{paths: [src/]}", ask("lib/a.py"), False),
        ("{paths: src/}", ask("src/a.py"), True),
        ("{provenance: ai}", ask(provenance=AI), True),
        ("{provenance: ai}", ask(), False),
        ("{provenance: [ai, unmarked]}", ask(), True),
        ("{severity: high}", ask(severity=Severity.HIGH), True),
        ("{severity: high}", ask(severity=Severity.CRITICAL), False),
        ("{severity: [high, critical]}", ask(severity=Severity.CRITICAL), True),
        ("{severity: medium}", ask(), True),  # the row's own, where the tool has none
        ("{confidence: [medium, high]}", ask(confidence=Confidence.HIGH), True),
        ("{confidence: low}", ask(), False),
        ("{code: B602}", ask(code="B602"), True),
        ("{code: B602}", ask(code="B6021"), False),
        ("{code: [B1*, B602]}", ask(code="B101"), True),
        ("{code: B602}", ask(), False),
        ("{target_branch: main}", ask(target_branch="main"), True),
        ("{target_branch: main}", ask(target_branch="feature/main"), False),
        ("{target_branch: [release/*]}", ask(target_branch="release/1.0/x"), True),
        ("{author: [Alice, bob]}", ask(author="alice"), True),
        ('{author: "@alice"}', ask(author="Alice"), True),
        ("{author: alice}", ask(author="mallory"), False),
        ("{added_lines: {min: 100}}", ask(added_lines=100), True),
        ("{added_lines: {min: 100}}", ask(added_lines=99), False),
        ("{added_lines: {max: 100}}", ask(added_lines=101), False),
        ("{added_lines: {min: 5, max: 10}}", ask(added_lines=10), True),
        ("{languages: [Go, rust]}", ask(languages=frozenset({"go", "python"})), True),
        ("{languages: rust}", ask(languages=frozenset({"go"})), False),
        ("{dependency_update: true}", ask(dependency_update=True), True),
        ("{dependency_update: true}", ask(dependency_update=False), False),
        ("{dependency_update: false}", ask(dependency_update=False), True),
        ("{dependency_update: false}", ask(dependency_update=True), False),
        (
            "{provenance: ai, severity: high}",
            ask(provenance=AI, severity=Severity.LOW),
            False,
        ),
        (
            "{all: [{provenance: ai}, {severity: high}]}",
            ask(provenance=AI, severity=Severity.HIGH),
            True,
        ),
        ("{any: [{provenance: ai}, {severity: high}]}", ask(severity=Severity.HIGH), True),
        ("{any: [{provenance: ai}, {severity: high}]}", ask(severity=Severity.LOW), False),
        ("{not: {paths: [tests/]}}", ask("src/a.py"), True),
        ("{not: {paths: [tests/]}}", ask("tests/a.py"), False),
        (
            "{provenance: ai, not: {any: [{code: B101}, {paths: [tests/]}]}}",
            ask("a.py", AI, code="B602"),
            True,
        ),
    ],
)
def test_a_condition_holds_or_not(when: str, facts: Facts, holds: bool) -> None:
    rule = resolve(when, facts)
    assert rule.action is (Action.BLOCK if holds else Action.WARN)
    assert rule.unknown == ()


@pytest.mark.parametrize(
    ("when", "unknown"),
    [
        ("{target_branch: main}", ("target_branch",)),
        ("{author: alice}", ("author",)),
        ("{not: {author: alice}}", ("author",)),
        ("{labels: hotfix}", ("labels",)),
        ("{added_lines: {min: 100}}", ("added_lines",)),
        ("{languages: go}", ("languages",)),
        ("{dependency_update: true}", ("dependency_update",)),
        ("{dependency_update: false}", ("dependency_update",)),
        ("{any: [{author: alice}, {target_branch: main}]}", ("author", "target_branch")),
        ("{all: [{author: alice}, {provenance: unmarked}]}", ("author",)),
    ],
)
def test_what_is_not_known_is_evaluated_both_ways_and_said(
    when: str, unknown: tuple[str, ...]
) -> None:
    assert (resolve(when, ask()).action, resolve(when, ask()).unknown) == (
        Action.BLOCK,
        unknown,
    )
    assert (resolve(when, ask(), "off").action, resolve(when, ask(), "off").unknown) == (
        Action.WARN,
        unknown,
    )


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{author: alice}, {provenance: ai}]}",
        "{not: {any: [{author: alice}, {provenance: unmarked}]}}",
    ],
)
def test_what_is_not_known_is_not_said_where_it_makes_no_difference(when: str) -> None:
    assert resolve(when, ask()).unknown == ()
    assert resolve(when, ask()).action is Action.WARN


def test_of_what_is_not_known_every_demand_holds() -> None:
    policy = load("""\
version: 1
extends: []
rules:
  security/insecure-code:
    action: review
    cases:
      - when: {target_branch: main}
        review: {from: [{team: example/platform}]}
      - when: {author: bob}
        review: {approvals: 2}
""")
    rule = policy.resolve("security/insecure-code", ask())
    write, team = (
        (Standing("permission", "write"),),
        (Standing("team", "example/platform"),),
    )
    assert [(terms.approvals, terms.standings) for terms in rule.reviews] == [
        (1, team),
        (2, write),
        (1, write),
    ]
    assert rule.review == rule.reviews[0]
    assert rule.unknown == ("author", "target_branch")


def test_of_what_is_not_known_the_strictest_options_hold() -> None:
    policy = load("""\
version: 1
extends: []
rules:
  architecture/complex-function:
    action: review
    with: {max_complexity: 20, min_depth: 1}
    cases:
      - when: {target_branch: main}
        action: warn
        with: {max_complexity: 10, min_depth: 5}
        severity: high
""")
    rule = policy.resolve("architecture/complex-function", ask())
    assert rule.action is Action.REVIEW
    assert rule.options == {"max_complexity": 10, "min_depth": 5, "style": 1}
    assert rule.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("action", "labels", "expected"),
    [
        ("block", frozenset({"HotFix"}), Action.BLOCK),
        ("block", frozenset({"other"}), Action.WARN),
        ("off", frozenset({"hotfix"}), Action.WARN),
        ("off", frozenset(), Action.WARN),
    ],
)
def test_a_label_can_only_tighten(
    action: str, labels: frozenset[str], expected: Action
) -> None:
    rule = resolve("{labels: hotfix}", ask(labels=labels), action)
    assert rule.action is expected
    assert rule.unknown == ()


def test_the_absence_of_a_label_is_no_way_round_a_rule_either() -> None:
    assert (
        resolve("{not: {labels: wip}}", ask(labels=frozenset({"wip"}))).action
        is Action.BLOCK
    )


def test_a_change_without_files_is_asked_both_ways_about_paths() -> None:
    rule = resolve("{paths: [src/]}", ask(None))
    assert (rule.action, rule.unknown) == (Action.BLOCK, ("path",))


def test_the_first_case_that_holds_decides() -> None:
    policy = load("""\
version: 1
extends: []
rules:
  security/insecure-code:
    action: warn
    cases:
      - when: {paths: [tests/]}
        action: off
      - when: {severity: high}
        action: block
""")
    facts = ask("tests/a.py", severity=Severity.HIGH)
    assert policy.resolve("security/insecure-code", facts).action is Action.OFF
    assert (
        policy.resolve("security/insecure-code", ask(severity=Severity.HIGH)).action
        is Action.BLOCK
    )


def test_a_rule_says_nothing_outside_its_own_condition() -> None:
    policy = load("""\
version: 1
extends: []
rules:
  security/insecure-code:
    when: {paths: [src/]}
    action: warn
    cases:
      - when: {severity: high}
        action: block
""")
    high = Severity.HIGH
    assert (
        policy.resolve("security/insecure-code", ask("src/a.py", severity=high)).action
        is Action.BLOCK
    )
    assert (
        policy.resolve("security/insecure-code", ask("lib/a.py", severity=high)).action
        is Action.OFF
    )
    assert (
        policy.resolve("security/insecure-code", ask(None, severity=high)).action
        is Action.BLOCK
    )


def test_a_rules_own_severity_is_what_conditions_see_where_the_tool_has_none() -> None:
    policy = load("""\
version: 1
extends: []
rules:
  architecture/complex-function:
    severity: critical
    action: warn
    cases:
      - when: {severity: critical}
        action: block
""")
    rule = policy.resolve("architecture/complex-function", ask())
    assert (rule.action, rule.severity) == (Action.BLOCK, Severity.CRITICAL)
    assert (
        policy.resolve("architecture/complex-function", ask(severity=Severity.LOW)).action
        is Action.WARN
    )
