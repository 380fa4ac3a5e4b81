"""What to question first, in the JSON report's shape."""

from collections.abc import Mapping

from judgegate.model.attention import Concern, Hunk, Reading
from judgegate.model.change import FileChange
from judgegate.model.verdict import Verdict
from judgegate.report.json_values import Json


def brief_document(verdict: Verdict) -> Json:
    """The hunks as the verdict ranks them: this list alone is not sorted by anything else."""
    changes = {file.path: file for file in verdict.change.files}
    return [_hunk(hunk, changes) for hunk in verdict.hunks]


def reading_document(reading: Reading) -> Json:
    """How much there is to read."""
    return {
        "files": reading.files,
        "added": reading.added,
        "removed": reading.removed,
        "exempt": reading.exempt,
        "hunks": reading.hunks,
        "at_stake": reading.at_stake,
    }


def _hunk(hunk: Hunk, changes: Mapping[str, FileChange]) -> Json:
    """`line` and `end_line` are the head's; where the head has none, the merge base's."""
    lines = hunk.added or hunk.removed
    change = changes.get(hunk.path)
    gone = change is not None and change.new is None
    only_removes = hunk.added is None and hunk.removed is not None
    return {
        "path": hunk.path,
        "side": "base" if gone or only_removes else "head",
        "line": lines.start if lines else None,
        "end_line": lines.end if lines else None,
        "removed_line": hunk.removed.start if hunk.removed else None,
        "removed_end_line": hunk.removed.end if hunk.removed else None,
        "weight": hunk.weight,
        "alike": hunk.alike,
        "stakes": list[Json](dict.fromkeys(concern.stake.value for concern in hunk.concerns)),
        "concerns": [_concern(concern) for concern in hunk.concerns],
    }


def _concern(concern: Concern) -> Json:
    return {"stake": concern.stake.value, "what": concern.what, "question": concern.question, "line": concern.line}
