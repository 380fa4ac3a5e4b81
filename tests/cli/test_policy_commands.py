"""The tools of whoever tunes the policy, and the ledger of waivers: whole runs."""

import json
import re
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.repositories import RepositoryBuilder
from tests.runs import check, run

POLICY = """\
version: 1
extends: [default]
rules:
  security/insecure-code:
    action: warn
    cases:
      - when: {code: B301}
        action: block
  architecture/complex-function:
    with: {max_complexity: 3}
    action: review
waivers:
  - {rule: security/insecure-code, paths: [old.py], code: B301, max: 2, reason: Rewrite planned., owner: "@alice", expires: 2027-01-31}
  - {rule: security/insecure-code, paths: [gone.py], reason: It was there., owner: "@bob", expires: 2026-03-01}
  - {rule: architecture/complex-function, paths: [old.py], reason: Later., owner: "@carol", expires: 2026-02-01}
"""
UNSAFE = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


@pytest.fixture
def tuned(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write(".judgegate.yml", POLICY).write("old.py", UNSAFE).commit("Start")
    return repository.branch("topic")


class TestValidate:
    def test_a_policy_that_loads_is_described(self, tuned: RepositoryBuilder) -> None:
        done = run("policy", "validate", at=tuned)
        assert done.code == 0
        assert done.out.startswith(".judgegate.yml is a valid policy: ")

    def test_an_editor_gets_json(self, tuned: RepositoryBuilder) -> None:
        done = run("policy", "validate", ".judgegate.yml", "-f", "json", at=tuned)
        assert (done.code, json.loads(done.out)["valid"]) == (0, True)

    def test_an_editor_gets_every_problem_with_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "p.yml").write_text(
            "version: 1\nrules:\n  security/insecure-cod: {action: blok}\n"
        )
        done = run("policy", "validate", "p.yml", "-f", "json", at=tmp_path)
        assert done.code == 2
        assert json.loads(done.out)["problems"] == snapshot(
            [
                {
                    "file": "p.yml",
                    "line": 3,
                    "column": 3,
                    "end_column": 24,
                    "message": 'unknown rule "security/insecure-cod"; did you mean "security/insecure-code"?',
                    "expected": None,
                    "found": None,
                    "suggestion": "security/insecure-code",
                },
                {
                    "file": "p.yml",
                    "line": 3,
                    "column": 35,
                    "end_column": 39,
                    "message": 'expected off, warn, review or block, found "blok"; did you mean "block"?',
                    "expected": "off, warn, review or block",
                    "found": '"blok"',
                    "suggestion": "block",
                },
            ]
        )

    def test_a_person_gets_the_text(self, tmp_path: Path) -> None:
        (tmp_path / "p.yml").write_text("version: 2\n")
        done = run("policy", "validate", "p.yml", at=tmp_path)
        assert (done.code, done.out) == (2, "")
        assert "p.yml:1:10: expected the number 1" in done.err

    def test_no_file_is_wrong_usage(self, tmp_path: Path) -> None:
        done = run("policy", "validate", at=tmp_path)
        assert done.code == 2
        assert "There is no policy at .judgegate.yml." in done.err


class TestShow:
    def test_each_value_has_the_place_that_set_it(self, tuned: RepositoryBuilder) -> None:
        out = run("policy", "show", at=tuned).out
        assert "    action: review # .judgegate.yml:11:13" in out
        assert "    with.max_complexity: 3 # .judgegate.yml:10:28" in out
        assert "    case {code: B301} # .judgegate.yml:7:9" in out
        assert "fail_on: review # built in" in out
        assert "(never): Dockerfile*" in out
        assert (
            "security/insecure-code in old.py, B301 until 2027-01-31: @alice # .judgegate.yml:13:5"
            in out
        )

    def test_a_path_and_a_provenance_show_what_holds_there(
        self, tuned: RepositoryBuilder
    ) -> None:
        tuned.write(
            ".judgegate.yml", "version: 1\nextends: [default, parts/.judgegate.yml]\n"
        )
        tuned.write(
            "parts/.judgegate.yml",
            "version: 1\nrules: {architecture/complex-function: {action: block, cases: [{when: {paths: ['*.py']}, action: warn}]}}\n",
        )
        inside = run(
            "policy", "show", "--path", "parts/a.py", "--provenance", "ai", at=tuned
        ).out
        assert (
            "=> warn for parts/a.py, provenance ai and the rule's own severity # parts/.judgegate.yml"
            in inside
        )
        outside = run("policy", "show", "--path", "a.py", at=tuned).out
        assert "=> block for a.py, provenance unmarked" in outside

    def test_blocks_and_seals_are_shown(self, tmp_path: Path) -> None:
        text = "version: 1\nextends: [default]\nfail_on: block\nreview: {approvals: 2, from: [code_owners]}\nlimits: {cpu_seconds: 20}\n"
        text += "override: {from: [{user: alice}]}\nprovenance: {gate_on: always, signals: {off: [aider]}}\nnon_negotiable: [review]\n"
        text += "rules: {security/insecure-code: {non_negotiable: true, review: {approvals: 2}}}\n"
        (tmp_path / "p.yml").write_text(text)
        out = run("policy", "show", "--policy", "p.yml", at=tmp_path).out
        for line in (
            "fail_on: block # p.yml:3:10",
            "  approvals: 2 # p.yml:4:",
            "  from: [code_owners] # p.yml:4:",
            "  cpu_seconds: 20 # p.yml:5:",
            "  from: [{user: alice}] # p.yml:6:",
            "  gate_on: always # p.yml:7:",
            "  signals_off: [aider] # p.yml:7:",
            "non_negotiable: review # p.yml:8:",
            "security/insecure-code # non-negotiable since p.yml:9:",
            "    review.approvals: 2 # p.yml:9:",
        ):
            assert line in out

    def test_without_a_policy_the_default_pack_is_shown(self, tmp_path: Path) -> None:
        assert run("policy", "show", at=tmp_path).out.startswith(
            "policy pack default # sha256:"
        )


class TestDiff:
    def test_what_became_weaker_is_reported_in_words(
        self, tuned: RepositoryBuilder
    ) -> None:
        tuned.write(
            ".judgegate.yml", POLICY.replace("action: block", "action: warn")
        ).commit("Relax")
        done = run("policy", "diff", "main", "topic", at=tuned)
        assert (done.code, done.out) == (
            0,
            "weaker: security/insecure-code no longer blocks (code B301): it only warns\n",
        )
        assert (
            run("policy", "diff", "main:.judgegate.yml", ".judgegate.yml", at=tuned).out
            == done.out
        )

    def test_a_program_gets_json(self, tuned: RepositoryBuilder) -> None:
        found = json.loads(
            run("policy", "diff", "default", "advisory", "-f", "json", at=tuned).out
        )
        assert found["differences"] == [
            {
                "direction": "weaker",
                "subject": "fail_on",
                "message": "fail_on is never instead of review",
            }
        ]

    def test_the_same_is_said_to_be_the_same(self, tuned: RepositoryBuilder) -> None:
        assert (
            run("policy", "diff", "HEAD", ".judgegate.yml", at=tuned).out
            == "Both policies mean the same.\n"
        )

    @pytest.mark.parametrize(
        ("name", "said"),
        [("nothing", "is not a policy"), ("HEAD:nothing.yml", "There is no file")],
    )
    def test_what_is_no_policy_is_wrong_usage(
        self, name: str, said: str, tuned: RepositoryBuilder
    ) -> None:
        done = run("policy", "diff", name, "default", at=tuned)
        assert done.code == 2
        assert said in done.err

    def test_a_side_that_does_not_load_is_wrong_usage(
        self, tuned: RepositoryBuilder
    ) -> None:
        tuned.write("p.yml", "version: 2\n")
        assert run("policy", "diff", "p.yml", "default", at=tuned).code == 2


class TestExplain:
    def test_a_rule_is_explained_with_the_case_that_wins(
        self, tuned: RepositoryBuilder
    ) -> None:
        out = run(
            "policy", "explain", "security/insecure-code", "--path", "old.py", at=tuned
        ).out
        assert "It looks for: " in out
        assert (
            "  For code other than B301:\n    No case applies.\n    => warn # .judgegate.yml:5:13\n"
            in out
        )
        assert (
            "  For code B301:\n    The case {code: B301} is the first that applies # .judgegate.yml:7:9\n    => block"
            in out
        )
        assert "A waiver: @alice until 2027-01-31: Rewrite planned." in out

    def test_a_rule_that_is_off_or_sealed_says_so(self, tmp_path: Path) -> None:
        sealed = "security/insecure-code: {non_negotiable: true, when: {paths: ['src/**']}}"
        (tmp_path / ".judgegate.yml").write_text(
            f"version: 1\nextends: [default]\nrules:\n  {sealed}\n  architecture/complex-function: {{action: 'off', cases: []}}\n".replace(
                ", cases: []", ""
            )
        )
        assert (
            "It is non-negotiable"
            in run("policy", "explain", "security/insecure-code", at=tmp_path).out
        )
        out = run(
            "policy", "explain", "security/insecure-code", "--path", "a.py", at=tmp_path
        ).out
        assert "It applies if {paths: src/**}" in out
        assert "It does not apply: its `when` is false." in out

    def test_what_is_not_named_is_kept_apart_and_not_assumed(self, tmp_path: Path) -> None:
        cases = (
            "{when: {severity: [high, critical], confidence: [medium, high]}, action: block}, "
            "{when: {provenance: ai}, action: review, severity: low}"
        )
        (tmp_path / ".judgegate.yml").write_text(
            f"version: 1\nextends: [advisory]\nrules:\n  security/insecure-code: {{action: warn, cases: [{cases}]}}\n"
        )
        told = run(
            "policy",
            "explain",
            "security/insecure-code",
            "--path",
            "a.py",
            "--provenance",
            "ai",
            at=tmp_path,
        ).out
        assert told[told.index("  For ") :] == snapshot("""\
  For severity low or medium:
    The case {provenance: ai} is the first that applies # .judgegate.yml:4:131
    => review, severity low # .judgegate.yml:4:164
      approvals: 1, from: [{permission: write}]
  For severity high or critical; confidence none or low:
    The case {provenance: ai} is the first that applies # .judgegate.yml:4:131
    => review, severity low # .judgegate.yml:4:164
      approvals: 1, from: [{permission: write}]
  For severity high or critical; confidence medium or high:
    The case {severity: [high, critical], confidence: [medium, high]} is the first that applies #
        .judgegate.yml:4:50
    => block # .judgegate.yml:4:123
""")
        told = run(
            "policy", "explain", "security/insecure-code", "--path", "a.py", at=tmp_path
        ).out
        assert re.findall(r"^  For (.*):$", told, re.MULTILINE) == snapshot(
            [
                "provenance ai; severity low or medium",
                "provenance ai; severity high or critical; confidence none or low",
                "severity high or critical; confidence medium or high",
                "provenance unmarked; severity low or medium",
                "provenance unmarked; severity high or critical; confidence none or low",
            ]
        )
        assert re.findall(r"^    => (\w+)", told, re.MULTILINE) == [
            "review",
            "review",
            "block",
            "warn",
            "warn",
        ]

    def test_what_a_later_layer_raises_is_reported(self, tmp_path: Path) -> None:
        (tmp_path / "organisation.yml").write_text(
            "version: 1\nextends: [default]\nrules: {security/insecure-code: {non_negotiable: true}}\n"
        )
        (tmp_path / ".judgegate.yml").write_text(
            "version: 1\nrules:\n  security/insecure-code: {severity: high, action: review}\n"
        )
        arguments = (
            "--org-policy",
            "organisation.yml",
            "--path",
            "a.py",
            "--provenance",
            "unmarked",
        )
        out = run(
            "policy", "explain", "security/insecure-code", *arguments, at=tmp_path
        ).out
        assert "=> review, severity at least high" in out

    def test_a_misspelt_rule_is_answered_with_the_nearest_one(
        self, tuned: RepositoryBuilder
    ) -> None:
        done = run("policy", "explain", "security/insecure-cod", at=tuned)
        assert done.code == 2
        assert 'did you mean "security/insecure-code"?' in done.err

    def test_a_finding_is_explained_with_its_case_and_the_waiver_in_the_way(
        self, tuned: RepositoryBuilder
    ) -> None:
        twice = (
            UNSAFE
            + "\n\ndef again(data):\n    return pickle.loads(data)\n\n\ndef thrice(data):\n    return pickle.loads(data)\n"
        )
        tuned.write("old.py", twice).commit("More")
        report = check(at=tuned)
        found = {
            finding["subject"]: finding
            for finding in report["findings"]
            if finding["code"] == "B301"
        }
        assert (found["again"]["waiver"], found["thrice"]["waiver"]) != (None, None)
        blocked = next(finding for finding in found.values() if finding["waiver"] is None)
        out = run("policy", "explain", blocked["fingerprint"], at=tuned).out
        assert "The case {code: B301} is the first that applies # .judgegate.yml:7:9" in out
        assert "=> block" in out
        assert (
            "A waiver that does not accept it: @alice until 2027-01-31: Rewrite planned. (it is used up: 2 of 2)"
            in " ".join(out.split())
        )
        lifted = next(
            finding for finding in found.values() if finding["waiver"] is not None
        )
        assert (
            "A waiver accepts it: @alice"
            in run("policy", "explain", lifted["fingerprint"], at=tuned).out
        )

    def test_what_the_policy_does_not_mind_is_explained_too(
        self, tuned: RepositoryBuilder
    ) -> None:
        tuned.write("new.py", UNSAFE).commit("New")
        (finding,) = (one for one in check(at=tuned)["findings"] if one["code"] == "B301")
        tuned.write(
            "quiet.yml",
            "version: 1\nextends: [default]\nrules: {security/insecure-code: {action: 'off'}}\n",
        )
        out = run(
            "policy", "explain", finding["fingerprint"], "--policy", "quiet.yml", at=tuned
        )
        assert out.code == 2 or "the policy does not mind" in out.out

    def test_a_finding_on_the_whole_change_is_explained(
        self, tuned: RepositoryBuilder
    ) -> None:
        tuned.write("a.py", "X = 1\n").commit(
            "A", trailers=["Co-Authored-By: Claude <noreply@anthropic.com>"]
        )
        (finding,) = (
            one
            for one in check(at=tuned)["findings"]
            if one["rule"] == "oversight/ai-assisted"
        )
        out = run("policy", "explain", finding["fingerprint"], at=tuned).out
        assert "oversight/ai-assisted in the change as a whole" in out
        assert "approvals: 1, from: [{permission: write}]" in out

    def test_an_unknown_fingerprint_is_wrong_usage(self, tuned: RepositoryBuilder) -> None:
        tuned.write("a.py", "X = 1\n").commit("A")
        done = run("policy", "explain", "1:0123456789abcdef", at=tuned)
        assert done.code == 2
        assert "Nothing in this change has the fingerprint" in done.err


class TestWaivers:
    def test_the_ledger_says_what_falls_due(self, tuned: RepositoryBuilder) -> None:
        assert run("waivers", "--on", "2026-02-10", at=tuned).out == snapshot("""\
2026-02-01 expired architecture/complex-function in old.py
           @carol, expired 9 days ago: Later.
           at most 1 # .judgegate.yml:15:5
2026-03-01 soon security/insecure-code in gone.py
           @bob, 19 days left: It was there.
           at most 1 # .judgegate.yml:14:5
2027-01-31 running security/insecure-code in old.py, B301
           @alice, 355 days left: Rewrite planned.
           at most 2 # .judgegate.yml:13:5
3 waivers: 1 expired, 1 soon, 1 running.
""")

    def test_a_scan_says_what_is_no_longer_used(self, tuned: RepositoryBuilder) -> None:
        found = json.loads(
            run("waivers", "--scan", "--on", "2026-02-10", "-f", "json", at=tuned).out
        )["waivers"]
        assert [
            (one["owner"], one["due"], one["days"], one["used"], one["unused"])
            for one in found
        ] == [
            ("@carol", "expired", -9, 0, True),
            ("@bob", "soon", 19, 0, True),
            ("@alice", "running", 355, 1, False),
        ]
        assert "no longer used: 0 of 1; remove it" in run("waivers", "--scan", at=tuned).out

    def test_a_scan_counts_what_an_expired_waiver_would_lift(
        self, tuned: RepositoryBuilder
    ) -> None:
        found = json.loads(
            run("waivers", "--scan", "--on", "2030-01-01", "-f", "json", at=tuned).out
        )["waivers"]
        assert [(one["due"], one["used"]) for one in found] == [
            ("expired", 0),
            ("expired", 0),
            ("expired", 1),
        ]

    def test_a_waiver_of_what_only_an_assistant_may_not_do_is_used(
        self, repository: RepositoryBuilder
    ) -> None:
        case = "{when: {provenance: ai}, with: {max_complexity: 1}, action: review}"
        rule = f"architecture/complex-function: {{action: 'off', cases: [{case}]}}"
        waiver = "{rule: architecture/complex-function, paths: [a.py], reason: R., owner: '@a', expires: 2030-01-01, max: 1}"
        repository.write(
            ".judgegate.yml",
            f"version: 1\nextends: [default]\nrules:\n  {rule}\nwaivers:\n  - {waiver}\n",
        )
        repository.write(
            "a.py",
            "".join(f"def f{n}(x):\n    return 1 if x else 2\n\n\n" for n in range(3)),
        ).commit("Start")
        (found,) = json.loads(run("waivers", "--scan", "-f", "json", at=repository).out)[
            "waivers"
        ]
        assert (found["used"], found["beyond"]) == (1, 2)

    def test_what_could_not_be_read_is_not_called_unused(
        self, tuned: RepositoryBuilder
    ) -> None:
        tuned.write("gone.py", "def broken(:\n").commit("Break")
        found = json.loads(run("waivers", "--scan", "-f", "json", at=tuned).out)["waivers"]
        (bob,) = (one for one in found if one["owner"] == "@bob")
        assert (bob["unused"], bob["unread"]) == (False, ["gone.py"])

    def test_a_waiver_of_what_is_non_negotiable_is_void(self, tmp_path: Path) -> None:
        rule = "security/insecure-code: {non_negotiable: true}"
        waiver = "{rule: security/insecure-code, paths: [a.py], reason: R., owner: '@a', expires: 2030-01-01}"
        (tmp_path / "p.yml").write_text(
            f"version: 1\nextends: [default]\nrules:\n  {rule}\nwaivers:\n  - {waiver}\n"
        )
        assert (
            "has no effect, because the rule is non-negotiable"
            in run("waivers", "--policy", "p.yml", at=tmp_path).out
        )

    def test_nothing_borrowed_is_said(self, repository: RepositoryBuilder) -> None:
        repository.write("a.py", "X = 1\n").commit("Start")
        assert run("waivers", at=repository).out == "The policy has no waivers.\n"

    def test_outside_a_repository_it_is_wrong_usage(self, tmp_path: Path) -> None:
        assert run("waivers", at=tmp_path).code == 2
