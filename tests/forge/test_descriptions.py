"""What a status says of a verdict, in one line."""

import pytest

from judgegate.forge.status import describe
from judgegate.model.verdict import Counted
from tests.report.verdicts import HEAD, a_verdict, waiting

BOB, CAROL = Counted("bob", HEAD), Counted("carol", HEAD)
ALICE = Counted("alice", HEAD, attested="ran it by hand")


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ((), "Passed, and no review to wait for"),
        ((CAROL, BOB, BOB), "Passed, approved by bob and carol"),
        ((ALICE,), "Passed, attested by alice"),
        ((ALICE, BOB), "Passed, approved by bob, attested by alice"),
    ],
)
def test_who_attested_is_not_said_to_have_approved(counted: tuple[Counted, ...], said: str) -> None:
    assert describe(a_verdict(review=waiting(counted=counted)), longest=140) == ("success", said)
