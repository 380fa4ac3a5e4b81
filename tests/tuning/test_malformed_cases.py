"""Files of cases are read as strictly as a policy: every mistake has its place, and none a traceback."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.policy.problems import Problems
from judgegate.tuning.cases import read_cases
from tests.runs import run

HEAD = "version: 1\ncases:\n  - "
WHOLE = "name: a, after: {a.md: x}, expect: {outcome: pass}"


def problems_of(text: str) -> list[str]:
    problems = Problems()
    read_cases(text.encode(), "cases.yml", problems)
    return [str(problem).partition("\n")[0] for problem in problems.found]


def case(fields: str) -> str:
    return f"{HEAD}{{{fields}}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "cases.yml: the file is empty; a file of cases must start with `version: 1`"),
        ("version: 1\n", "cases.yml:1:1: `cases` is missing: the test cases"),
        (
            "cases: []\n",
            "cases.yml:1:1: `version` is missing: a file of cases must start with `version: 1`",
        ),
        (
            "version: 2\ncases: []\n",
            "cases.yml:1:10: expected the number 1, the version of the case format",
        ),
        (
            "version: 1\ncases: []\n",
            "cases.yml:2:8: expected a list of cases, found an empty list",
        ),
        (
            "version: 1\ncases: {}\nmore: 1\n",
            'cases.yml:3:1: unknown key "more" in a file of cases',
        ),
        (
            "- a\n",
            "cases.yml:1:1: expected a mapping: a file of cases must start with `version: 1`",
        ),
        (
            "version: 1\ncases: &a [x]\n",
            "cases.yml:2:8: anchors are not allowed in a file of cases",
        ),
        (
            case("expect: {outcome: pass}, after: {a: b}"),
            "cases.yml:3:5: `name` is missing",
        ),
        (case("name: a, after: {a: b}"), "cases.yml:3:5: `expect` is missing"),
        (
            case("name: a, expect: {outcome: pass}"),
            "cases.yml:3:5: this case changes nothing",
        ),
        (
            case("name: a, expect: {outcome: pass}, after: {a: b}, patch: x"),
            "a case changes files with `patch` or with `after`, not with both",
        ),
        (
            case("name: a, expect: {outcome: pas}, after: {a: b}"),
            'expected pass, review or block, found "pas"; did you mean "pass"?',
        ),
        (
            case("name: a, expect: {outcome: error}, after: {a: b}"),
            "expected pass, review or block",
        ),
        (
            case("name: a, expect: {outcome: pass, finding: []}, after: {a: b}"),
            'unknown key "finding"',
        ),
        (case("name: a, expect: {}, after: {a: b}"), "`outcome` is missing"),
        (case("name: a, expect: pass, after: {a: b}"), "expected the gate's result"),
        (
            case(f"{WHOLE}, writen_by: ai"),
            'unknown key "writen_by" in a case; did you mean "written_by"?',
        ),
        (case(f"{WHOLE}, written_by: human"), 'expected ai or unmarked, found "human"'),
        (case(f"{WHOLE}, today: 2026-02-30"), "expected a day such as 2027-01-31"),
        (case(f"{WHOLE}, approvals: [{{}}]"), "`by` is missing: who approved"),
        (case(f"{WHOLE}, approvals: [{{by: 'a b'}}]"), "expected a login"),
        (
            case(f"{WHOLE}, approvals: [{{by: a, permission: wrte}}]"),
            'did you mean "write"?',
        ),
        (
            case(f"{WHOLE}, approvals: [{{by: a, teams: payments}}]"),
            "expected a team such as org/team",
        ),
        (
            case(f"{WHOLE}, approvals: [{{by: a, attests: b, overrides: c}}]"),
            "one entry cannot both attest and override",
        ),
        (case(f"{WHOLE}, approvals: [{{by: 'a[bot]'}}]"), "expected a login"),
        (case(f"{WHOLE}, pull_request: {{author: 'a[bat]'}}"), "expected a login"),
        (case(f"{WHOLE}, pull_request: {{auhor: a}}"), 'did you mean "author"?'),
        (
            case(f"{WHOLE}, removed: [/etc/passwd]"),
            "expected a path from the top of the repository",
        ),
        (
            case(f"{WHOLE}, removed: [../a]"),
            "expected a path from the top of the repository",
        ),
        (
            case(f"{WHOLE}, removed: [a/.git/config]"),
            "expected a path from the top of the repository",
        ),
        (
            case(f"{WHOLE}, before: {{'a//b': x}}"),
            "expected a path from the top of the repository",
        ),
        (
            case(f"{WHOLE}, before: {{a: [x]}}"),
            "expected a text, as a block after `|`, found a list",
        ),
        (
            case("name: a, after: {a: b}, expect: {outcome: pass, findings: [insecure]}"),
            "expected a rule's id",
        ),
        (
            case("name: a, after: {a: b}, expect: {outcome: pass, findings: [{line: 3}]}"),
            "`rule` is missing",
        ),
        (
            case(
                "name: a, after: {a: b}, expect: {outcome: pass, findings: [{rule: a/b, line: 0}]}"
            ),
            "expected a whole number from 1",
        ),
        (
            case("name: a, after: {a: b}, expect: {outcome: pass, demands: [{from: []}]}"),
            "found an empty list",
        ),
        (
            f"{case(WHOLE)}  - {{{WHOLE}}}\n",
            'cases.yml:4:5: there is already a case with the name "a"',
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(text)), problems_of(text)


def test_all_mistakes_are_reported_at_once() -> None:
    assert len(problems_of(case("nam: a, written_by: human, expect: {outcome: x}"))) == 5


def test_a_file_may_hold_any_text() -> None:
    assert (
        problems_of(
            case('name: a, after: {a.md: "\\u202e\\u0000 on 010"}, expect: {outcome: pass}')
        )
        == []
    )


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    read_cases(content, "cases.yml", Problems())


@given(
    st.lists(
        st.sampled_from(
            [
                "name: a",
                "after: {",
                "}",
                "expect: ",
                "outcome: pass",
                "[",
                "]",
                "- ",
                "\n  ",
                ", ",
            ]
        ),
        max_size=20,
    )
)
def test_no_broken_case_makes_it_raise(parts: list[str]) -> None:
    read_cases((HEAD + "".join(parts)).encode(), "cases.yml", Problems())


def test_reading_stops_at_fifty_mistakes() -> None:
    assert len(problems_of("version: 1\ncases:\n" + "  - {}\n" * 60)) == 50


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("before: x", "expected files by their paths (a mapping)"),
        ("pull_request: alice", "expected a pull request's fields (a mapping)"),
        ("approvals: [alice]", "expected an approval such as {by: alice} (a mapping)"),
        ("patch: [x]", "expected a text, as a block after `|`"),
    ],
)
def test_a_wrong_shape_is_named(fields: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(case(f"{WHOLE}, {fields}")))


def test_wrong_shapes_of_what_is_expected_are_named() -> None:
    wrong = "name: a, after: {a: b}, expect: {outcome: pass, findings: [[x]], demands: [x]}"
    assert len(problems_of(case(wrong))) == 2


def test_the_command_shows_the_problems_of_all_files(tmp_path: Path) -> None:
    for name in ("one.yml", "two.yml"):
        (tmp_path / name).write_text(
            "version: 1\ncases:\n" + "  - {}\n" * (25 if name == "one.yml" else 9)
        )
    done = run("policy", "test", ".", at=tmp_path)
    assert done.code == 2
    assert done.err.startswith("Error: The policy's tests cannot be read: 50 problems.")
