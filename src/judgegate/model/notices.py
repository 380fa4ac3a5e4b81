"""What a reader of the verdict should know besides it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """A remark that decides nothing. `code` is stable and machine-readable, `message` is a sentence."""

    code: str
    message: str
