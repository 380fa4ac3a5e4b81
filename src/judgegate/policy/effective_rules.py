"""Effective rules: the policy's layers laid over one another, for a path.

`merge_rule` makes one rule out of what all files say of it, `merge_block` does so with a block.

Both look the layers up for a path first: a folder's own policy holds in its folder only
(`scope_at`). Then each layer, the lowest first, is either free to loosen what lies below it, or may
only tighten: because a lower layer made this non-negotiable, or because the layer is of a folder
that the path does not lie in. `resolve_rule` then asks a merged rule about a finding.
`non_negotiable` finds attempts to loosen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.levels import Action, Severity
from judgegate.model.own_rules import Search
from judgegate.model.rules import RuleSpec, Stricter
from judgegate.policy.block_fields import FAIL_ON, LayeredBlock, set_fields
from judgegate.policy.conditions import Condition, Facts
from judgegate.policy.override import OVERRIDE
from judgegate.policy.oversight import FLOORED
from judgegate.policy.problems import Place
from judgegate.policy.provenance import PROVENANCE
from judgegate.policy.reader import Placed
from judgegate.policy.resource_limits import LIMITS
from judgegate.policy.review import REVIEW, ReviewTerms
from judgegate.policy.rules import Overlay, PolicyFile, RuleBlock, RuleCase

B = TypeVar("B", bound=Struct)

Scope = frozenset[int]
"""Of the folders' own policies those (by the layer's index) that hold with all their weight."""
NOWHERE: Scope = frozenset()
"""Outside of all those folders."""


def scope_at(layers: Sequence[PolicyFile], path: str | None) -> Scope:
    """The folder layers that hold at a path; none for the change as a whole."""
    if path is None:
        return NOWHERE
    return frozenset(
        index
        for index, file in enumerate(layers)
        if file.folder and path.startswith(file.folder)
    )


def all_scopes(layers: Sequence[PolicyFile]) -> list[Scope]:
    """Every scope that a path may lie in, the one outside all folders first."""
    folders = (file.folder for file in layers if file.folder)
    return list(dict.fromkeys([NOWHERE, *(scope_at(layers, folder) for folder in folders)]))


def is_inside(layers: Sequence[PolicyFile], index: int, scope: Scope) -> bool:
    """Whether a layer holds in the scope with all its weight."""
    return not layers[index].folder or index in scope


class MergedRule(Struct, frozen=True):
    """A rule as all layers together have it.

    `below` are the plain fields that the cases beat, `above` those of later layers, which beat the
    cases. `raised` is what later layers add to a non-negotiable rule, and a folder's own policy
    outside its folder: it counts where it is stricter. `sealed` is the place that made the rule
    non-negotiable.
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
        return (
            self.plain
            if case is None
            else overlaid(overlaid(self.below, case.sets), self.above)
        )

    @property
    def strongest(self) -> Action:
        """The strongest action that the rule can lead to, whatever the facts."""
        overlays = [*(self.overlay(case) for case in (None, *self.cases)), *self.raised]
        actions = [
            overlay.action.value for overlay in overlays if overlay.action is not None
        ]
        return max(actions, default=Action.OFF)


def rule_at(layers: Sequence[PolicyFile], row: RuleSpec, scope: Scope) -> MergedRule:
    """The rule as the layers have it in this scope."""
    inside, outside = blocks_of(layers, row.id, scope)
    return merge_rule(row, inside, outside)


def blocks_of(
    layers: Sequence[PolicyFile], rule: str, scope: Scope
) -> tuple[list[tuple[int, RuleBlock]], list[RuleBlock]]:
    """What the layers say of a rule, with the layer's index, the lowest first; and what those say that do not hold in the scope."""
    held = [
        (index, file.rules[rule]) for index, file in enumerate(layers) if rule in file.rules
    ]
    inside = [(index, block) for index, block in held if is_inside(layers, index, scope)]
    # A rule that only folders bring does not exist elsewhere, so it tightens nothing there.
    if _is_local(layers, rule):
        return inside, []
    return inside, [block for index, block in held if not is_inside(layers, index, scope)]


def _is_local(layers: Sequence[PolicyFile], rule: str) -> bool:
    """Whether only folders' own policies bring the rule: then it holds in those folders, and nowhere else."""
    bringing = [
        file.folder
        for file in layers
        if rule in file.rules and file.rules[rule].looks_for is not None
    ]
    return bool(bringing) and all(bringing)


def merge_rule(
    row: RuleSpec,
    blocks: Iterable[tuple[int, RuleBlock]],
    outside: Iterable[RuleBlock] = (),
) -> MergedRule:
    """Lay blocks over one another, the lowest first, each with its layer's number. `outside` only tightens."""
    ordered = list(blocks)
    sealed_at, sealed = _seal_of(ordered)
    # The layer that seals the rule may still set it as it likes: the seal binds those above it only.
    free = [block for layer, block in ordered if sealed_at is None or layer <= sealed_at]
    later = [block for _, block in ordered[len(free) :]]
    # Cases replace those of lower layers as a whole. A plain field beats them only if a later layer sets it.
    split = _behind_cases(free)
    cases = free[split - 1].cases if split else None
    return MergedRule(
        row=row,
        below=_stacked(free[:split]),
        above=_stacked(free[split:]),
        when=_topmost([block.when for block in free]),
        cases=cases.value if cases else (),
        raised=tuple(block.sets for block in (*later, *outside)),
        sealed=sealed,
        sealed_at=sealed_at,
        looks_for=_topmost([block.looks_for for block in free]),
    )


def _behind_cases(blocks: Sequence[RuleBlock]) -> int:
    """The index behind the last block that has cases; 0 where none has."""
    return max(
        (index for index, block in enumerate(blocks, 1) if block.cases is not None),
        default=0,
    )


def _topmost(values: Sequence[B | None]) -> B | None:
    """What the highest layer says of those that say something."""
    return next((value for value in reversed(values) if value is not None), None)


def _seal_of(
    blocks: Iterable[tuple[int, RuleBlock]],
) -> tuple[int, Place] | tuple[None, None]:
    """The first layer that makes the rule non-negotiable, and where it says so."""
    for layer, block in blocks:
        if block.non_negotiable is not None and block.non_negotiable.value:
            return layer, block.non_negotiable.place
    return None, None


def _stacked(blocks: Iterable[RuleBlock]) -> Overlay:
    result = Overlay()
    for block in blocks:
        result = overlaid(result, block.sets)
    return result


def overlaid(lower: Overlay, upper: Overlay) -> Overlay:
    """The upper overlay's fields where it sets them, else the lower one's.

    Options and review terms are laid over one by one.
    """
    merged = _laid_over(lower, upper)
    return replace(
        merged,
        options={**lower.options, **upper.options},
        review=_laid_over(lower.review, upper.review),
    )


def _laid_over(lower: B, upper: B) -> B:
    """Of two blocks of one kind: each field of the upper one that is set, else the lower one's."""
    values = {name: getattr(upper, name) for name in upper.__struct_fields__}
    return replace(lower, **{name: value for name, value in values.items() if value})


def stricter_options(
    row: RuleSpec, one: Mapping[str, int], other: Mapping[str, int]
) -> dict[str, int]:
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


MERGED_BLOCKS: Mapping[str, LayeredBlock] = {
    "fail_on": FAIL_ON,
    "provenance": PROVENANCE,
    "review": REVIEW,
    "limits": LIMITS,
    "override": OVERRIDE,
}
"""The blocks that become one value. Exemptions and waivers add up instead."""


def merge_block(name: str, layers: Sequence[PolicyFile], free: Sequence[bool]) -> Any:
    """The block's terms over all layers; of a layer that is not free only what is stricter counts."""
    block = MERGED_BLOCKS[name]
    terms = block.built_in
    for file, is_free in zip(layers, free, strict=True):
        for part, _ in block.parts(getattr(file, name)):
            changed = block.apply(terms, part)
            terms = changed if is_free else terms.tightened(changed)
    return terms


def sealed_blocks(layers: Sequence[PolicyFile]) -> dict[str, tuple[int, Place]]:
    """Each sealed block with the first layer that seals it, and where."""
    found: dict[str, tuple[int, Place]] = {}
    for index, file in enumerate(layers):
        for name, place in file.sealed.items():
            # A folder's own policy cannot seal (reading it says so), and only the first seal counts.
            if not file.folder:
                found.setdefault(name, (index, place))
    return found


def free_layers(
    layers: Sequence[PolicyFile], seal: int | None, scope: Scope = NOWHERE
) -> list[bool]:
    """Which layers may loosen: those up to the seal, and of the folders' own policies those whose folder it is."""
    return [
        (seal is None or index <= seal) and is_inside(layers, index, scope)
        for index in range(len(layers))
    ]


class EffectiveRule(Struct, frozen=True):
    """What a rule says of one finding.

    `reviews` are the demands that hold if the action asks for a human: several where something was
    not known. `unknown` names those facts. `decided_by` is the place that set the action; None
    where nobody did (or the rule does not apply here).
    """

    id: str
    action: Action
    severity: Severity
    options: Mapping[str, int]
    reviews: tuple[ReviewTerms, ...]
    message: str | None
    why: str | None
    non_negotiable: bool
    decided_by: Place | None
    unknown: tuple[str, ...] = ()

    @property
    def review(self) -> ReviewTerms:
        """The first demand, for who shows a single one."""
        return self.reviews[0]


def resolve_rule(rule: MergedRule, facts: Facts, terms: ReviewTerms) -> EffectiveRule:
    """What the rule says under these facts; `terms` is what a review is where the rule does not say otherwise."""
    plain = rule.plain
    own = plain.severity.value if plain.severity else rule.row.severity
    known = facts if facts.severity is not None else replace(facts, severity=own)
    worlds = []
    unknown: set[str] = set()
    for world, missing in _worlds(rule, known):
        worlds.append(_effective(rule, world, known, terms))
        unknown |= missing
    return _stronger(rule, worlds, unknown)


class _World(Struct, frozen=True):
    """One way the facts may be: the rule applies or not, and which case holds."""

    applies: bool
    case: RuleCase | None = None


def _worlds(rule: MergedRule, facts: Facts) -> Iterator[tuple[_World, frozenset[str]]]:
    """Every way the facts may be, the likeliest reading first, with the facts that were not known on the way."""
    missing: frozenset[str] = frozenset()
    if rule.when is not None:
        scope = rule.when.value.test(facts)
        missing = scope.unknown
        if scope.may_fail:
            yield _World(applies=False), missing
        if not scope.may_hold:
            return
    # The first case that holds wins. One that may hold leaves both ways open: it, or one behind it.
    for case in rule.cases:
        truth = case.when.test(facts)
        missing |= truth.unknown
        if truth.may_hold:
            yield _World(applies=True, case=case), missing
        if not truth.may_fail:
            return
    yield _World(applies=True), missing


def _effective(
    rule: MergedRule, world: _World, facts: Facts, terms: ReviewTerms
) -> EffectiveRule:
    sets = rule.overlay(world.case)
    action = sets.action if world.applies else None
    effective = EffectiveRule(
        id=rule.row.id,
        action=action.value if action else Action.OFF,
        severity=sets.severity.value
        if sets.severity
        else facts.severity or rule.row.severity,
        options=_option_values(rule.row, sets),
        reviews=(set_fields(terms, sets.review),),
        message=sets.message.value if sets.message else None,
        why=sets.why.value if sets.why else None,
        non_negotiable=rule.sealed is not None,
        decided_by=action.place if action else None,
    )
    # What only tightens comes last: whether it is stricter shows only once the case that holds is known.
    if world.applies:
        for overlay in rule.raised:
            effective = _raised(rule, effective, overlay)
    return _floored(effective)


def _option_values(row: RuleSpec, sets: Overlay) -> dict[str, int]:
    """The options' own values, and over them those that the policy sets."""
    values = {option.name: option.default for option in row.options}
    return values | {name: placed.value for name, placed in sets.options.items()}


def _floored(effective: EffectiveRule) -> EffectiveRule:
    """The same, but at least a review for a rule that no policy may switch off. Then no place decided it."""
    if effective.id in FLOORED and effective.action < Action.REVIEW:
        return replace(effective, action=Action.REVIEW, decided_by=None)
    return effective


def _raised(rule: MergedRule, effective: EffectiveRule, overlay: Overlay) -> EffectiveRule:
    """The same, and what the overlay has that is stricter."""
    stricter = overlay.action is not None and overlay.action.value > effective.action
    options = {
        **effective.options,
        **{name: placed.value for name, placed in overlay.options.items()},
    }
    terms = effective.reviews[0]
    return replace(
        effective,
        action=overlay.action.value if overlay.action and stricter else effective.action,
        decided_by=overlay.action.place
        if overlay.action and stricter
        else effective.decided_by,
        severity=max(effective.severity, overlay.severity.value)
        if overlay.severity
        else effective.severity,
        options=stricter_options(rule.row, effective.options, options),
        reviews=(terms.tightened(set_fields(terms, overlay.review)),),
    )


def _stronger(
    rule: MergedRule, worlds: list[EffectiveRule], unknown: set[str]
) -> EffectiveRule:
    """Of all that may hold: the strongest action, the strictest options, every demand."""
    chosen = max(worlds, key=lambda world: world.action)
    if len(worlds) == 1:
        return replace(chosen, unknown=tuple(sorted(unknown)))
    options = chosen.options
    for world in worlds:
        options = stricter_options(rule.row, options, world.options)
    # A world that asks for no human has no say in who must approve. Where none asks, the chosen one stands.
    demanding = [world for world in worlds if not world.action < Action.REVIEW] or [chosen]
    return replace(
        chosen,
        severity=max(world.severity for world in worlds),
        options=options,
        reviews=tuple(dict.fromkeys(world.reviews[0] for world in demanding)),
        unknown=tuple(sorted(unknown)),
    )
