"""Links from a report to the lines that it speaks of, on a forge that shows them."""

from typing import Protocol

from judgegate.model.ranges import LineRange


class Links(Protocol):
    """Where the change can be looked at. None: there is no link."""

    def to_added(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the head."""

    def to_removed(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the merge base."""

    def to_diff(self, path: str) -> str | None:
        """The file among those of the pull request."""
