"""Whole runs of `judgegate check` over real repositories."""

import json
from pathlib import Path

import pytest

from tests.repositories import BOB, RepositoryBuilder
from tests.runs import check, run

INJECTION = "import subprocess\n\n\ndef run(command):\n    return subprocess.run(command, shell=True)\n"
HARMLESS = "def double(number):\n    return 2 * number\n"
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
TEAM = "version: 1\nrules:\n  security/insecure-code: {why: We care.}\n"
TRICKY = (
    "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(20)) + "    return a\n"
)


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A repository with one commit on main, on a branch of its own."""
    repository.write("app.py", HARMLESS).commit("Start")
    return repository.branch("topic")


def files(report: dict, state: str) -> list[str]:  # type: ignore[type-arg]  # JSON
    return [file["path"] for file in report["change"]["files"] if file["state"] == state]


def test_a_harmless_change_passes(topic: RepositoryBuilder) -> None:
    topic.write("app.py", HARMLESS + "\n\ndef triple(number):\n    return 3 * number\n").commit("Triple")
    done = run("check", at=topic)
    assert done.code == 0
    assert "PASS" in done.out


def test_a_command_injection_blocks_and_the_exit_code_says_so(topic: RepositoryBuilder) -> None:
    topic.write("run.py", INJECTION).commit("Run")
    done = run("check", "-f", "json", at=topic)
    assert done.code == 1
    assert done.report["outcome"] == "block"
    blocking = [finding for finding in done.report["findings"] if finding["action"] == "block"]
    assert [
        (finding["code"], finding["path"], finding["line"], finding["subject"]) for finding in blocking
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
    assert (done.code, report["outcome"], report["provenance"]["verdict"]) == (3, "review", "ai")
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
    topic.write("longer.py", function.replace("f(", "g(")).commit("By machine", trailers=[CLAUDE])
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
    repository.branch("topic").write("old.py", "X = 1\n\n\n" + TRICKY).commit("Move it down")
    assert check(at=repository)["findings"] == []


def test_a_function_that_grew_names_both_numbers_and_the_metric(repository: RepositoryBuilder) -> None:
    repository.write("old.py", TRICKY).commit("Debt")
    repository.branch("topic").write(
        "old.py", TRICKY.replace("    return a\n", "    if a:\n        return 0\n    return a\n")
    ).commit("Grow")
    [finding] = check(at=repository)["findings"]
    assert finding["message"] == "cyclomatic complexity (radon) is 22, up from 21; the limit is 15"


def test_a_finding_caused_elsewhere_on_an_untouched_line_is_the_changes(
    repository: RepositoryBuilder,
) -> None:
    body = "\n\ndef go(command):\n    return runner.call(command, shell=True)\n"
    repository.write("go.py", "import mine as runner\n" + body).commit("Start")
    repository.branch("topic").write("go.py", "import subprocess as runner\n" + body).commit("Switch")
    blocking = [finding for finding in check(at=repository)["findings"] if finding["action"] == "block"]
    assert [(finding["code"], finding["line"], finding["origin"]) for finding in blocking] == [
        ("B602", 5, "introduced")
    ]


def test_code_that_moved_between_files_is_not_blamed(repository: RepositoryBuilder) -> None:
    repository.write("one.py", INJECTION).write("two.py", HARMLESS).commit("Start")
    repository.branch("topic").write("one.py", "").write("two.py", HARMLESS + "\n\n" + INJECTION).commit(
        "Move"
    )
    report = check("--all", at=repository)
    assert report["outcome"] == "pass"
    assert {finding["origin"] for finding in report["findings"]} == {"existing"}


def test_a_line_that_stands_elsewhere_in_another_function_has_not_moved(
    repository: RepositoryBuilder,
) -> None:
    repository.write("count.py", "import os\n\n\ndef main(cmd='wc'):\n    os.system(cmd)\n").write(
        "web.py", "import os\n"
    ).commit("Start")
    repository.branch("topic").write("count.py", "import os\n")
    repository.write(
        "web.py", "import os\n\n\ndef main(request):\n    cmd = request.args\n    os.system(cmd)\n"
    ).commit("Launder")
    assert check(at=repository)["outcome"] == "block"


def test_what_the_base_has_closed_since_does_not_come_back_elsewhere(repository: RepositoryBuilder) -> None:
    repository.write("a.py", INJECTION).commit("Hole")
    repository.branch("topic").write("a.py", HARMLESS).write("web.py", INJECTION).commit("Move it")
    repository.switch("main").write("a.py", HARMLESS).commit("Close it")
    repository.switch("topic")
    assert check(at=repository)["outcome"] == "block"


def test_code_that_leaves_the_tests_is_judged_by_the_new_places_rules(repository: RepositoryBuilder) -> None:
    dice = "import random\n\n\ndef roll():\n    return random.randint(1, 6)\n"
    repository.write("tests/dice.py", dice).commit("Start")
    repository.branch("topic").rename("tests/dice.py", "dice.py").commit("Promote")
    found = check(at=repository)["findings"]
    assert [(finding["code"], finding["path"], finding["origin"]) for finding in found] == [
        ("B311", "dice.py", "introduced")
    ]


def test_a_suppression_comment_hides_nothing(topic: RepositoryBuilder) -> None:
    topic.write("run.py", INJECTION.replace("shell=True)", "shell=True)  # nosec")).commit("Run")
    assert check(at=topic)["outcome"] == "block"


def test_a_secret_is_shown_nowhere(topic: RepositoryBuilder) -> None:
    topic.write("settings.py", 'PASSWORD = "correct-horse-battery"\n').commit("Settings")
    for form in ("text", "json"):
        done = run("check", "-v", "--all", "-f", form, at=topic)
        assert "B105" in done.out
        assert "correct-horse" not in done.out


def test_every_file_ends_in_exactly_one_state(topic: RepositoryBuilder) -> None:
    topic.write("README.md", "Read me\n").write("logo.png", b"\x89PNG\0").write("run.unknown", "?").link(
        "link.py", "app.py"
    )
    topic.write("tool", "#!/usr/bin/env python3\nprint(1)\n").write("broken.py", "def (:\n").write(
        "gone/empty.py", ""
    )
    topic.write("deploy.md", "x").chmod("deploy.md").submodule("vendor/lib", topic.head()).commit("All kinds")
    report = check(at=topic)
    assert files(report, "analysed") == ["gone/empty.py", "tool"]
    assert files(report, "exempt") == ["README.md", "logo.png"]
    assert files(report, "unanalysed") == ["broken.py", "deploy.md", "link.py", "run.unknown", "vendor/lib"]
    assert sum(report["change"]["counts"].values()) == len(report["change"]["files"])


@pytest.mark.parametrize("head", [b"#!/bin/sh\nrm -rf x\n", b"\x7fELF\2", b"PK\3\4", b"<?php ?>", b"MZ\0"])
def test_what_starts_like_a_program_is_exempt_under_no_name(topic: RepositoryBuilder, head: bytes) -> None:
    topic.write("notes.md", head).write("plain.md", "Hello\n").commit("Disguise")
    report = check(at=topic)
    assert (files(report, "unanalysed"), files(report, "exempt")) == (["notes.md"], ["plain.md"])


def test_what_lies_in_git_lfs_was_not_read_whatever_it_is_called(topic: RepositoryBuilder) -> None:
    topic.write("film.mp4", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n").commit(
        "Film"
    )
    assert files(check(at=topic), "unanalysed") == ["film.mp4"]


def test_strict_does_not_exempt_the_source_code_of_other_languages(repository: RepositoryBuilder) -> None:
    repository.write(".judgegate.yml", "version: 1\nextends: [strict]\n").write("a.js", "1\n").commit("Start")
    repository.branch("topic").write("a.js", "2\n").write("notes.md", "hello\n").commit("Change")
    report = check(at=repository)
    assert (files(report, "unanalysed"), files(report, "exempt")) == (["a.js"], ["notes.md"])


def test_deleting_what_cannot_be_read_is_unanalysed(repository: RepositoryBuilder) -> None:
    repository.write("broken.py", "def (:\n").write("fine.py", HARMLESS).commit("Start")
    repository.branch("topic").remove("broken.py").remove("fine.py").commit("Drop")
    report = check(at=repository)
    assert (files(report, "analysed"), files(report, "unanalysed")) == (["fine.py"], ["broken.py"])


def test_where_only_the_head_can_be_read_everything_counts_as_introduced(
    repository: RepositoryBuilder,
) -> None:
    repository.write("run.py", INJECTION + "def (:\n").commit("Start")
    repository.branch("topic").write("run.py", INJECTION).commit("Mend")
    report = check(at=repository)
    assert report["outcome"] == "block"
    assert [notice["code"] for notice in report["notices"] if notice["code"] == "blind-side"] == [
        "blind-side"
    ]


def test_equal_trees_with_commits_between_are_said_so_and_provenance_is_still_judged(
    topic: RepositoryBuilder,
) -> None:
    topic.commit("Nothing", trailers=[CLAUDE])
    report = check(at=topic)
    assert (report["outcome"], report["provenance"]["verdict"]) == ("review", "ai")
    assert "equal-trees" in [notice["code"] for notice in report["notices"]]


def test_the_report_is_the_same_to_the_byte(topic: RepositoryBuilder) -> None:
    topic.write("run.py", INJECTION).write("long.py", TRICKY).write("pass.py", 'PASSWORD = "x"\n').commit(
        "Run", trailers=[CLAUDE], author=BOB
    )
    assert (
        run("check", "-f", "json", "--all", at=topic).out == run("check", "-f", "json", "--all", at=topic).out
    )


class TestThePolicyInForce:
    """The base is the authority."""

    def test_a_change_cannot_weaken_the_policy_that_judges_it(self, repository: RepositoryBuilder) -> None:
        repository.write(".judgegate.yml", "version: 1\nextends: [default]\n").commit("Start")
        lax = "version: 1\nextends: [default]\nrules:\n  security/insecure-code:\n    action: off\n"
        repository.branch("topic").write(".judgegate.yml", lax).write("run.py", INJECTION).commit("Sneak")
        report = check(at=repository)
        assert report["outcome"] == "block"
        assert "oversight/policy-change" in [finding["rule"] for finding in report["findings"]]

    def test_the_first_policy_is_judged_by_default_and_by_a_human(self, topic: RepositoryBuilder) -> None:
        topic.write(".judgegate.yml", "version: 1\nextends: [default]\n").commit("Bring a policy")
        report = check(at=topic)
        assert (report["outcome"], report["policy"]["source"]) == ("review", "pack default")

    def test_a_policy_that_does_not_load_at_the_head_blocks(self, topic: RepositoryBuilder) -> None:
        topic.write(".judgegate.yml", "version: 1\nrulez: {}\n").commit("Typo")
        report = check(at=topic)
        assert report["outcome"] == "block"
        assert any("rulez" in error["message"] for error in report["errors"])

    def test_a_policy_that_does_not_load_in_the_base_is_stood_in_for_by_strict(
        self, repository: RepositoryBuilder
    ) -> None:
        repository.write(".judgegate.yml", "version: 1\nrulez: {}\n").commit("Typo")
        repository.branch("topic").write("app.py", HARMLESS).commit("Go on")
        report = check(at=repository)
        assert report["outcome"] == "review"
        assert "strict" in report["policy"]["source"]

    def test_a_link_in_the_place_of_the_policy_is_no_way_around_it(
        self, repository: RepositoryBuilder
    ) -> None:
        repository.write("lax.yml", "version: 1\nextends: [default]\n").link(
            ".judgegate.yml", "lax.yml"
        ).commit("Start")
        repository.branch("topic").write("app.py", HARMLESS).commit("Go on")
        report = check(at=repository)
        assert report["outcome"] == "review"
        assert "not a regular file" in report["errors"][0]["message"]

    def test_the_change_that_mends_the_policy_can_pass_once_a_human_agrees(
        self, repository: RepositoryBuilder
    ) -> None:
        repository.write(".judgegate.yml", "version: 1\nrulez: {}\n").commit("Typo")
        repository.branch("topic").write(".judgegate.yml", "version: 1\nextends: [default]\n").commit("Mend")
        assert check(at=repository)["outcome"] == "review"

    def test_a_broken_file_that_the_policy_extends_is_found(self, repository: RepositoryBuilder) -> None:
        repository.write(".judgegate.yml", "version: 1\nextends: [default, team.yml]\n").write(
            "team.yml", TEAM
        ).commit("Start")
        repository.branch("topic").write("team.yml", TEAM.replace("1", "2")).commit("Break")
        report = check(at=repository)
        assert report["outcome"] == "block"
        assert {finding["path"] for finding in report["findings"]} == {"team.yml"}

    def test_code_owners_and_workflows_that_run_judgegate_decide_too(self, topic: RepositoryBuilder) -> None:
        topic.write("CODEOWNERS", "* @alice\n").write(".github/workflows/gate.yml", "run: judgegate check\n")
        topic.write(".github/workflows/other.yml", "run: make\n").commit("Wire")
        found = {
            finding["path"]
            for finding in check(at=topic)["findings"]
            if finding["rule"] == "oversight/policy-change"
        }
        assert found == {"CODEOWNERS", ".github/workflows/gate.yml"}

    def test_the_work_trees_policy_is_offered_for_trying(self, topic: RepositoryBuilder) -> None:
        topic.write("app.py", HARMLESS + "\n").commit("Change")
        topic.write(".judgegate.yml", "version: 1\nextends: [strict]\n")
        notices = [notice["code"] for notice in check(at=topic)["notices"]]
        assert "policy-worktree" in notices
        assert "uncommitted-not-judged" in notices

    def test_the_work_trees_policy_is_named_from_where_the_caller_stands(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("sub/x.md", "").commit()
        topic.write(".judgegate.yml", "version: 1\nextends: [strict]\n")
        (notice,) = [
            one["message"]
            for one in check(at=topic.path / "sub")["notices"]
            if one["code"] == "policy-worktree"
        ]
        assert notice.endswith("try yours: --policy ../.judgegate.yml")
        named = check("--policy", "../.judgegate.yml", at=topic.path / "sub")["policy"]["source"]
        assert named.endswith(".judgegate.yml")

    def test_a_named_policy_judges_instead(self, topic: RepositoryBuilder) -> None:
        topic.write("run.py", INJECTION).commit("Run")
        topic.write(
            "mine.yml", "version: 1\nextends: [default]\nrules:\n  security/insecure-code: {action: 'off'}\n"
        )
        report = check("--policy", "mine.yml", at=topic)
        assert (report["outcome"], report["policy"]["source"]) == ("pass", "mine.yml")

    def test_a_waiver_lifts_a_finding_and_is_named(self, repository: RepositoryBuilder) -> None:
        waiver = "{rule: architecture/complex-function, paths: [long.py], reason: Rewrite planned., owner: '@alice', expires: 2999-01-31}"
        policy = (
            "version: 1\nextends: [default]\nrules:\n  architecture/complex-function: {action: block}\nwaivers:\n  - "
            + waiver
            + "\n"
        )
        repository.write(".judgegate.yml", policy).commit("Start")
        repository.branch("topic").write("long.py", TRICKY).commit("Long")
        report = check(at=repository)
        assert report["outcome"] == "pass"
        assert [finding["waiver"] for finding in report["findings"]] == [
            "@alice until 2999-01-31: Rewrite planned."
        ]

    def bring_a_waiver(self, repository: RepositoryBuilder, rule: str) -> dict:  # type: ignore[type-arg]  # JSON
        policy = f"version: 1\nextends: [default]\nrules:\n  architecture/complex-function: {rule}\n"
        waiver = "{rule: architecture/complex-function, paths: [long.py], reason: Soon., owner: '@alice', expires: 2999-01-31}"
        repository.write(".judgegate.yml", policy).commit("Start")
        repository.branch("topic").write(".judgegate.yml", f"{policy}waivers:\n  - {waiver}\n").write(
            "long.py", TRICKY
        ).commit("Long")
        return check(at=repository)

    def test_a_waiver_that_the_change_brings_waits_for_whoever_reviews_the_policy(
        self, repository: RepositoryBuilder
    ) -> None:
        report = self.bring_a_waiver(repository, "{action: block}")
        assert report["outcome"] == "review"
        [finding] = [
            finding for finding in report["findings"] if finding["rule"] == "architecture/complex-function"
        ]
        assert (finding["action"], finding["waiver"]) == ("review", None)
        assert "to be accepted: @alice until 2999-01-31: Soon." in finding["message"]

    def test_on_what_is_not_negotiable_it_does_nothing(self, repository: RepositoryBuilder) -> None:
        assert self.bring_a_waiver(repository, "{action: block, non_negotiable: true}")["outcome"] == "block"

    def test_an_expired_waiver_lifts_nothing_and_is_told(self, repository: RepositoryBuilder) -> None:
        waiver = "{rule: architecture/complex-function, paths: [long.py], reason: Soon., owner: '@alice', expires: 2020-01-31}"
        policy = (
            "version: 1\nextends: [default]\nrules:\n  architecture/complex-function: {action: block}\nwaivers:\n  - "
            + waiver
            + "\n"
        )
        repository.write(".judgegate.yml", policy).commit("Start")
        repository.branch("topic").write("long.py", TRICKY).commit("Long")
        report = check(at=repository)
        assert report["outcome"] == "block"
        assert "waiver-expired" in [notice["code"] for notice in report["notices"]]


class TestOtherSources:
    """The index and the work tree."""

    def test_what_is_staged_is_judged_and_what_is_not_is_left_alone(self, topic: RepositoryBuilder) -> None:
        topic.write("run.py", INJECTION).stage().write("other.py", INJECTION)
        report = check("--staged", at=topic)
        assert (report["outcome"], [file["path"] for file in report["change"]["files"]]) == (
            "block",
            ["run.py"],
        )

    def test_the_message_that_is_being_written_can_say_who_wrote(self, topic: RepositoryBuilder) -> None:
        topic.write("app.py", HARMLESS + "\n").stage()
        (topic.path / ".git/COMMIT_EDITMSG").write_text(f"Tidy\n\n{CLAUDE}\n")
        report = check("--staged", "--message", ".git/COMMIT_EDITMSG", at=topic)
        assert report["provenance"]["verdict"] == "ai"

    def test_assume_ai_applies_the_terms_without_evidence(self, topic: RepositoryBuilder) -> None:
        topic.write("app.py", HARMLESS + "\n").stage()
        report = check("--staged", "--assume-ai", at=topic)
        assert (report["outcome"], report["provenance"]["verdict"], report["provenance"]["evidence"]) == (
            "review",
            "ai",
            [],
        )

    def test_the_work_tree_is_judged_down_to_untracked_files(self, topic: RepositoryBuilder) -> None:
        topic.write(".gitignore", "ignored.py\n").commit("Ignore")
        topic.write("untracked.py", INJECTION).write("ignored.py", INJECTION)
        report = check("--worktree", at=topic)
        assert [file["path"] for file in report["change"]["files"]] == [".gitignore", "untracked.py"]
        only = check("--worktree", "--base", "HEAD", at=topic)
        assert [file["path"] for file in only["change"]["files"]] == ["untracked.py"]

    def test_a_patch_inside_its_repository_is_judged_on_both_sides(self, topic: RepositoryBuilder) -> None:
        topic.write("run.py", INJECTION).commit("Old debt")
        topic.write("run.py", INJECTION + "\n\nX = 1\n").write("new.py", INJECTION).stage()
        (topic.path / ".git/change.diff").write_text(topic.git("diff", "--cached", "HEAD"))
        report = check("--patch", ".git/change.diff", at=topic)
        assert report["change"]["assurance"] == "full"
        assert {finding["path"] for finding in report["findings"] if finding["action"] == "block"} == {
            "new.py"
        }

    def test_a_patch_outside_of_a_repository_shows_a_part(
        self, topic: RepositoryBuilder, tmp_path: Path
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").write("new.py", INJECTION).commit("Change", trailers=[CLAUDE])
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "change.patch").write_text(topic.git("format-patch", "--stdout", "main..topic"))
        report = check("--patch", "change.patch", at=elsewhere)
        assert report["change"]["assurance"] == "reduced"
        assert (report["outcome"], report["provenance"]["verdict"]) == ("block", "ai")
        reasons = {file["path"]: file["reason"] for file in report["change"]["files"]}
        assert reasons == {"app.py": "a patch shows a part", "new.py": None}


class TestProvenanceTerms:
    """What the policy makes of the evidence."""

    def test_a_teams_own_signal_counts(self, repository: RepositoryBuilder) -> None:
        own = "provenance: {signals: {add: [{tool: robot, kind: trailer, pattern: 'Made-by: Robot'}]}}"
        repository.write(".judgegate.yml", f"version: 1\nextends: [default]\n{own}\n").commit("Start")
        repository.branch("topic").write("app.py", HARMLESS).commit("Go", trailers=["Made-by: Robot"])
        provenance = check(at=repository)["provenance"]
        assert (provenance["verdict"], [piece["tool"] for piece in provenance["evidence"]]) == (
            "ai",
            ["robot"],
        )

    def test_a_tool_that_is_switched_off_is_listed_and_does_not_gate(
        self, repository: RepositoryBuilder
    ) -> None:
        off = "provenance: {signals: {'off': [claude-code]}}"
        repository.write(".judgegate.yml", f"version: 1\nextends: [default]\n{off}\n").commit("Start")
        repository.branch("topic").write("app.py", HARMLESS).commit("Go", trailers=[CLAUDE])
        report = check(at=repository)
        assert (
            report["outcome"],
            report["provenance"]["verdict"],
            len(report["provenance"]["evidence"]),
        ) == ("pass", "unmarked", 1)

    def test_gate_on_always_holds_every_change_to_the_ai_terms(self, repository: RepositoryBuilder) -> None:
        repository.write(
            ".judgegate.yml", "version: 1\nextends: [default]\nprovenance: {gate_on: always}\n"
        ).commit("Start")
        repository.branch("topic").write("app.py", HARMLESS).commit("Go")
        assert check(at=repository)["outcome"] == "review"

    def test_a_previous_report_keeps_evidence_that_a_force_push_dropped(
        self, topic: RepositoryBuilder, tmp_path: Path
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").commit("Go", trailers=[CLAUDE])
        (tmp_path / "before.json").write_text(run("check", "-f", "json", at=topic).out)
        topic.git("reset", "--quiet", "--soft", "main")
        topic.commit("Go")
        assert check(at=topic)["provenance"]["verdict"] == "unmarked"
        assert (
            check("--previous-report", str(tmp_path / "before.json"), at=topic)["provenance"]["verdict"]
            == "ai"
        )

    def test_where_the_history_in_between_is_not_all_there_the_marker_counts_for_the_whole(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("app.py", "X = 2\n").commit("By machine", trailers=[CLAUDE])
        lost = topic.git("rev-parse", "HEAD:app.py").strip()
        topic.write("app.py", "X = 3\n").write("new.py", "Y = 1\n").commit("By hand")
        (topic.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
        report = check(at=topic)
        assert (report["provenance"]["verdict"], report["provenance"]["ai_lines"]) == ("ai", 2)
        assert "lines-not-attributed" in [notice["code"] for notice in report["notices"]]

    def test_a_finding_carries_the_provenance_of_its_lines(self, topic: RepositoryBuilder) -> None:
        topic.write("one.py", INJECTION).commit("By machine", trailers=[CLAUDE])
        topic.write("two.py", INJECTION).commit("By hand")
        found = {
            finding["path"]: finding["provenance"]
            for finding in check(at=topic)["findings"]
            if finding["code"] == "B602"
        }
        assert found == {"one.py": "ai", "two.py": "unmarked"}


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
        topic.write("app.py", HARMLESS + "\n").commit("Go", author=author, trailers=[CLAUDE])
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
        assert run("check", "--approvals", str(tmp_path / "approvals.json"), at=assisted).code == 4

    def test_who_wrote_a_commit_cannot_approve_it_whatever_the_file_says(
        self, assisted: RepositoryBuilder, tmp_path: Path
    ) -> None:
        own = [{"by": 1, "state": "approved", "commit": assisted.head()}]
        (tmp_path / "approvals.json").write_text(
            approvals(assisted.head(), opened_by=2, reviews=own, contributors=[])
        )
        assert check("--approvals", str(tmp_path / "approvals.json"), at=assisted)["outcome"] == "review"

    def test_changes_requested_hold_even_a_clean_change(
        self, topic: RepositoryBuilder, tmp_path: Path
    ) -> None:
        topic.write("app.py", HARMLESS + "\n").commit("Go", author="Alice <1+alice@users.noreply.github.com>")
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
        (tmp_path / "approvals.json").write_text(approvals(assisted.head(), people=people, everybody=True))
        report = check(
            "--approvals",
            str(tmp_path / "approvals.json"),
            "--policy",
            str(tmp_path / "policy.yml"),
            at=assisted,
        )
        assert report["outcome"] == "review"
        assert report["review"]["ignored"] == [{"who": login, "why": "is an agent, not a person"}]
        assert "nobody here can give it" in report["review"]["demands"][0]["shortfall"]
