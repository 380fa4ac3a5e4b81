import select
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.checks.check_types import ScannedSide, Sighting
from judgegate.model.codec import DecodeError, decode
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Imports, Independent, Pattern, Regex, Sought
from judgegate.model.ranges import LineRange
from judgegate.workers.pool import Pool
from judgegate.workers.process import Launch, Process
from judgegate.workers.scheduler import FailureKind, JobResult, Scheduler, describe_end
from judgegate.workers.wire import (
    LENGTH_SIZE,
    CheckJob,
    Done,
    Failed,
    Greeting,
    Limits,
    NotDone,
    Reply,
    ScanTask,
    observes,
    pack,
    pack_reply,
    unpack_reply,
)
from tests.model.contexts import CONTEXTS

RULES = frozenset({"security/a"})
RANGES = st.builds(
    lambda start, more: LineRange(start, start + more),
    st.integers(1, 10**6),
    st.integers(0, 100),
)
OBSERVATIONS = st.builds(
    Observation,
    rule=st.sampled_from(sorted(RULES)),
    code=st.text(),
    lines=RANGES,
    subject=st.text(),
    message=st.text(),
    fingerprint=st.text(),
    key=st.text(),
    excerpt=st.text(),
    severity=st.none() | st.sampled_from(Severity),
    confidence=st.none() | st.sampled_from(Confidence),
    measure=st.none() | st.integers(-(2**63), 2**63 - 1),
    metric=st.none() | st.text(),
    body=st.none() | st.text(),
    definition=st.none() | RANGES,
    context=st.none() | CONTEXTS,
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
SEEN = Sighting(Observation("security/a", "", LineRange(1, 2), "", "", "", "", ""))
DONE = Done(0, ("security/a",), (SEEN,))


def form(reply: Reply = DONE) -> Any:
    """What a worker writes, as plain values."""
    return msgspec.msgpack.decode(pack_reply(reply)[LENGTH_SIZE:])


def read(document: Any) -> Reply:
    return unpack_reply(msgspec.msgpack.encode(document))


@given(st.lists(st.builds(Sighting, OBSERVATIONS, st.sampled_from(ScannedSide))))
def test_what_is_sent_arrives(sightings: list[Sighting]) -> None:
    reply = Done(1, ("security/a",), tuple(sightings))
    assert unpack_reply(pack_reply(reply)[LENGTH_SIZE:]) == reply


@given(st.binary())
def test_any_bytes_are_a_reply_or_malformed(body: bytes) -> None:
    try:
        reply = unpack_reply(body)
    except DecodeError:
        return
    assert pack_reply(reply)[LENGTH_SIZE:] == body


@given(PLAIN, st.sampled_from(sorted(form()["sightings"][0]["observation"])))
def test_any_value_in_any_place_is_an_observation_or_malformed(
    value: Any, place: str
) -> None:
    document = form()
    document["sightings"][0]["observation"][place] = value
    try:
        reply = read(document)
    except DecodeError:
        return
    assert isinstance(reply, Done)
    assert form(reply) == document


@pytest.mark.parametrize(
    "value", [None, {}, "x", [None], [[]], [["head"] * 17], [{}], [{"side": "head"}], 1]
)
def test_what_is_no_list_of_sightings_is_malformed(value: object) -> None:
    with pytest.raises(DecodeError):
        read(form() | {"sightings": value})


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("code", None),
        ("subject", 1),
        ("lines", {"start": 0, "end": 2}),
        ("lines", {"start": 3, "end": 2}),
        ("lines", {"start": True, "end": 2}),
        ("lines", {"start": 1.0, "end": 2}),
        ("severity", "terrible"),
        ("measure", "7"),
        ("metric", 1),
        ("definition", 1),
        ("context", {"roots": []}),
        ("context", {"node": "", "roots": [["0", "nowhere", "name"]]}),
    ],
)
def test_a_wrong_field_makes_an_observation_malformed(place: str, value: object) -> None:
    document = form()
    document["sightings"][0]["observation"][place] = value
    with pytest.raises(DecodeError):
        read(document)


@pytest.mark.parametrize("side", ["left", None, 1])
def test_a_side_that_no_change_has_is_malformed(side: object) -> None:
    document = form()
    document["sightings"][0]["side"] = side
    with pytest.raises(DecodeError):
        read(document)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b"{", b"\xff", b'"x"', b"[" * 100_000, b"{}"]
)
def test_what_is_no_reply_is_malformed(body: bytes) -> None:
    with pytest.raises(DecodeError):
        unpack_reply(body)


@pytest.mark.parametrize(
    "reply",
    [
        Done(0, ("security/other",), ()),
        Done(0, (), (SEEN,)),
        Done(0, ("security/a",), (Sighting(SEEN.observation, path="elsewhere.py"),)),
    ],
)
def test_a_worker_speaks_of_its_own_file_and_of_rules_that_were_wanted(reply: Done) -> None:
    assert observes(DONE, RULES)
    assert not observes(reply, RULES)


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit status 0"), (3, "exit status 3"), (-11, "SIGSEGV"), (-4000, "signal 4000")],
)
def test_an_end_has_a_name(status: int, words: str) -> None:
    assert describe_end(status) == words


GREETING = Greeting("rows:CHECKS", b"", 1, 1, None, 1000, 1)
IMPOSTOR = f"""
import os, sys
sys.path.append({str(Path(msgspec.__file__).parents[1])!r})
import msgspec
def write(document): say(msgspec.msgpack.encode(document))
def say(body): os.write(1, len(body).to_bytes(4, "big") + body)
write({{"type": "Ready"}})
os.read(0, 1 << 16)
sys.stdin.buffer.close
%s
while os.read(0, 1 << 16): pass
"""


@pytest.mark.parametrize(
    "act",
    [
        'os.write(1, b"\\xff\\xff\\xff\\xff")',
        'say(b"nonsense")',
        "write([1])",
        "write({})",
        'write({"type": "Done", "number": 8, "rules": [], "sightings": [], "facts": None})',
        'write({"type": "Ready"})',
    ],
)
def test_a_worker_that_talks_nonsense_loses_its_job(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "impostor.py"
    script.write_text(IMPOSTOR % act)
    monkeypatch.setattr("judgegate.workers.process._BOOTSTRAP", script)
    scheduler = Scheduler(Launch((), tmp_path, GREETING, 1000), Limits(clock=20))
    scheduler.grow(1)
    try:
        scheduler.give(
            CheckJob(
                7, compares=False, language="python", rules=(), sides=(b"y" * 200_000,)
            )
        )
        outcomes: list[JobResult] = []
        while not outcomes:
            outcomes = scheduler.wait()
        assert outcomes == [JobResult(7, failure=FailureKind.MALFORMED, detail="SIGKILL")]
        assert scheduler.pids == []
    finally:
        scheduler.end()


@pytest.mark.parametrize(
    "answer",
    [
        {
            "type": "Done",
            "number": 0,
            "rules": ["security/z"],
            "sightings": [],
            "facts": None,
        },
        {"type": "Done", "number": 0, "rules": [], "sightings": [[1]], "facts": None},
        {
            "type": "Done",
            "number": 0,
            "rules": [],
            "sightings": [],
            "facts": {"language": "go"},
        },
        {"type": "Done", "number": 0, "rules": []},
        {"type": "Done", "number": 0, "sightings": []},
        {"type": "NotDone", "number": 0, "reason": 7, "spent": False, "lasting": False},
        {"type": "Nothing"},
    ],
)
def test_an_answer_that_cannot_be_understood_is_a_failure(
    answer: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "impostor.py"
    script.write_text(IMPOSTOR % f"write({answer!r})")
    monkeypatch.setattr("judgegate.workers.process._BOOTSTRAP", script)
    with Pool(1, b"") as pool:
        assert list(pool.scan([ScanTask("x", "python", RULES, b"")])) == [
            Failed("x", "its worker gave an answer that cannot be understood")
        ]


def test_a_message_to_a_process_that_is_gone_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "gone.py"
    script.write_text("import os; os.close(0); os.close(1)")
    monkeypatch.setattr("judgegate.workers.process._BOOTSTRAP", script)
    process = Process(Launch((), tmp_path, GREETING, 1000))
    select.select([process.source], [], [])
    assert process.read() is None
    process.send(NotDone(1, "y" * 2_000_000))
    assert not process.has_outgoing
    process.wait()
    assert process.end() == 0


SEARCHES = (
    Sought("reliability/a", Pattern(("python", "go"), '{"rule": {"kind": "call"}}')),
    Sought("reliability/b", Regex("a.b", added=False, secret=True)),
    Sought("reliability/c", Imports(Independent(()))),
)


def test_a_job_arrives_as_it_was_sent() -> None:
    job = CheckJob(
        1,
        compares=False,
        language="go",
        rules=("a",),
        sides=(b"\xff\x00", None),
        searches=SEARCHES,
    )
    assert decode(CheckJob, pack(job)[LENGTH_SIZE:]) == job
