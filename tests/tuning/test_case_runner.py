"""A policy's tests run through the real gate, and a failure says in what the gate differs."""

import json
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.runs import Run, run

POLICY = """\
version: 1
extends: [default]
rules:
  oversight/ai-assisted:
    cases:
      - when: {paths: ["src/billing/**"]}
        review: {approvals: 2, from: [code_owners]}
"""
UNSAFE = "import pickle\nX = pickle.loads(Y)\n"


Given = str | dict[str, Any]
"""A case as the inside of a YAML mapping, or as a value that is written as JSON, which YAML holds."""


def trial(
    tmp_path: Path, *cases: Given, policy: str = POLICY, arguments: tuple[str, ...] = ()
) -> Run:
    (tmp_path / ".judgegate.yml").write_text(policy)
    folder = tmp_path / ".judgegate" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    written = (case if isinstance(case, str) else json.dumps(case)[1:-1] for case in cases)
    entries = "".join(
        f"  - {{name: case {number}, {fields}}}\n" for number, fields in enumerate(written)
    )
    (folder / "cases.yml").write_text(f"version: 1\ncases:\n{entries}")
    return run("policy", "test", *arguments, at=tmp_path)


def passes(tmp_path: Path, case: Given) -> None:
    done = trial(tmp_path, case)
    assert (done.code, done.err) == (0, ""), done.out


@pytest.mark.parametrize(
    "case",
    [
        "after: {a.py: 'X = 1'}, expect: {outcome: pass, findings: [], demands: []}",
        "after: {a.py: 'X = 1'}, written_by: ai, expect: {outcome: review, findings: [oversight/ai-assisted]}",
        "after: {a.py: 'X = 1'}, message: \"X\\n\\nCo-Authored-By: Claude <noreply@anthropic.com>\", expect: {outcome: review}",
        "after: {Dockerfile: 'FROM x'}, expect: {outcome: review, findings: [{rule: oversight/unanalysed, path: Dockerfile}]}",
        "after: {run: 'x'}, executable: run, expect: {outcome: review, findings: [oversight/unanalysed]}",
        "before: {Dockerfile: 'FROM x'}, removed: [Dockerfile], expect: {outcome: review}",
        "before: {a.md: one}, after: {a.md: two}, expect: {outcome: pass}",
        'after: {.judgegate.yml: "version: 1\\nextends: [default]\\n"}, expect: {outcome: review}',
        "after: {'odd \"name\\\\.md': x}, expect: {outcome: pass}",
        'before: {a.md: "one\\n"}, patch: "--- a/a.md\\n+++ b/a.md\\n@@ -1 +1 @@\\n-one\\n+two\\n", expect: {outcome: pass}',
    ],
)
def test_a_case_that_is_as_expected_passes(case: str, tmp_path: Path) -> None:
    passes(tmp_path, case)


@pytest.mark.parametrize(
    ("approvals", "outcome"),
    [
        ("[]", "review"),
        ("[{by: bob}]", "pass"),
        ("[{by: bob, stale: true}]", "review"),
        ("[{by: author}]", "review"),
        ("[{by: bob, permission: read}]", "review"),
    ],
)
def test_approvals_count_as_they_do_in_the_gate(
    approvals: str, outcome: str, tmp_path: Path
) -> None:
    passes(
        tmp_path,
        f"after: {{a.py: 'X = 1'}}, written_by: ai, approvals: {approvals}, expect: {{outcome: {outcome}}}",
    )


def test_code_owners_are_those_of_the_case_s_base(tmp_path: Path) -> None:
    owners = "before: {CODEOWNERS: 'src/billing/ @org/payments'}, after: {src/billing/a.py: 'X = 1'}, written_by: ai"
    passes(
        tmp_path,
        f"{owners}, approvals: [{{by: bob, teams: org/payments}}, {{by: carol, teams: org/payments}}], expect: {{outcome: pass}}",
    )
    passes(
        tmp_path,
        f"{owners}, approvals: [{{by: bob}}, {{by: carol}}], expect: {{outcome: review}}",
    )


def test_the_author_s_own_word_counts_where_the_policy_lets_it(tmp_path: Path) -> None:
    policy = "version: 1\nextends: [default]\nreview: {author: attest}\n"
    word = {"by": "author", "permission": "admin", "attests": "every line"}
    case: Given = {
        "after": {"a.py": "X = 1"},
        "written_by": "ai",
        "approvals": [word],
        "expect": {"outcome": "pass"},
    }
    assert trial(tmp_path, case, policy=policy).code == 0


@pytest.mark.parametrize(("by", "outcome"), [("erin", "pass"), ("author", "block")])
def test_an_override_lifts_what_it_lifts_in_the_gate(
    by: str, outcome: str, tmp_path: Path
) -> None:
    policy = POLICY.replace(
        "rules:\n",
        "override: {from: [{permission: admin}]}\nrules:\n  security/insecure-code: {action: block}\n",
        1,
    )
    word = {"by": by, "permission": "admin", "overrides": "The shop is down."}
    case: Given = {
        "after": {"a.py": UNSAFE},
        "approvals": [word],
        "expect": {"outcome": outcome},
    }
    done = trial(tmp_path, case, policy=policy)
    assert done.code == 0, done.out + done.err


@pytest.mark.parametrize(
    ("author", "path", "given", "missing"),
    [
        ("dependabot[bot]", "go.mod", {"approvals": []}, 1),
        ("dependabot[bot]", "go.mod", {}, 2),
        ("dependabot[bot]", "main.sh", {"approvals": []}, 2),
        ("dependabot", "go.mod", {"approvals": []}, 2),
        ("other[bot]", "go.mod", {"approvals": []}, 2),
    ],
)
def test_a_known_bot_s_update_is_one_in_a_case(
    author: str, path: str, given: dict[str, Any], missing: int, tmp_path: Path
) -> None:
    policy = "version: 1\nextends: [strict]\nreview: {approvals: 2}\nrules:\n  oversight/unanalysed:\n"
    policy += "    cases: [{when: {dependency_update: true}, review: {approvals: 1}}]\n"
    case: Given = {
        "before": {path: "1"},
        "after": {path: "2"},
        "pull_request": {"author": author},
        "expect": {"outcome": "review", "demands": [{"missing": missing}]},
        **given,
    }
    done = trial(tmp_path, case, policy=policy)
    assert done.code == 0, done.out + done.err


def test_the_branch_is_known_where_the_case_names_it(tmp_path: Path) -> None:
    policy = (
        POLICY
        + "  security/insecure-code: {cases: [{when: {target_branch: 'release/*'}, action: block}]}\n"
    )
    cases: list[Given] = [
        {
            "after": {"a.py": UNSAFE},
            "pull_request": {"target_branch": branch},
            "expect": {"outcome": outcome},
        }
        for branch, outcome in (("release/1", "block"), ("main", "pass"))
    ]
    done = trial(tmp_path, *cases, policy=policy)
    assert done.code == 0, done.out + done.err


def test_a_waiver_holds_until_the_day_of_the_case(tmp_path: Path) -> None:
    def case(day: str, outcome: str, *, waived: bool) -> Given:
        finding = {"rule": "security/insecure-code", "code": "B301", "waived": waived}
        return {
            "after": {"a.py": UNSAFE},
            "today": day,
            "expect": {"outcome": outcome, "findings": [finding]},
        }

    rule = "  security/insecure-code: {cases: [{when: {code: B301}, action: block}, {when: {code: B403}, action: 'off'}]}\n"
    waiver = "{rule: security/insecure-code, paths: [a.py], reason: R., owner: '@bob', expires: 2026-06-30}"
    policy = f"{POLICY}{rule}waivers: [{waiver}]\n"
    done = trial(
        tmp_path,
        case("2026-06-30", "pass", waived=True),
        case("2026-07-01", "block", waived=False),
        policy=policy,
    )
    assert done.code == 0, done.out + done.err


def test_a_failure_is_reported_as_a_difference(tmp_path: Path) -> None:
    demand = "{approvals: 2, from: [code_owners], rules: oversight/ai-assisted, missing: 1}"
    finding = "{rule: security/insecure-code, line: 3, waived: false}"
    done = trial(
        tmp_path,
        "after: {a.py: 'X = 1'}, written_by: ai, approvals: [{by: author}], "
        f"expect: {{outcome: pass, findings: [{finding}], demands: [{demand}]}}",
        "after: {a.py: 'X = 1'}, expect: {outcome: pass}",
    )
    assert done.code == 1
    assert done.out == snapshot("""\
FAIL case 0
     .judgegate/tests/cases.yml:3
     expected pass, found review
     - security/insecure-code in any file:3 (not waived)
     + oversight/ai-assisted (review, medium)
     - a demand for 2 approvals from a code owner because of oversight/ai-assisted, 1 missing
     + a demand for 1 approval from someone with write permission because of oversight/ai-assisted,
       1 missing
       review because of oversight/ai-assisted: The change is judged as AI-assisted: --assume-ai is
         given.
       1 more approval, from someone with write permission
       the approval of author does not count: opened the pull request
ok case 1
1 of 2 cases failed with .judgegate.yml.
""")


def test_a_verbose_run_says_what_was_found(tmp_path: Path) -> None:
    done = trial(
        tmp_path,
        "after: {a.py: 'X = 1'}, written_by: ai, expect: {outcome: review}",
        arguments=("-v",),
    )
    assert done.out == snapshot("""\
ok case 0
     oversight/ai-assisted (review, medium)
1 case passed with .judgegate.yml.
""")


def test_a_patch_that_does_not_apply_is_a_malformed_case(tmp_path: Path) -> None:
    done = trial(tmp_path, "patch: nonsense, expect: {outcome: pass}")
    assert done.code == 2
    assert "the patch does not apply to `before`" in done.err


def test_a_policy_that_does_not_load_is_no_failure_of_a_case(tmp_path: Path) -> None:
    done = trial(
        tmp_path, "after: {a.md: x}, expect: {outcome: pass}", policy="version: 2\n"
    )
    assert done.code == 2
    assert "expected the number 1" in done.err


def test_the_policy_is_the_nearest_one(tmp_path: Path) -> None:
    trial(tmp_path, "after: {a.md: x}, expect: {outcome: pass}")
    deeper = tmp_path / ".judgegate" / "tests" / "more"
    deeper.mkdir()
    (deeper / "cases.yml").write_text(
        "version: 1\ncases: [{name: deeper, after: {a.md: x}, expect: {outcome: pass}}]\n"
    )
    assert "1 case passed" in run("policy", "test", str(deeper), at=tmp_path).out
    assert "2 cases passed" in run("policy", "test", at=tmp_path).out


def test_an_organisation_s_policy_can_be_laid_below(tmp_path: Path) -> None:
    (tmp_path / "organisation.yml").write_text(
        "version: 1\nrules: {oversight/ai-assisted: {action: block, non_negotiable: true}}\n"
    )
    policy = "version: 1\nextends: [default]\n"
    case = "after: {a.py: 'X = 1'}, written_by: ai, expect: {outcome: block}"
    assert (
        trial(
            tmp_path, case, policy=policy, arguments=("--org-policy", "organisation.yml")
        ).code
        == 0
    )


@pytest.mark.parametrize("make", [False, True])
def test_no_cases_are_wrong_usage(make: bool, tmp_path: Path) -> None:
    if make:
        (tmp_path / ".judgegate" / "tests").mkdir(parents=True)
    done = run("policy", "test", at=tmp_path)
    assert done.code == 2
    assert "There is no " in done.err


def test_cases_without_a_policy_are_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "cases.yml").write_text(
        "version: 1\ncases: [{name: a, after: {a.md: x}, expect: {outcome: pass}}]\n"
    )
    done = run("policy", "test", ".", at=tmp_path)
    assert done.code == 2
    assert "Name the policy with --policy." in done.err
