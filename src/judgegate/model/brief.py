"""Where a reviewer's attention is best spent: the hunks of a change, with what is at stake in each and the question to ask."""

from dataclasses import dataclass
from enum import Enum

from judgegate.model.ranges import LineRange


class Stake(Enum):
    """What can be at stake in a hunk, the weightiest first."""

    FINDING = "finding"
    GUARD = "guard"
    """Removed code that guarded something."""
    UNREAD = "unread"
    """Nothing could look at it."""
    CRITICAL = "critical"
    """A path that the team, or its name, marks as critical."""
    COMPLEXITY = "complexity"
    """A definition that has more paths than before."""
    ASSISTED = "assisted"
    """An AI helped to write its lines, or the policy treats them so."""
    UNTESTED = "untested"
    """No test of the change touches it."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing at stake in a hunk: what it is, in a clause that may hold the change's own words, and the question to ask.

    `line` is where exactly, if one line is it: a line of the merge base for a removed guard, else of the head. `generic`: it would be so
    whatever stood there, by the file's name, or because of who wrote it or who tested it.
    """

    stake: Stake
    what: str
    question: str
    line: int | None = None
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of a file that belong together, from the first to the last; unchanged ones may lie between.

    `added` are the head's lines, `removed` the merge base's; None where there are none. `concerns` are what is at stake, the weightiest
    first. `weight` is a whole number from 0: what a reviewer should question first has the largest one. `alike` counts further hunks of the
    file in which the very same is at stake; they are not listed.
    """

    path: str
    added: LineRange | None
    removed: LineRange | None
    concerns: tuple[Concern, ...]
    weight: int
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of the change there is to read: counted, with nothing guessed.

    `added` and `removed` are lines of the whole change, `exempt` those among them in files that the policy exempts. `hunks` counts all
    hunks, those of exempt files too, and `at_stake` those with something at stake, listed or not.
    """

    files: int = 0
    added: int = 0
    removed: int = 0
    exempt: int = 0
    hunks: int = 0
    at_stake: int = 0


NOTHING_TO_READ = Reading()
