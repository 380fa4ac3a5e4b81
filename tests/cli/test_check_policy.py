"""Whose policy judges a change in a whole run of `judgegate check`, and what it makes of the provenance."""

from pathlib import Path

from tests.cli.changes import CLAUDE, HARMLESS, INJECTION, TEAM, TRICKY
from tests.repositories import RepositoryBuilder
from tests.runs import check, run


class TestThePolicyInForce:
    """The base is the authority."""

    def test_a_change_cannot_weaken_the_policy_that_judges_it(
        self, repository: RepositoryBuilder
    ) -> None:
        repository.write(".judgegate.yml", "version: 1\nextends: [default]\n").commit(
            "Start"
        )
        lax = "version: 1\nextends: [default]\nrules:\n  security/insecure-code:\n    action: off\n"
        repository.branch("topic").write(".judgegate.yml", lax).write(
            "run.py", INJECTION
        ).commit("Sneak")
        report = check(at=repository)
        assert report["outcome"] == "block"
        assert "oversight/policy-change" in [
            finding["rule"] for finding in report["findings"]
        ]

    def test_the_first_policy_is_judged_by_default_and_by_a_human(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write(".judgegate.yml", "version: 1\nextends: [default]\n").commit(
            "Bring a policy"
        )
        report = check(at=topic)
        assert (report["outcome"], report["policy"]["source"]) == ("review", "pack default")

    def test_a_policy_that_does_not_load_at_the_head_blocks(
        self, topic: RepositoryBuilder
    ) -> None:
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
        repository.branch("topic").write(
            ".judgegate.yml", "version: 1\nextends: [default]\n"
        ).commit("Mend")
        assert check(at=repository)["outcome"] == "review"

    def test_a_broken_file_that_the_policy_extends_is_found(
        self, repository: RepositoryBuilder
    ) -> None:
        repository.write(
            ".judgegate.yml", "version: 1\nextends: [default, team.yml]\n"
        ).write("team.yml", TEAM).commit("Start")
        repository.branch("topic").write("team.yml", TEAM.replace("1", "2")).commit("Break")
        report = check(at=repository)
        assert report["outcome"] == "block"
        assert {finding["path"] for finding in report["findings"]} == {"team.yml"}

    def test_code_owners_and_workflows_that_run_judgegate_decide_too(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("CODEOWNERS", "* @alice\n").write(
            ".github/workflows/gate.yml", "run: judgegate check\n"
        )
        topic.write(".github/workflows/other.yml", "run: make\n").commit("Wire")
        found = {
            finding["path"]
            for finding in check(at=topic)["findings"]
            if finding["rule"] == "oversight/policy-change"
        }
        assert found == {"CODEOWNERS", ".github/workflows/gate.yml"}

    def test_the_work_trees_policy_is_offered_for_trying(
        self, topic: RepositoryBuilder
    ) -> None:
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
        named = check("--policy", "../.judgegate.yml", at=topic.path / "sub")["policy"][
            "source"
        ]
        assert named.endswith(".judgegate.yml")

    def test_a_named_policy_judges_instead(self, topic: RepositoryBuilder) -> None:
        topic.write("run.py", INJECTION).commit("Run")
        topic.write(
            "mine.yml",
            "version: 1\nextends: [default]\nrules:\n  security/insecure-code: {action: 'off'}\n",
        )
        report = check("--policy", "mine.yml", at=topic)
        assert (report["outcome"], report["policy"]["source"]) == ("pass", "mine.yml")

    def test_a_waiver_lifts_a_finding_and_is_named(
        self, repository: RepositoryBuilder
    ) -> None:
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
        repository.branch("topic").write(
            ".judgegate.yml", f"{policy}waivers:\n  - {waiver}\n"
        ).write("long.py", TRICKY).commit("Long")
        return check(at=repository)

    def test_a_waiver_that_the_change_brings_waits_for_whoever_reviews_the_policy(
        self, repository: RepositoryBuilder
    ) -> None:
        report = self.bring_a_waiver(repository, "{action: block}")
        assert report["outcome"] == "review"
        [finding] = [
            finding
            for finding in report["findings"]
            if finding["rule"] == "architecture/complex-function"
        ]
        assert (finding["action"], finding["waiver"]) == ("review", None)
        assert (
            "a reviewer must accept: @alice until 2999-01-31: Soon." in finding["message"]
        )

    def test_on_what_is_not_negotiable_it_does_nothing(
        self, repository: RepositoryBuilder
    ) -> None:
        assert (
            self.bring_a_waiver(repository, "{action: block, non_negotiable: true}")[
                "outcome"
            ]
            == "block"
        )

    def test_an_expired_waiver_lifts_nothing_and_is_reported(
        self, repository: RepositoryBuilder
    ) -> None:
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


class TestProvenanceTerms:
    """What the policy makes of the evidence."""

    def test_a_teams_own_signal_counts(self, repository: RepositoryBuilder) -> None:
        own = "provenance: {signals: {add: [{tool: robot, kind: trailer, pattern: 'Made-by: Robot'}]}}"
        repository.write(
            ".judgegate.yml", f"version: 1\nextends: [default]\n{own}\n"
        ).commit("Start")
        repository.branch("topic").write("app.py", HARMLESS).commit(
            "Go", trailers=["Made-by: Robot"]
        )
        provenance = check(at=repository)["provenance"]
        assert (
            provenance["verdict"],
            [piece["tool"] for piece in provenance["evidence"]],
        ) == (
            "ai",
            ["robot"],
        )

    def test_a_tool_that_is_switched_off_is_listed_and_does_not_gate(
        self, repository: RepositoryBuilder
    ) -> None:
        off = "provenance: {signals: {'off': [claude-code]}}"
        repository.write(
            ".judgegate.yml", f"version: 1\nextends: [default]\n{off}\n"
        ).commit("Start")
        repository.branch("topic").write("app.py", HARMLESS).commit("Go", trailers=[CLAUDE])
        report = check(at=repository)
        assert (
            report["outcome"],
            report["provenance"]["verdict"],
            len(report["provenance"]["evidence"]),
        ) == ("pass", "unmarked", 1)

    def test_gate_on_always_holds_every_change_to_the_ai_terms(
        self, repository: RepositoryBuilder
    ) -> None:
        repository.write(
            ".judgegate.yml",
            "version: 1\nextends: [default]\nprovenance: {gate_on: always}\n",
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
            check("--previous-report", str(tmp_path / "before.json"), at=topic)[
                "provenance"
            ]["verdict"]
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
        assert (report["provenance"]["verdict"], report["provenance"]["ai_lines"]) == (
            "ai",
            2,
        )
        assert "lines-not-attributed" in [notice["code"] for notice in report["notices"]]

    def test_a_finding_carries_the_provenance_of_its_lines(
        self, topic: RepositoryBuilder
    ) -> None:
        topic.write("one.py", INJECTION).commit("By machine", trailers=[CLAUDE])
        topic.write("two.py", INJECTION).commit("By hand")
        found = {
            finding["path"]: finding["provenance"]
            for finding in check(at=topic)["findings"]
            if finding["code"] == "B602"
        }
        assert found == {"one.py": "ai", "two.py": "unmarked"}
