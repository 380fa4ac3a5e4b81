"""Answers become values strictly, and what does not fit says where."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.github.client.answers import PullAnswer, TimelineItem
from judgegate.github.client.json_reading import Between, JsonObject, Keys, Matching, NullAs, read
from judgegate.github.event import Payload
from judgegate.model.errors_and_exit_codes import IncompleteError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Inner(JsonObject):
    """Something inside."""

    number: int


class Sample(JsonObject):
    """One of each."""

    word: Annotated[str, Matching("[a-z]+")]
    text: Annotated[str, NullAs("")] = "as it was"
    count: Annotated[int, Between(1, 3)] = 1
    flag: bool = False
    inner: Annotated[Inner | None, NullAs(None, empty=True)] = None
    many: tuple[Inner, ...] = ()
    either: dict[str, str | bool | int | float | None] | None = None
    named: Annotated[str, Keys(("first", "second"))] = "neither"
    anything: dict[str, object] | None = None


def sample(**more: Any) -> Sample:
    return read(Sample, {"word": "x", **more}, "a sample")


def test_what_is_there_is_read_and_what_is_not_has_its_default() -> None:
    found = sample(
        text=None,
        inner={"number": 2, "more": []},
        many=[{"number": 3}],
        either={"a": 1, "b": None, "c": 1.5},
        unknown=1,
    )
    assert (found.word, found.text, found.count, found.flag, found.named) == ("x", "", 1, False, "neither")
    assert found.inner is not None
    assert (found.inner.number, [one.number for one in found.many], found.either) == (
        2,
        [3],
        {"a": 1, "b": None, "c": 1.5},
    )
    assert sample(inner={}).inner is None
    assert sample().text == "as it was"
    assert sample(anything={"a": [1]}).anything == {"a": [1]}


def test_the_first_of_several_keys_counts() -> None:
    assert [sample(**keys).named for keys in ({"second": "b"}, {"first": "a", "second": "b"})] == ["b", "a"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"word": "X"}, "word: expected text that matches"),
        ({"word": "x\n"}, "word: expected text that matches"),
        ({"word": None}, "word: expected text"),
        ({"text": 5}, "text: expected text"),
        ({"text": {}}, "text: expected text"),
        ({"count": 4}, "count: expected a number from 1 to 3"),
        ({"count": True}, "count: expected a whole number"),
        ({"count": 2.0}, "count: expected a whole number"),
        ({"count": "2"}, "count: expected a whole number"),
        ({"flag": 1}, "flag: expected true or false"),
        ({"inner": []}, "inner: expected an object"),
        ({"inner": {"x": 1}}, "inner.number: it is missing"),
        ({"many": {}}, "many: expected a list"),
        ({"many": [{"number": 1}, {"number": "1"}]}, "many.1.number: expected a whole number"),
        ({"either": {"a": []}}, "either: expected text"),
        ({"second": 1}, "first: expected text"),
    ],
)
def test_what_does_not_fit_says_where(more: dict[str, Any], told: str) -> None:
    with pytest.raises(IncompleteError) as raised:
        sample(**more)
    assert raised.value.what.startswith(f"GitHub's answer about a sample cannot be read: {told}")


def test_an_answer_stays_as_it_came() -> None:
    with pytest.raises(AttributeError):
        sample().word = "other"


@given(JSON)
def test_nothing_else_is_raised_whatever_comes(document: object) -> None:
    for kind in (PullAnswer, TimelineItem, Payload):
        try:
            read(kind, document, "it")
        except IncompleteError:
            continue
