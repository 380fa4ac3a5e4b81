"""What a brief remembers comes back as it was, and nothing else comes in with it."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.model.evidence import Evidence
from judgegate.model.levels import Certainty, Outcome, Role
from judgegate.model.verdict import Counted
from judgegate.provenance.previous_reports import SUFFIX
from judgegate.report.comment_record import (
    LARGEST,
    LONGEST,
    read_record,
    record_of,
    write_record,
)
from judgegate.report.options import Posted, Record
from tests.report.hostile import EVIDENCE, TEXT, some
from tests.report.scenes import HINT
from tests.report.verdicts import HEAD, OLDER, a_verdict, ai_assisted, evidence, waiting

RECORDS = st.builds(
    Record,
    st.none() | TEXT,
    st.sampled_from(Outcome),
    some(EVIDENCE),
    some(st.tuples(TEXT, TEXT)),
    st.none() | st.builds(Posted, TEXT, TEXT, TEXT, some(TEXT)),
    st.integers(0, 9),
)


def pack(document: object) -> str:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return f"<!-- judgegate:record:1 {base64.b64encode(zlib.compress(data)).decode()} -->"


PLAIN = {
    "version": 1,
    "head": HEAD,
    "outcome": "pass",
    "evidence": [],
    "left_out": 0,
    "approvals": [],
    "posted": None,
}


def as_remembered(piece: Evidence) -> Evidence:
    return replace(
        piece,
        source=piece.source if piece.source.endswith(SUFFIX) else piece.source + SUFFIX,
    )


@given(RECORDS, TEXT, TEXT)
def test_what_is_written_is_read(record: Record, before: str, after: str) -> None:
    text = f"{before}\n{write_record(record)}\n{after}"
    known = read_record(text)
    assert known == replace(
        record, evidence=tuple(dict.fromkeys(map(as_remembered, record.evidence)))
    )


@given(
    st.text()
    | st.binary().map(
        lambda data: f"<!-- judgegate:record:1 {base64.b64encode(data).decode()} -->"
    )
)
def test_garbage_is_no_record(text: str) -> None:
    assert read_record(text) is None


@pytest.mark.parametrize(
    "document",
    [
        b"x",
        b"[" * 100_000,
        b"\xff",
        b" " * (LARGEST + 1) + b"1",
        [],
        None,
        {},
        PLAIN | {"version": 2},
        PLAIN | {"version": True},
        PLAIN | {"left_out": "1"},
        PLAIN | {"head": 1},
        PLAIN | {"outcome": "perhaps"},
        PLAIN | {"outcome": []},
        PLAIN | {"evidence": {}},
    ],
)
def test_what_has_not_the_shape_of_a_record_is_none(document: object) -> None:
    assert read_record(pack(document)) is None


def test_what_follows_the_packed_text_makes_it_none() -> None:
    data = zlib.compress(json.dumps(PLAIN).encode()) + b"more"
    assert (
        read_record(f"<!-- judgegate:record:1 {base64.b64encode(data).decode()} -->")
        is None
    )


def test_parts_that_cannot_be_read_are_left_out() -> None:
    entry = {
        "tool": "robot",
        "signal": "robot/x",
        "role": "authored",
        "confidence": "certain",
        "source": "author",
        "quote": "q",
    }
    broken = [entry | {"role": "king"}, entry | {"tool": 3}, 7, entry]
    known = read_record(
        pack(
            PLAIN
            | {
                "evidence": broken,
                "approvals": [["alice", HEAD], ["bob"], 1],
                "posted": ["a", "b", "c", [1]],
            }
        )
    )
    assert known is not None
    assert [piece.source for piece in known.evidence] == ["author (previous report)"]
    assert known.approvals == (("alice", HEAD),)
    assert known.posted is None


def test_a_record_stands_on_a_line_of_its_own() -> None:
    record = write_record(Record(HEAD, Outcome.PASS))
    assert read_record(f"`{record}`") is None
    assert read_record(f"x\r\n{record}\r\n") == Record(HEAD, Outcome.PASS)


def test_of_several_records_all_evidence_holds() -> None:
    one = Record(OLDER, Outcome.BLOCK, (evidence(),))
    other = Record(HEAD, Outcome.PASS, (HINT,))
    known = read_record(f"{write_record(one)}\nhello\n{write_record(other)}\n")
    assert known is not None
    assert (known.head, known.outcome) == (HEAD, Outcome.PASS)
    assert known.evidence == (as_remembered(evidence()), as_remembered(HINT))


def test_a_verdict_is_remembered_by_its_evidence_and_whoever_approved() -> None:
    provenance = ai_assisted(evidence(), evidence(commit=OLDER), idle=[HINT])
    review = waiting(
        counted=(
            Counted("alice", HEAD, ("a",)),
            Counted("alice", HEAD, ("b",)),
            Counted("bob", OLDER),
        )
    )
    record = record_of(
        a_verdict(Outcome.REVIEW, provenance=provenance, review=review),
        Posted("judgegate/main", "pending", "1 more"),
    )
    assert record == Record(
        HEAD,
        Outcome.REVIEW,
        (evidence(), HINT),
        (("alice", HEAD), ("bob", OLDER)),
        Posted("judgegate/main", "pending", "1 more"),
    )


def test_what_decided_stays_where_there_is_no_room_for_all() -> None:
    idle = [
        evidence(
            quote=f"{number:0200}{number * 7919}",
            signal=f"s/{number}",
            source=str(number**9),
        )
        for number in range(2000)
    ]
    weak = replace(HINT, role=Role.DECLARED, confidence=Certainty.WEAK)
    record = record_of(a_verdict(provenance=ai_assisted(weak, idle=idle)))
    text = write_record(record)
    known = read_record(text)
    assert len(text) <= LONGEST
    assert known is not None
    assert known.evidence[0] == as_remembered(weak)
    assert len(known.evidence) + known.left_out == 2001
    assert known.left_out > 0


def test_everything_else_has_room_for_good() -> None:
    odd = "".join(chr(0x4E00 + (number * number * 7919) % 20_000) for number in range(140))
    labels = tuple(odd[number : number + 50] for number in range(90))
    approvals = tuple(
        (f"{number * 7919**9:x}"[:39], f"{number * 104729**12:040x}"[-40:])
        for number in range(500)
    )
    text = write_record(
        Record(
            HEAD,
            Outcome.PASS,
            approvals=approvals,
            posted=Posted(odd, "success", odd, labels),
        )
    )
    assert len(text) <= LONGEST
    assert read_record(text) is not None


def test_two_lone_surrogates_beside_each_other_stay_two() -> None:
    evidence = Evidence(
        "tool",
        "tool/signal",
        Role.AUTHORED,
        Certainty.WEAK,
        "message",
        None,
        "\ud800\udcff",
    )
    record = Record(None, Outcome.PASS, (evidence,))
    read = read_record(write_record(record))
    assert read is not None
    assert [piece.quote for piece in read.evidence] == ["\ud800\udcff"]
