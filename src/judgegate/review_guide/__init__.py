"""What a human should question first.

The hunks of the change, what is at stake in each, and the question to ask. Pure.
"""
