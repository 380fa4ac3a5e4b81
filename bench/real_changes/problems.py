"""What the one who started a command can put right."""


class Problem(Exception):  # noqa: N818 - reads as what it is
    """What is wrong, where, and what to do; the command ends with 2 and says it."""
