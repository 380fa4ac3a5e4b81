"""The findings as SARIF: valid by the standard's schema, and what code scanning on GitHub asks for besides."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from judgegate.model.levels import Action, Family, Origin, Outcome, Severity
from judgegate.model.notices import Notice
from judgegate.model.rules import RulePage, RuleSpec
from judgegate.model.verdict import Finding, Verdict
from judgegate.report import sarif
from judgegate.report.formats import render_report
from judgegate.report.options import Failure, ReportOptions
from tests.report.scenes import ASSISTED, a_block
from tests.report.verdicts import a_finding, a_verdict

SARIF = Draft202012Validator(
    json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text(encoding="utf-8"))
)
"""The standard's schema as the package @microsoft/sarif-multitool-linux 5.7.0 carries it."""

PAGE = RulePage(
    what="Shells. " * 200, why="They run anything.", fix="Pass a list.", tune="Not much."
)
SPEC = RuleSpec(
    "security/insecure-code",
    "Code that an attacker can use.",
    Severity.HIGH,
    "Read the rule's page.",
    PAGE,
)


def run_of(rendered: Verdict | Failure, **options: Any) -> Any:
    """The one run of the log, which is validated first."""
    log = json.loads(render_report("sarif", rendered, ReportOptions(**options)))
    SARIF.validate(log)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    return log["runs"][0]


def result_of(finding: Finding, **options: Any) -> Any:
    results = run_of(a_verdict(findings=(finding,)), **options)["results"]
    assert len(results) == 1
    return results[0]


def test_a_finding_becomes_a_result() -> None:
    assert result_of(a_finding(end_line=14)) == {
        "ruleIndex": 0,
        "ruleId": "security/insecure-code",
        "level": "error",
        "message": {
            "text": "A subprocess is started through a shell. Fix: pass the arguments as a list, without a shell."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "src/shop/export.py",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 12, "endLine": 14},
                }
            }
        ],
        "partialFingerprints": {
            "judgegate/v1": "1:0123456789abcdef",
            "primaryLocationLineHash": "0123456789abcdef:1",
        },
        "baselineState": "new",
        "properties": {
            "action": "block",
            "code": "B602",
            "severity": "high",
            "provenance": "unmarked",
        },
    }


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"action": Action.BLOCK}, "error"),
        ({"action": Action.REVIEW}, "warning"),
        ({"action": Action.WARN}, "note"),
        ({"action": Action.BLOCK, "origin": Origin.EXISTING}, "note"),
    ],
)
def test_the_level_is_what_the_policy_makes_of_it(
    fields: dict[str, Any], level: str
) -> None:
    assert result_of(a_finding(**fields), show_all=True)["level"] == level


def test_what_was_there_before_raises_no_alert_unless_asked_for() -> None:
    existing = a_finding(origin=Origin.EXISTING, touched=True)
    assert run_of(a_verdict(findings=(existing,)))["results"] == []
    assert result_of(existing, show_all=True)["baselineState"] == "unchanged"


def test_equal_findings_are_kept_apart() -> None:
    results = run_of(a_verdict(findings=(a_finding(line=20), a_finding(line=12))))[
        "results"
    ]
    hashes = [
        result["partialFingerprints"]["primaryLocationLineHash"] for result in results
    ]
    assert hashes == ["0123456789abcdef:1", "0123456789abcdef:2"]
    assert [
        result["locations"][0]["physicalLocation"]["region"]["startLine"]
        for result in results
    ] == [
        12,
        20,
    ]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.py", "a%20b/%C3%BC.py"),
        ("caf\udce9.py", "caf%E9.py"),
        ("c:d.py", "c%3Ad.py"),
        ("a#b?c.py", "a%23b%3Fc.py"),
    ],
)
def test_a_path_is_a_uri_reference(path: str, uri: str) -> None:
    assert (
        result_of(a_finding(path=path))["locations"][0]["physicalLocation"][
            "artifactLocation"
        ]["uri"]
        == uri
    )


def test_a_finding_about_a_file_stands_at_its_first_line() -> None:
    region = result_of(a_finding(line=None, end_line=None, remedy=""))["locations"][0][
        "physicalLocation"
    ]["region"]
    assert region == {"startLine": 1, "endLine": 1}


def test_what_has_no_file_is_a_notification() -> None:
    verdict = a_verdict(
        Outcome.REVIEW,
        findings=(ASSISTED,),
        notices=(Notice("no_policy", "No policy.\nNone."),),
    )
    run = run_of(verdict)
    assert run["results"] == []
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {
                    "descriptor": {"id": "oversight/ai-assisted"},
                    "level": "warning",
                    "message": {"text": ASSISTED.message},
                },
                {
                    "descriptor": {"id": "no_policy"},
                    "level": "note",
                    "message": {"text": "No policy. None."},
                },
            ],
        }
    ]


@pytest.mark.parametrize(
    "rendered",
    [
        Failure((Notice("incomplete", "No git."),)),
        a_verdict(Outcome.ERROR, errors=(Notice("incomplete", "No git."),)),
    ],
)
def test_a_gate_that_could_not_complete_says_so(rendered: Verdict | Failure) -> None:
    run = run_of(rendered)
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["level"] == "error"
    assert run["results"] == []


def test_a_waiver_is_a_suppression() -> None:
    suppressions = result_of(a_finding(waiver="@alice until 2027-01-31: Rewrite planned."))[
        "suppressions"
    ]
    assert suppressions == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "@alice until 2027-01-31: Rewrite planned.",
        }
    ]


def test_a_message_makes_no_link_and_keeps_no_control() -> None:
    text = result_of(
        a_finding(message="[click](https://example.com)\x1b[1m\u202e", remedy="")
    )["message"]["text"]
    assert text == r"[click] (https://example.com)\x1b[1m\u{202e}"


def test_a_rule_carries_its_documentation_within_the_limits() -> None:
    run = run_of(a_block(), rules={SPEC.id: SPEC})
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(
        {"security/insecure-code", *(finding.rule for finding in a_block().findings)}
    )
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    documented = rules[-1]
    assert documented["name"] == "InsecureCode"
    assert documented["shortDescription"] == {"text": "Code that an attacker can use."}
    assert len(documented["fullDescription"]["text"]) == 1024
    assert "**Fix.** Pass a list." in documented["help"]["markdown"]
    assert documented["properties"] == {
        "tags": ["security"],
        "problem.severity": "error",
        "security-severity": "8.0",
    }


def test_only_security_has_a_security_severity() -> None:
    spec = RuleSpec(
        "architecture/complex-function",
        "Too many paths.",
        Severity.MEDIUM,
        "Split it.",
        PAGE,
    )
    rule = run_of(a_verdict(), rules={spec.id: spec})["tool"]["driver"]["rules"][0]
    assert rule["properties"] == {
        "tags": [Family.ARCHITECTURE.value],
        "problem.severity": "warning",
    }


def test_of_too_many_results_the_worst_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 1)
    run = run_of(
        a_verdict(findings=(a_finding(action=Action.WARN, line=1), a_finding(line=99)))
    )
    assert [result["level"] for result in run["results"]] == ["error"]
    assert (
        run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
        == "Findings that do not fit into this report: 1."
    )
