"""Lines that somebody put back or moved: whoever writes again what a marked commit wrote, and the change lost, did not write it."""

from collections.abc import Iterator, Mapping, Sequence

from judgegate.model.change import FileChange
from judgegate.provenance.history import Lost, significant, weight

ENOUGH_ELSEWHERE = 20
"""Letters and digits that a block must have to be taken for a moved one: git's own measure (`git blame -M`)."""

ENOUGH_IN_PLACE = 10
"""The same, in the file that the block was lost from, unless it is all that was added there: anybody writes `else`."""


def put_back(file: FileChange, texts: Sequence[bytes], lost: dict[bytes, list[Lost]], found: dict[int, set[int]]) -> None:
    """Mark the added lines of a file that are lost ones put back. Each lost line is found once.

    Args:
        file: whose added lines are looked at.
        texts: its lines as the head has them.
        lost: by text; what is found is taken out.
        found: what speaks of each line; more is added.
    """
    names = {file.path, file.old_path}
    for block, is_all in _blocks(file, texts, lost, found):
        in_place = all(any(one.path in names for one in lost[text]) for _, text in block)
        enough = ENOUGH_ELSEWHERE if not in_place else 0 if is_all else ENOUGH_IN_PLACE
        if sum(weight(text) for _, text in block) < enough:
            continue
        for line, text in block:
            if candidates := lost.get(text):
                chosen = next((one for one in candidates if one.path in names), candidates[0])
                candidates.remove(chosen)
                found.setdefault(line, set()).update(chosen.marks)


def _blocks(
    file: FileChange, texts: Sequence[bytes], lost: Mapping[bytes, Sequence[Lost]], found: Mapping[int, set[int]]
) -> Iterator[tuple[list[tuple[int, bytes]], bool]]:
    """Neighbouring added lines whose text was lost, and whether nothing else was added there; lines that say nothing do not part them."""
    for added in file.added:
        is_all = True
        block: list[tuple[int, bytes]] = []
        for line in (line for line in added if line <= len(texts)):
            text = significant(texts[line - 1])
            if any(not found.get(line, set()).issuperset(one.marks) for one in lost.get(text, ())):
                block.append((line, text))
            elif text:
                is_all = False
                if block:
                    yield block, is_all
                block = []
        if block:
            yield block, is_all
