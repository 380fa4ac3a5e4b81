"""The form in which analyses are kept: every analysis comes back as it was, and nothing else comes back at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from judgegate.model.analysis import AnalysedFile
from judgegate.model.codec import DecodeError, decode, encode
from judgegate.model.levels import Severity
from judgegate.model.notices import Notice
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange
from tests.decision.observations import analysed, measured, seen

TEXTS = st.text(st.characters(exclude_categories=())) | st.binary().map(
    lambda data: data.decode(errors="surrogateescape")
)
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(
    LineRange,
    st.tuples(st.integers(1, 2**40), st.integers(0, 2**20)).map(
        lambda at: LineRange(at[0], sum(at))
    ),
)
FILE = analysed("a.py", after=(seen(),), before=(measured("f", 3),))


@given(st.from_type(AnalysedFile))
def test_every_analysed_file_comes_back_as_it_was(file: AnalysedFile) -> None:
    assert decode(AnalysedFile, encode(file)) == file


@given(st.from_type(Observation), st.from_type(Notice))
def test_so_does_whatever_else_is_kept(observation: Observation, notice: Notice) -> None:
    assert decode(Observation, encode(observation)) == observation
    assert decode(Notice, encode(notice)) == notice


@given(
    st.binary()
    | st.recursive(st.none() | st.booleans() | st.floats() | TEXTS, st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_other_bytes_are_refused_and_break_nothing(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(AnalysedFile, data)


@given(st.data())
def test_a_part_of_a_form_is_none(data: st.DataObject) -> None:
    form = encode(FILE)
    with pytest.raises(DecodeError):
        decode(AnalysedFile, form[: data.draw(st.integers(0, len(form) - 1))])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"unread":false', b'"unread":0'),
        (b'"unread":false', b'"unread":false,"more":1'),
        (b'"unread":false', b'"other":false'),
        (b'"unread":false,', b""),
        (b'"severity":"medium"', b'"severity":"grave"'),
        (b'"severity":"medium"', b'"severity":["medium"]'),
        (b'"start":1', b'"start":0'),
        (b'"start":1', b'"start":true'),
        (b'"start":1', b'"start":1.0'),
        (b'"start":1', b'"start":' + b"9" * 5000),
        (b'"after":[', b'"after":[{},'),
        (b'"measure":3', b'"measure":NaN'),
        (b'"path":"a.py"', b'"path":null'),
        (b'"path":"a.py"', b'"path":"\xff"'),
    ],
)
def test_a_value_that_has_another_type_or_is_out_of_range_is_refused(
    old: bytes, new: bytes
) -> None:
    form = encode(FILE)
    assert form.count(old)
    with pytest.raises(DecodeError):
        decode(AnalysedFile, form.replace(old, new, 1))


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(DecodeError):
        decode(AnalysedFile, b"[" * 1_000_000)


class Grown(Struct, frozen=True):
    """A value with kinds of parts that today's do not have."""

    severity: Severity | None
    lines: tuple[LineRange, ...]
    names: frozenset[str]
    data: bytes


def test_a_new_field_needs_nothing_but_a_type_that_has_a_form() -> None:
    grown = Grown(Severity.HIGH, (LineRange(1, 2),), frozenset("ba"), b"\xff")
    assert decode(Grown, encode(grown)) == grown
    with pytest.raises(TypeError):
        encode([object()])
