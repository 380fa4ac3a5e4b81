"""What two policies' differences are called, and which way they go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.policy.block_fields import Direction
from judgegate.policy.compare import compare_policies
from judgegate.policy.path_patterns import example_of, fault, matches
from tests.policy.policies import load

INSECURE = "security/insecure-code"
COMPLEX = "architecture/complex-function"
BLOCKING = f"rules: {{{INSECURE}: {{action: block}}}}"


def differences(old: str, new: str) -> list[str]:
    return [
        str(one)
        for one in compare_policies(
            load(f"version: 1\n{old}\n"), load(f"version: 1\n{new}\n")
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            BLOCKING,
            f"rules: {{{INSECURE}: {{action: warn}}}}",
            f"weaker: {INSECURE} no longer blocks: it only warns",
        ),
        (
            BLOCKING,
            f"rules: {{{INSECURE}: {{action: 'off'}}}}",
            f"weaker: {INSECURE} no longer blocks",
        ),
        (
            BLOCKING,
            f"rules: {{{INSECURE}: {{action: block, cases: [{{when: {{severity: low}}, action: warn}}]}}}}",
            f"weaker: {INSECURE} no longer blocks (severity low): it only warns",
        ),
        (
            BLOCKING,
            f"rules: {{{INSECURE}: {{action: block, when: {{paths: ['src/**']}}}}}}",
            f"weaker: {INSECURE} no longer blocks (paths other than src/**)",
        ),
        (
            f"rules: {{{INSECURE}: {{action: warn}}}}",
            f"rules: {{{INSECURE}: {{action: warn, cases: [{{when: {{provenance: ai, code: B602}}, action: block}}]}}}}",
            f"tighter: {INSECURE} now blocks (provenance ai; code B602), where it warned",
        ),
        (
            f"rules: {{{COMPLEX}: {{action: warn}}}}",
            f"rules: {{{COMPLEX}: {{action: warn, with: {{max_complexity: 20}}}}}}",
            f"weaker: {COMPLEX}: max_complexity is 20 instead of 15",
        ),
        (
            f"rules: {{{COMPLEX}: {{action: warn}}}}",
            f"rules: {{{COMPLEX}: {{action: warn, with: {{min_depth: 3}}}}}}",
            f"tighter: {COMPLEX}: min_depth is 3 instead of 2",
        ),
        (
            f"rules: {{{COMPLEX}: {{action: warn}}}}",
            f"rules: {{{COMPLEX}: {{action: warn, with: {{style: 3}}}}}}",
            f"unclear: {COMPLEX}: style is 3 instead of 1",
        ),
        (
            f"rules: {{{INSECURE}: {{action: review, review: {{approvals: 2}}}}}}",
            f"rules: {{{INSECURE}: {{action: review}}}}",
            f"weaker: {INSECURE}: review.approvals is 1 instead of 2",
        ),
        (
            f"rules: {{{INSECURE}: {{action: warn, severity: high}}}}",
            f"rules: {{{INSECURE}: {{action: warn, severity: low}}}}",
            f"weaker: {INSECURE}: severity is low instead of high",
        ),
        (
            f"rules: {{{INSECURE}: {{action: warn, non_negotiable: true}}}}",
            f"rules: {{{INSECURE}: {{action: warn}}}}",
            f"weaker: {INSECURE} is no longer non-negotiable",
        ),
        (
            f"rules: {{{INSECURE}: {{action: warn, message: Careful.}}}}",
            f"rules: {{{INSECURE}: {{action: warn}}}}",
            f"neutral: {INSECURE} has a different `message`",
        ),
        (
            "extends: [default]",
            "extends: [advisory]",
            "weaker: fail_on is never instead of review",
        ),
        (
            "extends: [default]",
            "extends: [default]\nreview: {approvals: 2}",
            "tighter: review.approvals is 2 instead of 1",
        ),
        (
            "extends: [default]\nreview: {from: [{permission: write}, {user: alice}]}",
            "extends: [default]",
            "tighter: review.from is someone with write permission instead of @alice or someone with write permission",
        ),
        (
            "extends: [default]",
            "extends: [default]\nreview: {from: [{user: alice}]}",
            "unclear: review.from is @alice instead of someone with write permission",
        ),
        (
            "extends: [default]",
            "extends: [default]\nprovenance: {gate_on: certain}",
            "weaker: provenance.gate_on is certain instead of strong",
        ),
        (
            "extends: [default]",
            "extends: [default]\nprovenance: {roles: [authored, declared]}",
            "weaker: provenance.roles no longer has review_suggestion",
        ),
        (
            "extends: [default]",
            "extends: [default]\nlimits: {cpu_seconds: 5}",
            "weaker: limits.cpu_seconds is 5 instead of 10",
        ),
        (
            "extends: [default]",
            "extends: [default]\nlimits: {files: 100}",
            "weaker: limits.files is 100 instead of 20000",
        ),
        (
            "extends: [default]",
            "extends: [default]\nlimits: {bytes: 512000000}",
            "tighter: limits.bytes is 512000000 instead of 256000000",
        ),
        (
            "extends: [default]",
            "extends: [default]\noverride: {from: [{user: alice}]}",
            "weaker: override now has @alice",
        ),
        (
            "extends: [default]\noverride: {from: [{user: alice}]}",
            "extends: [default]",
            "tighter: override no longer has @alice",
        ),
        (
            f"extends: [default]\nrules: {{{INSECURE}: {{non_negotiable: true}}}}",
            "extends: [default]",
            f"weaker: {INSECURE} is no longer non-negotiable",
        ),
        (
            "extends: [default]",
            f"extends: [default]\nrules: {{{INSECURE}: {{non_negotiable: true}}}}",
            f"tighter: {INSECURE} is now non-negotiable",
        ),
        (
            "extends: [default]\nexempt: [{name: locks, never: true, paths: [a/**], reason: R.}]",
            "extends: [default]\nexempt: [{name: locks, never: true, paths: [a/**, b/**], reason: R.}]",
            "tighter: exempt entry `locks` has a/**, b/** instead of a/**",
        ),
        (
            "extends: [default]\nprovenance: {signals: {add: [{tool: x, kind: trailer, pattern: 'A: b'}]}}",
            "extends: [default]",
            "weaker: provenance.signals.add no longer has trailer 'A: b' (x, strong)",
        ),
        (
            "extends: [default]",
            "extends: [default]\nnon_negotiable: [exempt]",
            "tighter: non_negotiable now has exempt",
        ),
        (
            "extends: [default]",
            "extends: [default]\nexempt: [{name: fixtures, paths: [tests/data/**], reason: Data.}]",
            "weaker: exempt entry `fixtures` now exempts: tests/data/**",
        ),
        (
            "extends: [default]\nexempt: [{name: fixtures, paths: [a/**, b/**], reason: Data.}]",
            "extends: [default]\nexempt: [{name: fixtures, paths: [a/**], reason: Data.}]",
            "tighter: exempt entry `fixtures` has a/** instead of a/**, b/**",
        ),
        (
            "extends: [default]",
            f"extends: [default]\nwaivers: [{{rule: {INSECURE}, paths: [a.py], reason: R., owner: '@bob', expires: 2027-01-31}}]",
            f"weaker: waivers now accept {INSECURE} in a.py, 1 at most, until 2027-01-31 (@bob)",
        ),
    ],
)
def test_a_difference_is_told_in_words(old: str, new: str, expected: str) -> None:
    assert differences(old, new) == [expected]


@pytest.mark.parametrize(
    ("expires", "most", "direction"),
    [
        ("2027-06-01", 1, "weaker"),
        ("2026-06-01", 1, "tighter"),
        ("2027-06-01", 2, "weaker"),
        ("2026-06-01", 3, "unclear"),
    ],
)
def test_a_loan_that_is_prolonged_is_weaker(
    expires: str, most: int, direction: str
) -> None:
    def waiver(day: str, number: int) -> str:
        entry = f"{{rule: {INSECURE}, paths: [a.py], reason: R., owner: '@bob', expires: {day}, max: {number}}}"
        return f"extends: [default]\nwaivers: [{entry}]"

    (found,) = differences(waiver("2027-01-31", 1), waiver(expires, most))
    assert found.startswith(f"{direction}: ")


def test_the_same_in_other_words_is_no_difference() -> None:
    assert differences(BLOCKING, f"# why\nrules:\n  {INSECURE}:\n    action: block") == []


def test_a_case_that_moves_behind_another_is_seen_where_both_hold() -> None:
    first, second = (
        "{when: {severity: high}, action: warn}",
        "{when: {provenance: ai}, action: block}",
    )
    old = f"rules: {{{INSECURE}: {{action: warn, cases: [{second}, {first}]}}}}"
    new = f"rules: {{{INSECURE}: {{action: warn, cases: [{first}, {second}]}}}}"
    assert differences(old, new) == [
        f"weaker: {INSECURE} no longer blocks (provenance ai; severity high): it only warns"
    ]


@pytest.mark.parametrize("name", ["*.py", "tests/", "**/generated/**", "conftest.py"])
def test_paths_that_match_two_patterns_are_asked_about(name: str) -> None:
    block = "{when: {paths: [src/**]}, action: block}"
    old = f"rules: {{{INSECURE}: {{action: warn, cases: [{block}]}}}}"
    new = f"rules: {{{INSECURE}: {{action: warn, cases: [{{when: {{paths: ['{name}']}}, action: 'off'}}, {block}]}}}}"
    assert any(
        line.startswith(f"weaker: {INSECURE} no longer blocks")
        for line in differences(old, new)
    )


def test_several_languages_at_once_are_asked_about() -> None:
    both = "{all: [{languages: python}, {languages: go}]}"
    new = (
        f"rules: {{{INSECURE}: {{action: block, cases: [{{when: {both}, action: warn}}]}}}}"
    )
    assert differences(BLOCKING, new) == [
        f"weaker: {INSECURE} no longer blocks (languages all of these): it only warns"
    ]


def test_a_known_bot_s_updates_are_asked_about() -> None:
    new = f"rules: {{{INSECURE}: {{action: block, cases: [{{when: {{dependency_update: true}}, action: warn}}]}}}}"
    assert differences(BLOCKING, new) == [
        f"weaker: {INSECURE} no longer blocks (dependency_update true): it only warns"
    ]


def test_a_folder_s_own_policy_is_a_part_of_what_is_compared() -> None:
    shop = {"shop/.judgegate.yml": f"version: 1\nrules: {{{INSECURE}: {{action: warn}}}}\n"}
    old = load("version: 1\nextends: [default]\n")
    new = load("version: 1\nextends: [default, shop/.judgegate.yml]\n", shop)
    assert any(
        "paths shop/" in str(one) and one.direction is Direction.WEAKER
        for one in compare_policies(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "extends: [default]\nrules: {reliability/ours: {regex: one, message: M., action: warn}}",
            "extends: [default]\nrules: {reliability/ours: {regex: two, message: M., action: warn}}",
            "unclear: reliability/ours now looks for something else",
        ),
        (
            "extends: [default]\nexempt: [{name: a, paths: [x/**], except: [x/y/**], reason: R.}]",
            "extends: [default]\nexempt: [{name: a, paths: [x/**], reason: R.}]",
            "weaker: exempt entry `a` has a different reason or exception",
        ),
        (
            "extends: [default]\nexempt: [{name: a, paths: [x/**], reason: R.}]",
            "extends: [default]\nexempt: [{name: a, paths: [x/**], reason: Another.}]",
            "neutral: exempt entry `a` has a different reason or exception",
        ),
        (
            "extends: [default]\nexempt: [{name: a, paths: [x/**, '!x/y'], reason: R.}]",
            "extends: [default]\nexempt: [{name: a, paths: [x/**, '!x/z'], reason: R.}]",
            "unclear: exempt entry `a` has x/**, !x/z instead of x/**, !x/y",
        ),
        (
            "extends: [default]\nexempt: [{name: a, never: true, paths: [x/**], reason: R.}]",
            "extends: [default]",
            "weaker: exempt entry `a` no longer forbids exempting: x/**",
        ),
        (
            "extends: [default]\nexempt: [{name: a, paths: [x/**], reason: R.}]",
            "extends: [default]",
            "tighter: exempt entry `a` no longer exempts: x/**",
        ),
        (
            f"extends: [default]\nwaivers: [{{rule: {INSECURE}, paths: [a.py], reason: R., owner: '@bob', expires: 2027-01-31}}]",
            "extends: [default]",
            f"tighter: waivers no longer accept {INSECURE} in a.py, 1 at most, until 2027-01-31 (@bob)",
        ),
        (
            f"extends: [default]\nwaivers: [{{rule: {INSECURE}, paths: [a.py], reason: R., owner: '@bob', expires: 2027-01-31}}]",
            f"extends: [default]\nwaivers: [{{rule: {INSECURE}, paths: [a.py], reason: R., owner: '@eve', expires: 2027-01-31}}]",
            f"neutral: the waiver of {INSECURE} has a different owner or reason: @eve",
        ),
        (
            f"rules: {{{INSECURE}: {{action: review}}}}",
            f"rules: {{{INSECURE}: {{action: review, review: {{stale: never}}}}}}",
            f"weaker: {INSECURE}: review.stale is never instead of head",
        ),
    ],
)
def test_what_else_can_differ_is_told_too(old: str, new: str, expected: str) -> None:
    assert differences(old, new) == [expected]


def test_the_weaker_comes_first() -> None:
    old = f"rules: {{{INSECURE}: {{action: block}}, {COMPLEX}: {{action: warn}}}}"
    new = f"rules: {{{INSECURE}: {{action: warn}}, {COMPLEX}: {{action: block}}}}"
    assert [line.partition(":")[0] for line in differences(old, new)] == [
        "weaker",
        "tighter",
    ]


@pytest.mark.parametrize(
    "names",
    [
        ", ".join(
            f"{{when: {{code: B{number}}}, action: review}}" for number in range(200)
        ),
        ", ".join(
            f"{{when: {{paths: ['a{number}/**']}}, action: review}}"
            for number in range(200)
        ),
        ", ".join(
            f"{{when: {{severity: high, code: B{n}, added_lines: {{min: {n}}}, author: a{n}}}, action: review}}"
            for n in range(39)
        ),
    ],
    ids=["codes", "paths", "combinations"],
)
def test_what_cannot_be_compared_is_said_to_be_so(names: str) -> None:
    new = f"rules: {{{INSECURE}: {{action: warn, cases: [{names}]}}}}"
    (found,) = differences(f"rules: {{{INSECURE}: {{action: warn}}}}", new)
    assert (
        found
        == f"unclear: {INSECURE} differs in more cases than judgegate can compare: read both versions"
    )


def test_a_pattern_of_its_own_that_goes_is_weaker() -> None:
    rule = "reliability/no-print: {pattern: {language: python, code: 'print($$$)'}, message: No., action: warn}"
    assert differences(f"extends: [default]\nrules: {{{rule}}}", "extends: [default]") == [
        "weaker: reliability/no-print no longer warns"
    ]


@given(st.text(alphabet="ab/*?[]!.\\-", min_size=1, max_size=12))
def test_an_example_of_a_pattern_matches_it(pattern: str) -> None:
    if fault(pattern) is None and (example := example_of(pattern)) is not None:
        assert matches((pattern.removeprefix("!"),), example)


@pytest.mark.parametrize("action", ["off", "warn", "review", "block"])
@pytest.mark.parametrize("other", ["off", "warn", "review", "block"])
def test_a_comparison_the_other_way_round_goes_the_other_way(
    action: str, other: str
) -> None:
    def policy(word: str) -> str:
        return f"extends: [default]\nrules: {{{COMPLEX}: {{action: '{word}'}}}}"

    there, back = (
        differences(policy(action), policy(other)),
        differences(policy(other), policy(action)),
    )
    opposite = {"weaker": "tighter", "tighter": "weaker"}
    assert [opposite[line.partition(":")[0]] for line in there] == [
        line.partition(":")[0] for line in back
    ]
    assert bool(there) is (action != other)


def test_directions_are_listed_from_what_matters_most() -> None:
    assert [direction.value for direction in Direction] == [
        "weaker",
        "unclear",
        "tighter",
        "neutral",
    ]


def test_a_looser_limit_is_told_beside_a_stronger_action() -> None:
    told = differences(
        f"rules: {{{COMPLEX}: {{action: warn, with: {{max_complexity: 10}}}}}}",
        f"rules: {{{COMPLEX}: {{action: block, with: {{max_complexity: 12}}}}}}",
    )
    assert told == [
        f"weaker: {COMPLEX}: max_complexity is 12 instead of 10",
        f"tighter: {COMPLEX} now blocks, where it warned",
    ]
