"""What a status says of a verdict, in one line."""

import pytest

from judgegate.forge.status import describe
from judgegate.model.verdict import Counted, FileState
from tests.report.verdicts import HEAD, a_file, a_verdict, waiting

BOB, CAROL = Counted("bob", HEAD), Counted("carol", HEAD)
ALICE = Counted("alice", HEAD, attested="ran it by hand")


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ((), "Passed, no review required"),
        ((CAROL, BOB, BOB), "Passed, approved by bob and carol"),
        ((ALICE,), "Passed, attested by alice"),
        ((ALICE, BOB), "Passed, approved by bob, attested by alice"),
    ],
)
def test_who_attested_is_not_said_to_have_approved(
    counted: tuple[Counted, ...], said: str
) -> None:
    assert describe(a_verdict(review=waiting(counted=counted)), longest=140) == (
        "success",
        said,
    )


def test_a_pass_says_how_much_was_checked_unless_it_was_everything() -> None:
    verdict = a_verdict(files=[a_file(), a_file("README.md", FileState.EXEMPT, "prose")])
    said = "Passed, 1 of 2 files checked, no review required"
    assert describe(verdict, longest=140) == ("success", said)
