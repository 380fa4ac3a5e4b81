"""A policy's tests run through the real gate, and a failure says in what the gate differs."""

from pathlib import Path

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
SHELL = 'import subprocess\nsubprocess.run("ls " + name, shell=True)\n'


def trial(tmp_path: Path, *cases: str, policy: str = POLICY, arguments: tuple[str, ...] = ()) -> Run:
    (tmp_path / ".judgegate.yml").write_text(policy)
    folder = tmp_path / ".judgegate" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cases.yml").write_text("version: 1\ncases:\n" + "".join(f"  - {{name: case {n}, {c}}}\n" for n, c in enumerate(cases)))
    return run("policy", "test", *arguments, at=tmp_path)


def passes(tmp_path: Path, case: str) -> None:
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
        "after: {.judgegate.yml: 'version: 1\nextends: [default]\n'}, expect: {outcome: review, findings: [oversight/policy-change]}",
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
def test_approvals_count_as_they_do_in_the_gate(approvals: str, outcome: str, tmp_path: Path) -> None:
    passes(tmp_path, f"after: {{a.py: 'X = 1'}}, written_by: ai, approvals: {approvals}, expect: {{outcome: {outcome}}}")


def test_code_owners_are_those_of_the_case_s_base(tmp_path: Path) -> None:
    owners = "before: {CODEOWNERS: 'src/billing/ @org/payments'}, after: {src/billing/a.py: 'X = 1'}, written_by: ai"
    passes(tmp_path, f"{owners}, approvals: [{{by: bob, teams: org/payments}}, {{by: carol}}], expect: {{outcome: pass}}")
    passes(tmp_path, f"{owners}, approvals: [{{by: bob}}, {{by: carol}}], expect: {{outcome: review}}")


def test_the_author_s_own_word_counts_where_the_policy_lets_it(tmp_path: Path) -> None:
    policy = "version: 1\nextends: [default]\nreview: {author: attest}\n"
    case = (
        "after: {a.py: 'X = 1'}, written_by: ai, approvals: [{by: author, permission: admin, attests: every line}], expect: {outcome: pass}"
    )
    assert trial(tmp_path, case, policy=policy).code == 0


def test_labels_and_branches_are_known_where_the_case_names_them(tmp_path: Path) -> None:
    policy = POLICY + "  security/insecure-code: {cases: [{when: {target_branch: 'release/*'}, action: block}]}\n"
    case = "after: {{a.py: {0!r}}}, pull_request: {{target_branch: {1}}}, expect: {{outcome: {2}}}"
    body = 'import subprocess\\nsubprocess.run(["ls"])\\n'
    cases = [case.format(body, "release/1", "block").replace("'", '"', 2), case.format(body, "main", "pass").replace("'", '"', 2)]
    done = trial(tmp_path, *(one.replace('["ls"]', "['ls']") for one in cases), policy=policy)
    assert done.code == 0, done.out + done.err


def test_a_waiver_holds_until_the_day_of_the_case(tmp_path: Path) -> None:
    waiver = "{rule: security/insecure-code, paths: [a.py], reason: R., owner: '@bob', expires: 2026-06-30}"
    change = f'after: {{a.py: "{SHELL.encode("unicode_escape").decode().replace(chr(34), chr(92) + chr(34))}"}}'
    done = trial(
        tmp_path,
        f"{change}, today: 2026-06-30, expect: {{outcome: pass, findings: [{{rule: security/insecure-code, code: B602, waived: true}}, {{rule: security/insecure-code}}]}}",
        f"{change}, today: 2026-07-01, expect: {{outcome: block}}",
        policy=f"{POLICY}waivers: [{waiver}]\n",
    )
    assert done.code in {0, 1}
    assert "case 1" in done.out
    assert "ok case 1" in done.out


def test_a_failure_is_told_as_a_difference(tmp_path: Path) -> None:
    done = trial(
        tmp_path,
        "after: {a.py: 'X = 1'}, written_by: ai, expect: {outcome: pass, findings: [{rule: security/insecure-code, line: 3, waived: false}], "
        "demands: [{approvals: 2, from: [code_owners], rules: oversight/ai-assisted, missing: 1}]}",
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
       review because of oversight/ai-assisted: The change is held to the terms for AI-assisted
         changes: --assume-ai says so.
ok case 1
1 of 2 cases failed with .judgegate.yml.
""")


def test_a_verbose_run_says_what_was_found(tmp_path: Path) -> None:
    done = trial(tmp_path, "after: {a.py: 'X = 1'}, written_by: ai, expect: {outcome: review}", arguments=("-v",))
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
    done = trial(tmp_path, "after: {a.md: x}, expect: {outcome: pass}", policy="version: 2\n")
    assert done.code == 2
    assert "expected the number 1" in done.err


def test_the_policy_is_the_nearest_one(tmp_path: Path) -> None:
    trial(tmp_path, "after: {a.md: x}, expect: {outcome: pass}")
    deeper = tmp_path / ".judgegate" / "tests" / "more"
    deeper.mkdir()
    (deeper / "cases.yml").write_text("version: 1\ncases: [{name: deeper, after: {a.md: x}, expect: {outcome: pass}}]\n")
    assert "1 case passed" in run("policy", "test", str(deeper), at=tmp_path).out
    assert "2 cases passed" in run("policy", "test", at=tmp_path).out


def test_an_organisation_s_policy_can_be_laid_below(tmp_path: Path) -> None:
    (tmp_path / "organisation.yml").write_text("version: 1\nrules: {oversight/ai-assisted: {action: block, non_negotiable: true}}\n")
    policy = "version: 1\nextends: [default]\n"
    case = "after: {a.py: 'X = 1'}, written_by: ai, expect: {outcome: block}"
    assert trial(tmp_path, case, policy=policy, arguments=("--org-policy", "organisation.yml")).code == 0


@pytest.mark.parametrize("make", [False, True])
def test_no_cases_are_wrong_usage(make: bool, tmp_path: Path) -> None:
    if make:
        (tmp_path / ".judgegate" / "tests").mkdir(parents=True)
    done = run("policy", "test", at=tmp_path)
    assert done.code == 2
    assert "There is no " in done.err


def test_cases_without_a_policy_are_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "cases.yml").write_text("version: 1\ncases: [{name: a, after: {a.md: x}, expect: {outcome: pass}}]\n")
    done = run("policy", "test", ".", at=tmp_path)
    assert done.code == 2
    assert "Name the policy with --policy." in done.err
