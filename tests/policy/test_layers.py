"""How layers lie over one another."""

from pathlib import Path

import pytest

from judgegate.model.levels import Action, Authorship, FailOn, Role, Severity
from judgegate.model.verdict import Standing
from judgegate.policy.provenance import GateOn
from judgegate.policy.review import Stale
from tests.policy.policies import ask, lines_of, load, load_over, problems_of

INSECURE = "security/insecure-code"
COMPLEX = "architecture/complex-function"

BASE = """\
version: 1
rules:
  architecture/complex-function:
    action: warn
    severity: low
    with: {max_complexity: 20, min_depth: 3}
    why: Base.
    review: {approvals: 2, stale: never}
    cases:
      - when: {provenance: ai}
        action: block
        with: {max_complexity: 10}
        review: {from: [code_owners]}
"""
AI = ask(provenance=Authorship.AI)


def over(rule: str) -> str:
    return f"version: 1\nextends: [base.yml]\nrules:\n  architecture/complex-function: {rule}\n"


@pytest.mark.parametrize(
    ("rule", "action", "limit"),
    [
        ("{why: Mine.}", Action.BLOCK, 10),
        ("{action: review}", Action.REVIEW, 10),
        ("{with: {max_complexity: 30}}", Action.BLOCK, 30),
        ("{action: off}", Action.OFF, 10),
        ("{cases: [{when: {severity: high}, action: off}]}", Action.WARN, 20),
        (
            "{cases: [{when: {provenance: ai}, action: review}], action: warn}",
            Action.REVIEW,
            20,
        ),
    ],
)
def test_a_plain_field_beats_the_cases_of_lower_layers_and_cases_replace_theirs(
    rule: str, action: Action, limit: int
) -> None:
    effective = load(over(rule), {"base.yml": BASE}).resolve(COMPLEX, AI)
    assert effective.action is action
    assert effective.options == {"max_complexity": limit, "min_depth": 3, "style": 1}


def test_single_fields_of_a_review_are_overridden() -> None:
    effective = load(over("{review: {stale: head}}"), {"base.yml": BASE}).resolve(
        COMPLEX, AI
    )
    assert effective.review.approvals == 2
    assert effective.review.stale is Stale.HEAD
    assert effective.review.standings == (Standing("code_owners"),)


def test_from_replaces_as_a_whole() -> None:
    effective = load(over("{review: {from: [{user: alice}]}}"), {"base.yml": BASE}).resolve(
        COMPLEX, AI
    )
    assert effective.review.standings == (Standing("user", "alice"),)


def test_what_a_review_is_comes_from_the_top_where_the_rule_does_not_say() -> None:
    policy = load(
        "version: 1\nextends: []\nreview: {approvals: 3, author: attest}\nrules:\n  security/insecure-code: {action: review}\n"
    )
    assert policy.resolve(INSECURE, ask()).review == policy.review
    assert policy.review.approvals == 3


def test_the_answer_names_the_place_that_decided() -> None:
    policy = load(over("{severity: high}"), {"base.yml": BASE})
    assert str(policy.resolve(COMPLEX, AI).decided_by) == "base.yml:11:17"
    assert str(policy.resolve(COMPLEX, ask()).decided_by) == "base.yml:4:13"
    assert policy.resolve(INSECURE, ask()).decided_by is None
    severity = policy.merged(COMPLEX).plain.severity
    assert severity is not None
    assert (severity.value, str(severity.place)) == (Severity.HIGH, ".judgegate.yml:4:45")


def test_message_and_why_are_the_teams_own() -> None:
    effective = load(over("{message: Too long., why: Mine.}"), {"base.yml": BASE}).resolve(
        COMPLEX, ask()
    )
    assert (effective.message, effective.why) == ("Too long.", "Mine.")


def test_a_rule_that_nobody_speaks_of_is_off() -> None:
    assert (
        load(over("{action: warn}"), {"base.yml": BASE}).resolve(INSECURE, ask()).action
        is Action.OFF
    )


def test_files_are_extended_from_where_the_policy_lies_through_several_levels() -> None:
    files = {
        "rules/a.yml": "version: 1\nextends: [deep/b.yml]\nfail_on: block\n",
        "rules/deep/b.yml": "version: 1\nextends: [../../c.yml]\nfail_on: never\nreview: {approvals: 2}\n",
        "c.yml": "version: 1\nreview: {approvals: 5}\nrules: {security/insecure-code: {action: warn}}\n",
    }
    files = {
        path: text.replace(
            "version: 1\n",
            "version: 1\n" if "extends" in text else "version: 1\nextends: []\n",
        )
        for path, text in files.items()
    }
    policy = load("version: 1\nextends: [rules/a.yml]\n", files)
    assert policy.fail_on is FailOn.BLOCK
    assert policy.review.approvals == 2
    assert policy.resolve(INSECURE, ask()).action is Action.WARN
    assert policy.paths == (".judgegate.yml", "rules/a.yml", "rules/deep/b.yml", "c.yml")


def test_a_file_that_is_extended_twice_counts_once_at_its_lowest_place() -> None:
    files = {
        "a.yml": "version: 1\nextends: [c.yml]\nfail_on: block\n",
        "c.yml": "version: 1\nextends: []\nfail_on: never\n",
    }
    assert load("version: 1\nextends: [a.yml, c.yml]\n", files).fail_on is FailOn.BLOCK


def test_a_cycle_is_found_and_shown() -> None:
    files = {
        "a.yml": "version: 1\nextends: [b.yml]\n",
        "b.yml": "version: 1\nextends: [a.yml]\n",
    }
    (problem,) = problems_of("version: 1\nextends: [a.yml]\n", files)
    assert (
        str(problem).splitlines()[0]
        == "b.yml:2:11: `extends` makes a cycle: a.yml extends b.yml extends a.yml"
    )


def test_a_problem_in_an_extended_file_names_that_file() -> None:
    assert lines_of(
        "version: 1\nextends: [rules/a.yml]\n",
        {"rules/a.yml": "version: 1\nextends: []\nfail_on: maybe\n"},
    ) == ['rules/a.yml:3:10: expected never, block or review, found "maybe"']


def test_a_policy_is_made_of_a_limited_number_of_files() -> None:
    files = {
        f"{number}.yml": f"version: 1\nextends: [{number + 1}.yml]\n"
        for number in range(100)
    }
    (line,) = lines_of("version: 1\nextends: [0.yml]\n", files)
    assert line.endswith("too many files: a policy can have at most 50")


def test_packs_lie_below_the_organisation_and_its_files_below_the_repository(
    tmp_path: Path,
) -> None:
    organisation = "version: 1\nextends: []\nfail_on: block\nrules:\n  security/insecure-code: {action: review}\n"
    policy = load_over(organisation, "version: 1\nextends: [advisory]\n", tmp_path)
    assert policy.fail_on is FailOn.BLOCK
    assert policy.resolve(INSECURE, ask(severity=Severity.HIGH)).action is Action.REVIEW
    mine = "version: 1\nextends: [advisory]\nfail_on: review\nrules:\n  security/insecure-code: {action: block}\n"
    assert load_over(organisation, mine, tmp_path).fail_on is FailOn.REVIEW
    assert (
        load_over(organisation, mine, tmp_path).resolve(INSECURE, ask()).action
        is Action.BLOCK
    )


def test_an_organisations_policy_holds_where_the_repository_has_none(
    tmp_path: Path,
) -> None:
    policy = load_over("version: 1\nextends: []\nfail_on: block\n", None, tmp_path)
    assert policy.fail_on is FailOn.BLOCK
    assert policy.source.source == "pack default"
    assert not policy.switched_off(INSECURE)


def test_provenance_terms_override_by_field_and_tools_switched_off_add_up() -> None:
    files = {
        "a.yml": "version: 1\nextends: []\nprovenance: {gate_on: weak, roles: [authored], signals: {off: [Robot]}}\n",
    }
    policy = load(
        "version: 1\nextends: [a.yml]\nprovenance: {roles: [declared], signals: {off: [android]}}\n",
        files,
    )
    terms = policy.provenance
    assert (terms.gate_on, terms.roles, terms.signals_off) == (
        GateOn.WEAK,
        frozenset({Role.DECLARED}),
        frozenset({"robot", "android"}),
    )
    assert policy.provenance_of("oversight/ai-assisted") == terms


@pytest.mark.parametrize(
    ("word", "floor"),
    [("always", None), ("weak", "weak"), ("strong", "strong"), ("certain", "certain")],
)
def test_gating_starts_at_a_confidence_or_always(word: str, floor: str | None) -> None:
    terms = load(f"version: 1\nextends: []\nprovenance: {{gate_on: {word}}}\n").provenance
    assert (terms.gate_on.floor.value if terms.gate_on.floor else None) == floor


def test_limits_and_override_are_overridden_by_field() -> None:
    files = {
        "a.yml": "version: 1\nextends: []\nlimits: {cpu_seconds: 20, source_bytes: 50000}\noverride: {from: [{permission: admin}]}\n"
    }
    policy = load("version: 1\nextends: [a.yml]\nlimits: {cpu_seconds: 5}\n", files)
    assert (
        policy.limits.cpu_seconds,
        policy.limits.source_bytes,
        policy.limits.memory_mebibytes,
    ) == (
        5,
        50_000,
        1024,
    )
    assert policy.override.standings == (Standing("permission", "admin"),)
    assert (
        load("version: 1\nextends: [a.yml]\noverride: never\n", files).override.standings
        == ()
    )
