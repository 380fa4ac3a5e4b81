"""An emergency, from the comment to the exit code: what an override lifts, and what it does not reach."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import RepositoryBuilder
from tests.runs import Run, check, run

BASIS = """\
version: 1
extends: [default]
override: {from: [{permission: admin}]}
rules:
"""
SHELL = (
    "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n"
)
BOT = "Claude <noreply@anthropic.com>"


def people(*, erin: str = "admin") -> list[dict[str, Any]]:
    return [
        {"id": 1, "login": "alice", "permission": "admin", "emails": ["alice@example.com"]},
        {"id": 2, "login": "bob", "permission": "write"},
        {"id": 3, "login": "erin", "permission": erin},
    ]


class Emergency:
    """alice's change, which erin overrides."""

    def __init__(self, repository: RepositoryBuilder, place: Path) -> None:
        self.repository = repository
        self.place = place
        self.comments: list[tuple[int, str]] = []
        self.reviews: list[tuple[int, str]] = []
        self.people = people()

    def start(self, policy: str = BASIS) -> RepositoryBuilder:
        self.repository.write(".judgegate.yml", policy.removesuffix("rules:\n")).commit(
            "Start"
        )
        return self.repository.branch("topic")

    def file(self) -> str:
        head = self.repository.head()
        document = {
            "version": 1,
            "head": head,
            "opened_by": 1,
            "people": self.people,
            "reviews": [
                {"by": by, "state": state, "commit": head} for by, state in self.reviews
            ],
            "contributors": [],
            "comments": [
                {"by": by, "text": f"/judgegate override {head} {text}"}
                for by, text in self.comments
            ],
        }
        file = self.place / "approvals.json"
        file.write_text(json.dumps(document))
        return str(file)

    def judge(self, *arguments: str) -> dict[str, Any]:
        return check("--approvals", self.file(), *arguments, at=self.repository)

    def tell(self, *arguments: str) -> Run:
        return run("check", "--approvals", self.file(), *arguments, at=self.repository)


@pytest.fixture
def emergency(repository: RepositoryBuilder, tmp_path: Path) -> Emergency:
    return Emergency(repository, tmp_path)


def why_ignored(report: dict[str, Any]) -> dict[str, str]:
    return {one["who"]: one["why"] for one in report["review"]["ignored"]}


def test_a_block_and_a_demand_are_lifted_and_all_is_still_told(
    emergency: Emergency,
) -> None:
    emergency.start().write("run.py", SHELL).commit(
        "Run", trailers=[f"Co-authored-by: {BOT}"]
    )
    before = emergency.judge()
    emergency.comments.append((3, "The shop is down."))
    after = emergency.judge()
    assert (before["outcome"], after["outcome"]) == ("block", "pass")
    assert after["review"]["override"] == {
        "who": "erin",
        "commit": emergency.repository.head(),
        "reason": "The shop is down.",
        "seconded": [],
    }
    assert (after["findings"], after["reasons"]) == (before["findings"], before["reasons"])
    assert (
        after["review"]["satisfied"],
        [demand["missing"] for demand in after["review"]["demands"]],
    ) == (
        False,
        [1],
    )


def test_the_exit_code_and_the_text_say_it(emergency: Emergency) -> None:
    emergency.start().write("run.py", SHELL).commit("Run")
    emergency.comments.append((3, "The shop is down."))
    told = emergency.tell()
    assert told.code == 0
    assert "\nPASS: it may merge.\nOverridden by erin: The shop is down.\n" in told.out
    assert "Overridden, so it may merge as it is. Fix: 1 finding marked block." in told.out
    assert "security/insecure-code" in told.out


@pytest.mark.parametrize("action", ["block", "review"])
def test_a_non_negotiable_rule_still_holds_and_the_report_says_so(
    emergency: Emergency, action: str
) -> None:
    rule = f"  security/insecure-code: {{action: {action}, non_negotiable: true}}\n  architecture/complex-function: {{action: block}}\n"
    emergency.start(BASIS + rule).write("run.py", SHELL).commit(
        "Run", trailers=[f"Co-authored-by: {BOT}"]
    )
    emergency.comments.append((3, "The shop is down."))
    report = emergency.judge()
    assert (report["outcome"], report["review"]["override"]) == (action, None)
    assert why_ignored(report)["erin"] == (
        "overrides, but an override cannot lift everything that stops the change: security/insecure-code is non-negotiable"
    )


def test_a_non_negotiable_demand_that_is_met_is_no_obstacle(emergency: Emergency) -> None:
    rules = "  oversight/ai-assisted: {action: review, non_negotiable: true}\n  security/insecure-code: {action: block}\n"
    emergency.start(BASIS + rules).write("run.py", SHELL).commit(
        "Run", trailers=[f"Co-authored-by: {BOT}"]
    )
    emergency.comments.append((3, "The shop is down."))
    assert emergency.judge()["outcome"] == "block"
    emergency.reviews.append((2, "approved"))
    assert emergency.judge()["outcome"] == "pass"


def test_a_person_who_asks_for_changes_still_holds_it(emergency: Emergency) -> None:
    emergency.start().write("run.py", SHELL).commit("Run")
    emergency.comments.append((3, "The shop is down."))
    emergency.reviews.append((2, "changes_requested"))
    report = emergency.judge()
    assert report["outcome"] == "block"
    assert why_ignored(report)["erin"].endswith("stops the change: @bob requests changes")
    emergency.reviews.append((2, "dismissed"))
    assert emergency.judge()["outcome"] == "pass"


def test_a_policy_that_would_not_load_is_not_let_in(emergency: Emergency) -> None:
    emergency.start().write(".judgegate.yml", "nonsense\n").commit("Break it")
    emergency.comments.append((3, "The shop is down."))
    report = emergency.judge()
    assert report["outcome"] == "block"
    assert why_ignored(report)["erin"].endswith("the change's own policy does not load")


def test_an_override_lifts_what_could_not_be_checked_and_a_change_of_the_policy(
    emergency: Emergency,
) -> None:
    emergency.start().write("broken.py", "def (:\n").write(
        ".judgegate.yml", BASIS.replace("admin", "maintain").removesuffix("rules:\n")
    )
    emergency.repository.commit("Both")
    emergency.comments.append((3, "The shop is down."))
    report = emergency.judge()
    assert {finding["rule"] for finding in report["findings"]} >= {
        "oversight/unanalysed",
        "oversight/policy-change",
    }
    assert report["outcome"] == "pass"


def test_who_may_override_is_what_the_base_says(emergency: Emergency) -> None:
    emergency.people = people(erin="write")
    emergency.start().write("run.py", SHELL).write(
        ".judgegate.yml", BASIS.replace("admin", "write").removesuffix("rules:\n")
    )
    emergency.repository.commit("Let everybody")
    emergency.comments.append((3, "The shop is down."))
    report = emergency.judge()
    assert report["outcome"] == "block"
    assert (
        why_ignored(report)["erin"] == "overrides, but is not someone with admin permission"
    )


def test_where_the_base_s_policy_does_not_load_nobody_overrides(
    emergency: Emergency,
) -> None:
    emergency.start("nonsense\n").write("run.py", SHELL).commit("Run")
    emergency.comments.append((3, "The shop is down."))
    report = emergency.judge()
    assert report["outcome"] == "block"
    assert (
        why_ignored(report)["erin"]
        == "overrides, but the policy does not allow anyone to (the setting is `override`)"
    )


def test_where_nothing_holds_the_change_up_there_is_nothing_to_override(
    emergency: Emergency,
) -> None:
    emergency.start().write("fine.py", "FINE = 1\n").commit("Fine")
    emergency.comments.append((3, "The shop is down."))
    report = emergency.judge()
    assert (report["outcome"], report["review"]["override"]) == ("pass", None)
    assert why_ignored(report) == {"erin": "overrides, but nothing stops the change"}


def test_the_author_s_own_word_lifts_nothing(emergency: Emergency) -> None:
    emergency.start().write("run.py", SHELL).commit("Run")
    emergency.comments.append((1, "The shop is down."))
    report = emergency.judge()
    assert (report["outcome"], why_ignored(report)) == (
        "block",
        {"alice": "overrides, but opened the pull request"},
    )


ORGANISATION = "version: 1\noverride: {from: [{permission: admin}]}\nnon_negotiable: [override]\nrules:\n"


class TestAnOrganisation:
    @pytest.fixture
    def organisation(self, tmp_path: Path) -> Path:
        file = tmp_path / "organisation.yml"
        file.write_text(
            ORGANISATION
            + "  reliability/no-print: {pattern: {language: python, code: print($$$)}, action: block, non_negotiable: true}\n"
        )
        return file

    def test_who_it_trusts_may_override_the_repository_s_rules(
        self, emergency: Emergency, organisation: Path
    ) -> None:
        emergency.start("version: 1\nextends: [default]\n").write("run.py", SHELL).commit(
            "Run"
        )
        emergency.comments.append((3, "The shop is down."))
        assert emergency.judge("--org-policy", str(organisation))["outcome"] == "pass"

    def test_nobody_overrides_its_own(
        self, emergency: Emergency, organisation: Path
    ) -> None:
        emergency.start("version: 1\nextends: [default]\n").write(
            "run.py", f"{SHELL}    print(line)\n"
        ).commit("Run")
        emergency.comments.append((3, "The shop is down."))
        report = emergency.judge("--org-policy", str(organisation))
        assert report["outcome"] == "block"
        assert why_ignored(report)["erin"].endswith(
            "stops the change: reliability/no-print is non-negotiable"
        )

    def test_no_repository_lets_more_people_override(
        self, emergency: Emergency, organisation: Path
    ) -> None:
        policy = BASIS.replace("admin", "write").removesuffix("rules:\n")
        emergency.start(policy).write("run.py", SHELL).commit("Run")
        emergency.people = people(erin="write")
        emergency.comments.append((3, "The shop is down."))
        report = emergency.judge("--org-policy", str(organisation))
        assert report["outcome"] == "block"
        assert "`override` may only be made stricter" in report["errors"][0]["message"]
        assert (
            why_ignored(report)["erin"]
            == "overrides, but is not someone with admin permission"
        )

    def test_a_repository_may_let_nobody(
        self, emergency: Emergency, organisation: Path
    ) -> None:
        emergency.start("version: 1\nextends: [default]\noverride: never\n").write(
            "run.py", SHELL
        ).commit("Run")
        emergency.comments.append((3, "The shop is down."))
        report = emergency.judge("--org-policy", str(organisation))
        assert (report["outcome"], report["review"]["override"]) == ("block", None)
