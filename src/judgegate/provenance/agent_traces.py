"""Agent Trace records in the repository: which lines of a file an AI wrote.

So says the author of the record, who may be anybody.

The proposal (version 0.1.0) leaves storage to tools; the reference hook appends JSON lines to one
file. Only what the change itself added to that file is read: older records speak of older changes.
"""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

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
    """The records that the change added, and what there is to say about reading them.

    Args:
        change: what is judged.
        repository: where the file of records is, on both sides.
    """
    new, old = _records_of(change)
    if new is None:
        return [], []
    if _is_too_large(new) or _is_too_large(old):
        return [], [TOO_LARGE]
    records = [parse_record(line) for line in _added_lines(repository, new, old)]
    traces = list(chain.from_iterable(filter(None, records)))
    broken = records.count(None)
    if not broken:
        return traces, []
    notice = Notice(
        "trace-unreadable",
        f"{broken} of the {len(records)} records that the change adds to {TRACES_PATH} "
        "could not be read.",
    )
    return traces, [notice]


def _records_of(change: Change) -> tuple[Blob | None, Blob | None]:
    """The file of records as the head and as the base have it.

    None where that is no ordinary file, or the change leaves it alone.
    """
    file = next((file for file in change.files if file.path == TRACES_PATH), None)
    if file is None:
        return None, None
    return _if_file(file.new), _if_file(file.old)


def _if_file(blob: Blob | None) -> Blob | None:
    """The blob, if it is an ordinary file: what a link leads to is no part of the change."""
    return blob if blob is not None and blob.is_file else None


def _is_too_large(blob: Blob | None) -> bool:
    """Whether it is more than is read; where there is no file, or its size is unknown, it is not."""
    return blob is not None and (blob.size or 0) > LARGEST_FILE


def _added_lines(repository: Repository, new: Blob, old: Blob | None) -> list[bytes]:
    """The records that the head has and the base has not.

    Older ones speak of older changes, wherever in the file they are now.
    """
    known = set(_lines_of(repository, old))
    records = filter(bytes.strip, _lines_of(repository, new))
    return [record for record in records if record not in known]


def _lines_of(repository: Repository, blob: Blob | None) -> list[bytes]:
    """The lines of a file; none where there is no file."""
    return [] if blob is None else repository.read(blob.oid).split(b"\n")


def parse_record(line: bytes) -> list[Trace] | None:
    """The AI's part in one record; None if it is no record.

    A part of a record that does not fit the format is passed over: it is anybody's text.
    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    files = _object(record).get("files")
    if not isinstance(files, list):
        return None
    revision = _text_in(record.get("vcs"), "revision")
    tool = _text_in(record.get("tool"), "name")
    name = "an agent" if tool is None else tool
    traces: list[Trace] = []
    for file in files:
        path = _text_in(file, "path")
        if path is None:
            continue
        path = path.removeprefix("./")
        for lines, model in _parts(file.get("conversations")):
            # A conversation's own model says more than the tool, which may use several.
            traces.append(Trace(path, lines, model or name, revision))
    return traces


def _object(value: object) -> dict[str, Any]:
    """A JSON object, empty where the value is none.

    Nothing in a record is sure to have the shape that the proposal gives it.
    """
    return value if isinstance(value, dict) else {}


def _text_in(value: object, key: str) -> str | None:
    """The text under a key; None where there is none."""
    found = _object(value).get(key)
    return found if isinstance(found, str) else None


def _parts(conversations: object) -> Iterator[tuple[tuple[LineRange, ...], str]]:
    """The AI's ranges in each conversation and its model; no ranges: the file as a whole.

    A range may name another contributor than its conversation. Then that one says whether an AI
    wrote the lines, and the conversation which model it was.
    """
    for conversation in map(_object, _list(conversations)):
        kind, model = _contributor(conversation)
        ranges = _list(conversation.get("ranges"))
        lines = tuple(filter(None, (_range(entry, kind) for entry in ranges)))
        # A conversation without ranges is about the file as a whole.
        if lines or (not ranges and kind in ASSISTED):
            yield lines, model


def _list(value: object) -> list[object]:
    """A JSON list, empty where the value is none."""
    return value if isinstance(value, list) else []


def _contributor(owner: dict[str, Any]) -> tuple[str, str]:
    """The kind and the model of the contributor that a conversation or a range names."""
    contributor = owner.get("contributor")
    return _text_in(contributor, "type") or "", _text_in(contributor, "model_id") or ""


def _range(value: object, kind: str) -> LineRange | None:
    """The lines that an entry gives to an AI; None if it gives none.

    `kind` is that of its conversation's contributor, which counts where the entry names no other.
    """
    entry = _object(value)
    own, _ = _contributor(entry)
    if (own or kind) not in ASSISTED:
        return None
    start, end = entry.get("start_line"), entry.get("end_line")
    # True and False are numbers for Python, and no lines.
    if type(start) is not int or type(end) is not int:
        return None
    return LineRange(start, end) if 1 <= start <= end <= LAST_LINE else None
