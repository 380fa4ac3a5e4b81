"""Introduced means: in the head and not in the merge base.

The two sides are paired as multisets, by fingerprint.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable

from judgegate.model.analysis import AnalysedFile, Paired, PlacedObservation
from judgegate.model.levels import Scale
from judgegate.model.observation import Observation
from judgegate.model.ranges import overlap

Key = Callable[[PlacedObservation], Hashable]
MoveTightens = Callable[[PlacedObservation, PlacedObservation], bool]


def pair_with_all(
    files: Iterable[AnalysedFile], merge_bases: int, move_tightens: MoveTightens
) -> list[Paired]:
    """Pair with each merge base; with several of them, introduced is what at least one of them lacks."""
    files = list(files)
    rounds = [pair(files, side, move_tightens) for side in range(max(merge_bases, 1))]
    return [
        next((paired for paired in same if paired.introduced), same[0])
        for same in zip(*rounds, strict=True)
    ]


def pair(
    files: Iterable[AnalysedFile], side: int, move_tightens: MoveTightens
) -> list[Paired]:
    """Pair every observation of the head with at most one of merge base number `side`.

    First within a path, a renamed file with its old path; then what is left over the whole change,
    so that code that moved to another file is not blamed; but nothing moves out of a file that the
    base has changed since: what it closed there must not come back elsewhere. `move_tightens(now,
    was)` says whether the rules of the old place were weaker than those of the new one: then it is
    the move that introduces the finding.
    """
    files = list(files)
    now = sorted(
        (PlacedObservation(file, seen) for file in files for seen in file.after),
        key=_pairing_order,
    )
    was = sorted(
        (PlacedObservation(file, seen) for file in files for seen in _side(file, side)),
        key=_pairing_order,
    )
    partners = _match(now, was, _key_in_path(files))
    # By identity, because two observations that are equal are still two.
    taken = {id(partner) for partner in partners.values()}
    left_now = [placed for placed in now if id(placed) not in partners]
    left_was = [placed for placed in was if id(placed) not in taken]
    may_have_moved = [placed for placed in left_was if not placed.file.outdated]
    # Only what found no partner in its own path looks elsewhere: otherwise a copy could take the
    # partner of what stayed where it was.
    partners |= _match(left_now, may_have_moved, _key_anywhere)
    return [_judge(placed, partners.get(id(placed)), move_tightens) for placed in now]


def _key_in_path(files: Iterable[AnalysedFile]) -> Key:
    """Within a path the rule and the fingerprint are enough; a renamed file has the same path on both sides, the new one."""
    renamed = {
        file.change.old_path: file.change.path
        for file in files
        if file.change.old_path is not None
    }

    def key(placed: PlacedObservation) -> Hashable:
        return renamed.get(placed.path, placed.path), placed.seen.rule, placed.seen.key

    return key


def _side(file: AnalysedFile, side: int) -> tuple[Observation, ...]:
    return file.before[side] if side < len(file.before) else ()


def _key_anywhere(placed: PlacedObservation) -> Hashable:
    """Across unrelated paths the place must be the same as well: one line, or a name alone, says too little to have moved."""
    seen = placed.seen
    return (seen.rule, seen.key, seen.body)


def _match(
    now: list[PlacedObservation], was: list[PlacedObservation], key: Key
) -> dict[int, PlacedObservation]:
    waiting: dict[Hashable, deque[PlacedObservation]] = defaultdict(deque)
    for placed in was:
        waiting[key(placed)].append(placed)
    # Both lists come in pairing order, so the gravest of the head takes the gravest of the base.
    return {
        id(placed): queue.popleft() for placed in now if (queue := waiting.get(key(placed)))
    }


def _pairing_order(placed: PlacedObservation) -> tuple[object, ...]:
    """The gravest first; of equals, those on lines that the change did not write, so that the copy is blamed and not the original."""
    seen = placed.seen
    written = overlap(placed.file.change.added, [seen.lines])
    return (
        *(-grade for grade in _grades(seen)),
        written,
        placed.path,
        seen.lines,
        seen.code,
        seen.message,
    )


def _judge(
    now: PlacedObservation, was: PlacedObservation | None, move_tightens: MoveTightens
) -> Paired:
    if was is None:
        return Paired(now, None, introduced=True)
    # What became worse counts as new: a small finding must not excuse a grave one in its place.
    worse = any(
        after > before
        for after, before in zip(_grades(now.seen), _grades(was.seen), strict=True)
    )
    return Paired(
        now, was, introduced=worse or (now.path != was.path and move_tightens(now, was))
    )


def _grades(seen: Observation) -> tuple[int, int, int]:
    return (seen.measure or 0, _rank(seen.severity), _rank(seen.confidence))


def _rank(member: Scale | None) -> int:
    return -1 if member is None else member.rank
