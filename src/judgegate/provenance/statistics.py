"""How much of a history is AI-assisted, by tool and by month.

Pure, and flat in memory: commits pass through one by one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct, field

from judgegate.model.change import Commit
from judgegate.model.evidence import Evidence
from judgegate.model.levels import Certainty, Role
from judgegate.provenance.assessment import does_gate
from judgegate.provenance.matcher import Matcher
from judgegate.provenance.messages import read_commit

UNKNOWN_MONTH = "unknown"
"""For a committer's clock that no calendar has."""

LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the last that the calendar has, in seconds since 1970."""


class Share(Struct, frozen=True):
    """Of so many commits so many are AI-assisted.

    A commit counts once for each tool that its evidence names, the most frequent first.
    """

    commits: int
    assisted: int
    by_tool: tuple[tuple[str, int], ...]

    @property
    def percentage(self) -> float:
        """From 0 to 100; 0 for no commits."""
        return 100 * self.assisted / self.commits if self.commits else 0.0


class Statistics(Struct, frozen=True):
    """The whole history and each of its months, the earliest first.

    A month is like `2026-01`, in UTC, by the committer's clock.
    """

    total: Share
    months: tuple[tuple[str, Share], ...]


class _Count(Struct):
    commits: int = 0
    assisted: int = 0
    by_tool: Counter[str] = field(default_factory=Counter)

    def share(self) -> Share:
        """What was counted; tools that are equally frequent come in alphabetical order."""
        return Share(
            self.commits,
            self.assisted,
            tuple(sorted(self.by_tool.items(), key=lambda item: (-item[1], item[0]))),
        )


def read_history(
    commits: Iterable[Commit], matcher: Matcher
) -> Iterator[tuple[Commit, tuple[Evidence, ...]]]:
    """Each commit with the evidence that it carries itself; notes and traces are not read.

    Args:
        commits: read one by one, and only as fast as the caller takes the results.
        matcher: what to find.
    """
    for commit in commits:
        yield commit, read_commit(commit, matcher)[0]


def count_history(
    history: Iterable[tuple[Commit, Iterable[Evidence]]],
    gate_on: Certainty | None,
    roles: frozenset[Role],
    *,
    tools_off: frozenset[str] = frozenset(),
) -> Statistics:
    """How many commits carry evidence that gates under these terms.

    The terms are those of `assess_provenance`; `always` (None) counts as strong.

    Args:
        history: each commit with its evidence, read once.
        gate_on: the weakest confidence that counts.
        roles: what part the AI must have had.
        tools_off: tools, or single signals by their id, that do not count; in lower case.
    """
    total = _Count()
    months: dict[str, _Count] = {}
    for commit, evidence in history:
        tools = {
            piece.tool for piece in evidence if does_gate(piece, gate_on, roles, tools_off)
        }
        for count in (total, months.setdefault(month_of(commit.committed), _Count())):
            count.commits += 1
            count.assisted += bool(tools)
            count.by_tool.update(tools)
    return Statistics(
        total.share(), tuple((name, months[name].share()) for name in sorted(months))
    )


def month_of(seconds: int) -> str:
    """The month of a clock in seconds since 1970, as `2026-01`, in UTC."""
    if not 0 <= seconds <= LAST_SECOND:
        return UNKNOWN_MONTH
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")
