import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.change.commits import parse_commit, parse_identity
from judgegate.model.change import Identity
from judgegate.model.errors_and_exit_codes import IncompleteError

OID = "1" * 40


@pytest.mark.parametrize(
    ("ident", "identity", "clock"),
    [
        (
            b"Alice <alice@example.com> 1700000000 +0100",
            Identity("Alice", "alice@example.com"),
            1700000000,
        ),
        (b"<alice@example.com>", Identity("", "alice@example.com"), 0),
        (b"Alice", Identity("Alice", ""), 0),
        (b"Alice <alice@example.com", Identity("Alice", "alice@example.com"), 0),
        (b"A <b> <c> 5 +0", Identity("A", "b"), 0),
        (
            b"Claude <<noreply@example.com>> 5 +0000",
            Identity("Claude", "noreply@example.com"),
            5,
        ),
        (
            b"Claude <noreply@example.com 5 +0000",
            Identity("Claude", "noreply@example.com"),
            5,
        ),
        (b"Claude Code 5 -0330", Identity("Claude Code", ""), 5),
        (b"Claude <> noreply@example.com 5 +0000", Identity("Claude", ""), 0),
        (b"5 +0000", Identity("", ""), 5),
        (b"A <b> 99999999999999999999 +0", Identity("A", "b"), 0),
        (b"Caf\xe9 <x>", Identity("Caf\udce9", "x"), 0),
        (b"", Identity("", ""), 0),
    ],
)
def test_an_identity_is_read_as_far_as_it_is_there(
    ident: bytes, identity: Identity, clock: int
) -> None:
    assert parse_identity(ident) == (identity, clock)


def test_the_first_of_two_headers_counts_and_the_other_author_is_a_co_author() -> None:
    raw = b"tree abc\nparent p1\nparent p2\nauthor A <a> 1 +0\nauthor B <b> 2 +0\ngpgsig x\n committer Forged <f> 9 +0\n\nmessage\n\nmore"
    commit = parse_commit(OID, raw)
    assert (commit.tree, commit.parents, commit.author.name, commit.committer.name) == (
        "abc",
        ("p1", "p2"),
        "A",
        "",
    )
    assert commit.message == b"message\n\nmore\n\nCo-authored-by: B <b>\n"


def test_nobody_whom_a_further_author_header_names_is_overlooked_and_none_forges_a_line() -> (
    None
):
    raw = b"tree abc\nauthor A <a> 1 +0\nauthor Claude\n Fixes: it <<c@example.com> 2 +0\nauthor D <d\n\nmessage\n"
    said = b"message\n\n\nCo-authored-by: Claude Fixes: it <c@example.com>\nCo-authored-by: D <d>\n"
    assert parse_commit(OID, raw).message == said


def test_a_commit_without_a_message_has_none() -> None:
    assert parse_commit(OID, b"tree abc\nauthor A <a> 1 +0\n").message == b""


def test_a_commit_without_a_tree_is_an_error() -> None:
    with pytest.raises(IncompleteError, match="no tree"):
        parse_commit(OID, b"author A <a> 1 +0\n\nx")


@given(raw=st.binary(max_size=200), message=st.binary(max_size=50))
def test_hostile_headers_are_read_or_refused(raw: bytes, message: bytes) -> None:
    head = b"tree abc\n" + raw.replace(b"\n\n", b"\n").strip(b"\n")
    assert parse_commit(OID, head + b"\n\n" + message).message.endswith(message)
