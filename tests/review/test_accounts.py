"""Who is who: commits to accounts."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.model.approvals import (
    AccountKind,
    CommitPeople,
    Contribution,
    Part,
    Person,
    Unmapped,
)
from judgegate.model.change import Commit, Identity
from judgegate.review.accounts import Contributors, Directory, identify, read_no_reply

ALICE = Person(1, "alice")
BOB = Person(2, "bob")
ALICE_WRITES = Identity("Alice", "alice@example.com")
BOB_WRITES = Identity("Bob", "Bob@Example.com")
CAROL_HIDES = Identity("Carol", "3+carol@users.noreply.github.com")
AGENT = Identity("Agent", "agent@ai.example.com")
WEB = Identity("GitHub", "noreply@github.com")
KNOWN = {"alice@example.com": ALICE, "bob@example.com": BOB}


def commit(oid: str, author: Identity, committer: Identity | None = None) -> Commit:
    return Commit(oid, "0" * 40, (), author, committer or author, b"")


def identify_here(
    *commits: Commit,
    forge: Mapping[str, CommitPeople] | None = None,
    addresses: Mapping[str, Person] | None = None,
    co_authors: Mapping[str, Sequence[Identity]] | None = None,
    recomputed: Sequence[str] = (),
) -> Contributors:
    directory = Directory(
        forge or {},
        KNOWN if addresses is None else addresses,
        lambda identity: identity == AGENT,
    )
    return identify(commits, directory, co_authors or {}, recomputed)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("3+carol@users.noreply.github.com", Person(3, "carol")),
        ("3+carol@users.noreply.GitHub.com", Person(3, "carol")),
        (
            "49+robot[bot]@users.noreply.github.com",
            Person(49, "robot[bot]", AccountKind.BOT),
        ),
        ("carol@users.noreply.github.com", None),
        ("03+carol@users.noreply.github.com", None),
        ("0+carol@users.noreply.github.com", None),
        ("٣+carol@users.noreply.github.com", None),
        ("3+carol@users.noreply.github.com.example.com", None),
        ("3+carol@users.noreply.github.com\n", None),
        (" 3+carol@users.noreply.github.com", None),
        ("3+carol@users.noreply.example.com", None),
        ("1234567890123456789+carol@users.noreply.github.com", None),
        ("3+@users.noreply.github.com", None),
        ("", None),
    ],
)
def test_only_a_no_reply_address_with_a_number_names_an_account(
    address: str, expected: Person | None
) -> None:
    assert read_no_reply(address) == expected


def test_an_enterprise_host_has_no_reply_addresses_of_its_own() -> None:
    assert read_no_reply(
        "3+carol@users.noreply.git.example.com", "git.example.com"
    ) == Person(3, "carol")
    assert read_no_reply("3+carol@users.noreply.github.com", "git.example.com") is None


def test_author_and_committer_have_a_part_each() -> None:
    people = identify_here(commit("c1", ALICE_WRITES, BOB_WRITES))
    assert people == Contributors(
        (Contribution(ALICE, Part.AUTHOR, "c1"), Contribution(BOB, Part.COMMITTER, "c1")),
        (),
    )


def test_the_forge_says_who_wrote_a_commit() -> None:
    stranger = Identity("A", "somewhere@example.com")
    people = identify_here(
        commit("c1", stranger), forge={"c1": CommitPeople(ALICE, ALICE)}, addresses={}
    )
    assert {one.person for one in people.contributions} == {ALICE}
    assert people.unmapped == ()


def test_the_no_reply_form_goes_before_the_forge() -> None:
    people = identify_here(
        commit("c1", CAROL_HIDES), forge={"c1": CommitPeople(ALICE, ALICE)}
    )
    assert {one.person.id for one in people.contributions} == {3}


def test_a_co_author_is_known_from_another_commit_that_the_forge_knows() -> None:
    first, second = commit("c1", BOB_WRITES), commit("c2", CAROL_HIDES)
    people = identify_here(
        first,
        second,
        forge={"c1": CommitPeople(BOB, BOB)},
        addresses={},
        co_authors={"c2": [Identity("B", "bob@example.com")]},
    )
    assert Contribution(BOB, Part.CO_AUTHOR, "c2") in people.contributions
    assert people.unmapped == ()


def test_who_cannot_be_mapped_is_named_once_for_each_part() -> None:
    stranger = Identity("X", "x@example.com")
    people = identify_here(
        commit("c1", stranger), commit("c2", Identity("X", "X@example.com"), ALICE_WRITES)
    )
    assert people.unmapped == (
        Unmapped("x@example.com", Part.AUTHOR, "c1"),
        Unmapped("x@example.com", Part.COMMITTER, "c1"),
    )


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        (Identity("Nobody", ""), "Nobody"),
        (Identity("", ""), "someone without a name in abcdef0"),
    ],
)
def test_a_commit_without_an_address_is_unmapped_too(identity: Identity, name: str) -> None:
    people = identify_here(commit("abcdef0123", identity, ALICE_WRITES))
    assert [one.name for one in people.unmapped] == [name]


def test_the_old_no_reply_form_is_unmapped_unless_the_forge_knows_it() -> None:
    old = Identity("Carol", "carol@users.noreply.github.com")
    assert identify_here(commit("c1", old)).unmapped
    assert not identify_here(
        commit("c1", old), forge={"c1": CommitPeople(BOB, BOB)}
    ).unmapped


def test_the_forge_itself_is_nobody_where_it_commits() -> None:
    flow = Person(64, "web-flow")
    people = identify_here(
        commit("c1", ALICE_WRITES, WEB), forge={"c1": CommitPeople(ALICE, flow)}
    )
    assert people == Contributors((Contribution(ALICE, Part.AUTHOR, "c1"),), ())


def test_the_forge_itself_writes_nothing() -> None:
    assert identify_here(commit("c1", WEB, WEB)).unmapped == (
        Unmapped("noreply@github.com", Part.AUTHOR, "c1"),
    )


def test_an_agent_is_nobody_and_its_mention_raises_nothing() -> None:
    people = identify_here(commit("c1", ALICE_WRITES), co_authors={"c1": [AGENT]})
    assert people == Contributors(
        (Contribution(ALICE, Part.AUTHOR, "c1"), Contribution(ALICE, Part.COMMITTER, "c1")),
        (),
    )


def test_who_stands_beside_an_agent_set_it_to_work() -> None:
    people = identify_here(
        commit("c1", AGENT, ALICE_WRITES),
        commit("c2", AGENT, AGENT),
        co_authors={"c2": [BOB_WRITES]},
    )
    assert people.contributions == (
        Contribution(ALICE, Part.REQUESTER, "c1"),
        Contribution(BOB, Part.REQUESTER, "c2"),
    )


def test_who_stands_beside_a_bot_set_it_to_work() -> None:
    bot = Identity("robot", "49+robot[bot]@users.noreply.github.com")
    people = identify_here(commit("c1", bot, WEB), co_authors={"c1": [CAROL_HIDES]})
    assert [(one.person.id, one.part) for one in people.contributions] == [
        (49, Part.AUTHOR),
        (3, Part.REQUESTER),
    ]


def test_a_merge_that_was_made_again_makes_nobody_a_contributor() -> None:
    people = identify_here(
        commit("c1", ALICE_WRITES), commit("merge", BOB_WRITES), recomputed=["merge"]
    )
    assert {one.person for one in people.contributions} == {ALICE}


@given(st.text(max_size=60))
def test_no_address_raises(address: str) -> None:
    person = read_no_reply(address)
    assert person is None or address.startswith(f"{person.id}+{person.login}@")
