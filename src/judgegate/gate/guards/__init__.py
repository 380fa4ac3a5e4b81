"""Removed code that guarded something: which lines are guards, in any language, and which of them a change takes away for good."""

from judgegate.gate.guards.kinds import KINDS, GuardKind
from judgegate.gate.guards.lost import with_losses

__all__ = ["KINDS", "GuardKind", "with_losses"]
