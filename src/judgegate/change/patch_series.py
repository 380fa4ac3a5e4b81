"""The patches of a series, in the order in which they were made: `git log` prints the newest first."""

from collections.abc import Sequence

from judgegate.change.patch_lines import FilePatch
from judgegate.change.patch_sections import PatchPart


def in_order(parts: Sequence[PatchPart]) -> list[PatchPart]:
    """The parts, turned round if the ids of the files' contents say that each goes on from the one after it. Mails are in order."""
    if all(part.is_shown for part in parts) and _count_links(parts[::-1]) > _count_links(parts):
        return list(parts[::-1])
    return list(parts)


def _count_links(parts: Sequence[PatchPart]) -> int:
    """How often a file begins as an earlier part has left it."""
    left: dict[str, FilePatch] = {}
    links = 0
    for part in parts:
        links += sum(_goes_on(left.get(file.old_path or file.path), file) for file in part.files)
        left |= {file.path: file for file in part.files}
    return links


def _goes_on(earlier: FilePatch | None, later: FilePatch) -> bool:
    if earlier is None or earlier.new_id is None or later.old_id is None:
        return False
    return earlier.new_id.startswith(later.old_id) or later.old_id.startswith(earlier.new_id)
