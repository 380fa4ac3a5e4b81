"""The block `limits`: what a file, and a change as a whole, may cost before it is left to a human."""

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
    Term("files", whole_number(100, 1_000_000)),
    Term("bytes", whole_number(1_000_000, 10_000_000_000)),
)
"""Larger is stricter: more is looked at.

What nothing has looked at needs a human, but it can never block.
"""


class LimitsBlock(Struct, frozen=True):
    """Limits, as far as they are set."""

    source_bytes: Placed[int] | None = None
    cpu_seconds: Placed[int] | None = None
    memory_mebibytes: Placed[int] | None = None
    files: Placed[int] | None = None
    bytes: Placed[int] | None = None


NO_LIMITS = LimitsBlock()


class LimitTerms(Struct, frozen=True):
    """What may be used before the rest is left to a human.

    The first three are for checking one file. `files` and `bytes` are for the whole change: so many
    files are analysed, and contents of so many bytes, those of every side counted.
    """

    source_bytes: int = 1_000_000
    cpu_seconds: int = 10
    memory_mebibytes: int = 1024
    # Larger than any change that people make, renames of whole trees included; workers are busy for
    # some minutes with so much.
    files: int = 20_000
    bytes: int = 256_000_000

    @property
    def of_one_file(self) -> tuple[int, int, int]:
        """What checking one file may use, whatever else the change has."""
        return self.source_bytes, self.cpu_seconds, self.memory_mebibytes

    def tightened(self, later: "LimitTerms") -> "LimitTerms":
        """These limits, and of later ones what is stricter."""
        return tightened(LIMIT_TERMS, self, later)


limits_block = block_shape(
    LimitsBlock,
    LIMIT_TERMS,
    "limits",
    "limits",
    description="What checking one file, and a change as a whole, may use; the rest is left to a human.",
)

LIMITS = LayeredBlock(LimitTerms(), single_fields, set_fields)


def compare_limits(old: LimitTerms, new: LimitTerms) -> Iterator[Difference]:
    """The limits that differ."""
    return (found.of("limits") for found in compare_terms("limits", LIMIT_TERMS, old, new))
