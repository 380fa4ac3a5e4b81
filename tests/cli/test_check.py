"""Whole runs of `judgegate check` over real repositories."""

import json
from pathlib import Path

import pytest

from tests.cli.changes import CLAUDE, HARMLESS, INJECTION, TRICKY
from tests.repositories import BOB, RepositoryBuilder
from tests.runs import check, run


def files(report: dict, state: str) -> list[str]:  # type: ignore[type-arg]  # JSON
    return [file["path"] for file in report["change"]["files"] if file["state"] == state]


def test_a_harmless_change_passes(topic: RepositoryBuilder) -> None:
    topic.write(
        "app.py", HARMLESS + "\n\ndef triple(number):\n    return 3 * number\n"
    ).commit("Triple")
    done = run("check", at=topic)
    assert done.code == 0
    assert "PASS" in done.out


def test_a_command_injection_blocks_and_the_exit_code_says_so(
    topic: RepositoryBuilder,
) -> None:
    topic.write("run.py", INJECTION).commit("Run")
    done = run("check", "-f", "json", at=topic)
    assert done.code == 1
    assert done.report["outcome"] == "block"
    blocking = [
        finding for finding in done.report["findings"] if finding["action"] == "block"
    ]
    assert [
        (finding["code"], finding["path"], finding["line"], finding["subject"])
        for finding in blocking
    ] == [("B602", "run.py", 5, "run")]


@pytest.mark.parametrize(("fail_on", "code"), [("review", 1), ("block", 1), ("never", 0)])
def test_fail_on_changes_the_exit_code_and_never_the_outcome(
    topic: RepositoryBuilder, fail_on: str, code: int
) -> None:
    topic.write("run.py", INJECTION).commit("Run")
    done = run("check", "-f", "json", "--fail-on", fail_on, at=topic)
    assert (done.code, done.report["outcome"]) == (code, "block")


def test_an_ai_assisted_change_waits_for_a_human(topic: RepositoryBuilder) -> None:
    topic.write("app.py", HARMLESS + "\n").commit("Tidy", trailers=[CLAUDE])
    done = run("check", "-f", "json", at=topic)
    report = done.report
    assert (done.code, report["outcome"], report["provenance"]["verdict"]) == (
        3,
        "review",
        "ai",
    )
    assert report["review"]["demands"] == [
        {
            "rules": ["oversight/ai-assisted"],
            "approvals": 1,
            "from": [{"permission": "write"}],
            "missing": 1,
            "who_can": ["someone with write permission"],
            "shortfall": "",
        }
    ]


def test_the_complexity_limit_is_lower_where_an_ai_wrote(topic: RepositoryBuilder) -> None:
    function = (
        "def f(a):\n"
        + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(11))
        + "    return a\n"
    )
    topic.write("long.py", function).commit("By hand")
    assert [finding["rule"] for finding in check(at=topic)["findings"]] == []
    topic.write("longer.py", function.replace("f(", "g(")).commit(
        "By machine", trailers=[CLAUDE]
    )
    found = {
        finding["path"]: finding["action"]
        for finding in check(at=topic)["findings"]
        if finding["rule"] == "architecture/complex-function"
    }
    assert found["longer.py"] == "review"


def test_a_function_that_was_too_complex_and_did_not_grow_is_not_the_changes(
    repository: RepositoryBuilder,
) -> None:
    repository.write("old.py", TRICKY).commit("Debt")
    repository.branch("topic").write("old.py", "X = 1\n\n\n" + TRICKY).commit(
        "Move it down"
    )
    assert check(at=repository)["findings"] == []


def test_a_function_that_grew_names_both_numbers_and_the_metric(
    repository: RepositoryBuilder,
) -> None:
    repository.write("old.py", TRICKY).commit("Debt")
    repository.branch("topic").write(
        "old.py",
        TRICKY.replace("    return a\n", "    if a:\n        return 0\n    return a\n"),
    ).commit("Grow")
    [finding] = check(at=repository)["findings"]
    assert (
        finding["message"]
        == "cyclomatic complexity (radon) is 22, up from 21; the limit is 15"
    )


def test_a_finding_caused_elsewhere_on_an_untouched_line_is_the_changes(
    repository: RepositoryBuilder,
) -> None:
    body = "\n\ndef go(command):\n    return runner.call(command, shell=True)\n"
    repository.write("go.py", "import mine as runner\n" + body).commit("Start")
    repository.branch("topic").write(
        "go.py", "import subprocess as runner\n" + body
    ).commit("Switch")
    blocking = [
        finding
        for finding in check(at=repository)["findings"]
        if finding["action"] == "block"
    ]
    assert [
        (finding["code"], finding["line"], finding["origin"]) for finding in blocking
    ] == [("B602", 5, "introduced")]


def test_code_that_moved_between_files_is_not_blamed(repository: RepositoryBuilder) -> None:
    repository.write("one.py", INJECTION).write("two.py", HARMLESS).commit("Start")
    repository.branch("topic").write("one.py", "").write(
        "two.py", HARMLESS + "\n\n" + INJECTION
    ).commit("Move")
    report = check("--all", at=repository)
    assert report["outcome"] == "pass"
    assert {finding["origin"] for finding in report["findings"]} == {"existing"}


def test_a_line_that_stands_elsewhere_in_another_function_has_not_moved(
    repository: RepositoryBuilder,
) -> None:
    repository.write(
        "count.py", "import os\n\n\ndef main(cmd='wc'):\n    os.system(cmd)\n"
    ).write("web.py", "import os\n").commit("Start")
    repository.branch("topic").write("count.py", "import os\n")
    repository.write(
        "web.py",
        "import os\n\n\ndef main(request):\n    cmd = request.args\n    os.system(cmd)\n",
    ).commit("Launder")
    assert check(at=repository)["outcome"] == "block"


def test_what_the_base_has_closed_since_does_not_come_back_elsewhere(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py", INJECTION).commit("Hole")
    repository.branch("topic").write("a.py", HARMLESS).write("web.py", INJECTION).commit(
        "Move it"
    )
    repository.switch("main").write("a.py", HARMLESS).commit("Close it")
    repository.switch("topic")
    assert check(at=repository)["outcome"] == "block"


def test_code_that_leaves_the_tests_is_judged_by_the_new_places_rules(
    repository: RepositoryBuilder,
) -> None:
    dice = "import random\n\n\ndef roll():\n    return random.randint(1, 6)\n"
    repository.write("tests/dice.py", dice).commit("Start")
    repository.branch("topic").rename("tests/dice.py", "dice.py").commit("Promote")
    found = check(at=repository)["findings"]
    assert [(finding["code"], finding["path"], finding["origin"]) for finding in found] == [
        ("B311", "dice.py", "introduced")
    ]


def test_a_suppression_comment_hides_nothing(topic: RepositoryBuilder) -> None:
    topic.write("run.py", INJECTION.replace("shell=True)", "shell=True)  # nosec")).commit(
        "Run"
    )
    assert check(at=topic)["outcome"] == "block"


def test_a_secret_is_shown_nowhere(topic: RepositoryBuilder) -> None:
    topic.write("settings.py", 'PASSWORD = "correct-horse-battery"\n').commit("Settings")
    for form in ("text", "json"):
        done = run("check", "-v", "--all", "-f", form, at=topic)
        assert "B105" in done.out
        assert "correct-horse" not in done.out


def test_every_file_ends_in_exactly_one_state(topic: RepositoryBuilder) -> None:
    topic.write("README.md", "Read me\n").write("logo.png", b"\x89PNG\0").write(
        "run.unknown", "?"
    ).link("link.py", "app.py")
    topic.write("tool", "#!/usr/bin/env python3\nprint(1)\n").write(
        "broken.py", "def (:\n"
    ).write("gone/empty.py", "")
    topic.write("deploy.md", "x").chmod("deploy.md").submodule(
        "vendor/lib", topic.head()
    ).commit("All kinds")
    report = check(at=topic)
    assert files(report, "analysed") == ["gone/empty.py", "tool"]
    assert files(report, "exempt") == ["README.md", "logo.png"]
    assert files(report, "unanalysed") == [
        "broken.py",
        "deploy.md",
        "link.py",
        "run.unknown",
        "vendor/lib",
    ]
    assert sum(report["change"]["counts"].values()) == len(report["change"]["files"])


@pytest.mark.parametrize(
    "head", [b"#!/bin/sh\nrm -rf x\n", b"\x7fELF\2", b"PK\3\4", b"<?php ?>", b"MZ\0"]
)
def test_what_starts_like_a_program_is_exempt_under_no_name(
    topic: RepositoryBuilder, head: bytes
) -> None:
    topic.write("notes.md", head).write("plain.md", "Hello\n").commit("Disguise")
    report = check(at=topic)
    assert (files(report, "unanalysed"), files(report, "exempt")) == (
        ["notes.md"],
        ["plain.md"],
    )


def test_what_lies_in_git_lfs_was_not_read_whatever_it_is_called(
    topic: RepositoryBuilder,
) -> None:
    topic.write(
        "film.mp4", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    ).commit("Film")
    assert files(check(at=topic), "unanalysed") == ["film.mp4"]


def test_strict_does_not_exempt_the_source_code_of_other_languages(
    repository: RepositoryBuilder,
) -> None:
    repository.write(".judgegate.yml", "version: 1\nextends: [strict]\n").write(
        "a.js", "1\n"
    ).commit("Start")
    repository.branch("topic").write("a.js", "2\n").write("notes.md", "hello\n").commit(
        "Change"
    )
    report = check(at=repository)
    assert (files(report, "unanalysed"), files(report, "exempt")) == (
        ["a.js"],
        ["notes.md"],
    )


def test_deleting_what_cannot_be_read_is_unanalysed(repository: RepositoryBuilder) -> None:
    repository.write("broken.py", "def (:\n").write("fine.py", HARMLESS).commit("Start")
    repository.branch("topic").remove("broken.py").remove("fine.py").commit("Drop")
    report = check(at=repository)
    assert (files(report, "analysed"), files(report, "unanalysed")) == (
        ["fine.py"],
        ["broken.py"],
    )


def test_where_only_the_head_can_be_read_everything_counts_as_introduced(
    repository: RepositoryBuilder,
) -> None:
    repository.write("run.py", INJECTION + "def (:\n").commit("Start")
    repository.branch("topic").write("run.py", INJECTION).commit("Mend")
    report = check(at=repository)
    assert report["outcome"] == "block"
    assert [
        notice["code"] for notice in report["notices"] if notice["code"] == "blind-side"
    ] == ["blind-side"]


def test_equal_trees_with_commits_between_are_said_so_and_provenance_is_still_judged(
    topic: RepositoryBuilder,
) -> None:
    topic.commit("Nothing", trailers=[CLAUDE])
    report = check(at=topic)
    assert (report["outcome"], report["provenance"]["verdict"]) == ("review", "ai")
    assert "equal-trees" in [notice["code"] for notice in report["notices"]]


def test_the_report_is_the_same_to_the_byte(topic: RepositoryBuilder) -> None:
    topic.write("run.py", INJECTION).write("long.py", TRICKY).write(
        "pass.py", 'PASSWORD = "x"\n'
    ).commit("Run", trailers=[CLAUDE], author=BOB)
    assert (
        run("check", "-f", "json", "--all", at=topic).out
        == run("check", "-f", "json", "--all", at=topic).out
    )


class TestOtherSources:
    """The index and the work tree."""

    def test_what_is_staged_is_judged_and_what_is_not_is_left_alone(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("run.py", INJECTION).stage().write("other.py", INJECTION)
        report = check("--staged", at=topic)
        assert (
            report["outcome"],
            [file["path"] for file in report["change"]["files"]],
        ) == (
            "block",
            ["run.py"],
        )

    def test_the_message_that_is_being_written_can_say_who_wrote(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").stage()
        (topic.path / ".git/COMMIT_EDITMSG").write_text(f"Tidy\n\n{CLAUDE}\n")
        report = check("--staged", "--message", ".git/COMMIT_EDITMSG", at=topic)
        assert report["provenance"]["verdict"] == "ai"

    def test_assume_ai_applies_the_terms_without_evidence(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").stage()
        report = check("--staged", "--assume-ai", at=topic)
        assert (
            report["outcome"],
            report["provenance"]["verdict"],
            report["provenance"]["evidence"],
        ) == (
            "review",
            "ai",
            [],
        )

    def test_the_work_tree_is_judged_down_to_untracked_files(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write(".gitignore", "ignored.py\n").commit("Ignore")
        topic.write("untracked.py", INJECTION).write("ignored.py", INJECTION)
        report = check("--worktree", at=topic)
        assert [file["path"] for file in report["change"]["files"]] == [
            ".gitignore",
            "untracked.py",
        ]
        only = check("--worktree", "--base", "HEAD", at=topic)
        assert [file["path"] for file in only["change"]["files"]] == ["untracked.py"]

    def test_a_patch_inside_its_repository_is_judged_on_both_sides(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("run.py", INJECTION).commit("Old debt")
        topic.write("run.py", INJECTION + "\n\nX = 1\n").write("new.py", INJECTION).stage()
        (topic.path / ".git/change.diff").write_text(topic.git("diff", "--cached", "HEAD"))
        report = check("--patch", ".git/change.diff", at=topic)
        assert report["change"]["assurance"] == "full"
        assert {
            finding["path"]
            for finding in report["findings"]
            if finding["action"] == "block"
        } == {"new.py"}

    def test_a_patch_outside_of_a_repository_shows_a_part(
        self, topic: RepositoryBuilder, tmp_path: Path
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").write("new.py", INJECTION).commit(
            "Change", trailers=[CLAUDE]
        )
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "change.patch").write_text(
            topic.git("format-patch", "--stdout", "main..topic")
        )
        report = check("--patch", "change.patch", at=elsewhere)
        assert report["change"]["assurance"] == "reduced"
        assert (report["outcome"], report["provenance"]["verdict"]) == ("block", "ai")
        reasons = {file["path"]: file["reason"] for file in report["change"]["files"]}
        assert reasons == {"app.py": "a patch shows a part", "new.py": None}


def approvals(head: str, **more: object) -> str:
    """An approvals file: bob may write and has approved the head."""
    people = [
        {"id": 1, "login": "alice", "permission": "write"},
        {"id": 2, "login": "bob", "permission": "write"},
    ]
    contents = {
        "version": 1,
        "head": head,
        "opened_by": 1,
        "people": people,
        "reviews": [{"by": 2, "state": "approved", "commit": head}],
        "contributors": [{"by": 1, "part": "author"}],
    }
    return json.dumps(contents | more)


class TestApprovals:
    """From a file, in whatever way they came there."""

    @pytest.fixture
    def assisted(self, topic: RepositoryBuilder) -> RepositoryBuilder:
        author = "Alice <1+alice@users.noreply.github.com>"
        topic.write("app.py", HARMLESS + "\n").commit(
            "Go", author=author, trailers=[CLAUDE]
        )
        return topic

    def test_an_approval_of_the_head_satisfies_the_demand(
        self, assisted: RepositoryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "approvals.json").write_text(approvals(assisted.head()))
        report = check("--approvals", str(tmp_path / "approvals.json"), at=assisted)
        assert (report["outcome"], report["review"]["satisfied"]) == ("pass", True)
        assert [one["who"] for one in report["review"]["counted"]] == ["bob"]

    def test_an_approval_of_an_older_head_is_ignored_and_says_why(
        self, assisted: RepositoryBuilder, tmp_path: Path
    ) -> None:
        old = [{"by": 2, "state": "approved", "commit": assisted.head("main")}]
        (tmp_path / "approvals.json").write_text(approvals(assisted.head(), reviews=old))
        report = check("--approvals", str(tmp_path / "approvals.json"), at=assisted)
        assert report["outcome"] == "review"
        assert [one["who"] for one in report["review"]["ignored"]] == ["bob"]

    def test_approvals_of_another_head_are_no_answer(
        self, assisted: RepositoryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "approvals.json").write_text(approvals(assisted.head("main")))
        assert (
            run("check", "--approvals", str(tmp_path / "approvals.json"), at=assisted).code
            == 4
        )

    def test_who_wrote_a_commit_cannot_approve_it_whatever_the_file_says(
        self, assisted: RepositoryBuilder, tmp_path: Path
    ) -> None:
        own = [{"by": 1, "state": "approved", "commit": assisted.head()}]
        (tmp_path / "approvals.json").write_text(
            approvals(assisted.head(), opened_by=2, reviews=own, contributors=[])
        )
        assert (
            check("--approvals", str(tmp_path / "approvals.json"), at=assisted)["outcome"]
            == "review"
        )

    def test_changes_requested_hold_even_a_clean_change(
        self, topic: RepositoryBuilder, tmp_path: Path
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").commit(
            "Go", author="Alice <1+alice@users.noreply.github.com>"
        )
        refused = [{"by": 2, "state": "changes_requested", "commit": topic.head()}]
        (tmp_path / "approvals.json").write_text(approvals(topic.head(), reviews=refused))
        report = check("--approvals", str(tmp_path / "approvals.json"), at=topic)
        assert report["outcome"] == "review"
        assert "bob" in report["reasons"][0]["message"]

    @pytest.mark.parametrize(
        ("login", "policy"),
        [
            ("cursoragent", ""),
            ("OpenHands-Agent", ""),
            (
                "house-agent",
                "provenance: {signals: {add: [{tool: house, kind: login, pattern: house-agent}]}}\n",
            ),
        ],
    )
    def test_an_agent_that_the_forge_calls_a_user_cannot_approve(
        self, assisted: RepositoryBuilder, tmp_path: Path, login: str, policy: str
    ) -> None:
        (tmp_path / "policy.yml").write_text(f"version: 1\nextends: [default]\n{policy}")
        people = [
            {"id": 1, "login": "alice", "permission": "write"},
            {"id": 2, "login": login, "permission": "admin"},
        ]
        (tmp_path / "approvals.json").write_text(
            approvals(assisted.head(), people=people, everybody=True)
        )
        report = check(
            "--approvals",
            str(tmp_path / "approvals.json"),
            "--policy",
            str(tmp_path / "policy.yml"),
            at=assisted,
        )
        assert report["outcome"] == "review"
        assert report["review"]["ignored"] == [
            {"who": login, "why": "is an agent, not a person"}
        ]
        assert "no one here can give it" in report["review"]["demands"][0]["shortfall"]


def test_a_script_with_findings_is_not_said_to_have_been_left_alone(
    repository: RepositoryBuilder,
) -> None:
    repository.write("app.js", "export const a = 1;\n").commit("Start")
    repository.branch("topic").write(
        "app.js", "export function f(x) { return eval(x); }\n"
    ).commit("Change")
    out = run("check", at=repository).out
    assert "app.js:1: review security/script-eval" in out
    assert (
        "  1 of 1 file has no check and was read by patterns only: source code in other languages (app.js)\n"
        in out
    )
