import select
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.checks.check_types import ScannedSide, Sighting
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Imports, Independent, Pattern, Regex, Sought
from judgegate.model.ranges import LineRange
from judgegate.workers.pool import Pool
from judgegate.workers.process import Launch, Process
from judgegate.workers.scheduler import FailureKind, JobResult, Scheduler, describe_end
from judgegate.workers.wire import (
    LENGTH_SIZE,
    Failed,
    Limits,
    MalformedMessageError,
    ScanTask,
    dump_searches,
    dump_sighting,
    load_searches,
    load_sightings,
    load_texts,
    pack,
    unpack,
)

RULES = frozenset({"security/a"})
RANGES = st.builds(
    lambda start, more: LineRange(start, start + more), st.integers(1, 10**6), st.integers(0, 100)
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
    measure=st.none() | st.integers(),
    metric=st.none() | st.text(),
    body=st.none() | st.text(),
    definition=st.none() | RANGES,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(st.builds(Sighting, OBSERVATIONS, st.sampled_from(ScannedSide))))
def test_what_is_sent_arrives(sightings: list[Sighting]) -> None:
    message = unpack(pack({"seen": [dump_sighting(sighting) for sighting in sightings]})[4:])
    assert list(load_sightings(message["seen"], RULES)) == sightings


@given(st.binary())
def test_any_bytes_are_a_message_or_malformed(body: bytes) -> None:
    try:
        message = unpack(body)
    except MalformedMessageError:
        return
    assert isinstance(message, dict)


@given(JSON, st.integers(0, 16))
def test_any_value_in_any_place_is_an_observation_or_malformed(value: Any, place: int) -> None:
    item = dump_sighting(Sighting(Observation("security/a", "", LineRange(1, 2), "", "", "", "", "")))
    item[place] = value
    try:
        [sighting] = load_sightings([item], RULES)
    except MalformedMessageError:
        return
    assert sighting.observation.rule in RULES


@pytest.mark.parametrize(
    "value", [None, {}, "x", [None], [[]], [["head"] * 17], [list(range(17))], [["head", *["x"] * 3]], 1]
)
def test_what_is_no_list_of_observations_is_malformed(value: object) -> None:
    with pytest.raises(MalformedMessageError):
        load_sightings(value, RULES)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "left"),
        (1, "security/other"),
        (2, None),
        (4, 1),
        (8, 0),
        (8, 3),
        (8, True),
        (8, 1.0),
        (10, "terrible"),
        (12, "7"),
        (13, 1),
        (15, 1),
    ],
)
def test_a_wrong_field_makes_an_observation_malformed(place: int, value: object) -> None:
    item = dump_sighting(Sighting(Observation("security/a", "", LineRange(1, 2), "", "", "", "", "")))
    item[place] = value
    with pytest.raises(MalformedMessageError):
        load_sightings([item], RULES)


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b'"x"', b"[" * 100_000])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        unpack(body)


@pytest.mark.parametrize("value", [None, "ab", [1], ["c"], {"a": 1}, ["a", None]])
def test_only_known_words_are_taken(value: object) -> None:
    with pytest.raises(MalformedMessageError):
        load_texts(value, ["a", "b"])


def test_known_words_are_taken_once_and_sorted() -> None:
    assert load_texts(["b", "a", "b"], ["a", "b", "c"]) == ("a", "b")


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit status 0"), (3, "exit status 3"), (-11, "SIGSEGV"), (-4000, "signal 4000")],
)
def test_an_end_has_a_name(status: int, words: str) -> None:
    assert describe_end(status) == words


IMPOSTOR = """
import os, struct, sys
def say(body): os.write(1, len(body).to_bytes(4, "big") + body)
say(b'{"ready":true}')
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
        "say(b'[1]')",
        "say(b'{}')",
        'say(b\'{"number": 8, "rules": [], "seen": []}\')',
        "say(b'{\"ready\": true}')",
    ],
)
def test_a_worker_that_talks_nonsense_loses_its_job(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "impostor.py"
    script.write_text(IMPOSTOR % act)
    monkeypatch.setattr("judgegate.workers.process._BOOTSTRAP", script)
    scheduler = Scheduler(Launch((), tmp_path, {}, 1000), Limits(clock=20))
    scheduler.grow(1)
    try:
        scheduler.give(7, {"x": "y" * 200_000})
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
        '"rules": ["security/z"], "seen": []',
        '"rules": [], "seen": [[1]]',
        '"rules": []',
        '"seen": []',
        '"failed": 7',
    ],
)
def test_an_answer_that_cannot_be_understood_is_a_failure(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "impostor.py"
    script.write_text(IMPOSTOR % f"say(b'{{\"number\": 0, {answer}}}')")
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
    process = Process(Launch((), tmp_path, {}, 1000))
    select.select([process.source], [], [])
    assert process.read() is None
    process.send({"x": "y" * 2_000_000})
    assert not process.has_outgoing
    process.wait()
    assert process.end() == 0


SEARCHES = (
    Sought("reliability/a", Pattern(("python", "go"), '{"rule": {"kind": "call"}}')),
    Sought("reliability/b", Regex("a.b", added=False, secret=True)),
    Sought("reliability/c", Imports(Independent(()))),
)


def test_searches_arrive_as_they_were_sent() -> None:
    assert (
        load_searches(unpack(pack({"searches": dump_searches(SEARCHES)})[LENGTH_SIZE:])["searches"])
        == SEARCHES
    )
