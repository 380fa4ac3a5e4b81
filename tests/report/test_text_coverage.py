"""What was not judged is named and counted."""

import pytest
from msgspec.structs import replace

from judgegate.model.levels import Action, Outcome
from judgegate.model.verdict import FileState, Reason, Verdict
from judgegate.report.selection import NO_CHECK
from tests.report.scenes import a_policy_change, text, unanalysed
from tests.report.verdicts import (
    a_file,
    a_finding,
    a_verdict,
)

PROSE = a_file("README.md", FileState.EXEMPT, "prose")


def test_other_long_lists_are_cut_too() -> None:
    files = [
        a_file(f"bin/{number:02}", FileState.UNANALYSED, "too large")
        for number in range(10)
    ]
    shown = text(a_verdict(files=files))
    assert "\n    bin/07: too large\n    and 2 more (--all shows them)\n" in shown
    assert "bin/09: too large" in text(a_verdict(files=files), show_all=True)


def test_of_many_files_without_a_check_some_are_named_and_all_if_asked_for() -> None:
    files = [a_file(f"web/{number}.js", FileState.EXEMPT, "source") for number in range(5)]
    shown = text(
        a_verdict(files=[*files, a_file("new.md", FileState.EXEMPT, "prose"), a_file()]),
        width=100,
    )
    assert (
        "Checked: 1 of 7 files.\n  6 of 7 files have no check and were not read: prose (new.md),"
        in shown
    )
    assert (
        "source code in other languages (web/0.js, web/1.js, web/2.js and 2 more)\n"
        in " ".join(shown.split(" ")).replace("\n    ", " ")
    )
    assert "web/4.js)\n" in text(a_verdict(files=files), show_all=True)


def test_a_file_that_patterns_read_is_not_one_that_nobody_looked_at() -> None:
    script = replace(a_file("app.js", FileState.EXEMPT, "source"), searched=True)
    shown = text(
        a_verdict(files=[a_file(), script, a_file("new.md", FileState.EXEMPT, "prose")]),
        width=100,
    )
    assert (
        "Checked: 1 of 3 files.\n"
        "  1 of 3 files has no check and was not read: prose (new.md)\n"
        "  1 of 3 files has no check and was read by patterns only: source code in other languages (app.js)\n"
    ) in shown


@pytest.mark.parametrize(
    ("verdict", "ruling"),
    [
        (a_verdict(files=[a_file()]), "PASS: it may merge."),
        (a_verdict(files=[]), "PASS: it may merge."),
        (a_verdict(files=[PROSE]), "PASS: nothing held against it (0 of 1 file checked)."),
        (
            a_verdict(files=[a_file(), PROSE]),
            "PASS: nothing held against it (1 of 2 files checked).",
        ),
        (
            a_verdict(files=[PROSE], findings=(a_finding(action=Action.WARN),)),
            "PASS: it may merge (0 of 1 file checked).",
        ),
        (a_verdict(Outcome.BLOCK, files=[PROSE]), "BLOCK: it must not merge."),
    ],
)
def test_a_pass_says_how_much_was_checked_unless_it_was_everything(
    verdict: Verdict, ruling: str
) -> None:
    assert f"\n{ruling}\n" in text(verdict)


def test_a_pass_in_one_line_says_how_much_was_checked() -> None:
    assert text(a_verdict(files=[a_file(), PROSE]), quiet=True).endswith(
        ": nothing found, 1 of 2 files checked.\n"
    )
    assert text(a_verdict(files=[a_file()]), quiet=True).endswith(": nothing found.\n")


def test_how_to_let_files_pass_is_reported_where_the_policy_can_exempt_them() -> None:
    hint = "To let files pass that no check covers, use `exempt` in the policy; see judgegate rules oversight/unanalysed\n"
    for reason, rendered in ((NO_CHECK, True), ("it is a symbolic link", False)):
        shown = text(
            a_verdict(files=[a_file("a", FileState.UNANALYSED, reason)]), width=120
        )
        assert (hint in shown.replace("\n      ", " ")) is rendered


def test_a_file_of_the_policy_is_reported_once() -> None:
    files = [a_file(), a_file(".judgegate.yml", FileState.UNANALYSED, NO_CHECK)]
    findings = (a_policy_change(), unanalysed(".judgegate.yml"))
    reasons = (
        Reason("oversight/policy-change", Action.REVIEW, "not told: the finding is"),
        Reason("oversight/unanalysed", Action.REVIEW, "not told: the other reason is"),
    )
    shown = text(a_verdict(Outcome.REVIEW, files=files, findings=findings, reasons=reasons))
    assert shown.count(".judgegate.yml:") == 1
    assert "not told" not in shown
    assert "could not be checked" not in shown
    assert (
        "\nChecked: 1 of 2 files, apart from what changes the policy (see above).\n"
        in shown
    )
    assert shown.endswith("\nNothing blocks. Check: 1 finding.\n")


def test_a_file_of_the_policy_that_must_not_go_unread_is_reported_as_that_too() -> None:
    files = [a_file(".judgegate.yml", FileState.UNANALYSED, NO_CHECK)]
    verdict = a_verdict(
        Outcome.BLOCK,
        files=files,
        findings=(a_policy_change(), unanalysed(".judgegate.yml", action=Action.BLOCK)),
    )
    assert "\n  1 could not be checked and needs a human:\n    .judgegate.yml: " in text(
        verdict
    )


def test_what_no_reason_was_given_for_is_not_hidden() -> None:
    files = [a_file("a", FileState.UNANALYSED), a_file("b", FileState.EXEMPT)]
    shown = text(a_verdict(files=files), verbose=True)
    assert "1 could not be checked:\n    a: no reason is known\n" in shown
    assert (
        "1 of 2 files has no check and was not read: without a name (b)\n  Rules that ran: none\n"
        in shown
    )


def test_what_could_not_be_checked_needs_a_human_unless_that_is_waived() -> None:
    files = [a_file("a", FileState.UNANALYSED, "too large")]
    assert "\n  1 could not be checked and needs a human:\n    a: " in text(
        a_verdict(files=files, findings=(unanalysed("a"),))
    )
    waived = text(a_verdict(files=files, findings=(unanalysed("a", waiver="@alice"),)))
    assert "\n  1 could not be checked:\n    a: " in waived
    assert "\na: review, waived oversight/unanalysed " in waived
