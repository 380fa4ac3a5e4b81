"""How a report is rendered for GitHub, and its links to the lines that it speaks of."""

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from judgegate.checks.registry import RULEBOOK
from judgegate.github.runner import RunnerContext
from judgegate.model.change import Change
from judgegate.model.ranges import LineRange
from judgegate.report.options import Audience, ReportOptions

SHOWN_OTHERWISE = (
    ".adoc",
    ".asciidoc",
    ".ipynb",
    ".md",
    ".mdown",
    ".markdown",
    ".mdx",
    ".org",
    ".rst",
    ".svg",
    ".textile",
)
"""Suffixes of files that GitHub renders; their lines are there only if it is asked for the plain text."""


@dataclass(frozen=True, slots=True)
class GitHubLinks:
    """Where the change can be looked at: the server's address without a slash at its end, the repository as `owner/name`, the pull request.

    `head` and `merge_base` are commit ids; what is None has no link.
    """

    server: str
    repository: str
    head: str | None = None
    merge_base: str | None = None
    number: int | None = None

    def to_added(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the head."""
        return self._to_blob(self.head, path, lines)

    def to_removed(self, path: str, lines: LineRange | None) -> str | None:
        """Lines of the merge base."""
        return self._to_blob(self.merge_base, path, lines)

    def to_diff(self, path: str) -> str | None:
        """The file among those of the pull request."""
        if self.number is None:
            return None
        # https://docs.github.com: the anchor of a file in a diff is the SHA-256 of its path.
        return f"{self._place}/pull/{self.number}/files#diff-{sha256(_bytes(path)).hexdigest()}"

    @property
    def _place(self) -> str:
        return quote(f"{self.server}/{self.repository}", safe=":/")

    def _to_blob(self, commit: str | None, path: str, lines: LineRange | None) -> str | None:
        if commit is None:
            return None
        plain = "?plain=1" if lines and path.lower().endswith(SHOWN_OTHERWISE) else ""
        return f"{self._place}/blob/{quote(commit)}/{quote(_bytes(path))}{plain}{_anchor(lines)}"


def _anchor(lines: LineRange | None) -> str:
    if lines is None:
        return ""
    return f"#L{lines.start}" if len(lines) == 1 else f"#L{lines.start}-L{lines.end}"


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def report_options(runner: RunnerContext, change: Change, number: int | None) -> ReportOptions:
    """How a pull request's verdict is rendered: with links to its lines."""
    links = GitHubLinks(
        server=runner.server_url,
        repository=runner.repository,
        head=change.head.oid if change.head else None,
        merge_base=next(iter(change.merge_bases), None),
        number=number,
    )
    return ReportOptions(place=Audience.FORGE, width=100, rules=RULEBOOK, links=links)
