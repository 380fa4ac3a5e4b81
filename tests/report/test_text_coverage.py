"""What was not judged is named and counted."""

from judgegate.model.verdict import FileState
from tests.report.scenes import partly_read, text, unanalysed
from tests.report.verdicts import (
    a_file,
    a_verdict,
)


def test_other_long_lists_are_cut_too() -> None:
    files = [a_file(f"bin/{number:02}", FileState.UNANALYSED, "too large") for number in range(10)]
    shown = text(a_verdict(files=files))
    assert "\n    bin/07: too large\n    and 2 more (--all shows them)\n" in shown
    assert "bin/09: too large" in text(a_verdict(files=files), show_all=True)


def test_exempt_files_are_named_if_all_is_asked_for() -> None:
    assert "\n    README.md\n    assets/logo.png\n    docs/export.md\n" in text(partly_read(), show_all=True)


def test_what_no_reason_was_given_for_is_not_hidden() -> None:
    files = [a_file("a", FileState.UNANALYSED), a_file("b", FileState.EXEMPT)]
    shown = text(a_verdict(files=files), verbose=True)
    assert "1 could not be checked:\n    a: for no stated reason\n" in shown
    assert "1 exempt by the policy: without a name (1)\n  Rules that ran: none\n" in shown


def test_what_could_not_be_checked_needs_a_human_unless_that_is_waived() -> None:
    files = [a_file("a", FileState.UNANALYSED, "too large")]
    assert "\n  1 could not be checked and needs a human:\n    a: " in text(a_verdict(files=files, findings=(unanalysed("a"),)))
    waived = text(a_verdict(files=files, findings=(unanalysed("a", waiver="@alice"),)))
    assert "\n  1 could not be checked:\n    a: " in waived
    assert "\na: review, waived oversight/unanalysed " in waived
