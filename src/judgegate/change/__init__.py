"""What is judged: read from git by object id, or from a patch.

What only some ways of giving a change need is imported when it is first asked for: the start of a
run is what a small change waits for.
"""
