"""One rule out of many layers, before any finding is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self, TypeVar

from judgegate.model.rules import RuleSpec, Stricter
from judgegate.model.scales import Action, FailOn
from judgegate.model.searches import Search
from judgegate.policy.conditions import Condition
from judgegate.policy.model import (
    LimitsBlock,
    Overlay,
    PolicyFile,
    ProvenanceBlock,
    ReviewBlock,
    RuleBlock,
    RuleCase,
)
from judgegate.policy.problems import Place
from judgegate.policy.reader import Placed
from judgegate.policy.terms import LimitTerms, OverrideTerms, ProvenanceTerms, ReviewTerms

B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class MergedRule:
    """A rule as all layers together have it.

    `below` are the plain fields that the cases beat, `above` those of later layers, which beat the cases. `raised` is what later layers
    add to a non-negotiable rule, and a folder's own policy outside its folder: it counts where it is stricter.
    `sealed` is the place that made the rule non-negotiable.
    """

    row: RuleSpec
    below: Overlay
    above: Overlay
    when: Placed[Condition] | None
    cases: tuple[RuleCase, ...]
    raised: tuple[Overlay, ...]
    sealed: Place | None
    sealed_at: int | None
    looks_for: Placed[Search] | None = None

    @property
    def plain(self) -> Overlay:
        """The rule where no case holds."""
        return overlaid(self.below, self.above)

    def overlay(self, case: RuleCase | None) -> Overlay:
        """What holds under a case, apart from what is raised."""
        return self.plain if case is None else overlaid(overlaid(self.below, case.sets), self.above)

    @property
    def strongest(self) -> Action:
        """The strongest action that the rule can lead to, whatever the facts."""
        actions = [self.overlay(case).action for case in (None, *self.cases)] + [
            overlay.action for overlay in self.raised
        ]
        return max((action.value for action in actions if action is not None), default=Action.OFF)


def merge_rule(
    row: RuleSpec, blocks: Iterable[tuple[int, RuleBlock]], outside: Iterable[RuleBlock] = ()
) -> MergedRule:
    """Lay blocks over one another, the lowest layer first; each has the number of its layer. `outside` only tightens."""
    ordered = list(blocks)
    seal = next(
        (
            (layer, block.non_negotiable)
            for layer, block in ordered
            if block.non_negotiable and block.non_negotiable.value
        ),
        None,
    )
    free = [block for layer, block in ordered if seal is None or layer <= seal[0]]
    later = [block for layer, block in ordered if seal is not None and layer > seal[0]]
    last = max((index for index, block in enumerate(free) if block.cases is not None), default=-1)
    cases = free[last].cases if last >= 0 else None
    return MergedRule(
        row=row,
        below=_stacked(block.sets for block in free[: last + 1]),
        above=_stacked(block.sets for block in free[last + 1 :]),
        when=next((block.when for block in reversed(free) if block.when is not None), None),
        cases=cases.value if cases else (),
        raised=tuple(block.sets for block in (*later, *outside)),
        sealed=seal[1].place if seal else None,
        sealed_at=seal[0] if seal else None,
        looks_for=next((block.looks_for for block in reversed(free) if block.looks_for is not None), None),
    )


def _stacked(overlays: Iterable[Overlay]) -> Overlay:
    result = Overlay()
    for overlay in overlays:
        result = overlaid(result, overlay)
    return result


def overlaid(lower: Overlay, upper: Overlay) -> Overlay:
    """The upper overlay's fields where it sets them, else the lower one's."""
    merged = laid_over(lower, upper)
    return replace(
        merged, options={**lower.options, **upper.options}, review=laid_over(lower.review, upper.review)
    )


def laid_over(lower: B, upper: B) -> B:
    """Of two blocks of one kind: each field of the upper one that is set, else the lower one's."""
    changes = {field.name: value for field in fields(upper) if (value := getattr(upper, field.name))}  # type: ignore[arg-type]  # blocks are dataclasses
    return replace(lower, **changes)  # type: ignore[type-var]  # as above


def review_terms(base: ReviewTerms, block: ReviewBlock) -> ReviewTerms:
    """The terms with what the block sets."""
    return set_fields(base, block)


def set_fields(terms: B, block: object) -> B:
    """Terms with the values of a block's fields, which have the same names."""
    names = [field.name for field in fields(block)]  # type: ignore[arg-type]  # blocks are dataclasses
    return replace(
        terms, **{name: placed.value for name in names if isinstance(placed := getattr(block, name), Placed)}
    )  # type: ignore[type-var]  # as above


def stricter_options(row: RuleSpec, one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Each option's stricter value; where that cannot be told, the first one's."""
    return {
        option.name: stricter_value(option.stricter, one[option.name], other[option.name])
        for option in row.options
    }


def stricter_value(direction: Stricter, one: int, other: int) -> int:
    match direction:
        case Stricter.SMALLER:
            return min(one, other)
        case Stricter.LARGER:
            return max(one, other)
        case Stricter.INCOMPARABLE:
            return one


Zone = frozenset[int]
NOWHERE: Zone = frozenset()


def zone_of(layers: Sequence[PolicyFile], path: str | None) -> Zone:
    """The folder layers that hold at a path; none for the change as a whole."""
    if path is None:
        return NOWHERE
    return frozenset(
        index for index, file in enumerate(layers) if file.folder and path.startswith(file.folder)
    )


def all_zones(layers: Sequence[PolicyFile]) -> list[Zone]:
    """Every zone that a path may lie in, the one outside all folders first."""
    folders = (file.folder for file in layers if file.folder)
    return list(dict.fromkeys([NOWHERE, *(zone_of(layers, folder) for folder in folders)]))


def is_inside(layers: Sequence[PolicyFile], index: int, zone: Zone) -> bool:
    """Whether a layer holds in the zone with all its weight."""
    return not layers[index].folder or index in zone


def blocks_of(
    layers: Sequence[PolicyFile], rule: str, zone: Zone
) -> tuple[list[tuple[int, RuleBlock]], list[RuleBlock]]:
    """What the layers say of a rule, with the layer's index, the lowest first; and what those say that do not hold in the zone."""
    held = [(index, file.rules[rule]) for index, file in enumerate(layers) if rule in file.rules]
    inside = [(index, block) for index, block in held if is_inside(layers, index, zone)]
    outside = (
        []
        if _is_local(layers, rule)
        else [block for index, block in held if not is_inside(layers, index, zone)]
    )
    return inside, outside


def _is_local(layers: Sequence[PolicyFile], rule: str) -> bool:
    """Whether only folders' own policies bring the rule: then it holds in those folders, and nowhere else."""
    bringing = [
        file.folder for file in layers if rule in file.rules and file.rules[rule].looks_for is not None
    ]
    return bool(bringing) and all(bringing)


@dataclass(frozen=True, slots=True)
class FailOnTerms:
    """`fail_on`, in the shape that the other blocks have."""

    value: FailOn = FailOn.REVIEW

    def tightened(self, later: Self) -> "FailOnTerms":
        return FailOnTerms(max(self.value, later.value))


@dataclass(frozen=True, slots=True)
class Terms:
    """How one block becomes terms: where they start, how a file's part is laid over them, and which parts a file's block has."""

    start: Any
    apply: Callable[[Any, Any], Any]
    parts: Callable[[PolicyFile], Iterator[tuple[Any, Place]]]


def settled(name: str, layers: Sequence[PolicyFile], free: Sequence[bool]) -> Any:
    """The block's terms over all layers; of a layer that is not free only what is stricter counts."""
    terms = TERMS[name].start
    for file, is_free in zip(layers, free, strict=True):
        for part, _ in TERMS[name].parts(file):
            changed = TERMS[name].apply(terms, part)
            terms = changed if is_free else terms.tightened(changed)
    return terms


def free_layers(layers: Sequence[PolicyFile], seal: int | None, zone: Zone = NOWHERE) -> list[bool]:
    """Which layers may loosen: those up to the seal, and of the folders' own policies those whose folder it is."""
    return [
        (seal is None or index <= seal) and is_inside(layers, index, zone) for index in range(len(layers))
    ]


def _fields_of(block: ReviewBlock | LimitsBlock) -> Iterator[tuple[Any, Place]]:
    for field in fields(block):
        placed = getattr(block, field.name)
        if placed is not None:
            yield type(block)(**{field.name: placed}), placed.place


def _provenance_parts(file: PolicyFile) -> Iterator[tuple[ProvenanceBlock, Place]]:
    block = file.provenance
    if block.gate_on is not None:
        yield ProvenanceBlock(gate_on=block.gate_on), block.gate_on.place
    if block.roles is not None:
        yield ProvenanceBlock(roles=block.roles), block.roles.place
    for tool in block.signals_off:
        yield ProvenanceBlock(signals_off=(tool,)), tool.place


def _apply_provenance(terms: ProvenanceTerms, block: ProvenanceBlock) -> ProvenanceTerms:
    off = terms.signals_off | {tool.value.lower() for tool in block.signals_off}
    return replace(set_fields(terms, block), signals_off=off)


def _one(placed: Placed[Any] | None) -> Iterator[tuple[Any, Place]]:
    if placed is not None:
        yield placed, placed.place


TERMS: Mapping[str, Terms] = {
    "fail_on": Terms(
        FailOnTerms(), lambda _, placed: FailOnTerms(placed.value), lambda file: _one(file.fail_on)
    ),
    "provenance": Terms(ProvenanceTerms(), _apply_provenance, _provenance_parts),
    "review": Terms(ReviewTerms(), set_fields, lambda file: _fields_of(file.review)),
    "limits": Terms(LimitTerms(), set_fields, lambda file: _fields_of(file.limits)),
    "override": Terms(
        OverrideTerms(), lambda _, placed: OverrideTerms(placed.value), lambda file: _one(file.override)
    ),
}
