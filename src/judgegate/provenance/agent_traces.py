"""Agent Trace records in the repository: which lines of a file an AI wrote, by the word of whoever wrote the record.

The proposal (version 0.1.0) leaves storage to tools; the reference hook appends JSON lines to one
file. Only what the change itself added to that file is read: older records speak of older changes.
"""

import json
from collections.abc import Iterator

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.model.change import Blob, Change
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange

TRACES_PATH = ".agent-trace/traces.jsonl"
LARGEST_FILE = 20_000_000
ASSISTED = frozenset({"ai", "mixed"})
LAST_LINE = 1_000_000_000
TOO_LARGE = Notice(
    "traces-not-read",
    f"{TRACES_PATH} has more than {LARGEST_FILE // 1_000_000} MB and was not read.",
)


class Trace(Struct, frozen=True):
    """A record's word that an AI wrote lines of a file; no lines: the file.

    `revision` is what the numbers refer to, if it says so.
    """

    path: str
    lines: tuple[LineRange, ...]
    agent: str
    revision: str | None


def read_traces(change: Change, repository: Repository) -> tuple[list[Trace], list[Notice]]:
    """The records that the change added."""
    new, old = _records_of(change)
    if new is None:
        return [], []
    if _is_too_large(new) or (old is not None and _is_too_large(old)):
        return [], [TOO_LARGE]
    lines = _added_lines(repository, new, old)
    traces: list[Trace] = []
    broken = 0
    for line in lines:
        record = parse_record(line)
        broken += record is None
        traces += record or ()
    notice = Notice(
        "trace-unreadable",
        f"{broken} of the {len(lines)} records that the change adds to {TRACES_PATH} could not be read.",
    )
    return traces, [notice] if broken else []


def _records_of(change: Change) -> tuple[Blob | None, Blob | None]:
    """The file of records as the head and as the base have it; None where that is no ordinary file, or the change leaves it alone."""
    file = next((file for file in change.files if file.path == TRACES_PATH), None)
    if file is None:
        return None, None
    return _if_file(file.new), _if_file(file.old)


def _if_file(blob: Blob | None) -> Blob | None:
    return blob if blob is not None and blob.is_file else None


def _is_too_large(blob: Blob) -> bool:
    return (blob.size or 0) > LARGEST_FILE


def _added_lines(repository: Repository, new: Blob, old: Blob | None) -> list[bytes]:
    known = set(repository.read(old.oid).split(b"\n")) if old is not None else set()
    return [
        line
        for line in repository.read(new.oid).split(b"\n")
        if line.strip() and line not in known
    ]


def parse_record(line: bytes) -> list[Trace] | None:
    """The AI's part in one record; None if it is no record."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("files"), list):
        return None
    revision = _text_in(record.get("vcs"), "revision")
    tool = _text_in(record.get("tool"), "name")
    # A conversation's own model says more than the tool, which may use several.
    name = "an agent" if tool is None else tool
    return [
        Trace(path.removeprefix("./"), lines, agent or name, revision)
        for file in record["files"]
        if (path := _text_in(file, "path")) is not None
        for lines, agent in _parts(file.get("conversations"))
    ]


def _text_in(value: object, key: str) -> str | None:
    """The text under a key; None where there is none.

    Nothing in a record is sure to have the shape that the proposal gives it.
    """
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _parts(conversations: object) -> Iterator[tuple[tuple[LineRange, ...], str]]:
    """The AI's ranges in each conversation and its model.

    A range may name another contributor than its conversation.
    """
    for conversation in conversations if isinstance(conversations, list) else ():
        if not isinstance(conversation, dict):
            continue
        kind, model = _contributor(conversation.get("contributor"))
        ranges = conversation.get("ranges")
        if not isinstance(ranges, list) or not ranges:
            if kind in ASSISTED:
                yield (), model
            continue
        lines = tuple(found for entry in ranges if (found := _range(entry, kind)))
        if lines:
            yield lines, model


def _contributor(value: object) -> tuple[str, str]:
    if not isinstance(value, dict):
        return "", ""
    kind, model = value.get("type"), value.get("model_id")
    return kind if isinstance(kind, str) else "", model if isinstance(model, str) else ""


def _range(entry: object, kind: str) -> LineRange | None:
    if not isinstance(entry, dict):
        return None
    own, _ = _contributor(entry.get("contributor"))
    if (own or kind) not in ASSISTED:
        return None
    start, end = entry.get("start_line"), entry.get("end_line")
    # True and False are numbers for Python, and no lines.
    if type(start) is not int or type(end) is not int:
        return None
    return LineRange(start, end) if 1 <= start <= end <= LAST_LINE else None
