"""The exit codes, and the errors that a user can fix, each with its exit code and its own message."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says when it ends; the meaning is part of the contract with scripts."""

    PASS = 0
    BLOCK = 1
    USAGE = 2
    REVIEW = 3
    INCOMPLETE = 4
    INTERRUPTED = 130


class JudgegateError(Exception):
    """What went wrong, where, and what to do about it.

    Args:
        what: a sentence: what went wrong, and where.
        remedy: what the user can do, or nothing if that is plain.
    """

    exit_code = ExitCode.INCOMPLETE
    code = "incomplete"

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        """What went wrong, and on a line of its own what to do."""
        if not self.remedy:
            return self.what
        return f"{self.what}\n{self.remedy}"


class UsageError(JudgegateError):
    """Nothing was judged, because the request or its surroundings are wrong."""

    exit_code = ExitCode.USAGE
    code = "usage"


class NothingToJudgeError(UsageError):
    """There is no change in what was asked about.

    For somebody who typed the command that is a mistake; for a hook there is nothing to stop.
    """

    code = "nothing"


class IncompleteError(JudgegateError):
    """The gate could not complete, so it must not look like a pass."""
