"""What no later layer may weaken: each attempt is a problem that names both places."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from judgegate.model.levels import Action, Severity
from judgegate.model.own_rules import Search
from judgegate.model.rules import RuleSpec, Stricter
from judgegate.policy.block_fields import set_fields
from judgegate.policy.effective_rules import (
    MERGED_BLOCKS,
    MergedRule,
    all_scopes,
    blocks_of,
    free_layers,
    merge_block,
    merge_rule,
    sealed_blocks,
    stricter_value,
)
from judgegate.policy.problems import Place
from judgegate.policy.reader import Placed
from judgegate.policy.review import REVIEW_TERMS, ReviewTerms
from judgegate.policy.rules import PolicyFile, RuleBlock

Mistake = tuple[Place, str]


def weakenings(
    layers: Sequence[PolicyFile], rows: Mapping[str, RuleSpec]
) -> Iterator[Mistake]:
    """Every attempt of a layer to weaken what a lower one made non-negotiable."""
    for name, (seal, place) in sealed_blocks(layers).items():
        yield from _weakened_block(name, layers, seal, place)
    for id_, row in rows.items():
        for scope in all_scopes(layers):
            # What does not hold in the scope only tightens there, so it cannot weaken anything.
            blocks, _ = blocks_of(layers, id_, scope)
            merged = merge_rule(row, blocks)
            for index, block in blocks:
                if (
                    merged.sealed is not None
                    and merged.sealed_at is not None
                    and index > merged.sealed_at
                ):
                    yield from _weakened_rule(merged, block, merged.sealed)


def _problem(place: Place, what: str, sealed: Place) -> Mistake:
    return (place, f"{what}: {sealed} makes it non-negotiable")


def _weakened_block(
    name: str, layers: Sequence[PolicyFile], seal: int, sealed: Place
) -> Iterator[Mistake]:
    for index in range(seal + 1, len(layers)):
        file = layers[index]
        if name == "exempt":
            yield from (
                _problem(entry.place, "this layer may not add to `exempt`", sealed)
                for entry in file.exempt
                if not entry.never
            )
        elif name == "waivers":
            yield from (
                _problem(waiver.place, "this layer may not add to `waivers`", sealed)
                for waiver in file.waivers
            )
        else:
            terms = merge_block(name, layers[:index], free_layers(layers[:index], seal))
            yield from (
                _problem(place, f"`{name}` may only be made stricter", sealed)
                for place in _weaker_places(name, terms, file)
            )


def _weaker_places(name: str, terms: Any, file: PolicyFile) -> Iterator[Place]:
    """Where the file's block sets something that is weaker than the terms."""
    block = MERGED_BLOCKS[name]
    for part, place in block.parts(getattr(file, name)):
        changed = block.apply(terms, part)
        if terms.tightened(changed) != changed:
            yield place


def _weakened_rule(rule: MergedRule, block: RuleBlock, sealed: Place) -> Iterator[Mistake]:
    id_ = rule.row.id
    # Of conditions and texts nobody can tell which are stricter, so none may be touched at all.
    for name, value in (
        ("when", block.when),
        ("cases", block.cases),
        ("message", block.sets.message),
        ("why", block.sets.why),
    ):
        if value is not None:
            yield _problem(value.place, f"this layer may not set `{name}` of {id_}", sealed)
    if block.looks_for is not None and _looks_for_other(rule, block.looks_for):
        yield _problem(
            block.looks_for.place, f"this layer may not change what {id_} looks for", sealed
        )
    if block.non_negotiable is not None and not block.non_negotiable.value:
        yield _problem(
            block.non_negotiable.place,
            f"this layer may not remove `non_negotiable` from {id_}",
            sealed,
        )
    yield from _lowered_scales(rule, block, sealed)
    yield from _loosened_options(rule, block, sealed)
    yield from _loosened_review(rule, block, sealed)


def _looks_for_other(rule: MergedRule, search: Placed[Search]) -> bool:
    """Whether the search is another one than the rule's. Who is the first to give one changes nothing."""
    return rule.looks_for is not None and search.value != rule.looks_for.value


def _lowered_scales(rule: MergedRule, block: RuleBlock, sealed: Place) -> Iterator[Mistake]:
    for name, new, old in (
        (
            "action",
            block.sets.action,
            rule.plain.action.value if rule.plain.action else Action.OFF,
        ),
        (
            "severity",
            block.sets.severity,
            rule.plain.severity.value if rule.plain.severity else Severity.LOW,
        ),
    ):
        if new is not None and _is_below(new.value, old):
            yield _problem(
                new.place,
                f"the {name} of {rule.row.id} may not be below {old.value}",
                sealed,
            )


def _is_below(new: Any, old: Any) -> bool:
    return bool(new < old)


def _loosened_options(
    rule: MergedRule, block: RuleBlock, sealed: Place
) -> Iterator[Mistake]:
    for option in rule.row.options:
        new, old = block.sets.options.get(option.name), rule.plain.options.get(option.name)
        if new is None:
            continue
        held = old.value if old else option.default
        if stricter_value(option.stricter, held, new.value) != new.value:
            yield _problem(
                new.place,
                f"`{option.name}` of {rule.row.id} may only be {_BOUNDS[option.stricter]}{held}",
                sealed,
            )


_BOUNDS = {
    Stricter.SMALLER: "at most ",
    Stricter.LARGER: "at least ",
    Stricter.INCOMPARABLE: "",
}


def _loosened_review(
    rule: MergedRule, block: RuleBlock, sealed: Place
) -> Iterator[Mistake]:
    terms = set_fields(ReviewTerms(), rule.plain.review)
    for term in REVIEW_TERMS:
        new = getattr(block.sets.review, term.attribute)
        if new is None:
            continue
        if not term.is_ordered:
            yield _problem(
                new.place, f"this layer may not set `{term.key}` of {rule.row.id}", sealed
            )
        elif new.value < getattr(terms, term.attribute):
            yield _problem(
                new.place,
                f"`{term.key}` of {rule.row.id} may only be made stricter",
                sealed,
            )
