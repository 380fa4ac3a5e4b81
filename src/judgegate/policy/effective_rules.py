"""Effective rules: the policy's layers laid over one another, for a path.

`merge_rule` makes one rule out of what all files say of it, `merge_block` does so with a block.

Both look the layers up for a path first: a folder's own policy applies in its folder only
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
from judgegate.policy.block_fields import WORDS, LayeredBlock, is_bound, set_fields
from judgegate.policy.conditions import Condition, Facts
from judgegate.policy.override import OVERRIDE
from judgegate.policy.oversight import FLOORED
from judgegate.policy.problems import Place, Placed, value_or
from judgegate.policy.provenance import PROVENANCE
from judgegate.policy.reader import present
from judgegate.policy.resource_limits import LIMITS
from judgegate.policy.review import REVIEW, ReviewTerms
from judgegate.policy.rules import (
    NOWHERE,
    Overlay,
    PolicyFile,
    RuleBlock,
    RuleCase,
    Scope,
    is_inside,
    stacked,
)

B = TypeVar("B", bound=Struct)


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
        """The rule where no case applies."""
        return self.below.under(self.above)

    def overlay(self, case: RuleCase | None) -> Overlay:
        """What a case comes to, apart from what is raised."""
        if case is None:
            return self.plain
        return self.below.under(case.sets).under(self.above)

    @property
    def conditions(self) -> list[Condition]:
        """Where the rule applies, if not everywhere, and the conditions of its cases."""
        cases = [case.when for case in self.cases]
        return cases if self.when is None else [self.when.value, *cases]

    @property
    def overlays(self) -> list[Overlay]:
        """Everything that may apply, whatever the facts."""
        return [self.plain, *map(self.overlay, self.cases), *self.raised]

    @property
    def strongest(self) -> Action:
        """The strongest action that the rule can lead to, whatever the facts."""
        return max(overlay.leads_to for overlay in self.overlays)

    @property
    def has_action(self) -> bool:
        """Whether some layer says what the rule leads to, be it `off`."""
        return any(overlay.action is not None for overlay in self.overlays)


def rule_at(layers: Sequence[PolicyFile], row: RuleSpec, scope: Scope) -> MergedRule:
    """The rule as the layers have it in this scope."""
    inside, outside = blocks_of(layers, row.id, scope)
    return merge_rule(row, inside, outside)


def blocks_of(
    layers: Sequence[PolicyFile], rule: str, scope: Scope
) -> tuple[list[tuple[int, RuleBlock]], list[RuleBlock]]:
    """What the layers say of a rule, the lowest first.

    First the blocks that apply in the scope, each with its layer's index, then the others.
    """
    inside: list[tuple[int, RuleBlock]] = []
    outside: list[RuleBlock] = []
    for index, file in enumerate(layers):
        block = file.rules.get(rule)
        if block is None:
            continue
        if is_inside(layers, index, scope):
            inside.append((index, block))
        else:
            outside.append(block)
    # A rule that only folders bring does not exist elsewhere, so it tightens nothing there.
    return inside, [] if _is_local(layers, rule) else outside


def _is_local(layers: Sequence[PolicyFile], rule: str) -> bool:
    """Whether only folders' own policies bring the rule.

    Then it exists in those folders, and nowhere else.
    """
    bringing = [file.folder for file in layers if file.search_of(rule) is not None]
    return bool(bringing) and all(bringing)


def merge_rule(
    row: RuleSpec,
    blocks: Iterable[tuple[int, RuleBlock]],
    outside: Iterable[RuleBlock] = (),
) -> MergedRule:
    """Lay blocks over one another, the lowest first, each with its layer's number.

    `outside` are blocks that only tighten.
    """
    ordered = list(blocks)
    sealed_at, sealed = _seal_of(ordered)
    # The layer that seals the rule may still set it as it likes: the seal binds those above it only.
    free = [block for layer, block in ordered if not is_bound(layer, sealed_at)]
    later = [block for _, block in ordered[len(free) :]]
    # Cases replace those of lower layers as a whole. A plain field beats them only if a later layer sets it.
    split = _behind_cases(free)
    return MergedRule(
        row=row,
        below=stacked(block.sets for block in free[:split]),
        above=stacked(block.sets for block in free[split:]),
        when=_topmost([block.when for block in free]),
        cases=value_or(_topmost([block.cases for block in free]), ()),
        raised=tuple(block.sets for block in (*later, *outside)),
        sealed=sealed,
        sealed_at=sealed_at,
        looks_for=_topmost([block.looks_for for block in free]),
    )


def _behind_cases(blocks: Sequence[RuleBlock]) -> int:
    """The index behind the last block that has cases; 0 where none has."""
    having = (index for index, block in enumerate(blocks, 1) if block.cases is not None)
    return max(having, default=0)


def _topmost(values: Sequence[B | None]) -> B | None:
    """What the highest layer says of those that say something."""
    found = present(values)
    return found[-1] if found else None


def _seal_of(
    blocks: Iterable[tuple[int, RuleBlock]],
) -> tuple[int, Place] | tuple[None, None]:
    """The first layer that makes the rule non-negotiable, and where it says so."""
    for layer, block in blocks:
        seal = block.non_negotiable
        # A layer may also write `false`, which says nothing new and seals nothing.
        if seal is not None and seal.value:
            return layer, seal.place
    return None, None


def stricter_options(
    row: RuleSpec, one: Mapping[str, int], other: Mapping[str, int]
) -> dict[str, int]:
    """Each option's stricter value; where that cannot be decided, the first one's."""
    return {
        option.name: stricter_value(option.stricter, one[option.name], other[option.name])
        for option in row.options
    }


def stricter_value(direction: Stricter, one: int, other: int) -> int:
    """The stricter one of two values of an option; the first one where that cannot be said."""
    match direction:
        case Stricter.SMALLER:
            return min(one, other)
        case Stricter.LARGER:
            return max(one, other)
        case Stricter.INCOMPARABLE:
            return one


MERGED_BLOCKS: Mapping[str, LayeredBlock] = {
    **WORDS,
    "provenance": PROVENANCE,
    "review": REVIEW,
    "limits": LIMITS,
    "override": OVERRIDE,
}
"""The blocks that become one value. Exemptions and waivers add up instead."""


def merge_block(name: str, layers: Sequence[PolicyFile], free: Sequence[bool]) -> Any:
    """The block's terms over all layers, of which `free` says which may loosen.

    Of a layer that may not, only what is stricter counts. The result is of the block's own type.
    """
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
    """Which layers may loosen what is below them.

    Those up to the seal; of the folders' own policies those whose folder it is.
    """
    count = len(layers) if seal is None else seal + 1
    free = [is_inside(layers, index, scope) for index in range(count)]
    # Above the seal none may, wherever it applies.
    return free + [False] * (len(layers) - count)


class EffectiveRule(Struct, frozen=True):
    """What a rule says of one finding.

    `reviews` are the demands if the action asks for a human: several where something was
    not known. `unknown` names those facts. `decided_by` is the place that set the action; None
    where no place did (or the rule does not apply here).
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
    """What the rule says under these facts.

    `terms` is what a review is where the rule does not say otherwise.
    """
    known = facts.with_severity(value_or(rule.plain.severity, rule.row.severity))
    worlds = []
    unknown: set[str] = set()
    for world, missing in _worlds(rule, known):
        worlds.append(_effective(rule, world, known, terms))
        unknown |= missing
    return _stronger(rule, worlds, unknown)


class _World(Struct, frozen=True):
    """One way the facts may be: the rule applies or not, and which case applies."""

    applies: bool
    case: RuleCase | None = None


def _worlds(rule: MergedRule, facts: Facts) -> Iterator[tuple[_World, frozenset[str]]]:
    """Every way the facts may be, with the facts that were not known on the way.

    There is always at least one.
    """
    missing: frozenset[str] = frozenset()
    if rule.when is not None:
        scope = rule.when.value.test(facts)
        missing = scope.unknown
        if scope.may_fail:
            yield _World(applies=False), missing
        if not scope.may_hold:
            return
    # The first case that is true wins. One that may be true leaves both ways open: it, or a later one.
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
    """What the rule says in one world, with what later layers add to it."""
    sets = rule.overlay(world.case)
    if not world.applies:
        # A rule that does not apply leads to nothing, and then no place has decided it.
        sets = replace(sets, action=None)
    effective = EffectiveRule(
        id=rule.row.id,
        action=sets.leads_to,
        severity=value_or(sets.severity, facts.severity or rule.row.severity),
        options=_option_values(rule.row, sets),
        reviews=(set_fields(terms, sets.review),),
        message=value_or(sets.message, None),
        why=value_or(sets.why, None),
        non_negotiable=rule.sealed is not None,
        decided_by=None if sets.action is None else sets.action.place,
    )
    # What only tightens comes last: whether it is stricter shows only once the case that applies is known.
    for overlay in rule.raised if world.applies else ():
        effective = _raised(rule, effective, overlay)
    return _floored(effective)


def _option_values(row: RuleSpec, sets: Overlay) -> dict[str, int]:
    """The options' own values, and over them those that the policy sets."""
    return {option.name: option.default for option in row.options} | sets.limits


def _floored(effective: EffectiveRule) -> EffectiveRule:
    """The same, but at least a review for a rule that no policy may switch off.

    Then no place decided it.
    """
    if effective.id in FLOORED and effective.action < Action.REVIEW:
        return replace(effective, action=Action.REVIEW, decided_by=None)
    return effective


def _raised(rule: MergedRule, effective: EffectiveRule, overlay: Overlay) -> EffectiveRule:
    """The same, and what the overlay has that is stricter."""
    terms = effective.reviews[0]
    raised = replace(
        effective,
        severity=max(effective.severity, value_or(overlay.severity, effective.severity)),
        options=stricter_options(
            rule.row, effective.options, {**effective.options, **overlay.limits}
        ),
        reviews=(terms.tightened(set_fields(terms, overlay.review)),),
    )
    action = overlay.action
    # The place that decided stays the lower one's where the overlay asks for no more than it.
    if action is None or action.value <= effective.action:
        return raised
    return replace(raised, action=action.value, decided_by=action.place)


def _stronger(
    rule: MergedRule, worlds: list[EffectiveRule], unknown: set[str]
) -> EffectiveRule:
    """Of all that may apply: the strongest action, the strictest options, every demand."""
    chosen = max(worlds, key=lambda world: world.action)
    if len(worlds) == 1:
        return replace(chosen, unknown=tuple(sorted(unknown)))
    options = chosen.options
    for world in worlds:
        options = stricter_options(rule.row, options, world.options)
    # A world that asks for no human has no say in who must approve. Where none asks, the chosen one stays.
    demanding = [world for world in worlds if world.action >= Action.REVIEW] or [chosen]
    return replace(
        chosen,
        severity=max(world.severity for world in worlds),
        options=options,
        reviews=tuple(dict.fromkeys(world.reviews[0] for world in demanding)),
        unknown=tuple(sorted(unknown)),
    )
