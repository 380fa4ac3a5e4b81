"""Removed code that guarded something.

Which lines are guards, in any language, and which of them a change takes away for good.
"""
