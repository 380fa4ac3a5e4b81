"""How findings are told, and which."""

from typing import Any

from judgegate.decision import outcome
from judgegate.model.levels import Action, Confidence, Outcome, Severity
from judgegate.policy.oversight import AI_ASSISTED, POLICY_CHANGE, UNANALYSED
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.provenance.git_notes import NOT_FETCHED
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


def test_what_blocks_never_stands_below_what_warns() -> None:
    findings = [
        a_finding(
            path=path, line=line, action=action, waiver="@alice" if line == 9 else None
        )
        for path in ("a.py", "b.py")
        for line, action in (
            (3, Action.WARN),
            (5, Action.BLOCK),
            (7, Action.REVIEW),
            (9, Action.BLOCK),
        )
    ]
    rendered = [
        line.partition(" security/")[0]
        for line in text(a_verdict(Outcome.BLOCK, findings=tuple(findings))).splitlines()
        if ".py:" in line
    ]
    assert rendered == [
        *("a.py:5: block", "b.py:5: block"),
        *("a.py:7: review", "b.py:7: review"),
        *("a.py:3: warn", "b.py:3: warn"),
        *("a.py:9: block, waived", "b.py:9: block, waived"),
    ]


def test_a_waived_finding_names_its_waiver_and_is_not_to_be_mended() -> None:
    finding = a_finding(
        waiver="@alice, until 2027-01-31: Rewrite planned.", why="It hurts."
    )
    shown = text(a_verdict(findings=(finding,)))
    assert "block, waived security/insecure-code" in shown
    assert "\n  Waived: @alice, until 2027-01-31: Rewrite planned.\n" in shown
    assert "To mend" not in shown
    assert shown.endswith("\nNothing to fix. No review is required.\n")


def test_a_finding_about_the_whole_change_or_a_whole_file_has_no_line() -> None:
    fields: dict[str, Any] = {"line": None, "end_line": None, "excerpt": "", "remedy": ""}
    findings = (a_finding(path=None, **fields), a_finding(**fields))
    shown = text(a_verdict(findings=findings))
    assert "\nthe whole change: block security/insecure-code (B602, high)\n" in shown
    assert "\nsrc/shop/export.py: block security/insecure-code (B602, high)\n" in shown


def test_an_excerpt_without_a_line_number_is_still_shown() -> None:
    shown = text(
        a_verdict(
            findings=(a_finding(line=None, end_line=None, confidence=Confidence.LOW),)
        ),
        verbose=True,
    )
    assert '\n    | subprocess.call(f"convert {name}", shell=True)\n' in shown
    assert "low confidence" in shown


def test_findings_elsewhere_are_reported_only_if_asked_for() -> None:
    verdict = a_verdict(findings=(LEGACY,))
    assert "legacy()" not in text(verdict)
    assert (
        "Existing findings elsewhere in the changed files (no effect on the verdict):\n  src/shop/old.py:7: "
        in text(verdict, show_all=True)
    )


def test_the_rules_with_a_section_of_their_own_are_the_policys() -> None:
    assert AI_ASSISTED.id == selection.ASSISTED
    assert UNANALYSED.id == selection.UNANALYSED
    assert POLICY_CHANGE.id == selection.POLICY_CHANGE
    assert POLICY_NAME == selection.POLICY_NAME


def test_the_words_that_the_text_looks_for_are_those_that_are_said() -> None:
    assert outcome.NO_CHECK == selection.NO_CHECK
    assert NOT_FETCHED.code == selection.NO_NOTES


def test_why_a_rule_is_there_and_what_to_do_is_reported_once() -> None:
    here, there = a_finding(why="It hurts."), a_finding(line=13, why="It hurts.")
    other = a_finding(
        line=14, code="B105", why="It hurts.", remedy="Read it from the environment."
    )
    shown = text(a_verdict(findings=(here, there, other)))
    assert shown.count("Why: It hurts.") == 1
    assert shown.count("Fix: pass the arguments as a list, without a shell.") == 1
    assert shown.count("Fix: Read it from the environment.") == 1


def test_findings_that_differ_in_their_lines_alone_are_reported_together() -> None:
    here, there = (
        a_finding(),
        a_finding(line=13, end_line=13, excerpt="    os.system(name)"),
    )
    worse = a_finding(line=14, end_line=14, severity=Severity.CRITICAL)
    shown = text(a_verdict(findings=(here, there, worse)))
    assert shown.count("A subprocess is started through a shell.") == 2
    assert (
        '    12 | subprocess.call(f"convert {name}", shell=True)\n    13 | os.system(name)\n  Fix: '
        in shown
    )
    assert (
        "\n\nsrc/shop/export.py:14: block security/insecure-code (B602, critical)\n"
        in shown
    )
    assert (
        text(a_verdict(findings=(here, there, worse)), verbose=True).count(
            "A subprocess is started through a shell."
        )
        == 3
    )


def test_a_waived_finding_does_not_take_the_advice_from_the_next_one() -> None:
    findings = (a_finding(waiver="@alice"), a_finding(action=Action.WARN))
    assert text(a_verdict(findings=findings)).count("\n  Fix: pass the arguments") == 1
