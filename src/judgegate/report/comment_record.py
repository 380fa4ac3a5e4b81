"""What a published brief remembers, in a comment that nobody sees: it outlives a force-push and the artifacts of a run."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from judgegate.model.evidence import Evidence
from judgegate.model.levels import Outcome
from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.report.options import Posted, Record

VERSION = 1
LONGEST = 8_000
"""Characters of the whole comment."""
LARGEST = 200_000
"""Bytes of the JSON in it; what unpacks to more was not written here."""
MOST_APPROVALS, MOST_LABELS = 50, 20

# In base64's first alphabet there is no `-`, so that nothing in it can end the comment.
RECORD = re.compile(
    rf"^<!-- judgegate:record:{VERSION} ([A-Za-z0-9+/=]{{1,{LONGEST}}}) -->\r?$",
    re.MULTILINE,
)


def record_of(verdict: Verdict, posted: Posted | None = None) -> Record:
    """What is worth remembering of a verdict. Equal evidence of several commits is kept once."""
    head = verdict.change.head
    approvals = tuple(
        dict.fromkeys(
            (approval.who, approval.commit) for approval in verdict.review.counted
        )
    )
    return Record(
        head.oid if head else None,
        verdict.outcome,
        _weightiest_first(verdict.provenance),
        approvals,
        posted,
    )


def _weightiest_first(provenance: ProvenanceVerdict) -> tuple[Evidence, ...]:
    """What decided, then the rest, each the strongest first."""
    once: dict[Evidence, Evidence] = {}
    for piece in sorted(
        provenance.evidence,
        key=lambda piece: (piece not in provenance.gating, -piece.confidence.rank),
    ):
        once.setdefault(replace(piece, commit=None), piece)
    return tuple(once.values())


def write_record(record: Record) -> str:
    """The record as an HTML comment on one line, without the evidence at its end that has no room."""
    low, high = 0, len(record.evidence)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if len(_pack(record, middle)) <= LONGEST else (low, middle - 1)
        )
    return _pack(record, low)


def _pack(record: Record, kept: int) -> str:
    document = _document(record, kept)
    escaped, plain = (
        json.dumps(document, ensure_ascii=ascii_only, sort_keys=True, separators=(",", ":"))
        for ascii_only in (True, False)
    )
    # The escapes of two lone surrogates beside each other read as one character, so then they stay unescaped.
    text = escaped if json.loads(escaped) == json.loads(plain) else plain
    packed = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
    return f"<!-- judgegate:record:{VERSION} {base64.b64encode(packed).decode()} -->"


def _document(record: Record, kept: int) -> dict[str, object]:
    posted = record.posted
    return {
        "version": VERSION,
        "head": record.head,
        "outcome": record.outcome.value,
        "evidence": [_entry(piece) for piece in record.evidence[:kept]],
        "left_out": record.left_out + len(record.evidence) - kept,
        "approvals": [list(approval) for approval in record.approvals[:MOST_APPROVALS]],
        "posted": posted
        and [
            posted.context,
            posted.state,
            posted.description,
            list(posted.labels[:MOST_LABELS]),
        ],
    }


def _entry(piece: Evidence) -> dict[str, object]:
    return {
        "tool": piece.tool,
        "signal": piece.signal,
        "role": piece.role.value,
        "confidence": piece.confidence.value,
        "source": piece.source,
        "commit": piece.commit,
        "quote": piece.quote,
    }


def read_record(text: str) -> Record | None:
    """The record in a comment's text, None if there is none that can be read.

    Whose comment it is the caller has to know.

    Its evidence says that it is of an earlier report, and can only add. Of several records the
    evidence of all holds, and the last one's other statements.
    """
    records = list(_readable(match.group(1) for match in RECORD.finditer(text)))
    if not records:
        return None
    evidence = dict.fromkeys(piece for record in records for piece in record.evidence)
    return replace(records[-1], evidence=tuple(evidence))


def _readable(packed: Iterable[str]) -> Iterator[Record]:
    for data in packed:
        try:
            document = json.loads(_unpack(data).decode("utf-8", "surrogatepass"))
            record = _record(document) if isinstance(document, dict) else None
        except (ValueError, RecursionError, zlib.error):
            continue
        if record is not None:
            yield record


def _unpack(data: str) -> bytes:
    """Raises ValueError or zlib.error: it is not what was packed here."""
    stream = zlib.decompressobj()
    unpacked = stream.decompress(base64.b64decode(data, validate=True), LARGEST)
    if not stream.eof or stream.unused_data:
        raise binascii.Error("no end within the limit, or something after it")
    return unpacked


def _record(document: dict[str, object]) -> Record | None:
    """Raises ValueError: no such outcome."""
    from judgegate.provenance.previous_reports import read_evidence

    head, outcome, evidence, left_out = (
        document.get(key) for key in ("head", "outcome", "evidence", "left_out")
    )
    numbers = (document.get("version"), left_out)
    if (
        not all(type(number) is int for number in numbers)
        or numbers[0] != VERSION
        or not isinstance(evidence, list)
    ):
        return None
    if not isinstance(head, str | None) or not isinstance(left_out, int):
        return None
    return Record(
        head,
        Outcome(outcome),
        read_evidence(evidence),
        _approvals(document.get("approvals")),
        _posted(document.get("posted")),
        left_out,
    )


def _approvals(entries: object) -> tuple[tuple[str, str], ...]:
    found = entries if isinstance(entries, list) else []
    return tuple((entry[0], entry[1]) for entry in found if _is_texts(entry, 2))


def _posted(entry: object) -> Posted | None:
    match entry:
        case [str(context), str(state), str(description), list(labels)] if _is_texts(
            labels, len(labels)
        ):
            return Posted(context, state, description, tuple(labels))
        case _:
            return None


def _is_texts(value: object, length: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == length
        and all(isinstance(item, str) for item in value)
    )
