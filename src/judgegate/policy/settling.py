"""The blocks that belong to no single rule, laid over one another: what a later layer says, or what of it is stricter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from judgegate.model.scales import FailOn
from judgegate.policy.merging import set_fields
from judgegate.policy.model import LimitsBlock, PolicyFile, ProvenanceBlock, ReviewBlock
from judgegate.policy.problems import Place
from judgegate.policy.reading import Placed
from judgegate.policy.terms import LimitTerms, OverrideTerms, ProvenanceTerms, ReviewTerms
from judgegate.policy.zones import NOWHERE, Zone, is_inside


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
