"""Whom a commit names as co-authors, and which identities are an AI's."""

import pytest

from judgegate.model.change import Identity
from judgegate.provenance.co_authors import is_agent, read_co_authors
from tests.provenance.changes import a_commit

BOB, CAROL = Identity("Bob", "bob@example.com"), Identity("Carol", "carol@example.com")


@pytest.mark.parametrize(
    "message",
    [
        "Add x\n\nCo-authored-by: Bob <bob@example.com>\nCo-authored-by: Carol <carol@example.com>",
        "Add x\r\n\r\nco-authored-by: Bob <bob@example.com>, Carol <carol@example.com>\r\n",
        "Add x\n\nCo-developed-by: Bob <bob@example.com>\n\nProse\n\nCo-authored-by: Carol <carol@example.com>\n\nProse",
        "Add x\x0bCo-authored-by: Bob <bob@example.com>\u2028Co-authored-by: Carol <carol@example.com>",
    ],
)
def test_every_co_author_is_named_once(message: str) -> None:
    assert read_co_authors(a_commit(message)) == (BOB, CAROL)


def test_a_name_keeps_its_accents_and_an_address_its_own() -> None:
    message = "Add x\n\nCo-authored-by: Jos\xe9 \u0141uk <jos\xe9@example.com>\n\nC\u043e-authored-by: Bob <b\u043eb@example.com>"
    assert read_co_authors(a_commit(message)) == (
        Identity("Jos\xe9 Luk", "jos\xe9@example.com"),
        BOB,
    )


def test_a_co_author_is_named_once_though_a_line_can_be_read_in_two_ways() -> None:
    assert read_co_authors(
        a_commit("Add x\n\nCo-authored-by: B\u2028ob <bob@example.com>")
    ) == (BOB,)


def test_a_co_author_in_a_quotation_is_not_named() -> None:
    assert (
        read_co_authors(
            a_commit(
                "Add x\n\n> Co-authored-by: Bob <bob@example.com>\n\nReviewed-by: Carol <carol@example.com>"
            )
        )
        == ()
    )


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity("Claude", "noreply@anthropic.com"), True),
        (Identity("Alice (aider)", "alice@example.com"), True),
        (
            Identity(
                "gemini-code-assist[bot]",
                "1+gemini-code-assist[bot]@users.noreply.github.com",
            ),
            False,
        ),
        (Identity("Goose", "opensource@block.xyz"), False),
        (Identity("Claude", "claude@example.com"), False),
        (BOB, False),
    ],
)
def test_an_agent_is_one_that_the_catalogue_surely_knows_as_an_author(
    identity: Identity, expected: bool
) -> None:
    assert is_agent(identity) is expected
