"""Introduced means: in the head and not in the merge base.

The two sides are paired as multisets, by fingerprint.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from operator import attrgetter, gt

from judgegate.model.analysis import AnalysedFile, Paired, PlacedObservation
from judgegate.model.levels import Scale
from judgegate.model.observation import Observation

Key = Callable[[PlacedObservation], Hashable]
MoveTightens = Callable[[PlacedObservation, PlacedObservation], bool]


def pair_with_all(
    files: Iterable[AnalysedFile], merge_bases: int, move_tightens: MoveTightens
) -> list[Paired]:
    """Pair with each merge base.

    With several of them, introduced is what at least one of them lacks.
    """
    files = list(files)
    rounds = [pair(files, side, move_tightens) for side in range(max(merge_bases, 1))]
    # Each round has the head's observations in the same order. Of those that are equally
    # introduced, `max` takes the first merge base's.
    return [max(same, key=attrgetter("introduced")) for same in zip(*rounds, strict=True)]


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
    now = _in_pairing_order((file, file.after) for file in files)
    was = _in_pairing_order((file, _side(file, side)) for file in files)
    partners = _match(now, was, _key_in_path(files))
    # Only what found no partner in its own path looks elsewhere: otherwise a copy could take the
    # partner of what stayed where it was.
    left = _without(now, partners)
    # What the base closed since in an outdated file must not come back elsewhere.
    may_have_moved = [
        placed
        for placed in _without(was, map(id, partners.values()))
        if not placed.file.outdated
    ]
    partners |= _match(left, may_have_moved, _key_anywhere)
    return [_judge(placed, partners.get(id(placed)), move_tightens) for placed in now]


def _without(
    placed: Iterable[PlacedObservation], taken: Iterable[int]
) -> list[PlacedObservation]:
    """The observations that are not taken, by identity: two that are equal are still two."""
    ids = set(taken)
    return [one for one in placed if id(one) not in ids]


def _key_in_path(files: Iterable[AnalysedFile]) -> Key:
    """Within a path the rule and the fingerprint are enough.

    A renamed file has the same path on both sides, the new one.
    """
    changes = [file.change for file in files]
    renamed = {
        change.old_path: change.path for change in changes if change.old_path is not None
    }

    def key(placed: PlacedObservation) -> Hashable:
        path = renamed.get(placed.path, placed.path)
        return path, placed.seen.rule, placed.seen.key

    return key


def _key_anywhere(placed: PlacedObservation) -> Hashable:
    """Across unrelated paths the place must be the same as well.

    One line, or a name alone, says too little to have moved.
    """
    seen = placed.seen
    return seen.rule, seen.key, seen.body


def _side(file: AnalysedFile, side: int) -> tuple[Observation, ...]:
    """What was seen in merge base number `side`; nothing where that side was not looked at."""
    if side >= len(file.before):
        return ()
    return file.before[side]


def _in_pairing_order(
    observed: Iterable[tuple[AnalysedFile, Iterable[Observation]]],
) -> list[PlacedObservation]:
    placed = [PlacedObservation(file, seen) for file, side in observed for seen in side]
    return sorted(placed, key=_pairing_order)


def _match(
    now: list[PlacedObservation], was: list[PlacedObservation], key: Key
) -> dict[int, PlacedObservation]:
    waiting: dict[Hashable, deque[PlacedObservation]] = defaultdict(deque)
    for placed in was:
        waiting[key(placed)].append(placed)
    # Both lists come in pairing order, so the gravest of the head takes the gravest of the base.
    partners = {}
    for placed in now:
        queue = waiting.get(key(placed))
        if queue:
            partners[id(placed)] = queue.popleft()
    return partners


def _pairing_order(placed: PlacedObservation) -> tuple[object, ...]:
    """The gravest first; of equals, those on lines that the change did not write.

    So the copy is blamed and not the original.
    """
    seen = placed.seen
    written = placed.file.change.added_at.meets(seen.lines)
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
    # Each grade is compared for itself: a lower one does not make up for a higher one.
    if any(map(gt, _grades(now.seen), _grades(was.seen))):
        return Paired(now, was, introduced=True)
    if now.path == was.path:
        return Paired(now, was, introduced=False)
    return Paired(now, was, introduced=move_tightens(now, was))


def _grades(seen: Observation) -> tuple[int, int, int]:
    """How grave it is, in three ways; what the tool does not say ranks below all that it could."""
    return seen.size, _rank(seen.severity), _rank(seen.confidence)


def _rank(member: Scale | None) -> int:
    return -1 if member is None else member.rank
