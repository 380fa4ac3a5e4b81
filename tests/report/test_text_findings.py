"""How findings are told, and which."""

from typing import Any

from judgegate.model.scales import Confidence, Outcome
from judgegate.policy import AI_ASSISTED, UNANALYSED
from judgegate.report import selection
from tests.report.scenes import LEGACY, many_findings, text
from tests.report.verdicts import (
    a_finding,
    a_verdict,
)


def test_of_too_many_findings_the_worst_are_shown_and_the_rest_are_counted() -> None:
    shown = text(a_verdict(Outcome.BLOCK, findings=many_findings()))
    assert "\n\nsrc/99.py:12: block " in shown
    assert shown.index("src/99.py") < shown.index("src/00.py")
    assert "src/18.py" in shown
    assert "src/19.py" not in shown
    assert "\n\nand 7 more: 1 block, 6 warn (--all shows them)\n\n" in shown
    assert "src/24.py" in text(a_verdict(findings=many_findings()), show_all=True)


def test_a_waived_finding_names_its_waiver_and_is_not_to_be_mended() -> None:
    finding = a_finding(waiver="@alice, until 2027-01-31: Rewrite planned.", why="It hurts.")
    shown = text(a_verdict(findings=(finding,)))
    assert "block, waived security/insecure-code" in shown
    assert "\n  Waived: @alice, until 2027-01-31: Rewrite planned.\n" in shown
    assert "To mend" not in shown
    assert "Nothing to mend." in shown


def test_a_finding_about_the_whole_change_or_a_whole_file_has_no_line() -> None:
    fields: dict[str, Any] = {"line": None, "end_line": None, "excerpt": "", "remedy": ""}
    findings = (a_finding(path=None, **fields), a_finding(**fields))
    shown = text(a_verdict(findings=findings))
    assert "\nthe whole change: block security/insecure-code (B602, high)\n" in shown
    assert "\nsrc/shop/export.py: block security/insecure-code (B602, high)\n" in shown


def test_an_excerpt_without_a_line_number_is_still_shown() -> None:
    shown = text(a_verdict(findings=(a_finding(line=None, end_line=None, confidence=Confidence.LOW),)), verbose=True)
    assert '\n    | subprocess.call(f"convert {name}", shell=True)\n' in shown
    assert "low confidence" in shown


def test_findings_elsewhere_are_told_only_if_asked_for() -> None:
    verdict = a_verdict(findings=(LEGACY,))
    assert "legacy()" not in text(verdict)
    assert "There before, elsewhere in the changed files; it decides nothing:\n  src/shop/old.py:7: " in text(verdict, show_all=True)


def test_the_rules_with_a_section_of_their_own_are_the_policys() -> None:
    assert AI_ASSISTED.id == selection.ASSISTED
    assert UNANALYSED.id == selection.UNANALYSED


def test_why_a_rule_is_there_is_told_once() -> None:
    findings = (a_finding(why="It hurts."), a_finding(line=13, why="It hurts."))
    assert text(a_verdict(findings=findings)).count("Why: It hurts.") == 1
