"""What a published brief remembers, in a comment of its Markdown that is not shown.

It outlives a force-push and the artifacts of a run.
"""

import base64
import binascii
import json
import re
import zlib
from itertools import chain
from typing import TypeGuard

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
    approvals = [(approval.who, approval.commit) for approval in verdict.review.counted]
    return Record(
        head=head.oid if head else None,
        outcome=verdict.outcome,
        evidence=_weightiest_first(verdict.provenance),
        approvals=tuple(dict.fromkeys(approvals)),
        posted=posted,
    )


def _weightiest_first(provenance: ProvenanceVerdict) -> tuple[Evidence, ...]:
    """What decided, then the rest, each the strongest first."""
    decisive = frozenset(provenance.gating)
    weightiest_first = sorted(
        provenance.evidence,
        key=lambda piece: (piece not in decisive, -piece.confidence.rank),
    )
    once: dict[Evidence, Evidence] = {}
    for piece in weightiest_first:
        once.setdefault(replace(piece, commit=None), piece)
    return tuple(once.values())


def write_record(record: Record) -> str:
    """The record as an HTML comment on one line, without the evidence at its end that has no room."""
    # By halves, because how long it gets is only known once it is compressed.
    low, high = 0, len(record.evidence)
    while low < high:
        middle = (low + high + 1) // 2
        if len(_pack(record, middle)) <= LONGEST:
            low = middle
        else:
            high = middle - 1
    return _pack(record, low)


def _pack(record: Record, kept: int) -> str:
    """The comment with so many pieces of the evidence, the first ones."""
    document = _document(record, kept)
    escaped, plain = (
        json.dumps(document, ensure_ascii=ascii_only, sort_keys=True, separators=(",", ":"))
        for ascii_only in (True, False)
    )
    # The escapes of two lone surrogates beside each other read as one character, so then they stay
    # unescaped.
    text = escaped if json.loads(escaped) == json.loads(plain) else plain
    packed = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
    return f"<!-- judgegate:record:{VERSION} {base64.b64encode(packed).decode()} -->"


def _document(record: Record, kept: int) -> dict[str, object]:
    return {
        "version": VERSION,
        "head": record.head,
        "outcome": record.outcome.value,
        "evidence": [_entry(piece) for piece in record.evidence[:kept]],
        "left_out": record.left_out + len(record.evidence) - kept,
        "approvals": [list(approval) for approval in record.approvals[:MOST_APPROVALS]],
        "posted": _posted_entry(record.posted) if record.posted else None,
    }


def _posted_entry(posted: Posted) -> list[object]:
    labels = list(posted.labels[:MOST_LABELS])
    return [posted.context, posted.state, posted.description, labels]


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

    Whose comment it is the caller has to know. Its evidence says that it is of an earlier report,
    and can only add. Of several records the evidence of all counts, and the last one's other
    statements.
    """
    found = map(_read_packed, RECORD.findall(text))
    records = [record for record in found if record is not None]
    if not records:
        return None
    evidence = chain.from_iterable(record.evidence for record in records)
    return replace(records[-1], evidence=tuple(dict.fromkeys(evidence)))


def _read_packed(data: str) -> Record | None:
    """The record that was packed, None if these characters are none."""
    try:
        document = json.loads(_unpack(data).decode("utf-8", "surrogatepass"))
        return _record(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError, zlib.error):
        return None


def _unpack(data: str) -> bytes:
    """The JSON that was packed.

    Raises:
        ValueError: it is not what was packed here.
        zlib.error: likewise.
    """
    stream = zlib.decompressobj()
    unpacked = stream.decompress(base64.b64decode(data, validate=True), LARGEST)
    if not stream.eof or stream.unused_data:
        raise binascii.Error("no end within the limit, or something after it")
    return unpacked


def _record(document: dict[str, object]) -> Record | None:
    """The record that a document says, None if it is not one of this version.

    Raises:
        ValueError: no such outcome.
    """
    # Imported here, because only a run on a forge finds an earlier record.
    from judgegate.provenance.previous_reports import read_evidence

    head, evidence = document.get("head"), document.get("evidence")
    version, left_out = document.get("version"), document.get("left_out")
    if not _is_number(version) or version != VERSION or not _is_number(left_out):
        return None
    if not isinstance(head, str | None) or not isinstance(evidence, list):
        return None
    return Record(
        head=head,
        outcome=Outcome(document.get("outcome")),
        evidence=read_evidence(evidence),
        approvals=_approvals(document.get("approvals")),
        posted=_posted(document.get("posted")),
        left_out=left_out,
    )


def _is_number(value: object) -> TypeGuard[int]:
    # Not `isinstance`: true and false are integers for Python, and not for JSON.
    return type(value) is int


def _approvals(entries: object) -> tuple[tuple[str, str], ...]:
    """Logins and commits; what is no such pair is left out."""
    if not isinstance(entries, list):
        return ()
    found = []
    for entry in entries:
        match entry:
            case [str(who), str(commit)]:
                found.append((who, commit))
    return tuple(found)


def _posted(entry: object) -> Posted | None:
    """What was said elsewhere, None if this says nothing that can be read."""
    match entry:
        case [str(context), str(state), str(description), labels] if _is_texts(labels):
            return Posted(context, state, description, tuple(labels))
        case _:
            return None


def _is_texts(value: object) -> TypeGuard[list[str]]:
    if not isinstance(value, list):
        return False
    return all(isinstance(item, str) for item in value)
