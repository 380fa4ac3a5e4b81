"""Answers become values strictly, and what does not fit says where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from judgegate.github.client.answers import (
    AccountId,
    CommitAnswer,
    Oid,
    PullAnswer,
    TimelineItem,
)
from judgegate.github.client.json_reading import read
from judgegate.github.event import Payload
from judgegate.model.approvals import Person
from judgegate.model.errors_and_exit_codes import IncompleteError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Inner(Struct, frozen=True):
    """Something inside."""

    number: int


class Sample(Struct, frozen=True):
    """One of each."""

    word: Oid
    count: AccountId = 1
    flag: bool = False
    many: tuple[Inner, ...] = ()
    either: dict[str, str | bool | int | float | None] | None = None


def sample(**more: Any) -> Sample:
    return read(Sample, {"word": "a" * 40, **more}, "a sample")


def test_what_is_there_is_read_and_what_is_not_has_its_default() -> None:
    found = sample(
        many=[{"number": 3, "more": []}], either={"a": 1, "b": None, "c": 1.5}, unknown=1
    )
    assert (found.word, found.count, found.flag) == ("a" * 40, 1, False)
    assert ([one.number for one in found.many], found.either) == (
        [3],
        {"a": 1, "b": None, "c": 1.5},
    )


@pytest.mark.parametrize(
    ("more", "reported"),
    [
        ({"word": "X"}, "word: expected `str` matching"),
        ({"word": f"{'a' * 40}\n"}, "word: expected `str` matching"),
        ({"word": f" {'a' * 40}"}, "word: expected `str` matching"),
        ({"word": None}, "word: expected `str`, got `null`"),
        ({"count": 0}, "count: expected `int` >= 1"),
        ({"count": 2**63}, "count: expected `int` <= 9223372036854775807"),
        ({"count": True}, "count: expected `int`, got `bool`"),
        ({"count": 2.0}, "count: expected `int`, got `float`"),
        ({"count": "2"}, "count: expected `int`, got `str`"),
        ({"flag": 1}, "flag: expected `bool`, got `int`"),
        ({"many": {}}, "many: expected `array`, got `object`"),
        ({"many": [[]]}, "many[0]: expected `object`, got `array`"),
        ({"many": [{"x": 1}]}, "many[0]: object missing required field `number`"),
        (
            {"many": [{"number": 1}, {"number": "1"}]},
            "many[1].number: expected `int`, got `str`",
        ),
        (
            {"either": {"a": []}},
            "either[...]: expected `bool | int | float | str | null`, got `array`",
        ),
        ({"\ud800": 1}, "text that is not Unicode"),
    ],
)
def test_what_does_not_fit_says_where(more: dict[str, Any], reported: str) -> None:
    with pytest.raises(IncompleteError) as raised:
        sample(**more)
    assert raised.value.what.startswith(
        f"GitHub's answer about a sample cannot be read: {reported}"
    )


def test_a_document_of_another_kind_says_so() -> None:
    with pytest.raises(
        IncompleteError, match=r"cannot be read: expected `object`, got `array`\."
    ):
        read(Sample, [], "a sample")


@pytest.mark.parametrize(
    ("given", "person"),
    [(None, None), ({}, None), ({"id": 2, "login": "bob"}, Person(2, "bob"))],
)
def test_a_commit_names_a_person_or_nobody(given: object, person: Person | None) -> None:
    answer = read(CommitAnswer, {"sha": "a" * 40, "author": given}, "a commit")
    assert (answer.author.person if answer.author else None) == person


@pytest.mark.parametrize("given", [{"id": 2}, {"login": "bob"}])
def test_half_an_account_is_none(given: object) -> None:
    with pytest.raises(
        IncompleteError, match="author: expected an account with `id` and `login`"
    ):
        read(CommitAnswer, {"sha": "a" * 40, "author": given}, "a commit")


@pytest.mark.parametrize(
    ("given", "login"),
    [
        ({"actor": {"id": 1, "login": "alice"}}, "alice"),
        ({"user": {"id": 2, "login": "bob"}}, "bob"),
        (
            {"actor": {"id": 1, "login": "alice"}, "user": {"id": 2, "login": "bob"}},
            "alice",
        ),
    ],
)
def test_an_item_is_its_actors_or_else_its_users(
    given: dict[str, object], login: str
) -> None:
    account = read(TimelineItem, given, "an item").account
    assert account is not None
    assert account.login == login


def test_an_actor_who_is_gone_is_nobody_else() -> None:
    item = {"actor": None, "user": {"id": 2, "login": "bob"}}
    assert read(TimelineItem, item, "an item").account is None


def test_an_answer_stays_as_it_came() -> None:
    with pytest.raises(AttributeError):
        sample().word = "other"  # type: ignore[misc]  # that is the point


@given(JSON)
def test_nothing_else_is_raised_whatever_comes(document: object) -> None:
    for kind in (PullAnswer, TimelineItem, Payload):
        try:
            read(kind, document, "it")
        except IncompleteError:
            continue
