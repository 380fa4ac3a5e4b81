"""Removed code that guarded something: which lines are guards, in any language, and which of them a change takes away for good."""
