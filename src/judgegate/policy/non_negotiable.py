"""What no later layer may weaken: each attempt is a problem that names both places."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from judgegate.model.levels import Scale, Severity
from judgegate.model.own_rules import Search
from judgegate.model.rules import RuleSpec, Stricter
from judgegate.policy.block_fields import is_bound, set_fields
from judgegate.policy.effective_rules import (
    MERGED_BLOCKS,
    MergedRule,
    blocks_of,
    free_layers,
    merge_block,
    merge_rule,
    sealed_blocks,
    stricter_value,
)
from judgegate.policy.problems import Place, Placed, value_or
from judgegate.policy.review import REVIEW_TERMS, ReviewTerms
from judgegate.policy.rules import PolicyFile, RuleBlock, all_scopes

S = TypeVar("S", bound=Scale)

Mistake = tuple[Place, str]


def weakenings(
    layers: Sequence[PolicyFile], rows: Mapping[str, RuleSpec]
) -> Iterator[Mistake]:
    """Every attempt of a layer to weaken what a lower one made non-negotiable."""
    for name, (seal, place) in sealed_blocks(layers).items():
        yield from _weakened_block(name, layers, seal, place)
    for id_, row in rows.items():
        for scope in all_scopes(layers):
            # What does not apply in the scope only tightens there, so it cannot weaken anything.
            blocks, _ = blocks_of(layers, id_, scope)
            merged = merge_rule(row, blocks)
            for index, block in blocks:
                if merged.sealed is not None and is_bound(index, merged.sealed_at):
                    yield from _weakened_rule(merged, block, merged.sealed)


def _problem(place: Place, what: str, sealed: Place) -> Mistake:
    """A mistake of a later layer, with the place that forbids it."""
    return (place, f"{what}: {sealed} makes it non-negotiable")


def _weakened_block(
    name: str, layers: Sequence[PolicyFile], seal: int, sealed: Place
) -> Iterator[Mistake]:
    """Where layers above the seal loosen the block."""
    for index in range(seal + 1, len(layers)):
        for place, what in _loosened_block(name, layers[:index], seal, layers[index]):
            yield _problem(place, what, sealed)


def _loosened_block(
    name: str, below: Sequence[PolicyFile], seal: int, file: PolicyFile
) -> Iterator[Mistake]:
    """Where the file loosens the block as the layers below it have it, without the reason why not."""
    if name == "exempt":
        # An entry with `never` exempts nothing: it only keeps files in.
        for entry in file.exempt:
            if not entry.never:
                yield entry.place, "this layer may not add to `exempt`"
    elif name == "waivers":
        for waiver in file.waivers:
            yield waiver.place, "this layer may not add to `waivers`"
    else:
        terms = merge_block(name, below, free_layers(below, seal))
        for place in _weaker_places(name, terms, file):
            yield place, f"`{name}` may only be made stricter"


def _weaker_places(name: str, terms: Any, file: PolicyFile) -> Iterator[Place]:
    """Where the file's block sets something that is weaker than the terms."""
    block = MERGED_BLOCKS[name]
    for part, place in block.parts(getattr(file, name)):
        changed = block.apply(terms, part)
        if terms.tightened(changed) != changed:
            yield place


def _weakened_rule(rule: MergedRule, block: RuleBlock, sealed: Place) -> Iterator[Mistake]:
    """Where a later layer's block loosens the rule."""
    id_ = rule.row.id
    # Of conditions and texts it cannot be said which are stricter, so none may be touched at all.
    for name, value in (
        ("when", block.when),
        ("cases", block.cases),
        ("message", block.sets.message),
        ("why", block.sets.why),
    ):
        if value is not None:
            yield _problem(value.place, f"this layer may not set `{name}` of {id_}", sealed)
    if block.looks_for is not None and _looks_for_other(rule, block.looks_for):
        message = f"this layer may not change what {id_} looks for"
        yield _problem(block.looks_for.place, message, sealed)
    if block.non_negotiable is not None and not block.non_negotiable.value:
        message = f"this layer may not remove `non_negotiable` from {id_}"
        yield _problem(block.non_negotiable.place, message, sealed)
    yield from _lowered_scales(rule, block, sealed)
    yield from _loosened_options(rule, block, sealed)
    yield from _loosened_review(rule, block, sealed)


def _looks_for_other(rule: MergedRule, search: Placed[Search]) -> bool:
    """Whether the search is another one than the rule's.

    The layer that is the first to give one changes nothing.
    """
    return rule.looks_for is not None and search.value != rule.looks_for.value


def _lowered_scales(rule: MergedRule, block: RuleBlock, sealed: Place) -> Iterator[Mistake]:
    """An action or a severity that is below the sealed one."""
    severity = value_or(rule.plain.severity, Severity.LOW)
    yield from _lowered(rule, "action", block.sets.action, rule.plain.leads_to, sealed)
    yield from _lowered(rule, "severity", block.sets.severity, severity, sealed)


def _lowered(
    rule: MergedRule, name: str, new: Placed[S] | None, old: S, sealed: Place
) -> Iterator[Mistake]:
    """One word of a scale, if it is below the sealed one."""
    if new is not None and new.value < old:
        message = f"the {name} of {rule.row.id} may not be below {old.value}"
        yield _problem(new.place, message, sealed)


def _loosened_options(
    rule: MergedRule, block: RuleBlock, sealed: Place
) -> Iterator[Mistake]:
    """Options that are set to a value that is not as strict as the sealed one."""
    for option in rule.row.options:
        new = block.sets.options.get(option.name)
        if new is None:
            continue
        old = value_or(rule.plain.options.get(option.name), option.default)
        if stricter_value(option.stricter, old, new.value) != new.value:
            bound = f"{_BOUNDS[option.stricter]}{old}"
            message = f"`{option.name}` of {rule.row.id} may only be {bound}"
            yield _problem(new.place, message, sealed)


_BOUNDS = {
    Stricter.SMALLER: "at most ",
    Stricter.LARGER: "at least ",
    Stricter.INCOMPARABLE: "",
}


def _loosened_review(
    rule: MergedRule, block: RuleBlock, sealed: Place
) -> Iterator[Mistake]:
    """Terms of review that are not as strict as the sealed ones."""
    terms = set_fields(ReviewTerms(), rule.plain.review)
    for term in REVIEW_TERMS:
        new = getattr(block.sets.review, term.attribute)
        if new is None:
            continue
        # Of two lists of who may approve it cannot always be said which is stricter, so none may be set.
        if not term.is_ordered:
            message = f"this layer may not set `{term.key}` of {rule.row.id}"
            yield _problem(new.place, message, sealed)
        elif new.value < getattr(terms, term.attribute):
            message = f"`{term.key}` of {rule.row.id} may only be made stricter"
            yield _problem(new.place, message, sealed)
