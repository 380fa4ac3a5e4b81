"""Introduced means: in the head and not in the merge base.

The two sides are paired as multisets, one partner each, on the map of definitions: what stands in a unit
is looked for in what this unit was before. It is old there only if all that its danger hangs on is the
same. That its line is untouched is no reason by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, filterfalse
from operator import attrgetter, gt
from posixpath import dirname

from judgegate.decision.no_worse import is_no_worse
from judgegate.decision.partners import Key, Partners, grades_of, in_pairing_order
from judgegate.decision.unit_places import UnitOrigins
from judgegate.model.analysis import AnalysedFile, Paired, PlacedObservation
from judgegate.model.definition_map import DefinitionMap, Equality, Pair, Tie, UnitPlace
from judgegate.model.evidence_context import RELATIVE_IMPORT, parts_that_differ
from judgegate.model.file_names import is_test
from judgegate.model.levels import Origin
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange

MoveTightens = Callable[[PlacedObservation, PlacedObservation], bool]
Row = Sequence[PlacedObservation]
"""What was seen in one unit, or on one side, in pairing order."""

ByUnit = Mapping[UnitPlace | None, list[PlacedObservation]]

_SECURITY = "security/"
"""A rule that begins so minds who reaches a definition. To others that is no matter."""

_EXPOSURE = "exposure"
_QUOTES = str.maketrans("", "", "'\"")


def pair_with_all(
    files: Iterable[AnalysedFile],
    merge_bases: int,
    maps: Sequence[DefinitionMap],
    move_tightens: MoveTightens,
) -> list[Paired]:
    """Pair with each merge base, by its map.

    With several of them, introduced is what at least one of them lacks.
    """
    files = list(files)
    nothing = DefinitionMap()
    rounds = [
        pair(files, side, maps[side] if side < len(maps) else nothing, move_tightens)
        for side in range(max(merge_bases, 1))
    ]
    # Each round has the head's observations in the same order. Of those that are equally
    # introduced, `max` takes the first merge base's.
    return [max(same, key=attrgetter("origin")) for same in zip(*rounds, strict=True)]


def pair(
    files: Iterable[AnalysedFile],
    side: int,
    definitions: DefinitionMap,
    move_tightens: MoveTightens,
) -> list[Paired]:
    """Pair every observation of the head with at most one of merge base number `side`.

    `move_tightens(now, was)` says whether the rules of the old place were weaker than those of the new
    one: then it is the move that introduces the finding.
    """
    pairing = _Pairing(list(files), side, UnitOrigins(definitions))
    pairing.pair_in_units()
    pairing.pair_parts_of_measures()
    pairing.pair_outside_of_units()
    return [_judge(now, pairing, move_tightens) for now in pairing.heads]


class _Pairing:
    """The observations of both sides, by the units that they stand in, and their partners so far.

    `edited` are those that are proved no worse, `likely` those that became worse, each with what it was.
    """

    def __init__(
        self, files: Sequence[AnalysedFile], side: int, origins: UnitOrigins
    ) -> None:
        self._origins = origins
        self._renamed = {
            file.change.old_path: file.change.path for file in files if file.change.old_path
        }
        self.heads = _placed(files, attrgetter("after"))
        self._every_base = _placed(files, lambda file: file.before_of(side))
        self._heads = _by_unit(self.heads, origins.heads.around)
        self._bases = _by_unit(self._every_base, origins.bases.around)
        self.partners = Partners()
        self.edited = Partners()
        self.likely = Partners()

    def pair_in_units(self) -> None:
        """Pair what stands in units that were something before."""
        ties: dict[Tie, None] = {}
        for unit, heads in self._heads.items():
            match self._origins.match_of(unit):
                case Pair() as found:
                    self._pair_in(found, heads, self._bases.get(found.base, ()))
                case Tie() as tie:
                    ties[tie] = None
        for tie in ties:
            self._pair_in_tie(tie)

    def _pair_in(self, found: Pair, heads: Row, bases: Row) -> None:
        """Pair what stands in a unit with what stood in the one that it was."""
        # In another file only what stands in an equal body is old.
        is_kept = found.same_path or found.equal is not Equality.NONE
        reached = [one for one in heads if _is_as_reachable(one, found)]
        may_be_old = reached if is_kept else []
        bases = bases if found.same_path else list(filter(_is_current, bases))
        for key in (_danger, _measure):
            self.partners.match(may_be_old, bases, key)
        if found.equal is not Equality.NONE:
            # What is seen in equal bodies is the same, comments apart.
            self.partners.match(may_be_old, bases, _words_without_context)
        heads, bases = self.partners.left(heads), self.partners.left(bases)
        left = self.partners.left(reached)
        self.edited.match_where(left, bases, _kind_with_context, _is_no_worse)
        self.likely.match(self.edited.left(heads), self.edited.left(bases), _kind)

    def _pair_in_tie(self, tie: Tie) -> None:
        """Pair what stands in units of which nobody can say which was which.

        It is old only as often as it was in each of them.
        """
        rows = [list(filter(_is_current, self._bases.get(unit, ()))) for unit in tie.bases]
        for key in (_danger, _measure):
            most = _least([Counter(map(key, row)) for row in rows])
            bases = [one for row in rows for one in _at_most(row, key, most)]
            for unit in tie.heads:
                heads = self._heads.get(unit, [])
                if tie.taken:
                    heads = list(filterfalse(_is_security, heads))
                self.partners.match(_at_most(heads, key, most), bases, key)

    def pair_parts_of_measures(self) -> None:
        """Let the parts of a definition that was split count together no more than the whole did."""
        wholes = {
            (unit, _kind(was)): was
            for unit, row in self._bases.items()
            for was in row
            if was.seen.measure is not None
        }
        left = {id(was): was.seen.size for was in wholes.values()}
        for now in self.heads:
            was = self.partners.of(now)
            if was is not None and id(was) in left:
                left[id(was)] -= now.seen.size
        for now, unit in self._left_in_parts():
            was = wholes.get((unit, _kind(now)))
            # One of the part's paths is the call of it.
            more = now.seen.size - 1
            if was is not None and self.partners.of(now) is None and more <= left[id(was)]:
                left[id(was)] -= more
                self.partners.join(now, was)

    def _left_in_parts(self) -> Iterator[tuple[PlacedObservation, UnitPlace]]:
        """What has no partner, with each unit of the base that its own is a part of."""
        for unit, row in self._heads.items():
            for base in self._origins.wholes_of(unit):
                yield from ((now, base) for now in self.partners.left(row))

    def pair_outside_of_units(self) -> None:
        """Pair what depends on no unit: by its path, and then over the whole change.

        That is what stands in no unit, and what no rule of security is about. A function that is too short
        to be recognised elsewhere may have moved if it kept its name: to import it would be the same. But
        nothing moves out of a file that the base has changed since: what it closed there must not come
        back elsewhere.
        """
        heads, bases = (
            self._free(self.heads, self._heads),
            self._free(self._every_base, self._bases),
        )
        self.partners.match(heads, self._every_base, self._danger_in_path)
        self.partners.match(self.heads, bases, self._danger_in_path)
        self.partners.match(heads, filter(_is_current, bases), _danger_anywhere)
        added = _in_units(self._heads, self._origins.is_added)
        removed = filter(_is_current, _in_units(self._bases, self._origins.is_removed))
        self.partners.match(
            in_pairing_order(added), in_pairing_order(removed), _danger_in_function
        )

    def _free(
        self, placed: Sequence[PlacedObservation], by_unit: ByUnit
    ) -> list[PlacedObservation]:
        """What depends on no unit, of what was seen on a side, in pairing order."""
        rows = (row for unit, row in by_unit.items() if unit is not None)
        inside = filter(_is_security, chain.from_iterable(rows))
        bound = set(map(id, inside))
        return [one for one in placed if id(one) not in bound]

    def _danger_in_path(self, placed: PlacedObservation) -> Hashable:
        """Within a path. A renamed file has the same one on both sides, the new one."""
        return self._renamed.get(placed.path, placed.path), _danger(placed)


def _placed(
    files: Iterable[AnalysedFile], side: Callable[[AnalysedFile], Iterable[Observation]]
) -> list[PlacedObservation]:
    return in_pairing_order(
        PlacedObservation(file, seen) for file in files for seen in side(file)
    )


def _by_unit(
    placed: Iterable[PlacedObservation],
    around: Callable[[str, LineRange], UnitPlace | None],
) -> ByUnit:
    """What was seen, by the unit that it begins in; None for what stands in none."""
    found: dict[UnitPlace | None, list[PlacedObservation]] = defaultdict(list)
    for one in placed:
        found[around(one.path, one.seen.lines)].append(one)
    return found


def _in_units(
    by_unit: ByUnit, is_meant: Callable[[UnitPlace | None], bool]
) -> Iterator[PlacedObservation]:
    """What stands in certain units."""
    for unit, row in by_unit.items():
        if is_meant(unit):
            yield from row


def _is_as_reachable(now: PlacedObservation, found: Pair) -> bool:
    """Whether what a rule of security is about is reached as before, by what became of its unit."""
    if not _is_security(now):
        return True
    is_as_exposed = now.seen.context is not None or found.same_exposure
    language = now.file.language
    leaves_tests = is_test(found.base.path, language) and not is_test(now.path, language)
    is_in_place = dirname(found.base.path) == dirname(now.path) or not _depends_on_folder(
        now
    )
    return is_as_exposed and is_in_place and not found.taken and not leaves_tests


def _depends_on_folder(placed: PlacedObservation) -> bool:
    """Whether a name in its context is imported from beside its file, so that it is another one elsewhere."""
    context = placed.seen.context
    return context is not None and any(
        doubt.startswith(RELATIVE_IMPORT) for doubt in context.doubts
    )


def _is_current(was: PlacedObservation) -> bool:
    """Whether the base still has its file as it was."""
    return not was.file.outdated


def _is_security(placed: PlacedObservation) -> bool:
    return placed.seen.rule.startswith(_SECURITY)


def _kind(placed: PlacedObservation) -> Hashable:
    return placed.seen.rule, placed.seen.code


def _danger(placed: PlacedObservation) -> Hashable:
    """All that the danger hangs on; the flagged lines where nothing is known of that."""
    seen = placed.seen
    return seen.rule, seen.code, seen.key if seen.context is None else seen.context


def _danger_anywhere(placed: PlacedObservation) -> Hashable:
    """Across unrelated paths the place must be the same as well.

    One line, or a name alone, says too little to have moved.
    """
    return _danger(placed), placed.seen.body


def _danger_in_function(placed: PlacedObservation) -> Hashable | None:
    """A short function that kept its name and its body, on the same side of tests and code."""
    if _depends_on_folder(placed):
        return None
    is_in_test = is_test(placed.path, placed.file.language)
    return _danger_anywhere(placed), placed.seen.subject, is_in_test


def _measure(placed: PlacedObservation) -> Hashable | None:
    """A definition has each measure once, whatever its name."""
    return None if placed.seen.measure is None else _kind(placed)


def _kind_with_context(placed: PlacedObservation) -> Hashable | None:
    return None if placed.seen.context is None else _kind(placed)


def _is_no_worse(now: PlacedObservation, was: PlacedObservation) -> bool:
    """Whether something was edited, and is proved to be no more dangerous."""
    before, after = was.seen.context, now.seen.context
    if before is None or after is None or _is_graver(now, was):
        return False
    return is_no_worse(before, after)


def _words_without_context(placed: PlacedObservation) -> Hashable | None:
    """The flagged line without its layout and quotes; nothing of a text that is masked or has more lines.

    A rule may look into comments, which equal bodies need not share.
    """
    seen = placed.seen
    is_whole = seen.body is not None or seen.lines.start == seen.lines.end
    if seen.context is not None or seen.key != seen.fingerprint or not is_whole:
        return None
    return _kind(placed), "".join(seen.excerpt.translate(_QUOTES).split())


def _least(counts: Sequence[Counter[Hashable]]) -> Counter[Hashable]:
    """How often each occurs at least."""
    least, *others = counts
    for other in others:
        least &= other
    return least


def _at_most(
    row: Row, key: Key, most: Mapping[Hashable, int]
) -> Iterator[PlacedObservation]:
    """The first of each key, as many as there may be."""
    seen: Counter[Hashable] = Counter()
    for one in row:
        seen[key(one)] += 1
        if seen[key(one)] <= most[key(one)]:
            yield one


def _judge(
    now: PlacedObservation, pairing: _Pairing, move_tightens: MoveTightens
) -> Paired:
    was, origin = pairing.partners.of(now), Origin.EXISTING
    if was is None:
        was, origin = pairing.edited.of(now), Origin.EDITED
    if was is None:
        was = pairing.likely.of(now)
        return Paired(now, was, Origin.INTRODUCED, _differs(now, was))
    # What became worse counts as new: a small finding must not excuse a grave one in its place.
    if _is_graver(now, was) or (now.path != was.path and move_tightens(now, was)):
        origin = Origin.INTRODUCED
    return Paired(now, was, origin)


def _is_graver(now: PlacedObservation, was: PlacedObservation) -> bool:
    """Whether one of the grades is higher. A lower one does not make up for it."""
    return any(map(gt, grades_of(now.seen), grades_of(was.seen)))


def _differs(now: PlacedObservation, was: PlacedObservation | None) -> tuple[str, ...]:
    """What around unchanged code makes it new; nothing where the code itself is another."""
    if was is None:
        return ()
    before, after = was.seen.context, now.seen.context
    if before is None or after is None:
        return (_EXPOSURE,) if before is after and was.seen.key == now.seen.key else ()
    if before.node != after.node:
        return ()
    return parts_that_differ(before, after) or (_EXPOSURE,)
