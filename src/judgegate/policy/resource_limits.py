"""The block `limits`: what one file may cost before it is left to a human."""

from collections.abc import Iterator

from msgspec import Struct

from judgegate.policy.block_fields import (
    Difference,
    LayeredBlock,
    Term,
    block_shape,
    compare_terms,
    set_fields,
    single_fields,
    tightened,
)
from judgegate.policy.problems import Placed
from judgegate.policy.reader import whole_number

LIMIT_TERMS = (
    Term("source_bytes", whole_number(10_000, 20_000_000)),
    Term("cpu_seconds", whole_number(1, 300)),
    Term("memory_mebibytes", whole_number(256, 16_384)),
)
"""Larger is stricter: more is looked at."""


class LimitsBlock(Struct, frozen=True):
    """Limits, as far as they are set."""

    source_bytes: Placed[int] | None = None
    cpu_seconds: Placed[int] | None = None
    memory_mebibytes: Placed[int] | None = None


NO_LIMITS = LimitsBlock()


class LimitTerms(Struct, frozen=True):
    """The resources that checking one file may use; a file that needs more is left to a human."""

    source_bytes: int = 1_000_000
    cpu_seconds: int = 10
    memory_mebibytes: int = 1024

    def tightened(self, later: "LimitTerms") -> "LimitTerms":
        """These limits, and of later ones what is stricter."""
        return tightened(LIMIT_TERMS, self, later)


limits_block = block_shape(
    LimitsBlock,
    LIMIT_TERMS,
    "limits",
    "limits",
    description="The resources that checking one file may use; a file that needs more is left to a human.",
)

LIMITS = LayeredBlock(LimitTerms(), single_fields, set_fields)


def compare_limits(old: LimitTerms, new: LimitTerms) -> Iterator[Difference]:
    """The limits that differ."""
    return (found.of("limits") for found in compare_terms("limits", LIMIT_TERMS, old, new))
