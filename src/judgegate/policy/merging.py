"""One rule out of many layers, before any finding is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from judgegate.model.rules import RuleSpec, Stricter
from judgegate.model.scales import Action
from judgegate.model.searches import Search
from judgegate.policy.conditions import Condition
from judgegate.policy.model import Overlay, ReviewBlock, RuleBlock, RuleCase
from judgegate.policy.problems import Place
from judgegate.policy.reading import Placed
from judgegate.policy.terms import ReviewTerms

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
