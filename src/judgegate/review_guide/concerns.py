"""Things at stake: what each weighs, how a hunk's add up, and the question to ask about each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from judgegate.checks.registry import QUESTIONS as PATTERN_QUESTIONS
from judgegate.checks.registry import RULEBOOK
from judgegate.model.hunks import Concern, Stake
from judgegate.model.levels import Action, Family, Severity

ACTIONS: Mapping[Action, int] = MappingProxyType(
    {Action.BLOCK: 10, Action.REVIEW: 7, Action.WARN: 3}
)

SEVERITIES: Mapping[Severity, int] = MappingProxyType(
    {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2, Severity.CRITICAL: 3}
)
"""Added to what a finding's action weighs."""

WAIVED = 1
"""A waived finding, whatever its action and severity: somebody has read it already."""

POLICY = 12
"""A change to the rules that changes are judged by."""

UNREAD = 5

UNREAD_TEST = 2
"""An unread file among the tests: mostly what was recorded, or is fed to them."""

ASKED_MORE = 5
"""A path for which the policy asks for more approvals, or for certain people."""

GROWN, GROWN_MOST = 2, 5

GROWTH = 3
"""How much a definition must grow to be at stake.

Each further step of as much weighs 1 more, up to `GROWN_MOST`.
"""

WORST = 10
"""Beyond this complexity a definition is at stake if it is the file's new worst.

Up to 10 is what radon ranks as A and B.
"""

ASSISTED = 3
UNTESTED = 1

FURTHER_MOST = 3
"""Each further thing of the same stake in a hunk weighs 1, up to this much.

Ten of a kind are not ten times as grave.
"""

LONGEST = 120
"""Characters of a question, at most: it must fit a line."""

FAMILIES: Mapping[Family, str] = MappingProxyType(
    {
        Family.SECURITY: "What could an outsider do with this?",
        Family.ARCHITECTURE: "Would you still build it this way without a deadline?",
        Family.RELIABILITY: "What happens when this fails, and who notices?",
        Family.OVERSIGHT: "Who has checked this, and what exactly?",
    }
)
"""About a rule of the team's own that gives no reason."""

EXCEPTION = "Why is an exception right here?"
UNTESTED_QUESTION = "How do we know that it works?"
WHY_MORE = "Why is this place protected more than others, and does the change respect that?"
GROWN_QUESTION = "What is the new path for, and which test covers it?"
SUBMODULE = "What changed in the other repository between these two commits?"
LINK = "Where does the link lead, and may everyone who follows it go there?"
PROGRAM = "What does it do when it runs, and who allows that?"
INSTRUCTIONS = "Which people or tools follow this text, and what will they do now?"
_ORDER = {stake: number for number, stake in enumerate(Stake)}


class Weighed(Struct, frozen=True):
    """A concern, what it weighs, and how many of its sort there are."""

    concern: Concern
    weight: int
    times: int = 1


def total(weighed: Iterable[Weighed]) -> int:
    """The heaviest of each stake in full, and a little for each further one."""
    stakes: dict[Stake, list[Weighed]] = defaultdict(list)
    for one in weighed:
        stakes[one.concern.stake].append(one)
    return sum(map(_weigh_stake, stakes.values()))


def _weigh_stake(same: Sequence[Weighed]) -> int:
    """What all concerns of one stake weigh together."""
    heaviest = max(one.weight for one in same)
    further = sum(one.times for one in same) - 1
    return heaviest + min(further, FURTHER_MOST)


def in_order(weighed: Iterable[Weighed]) -> tuple[Concern, ...]:
    """What the lines do first, then what is generic; of each the weightiest first.

    A complete order: equal input gives equal output.
    """
    return tuple(one.concern for one in sorted(weighed, key=_order))


def _order(one: Weighed) -> tuple[object, ...]:
    concern = one.concern
    # What somebody waived has been read: it leads no more than what is generic.
    leads = not concern.generic and one.weight > WAIVED
    return (
        not leads,
        -one.weight,
        _ORDER[concern.stake],
        concern.line or 0,
        concern.what,
        concern.question,
    )


def and_more(what: str, times: int) -> str:
    """The clause, with how many more there are of its sort."""
    return f"{what} (and {times - 1} more)" if times > 1 else what


def question_about(rule: str, code: str | None, why: str) -> str:
    """The question about a finding.

    A rule of the team's own asks after its own reason (`why`), where that fits.
    """
    shipped = PATTERN_QUESTIONS.get(rule)
    if rule in RULEBOOK:
        shipped = RULEBOOK[rule].question_about(code)
    if shipped:
        return shipped
    own = f"{why.removesuffix('.')}. {EXCEPTION}"
    # A reason with line breaks or control characters would break the line that the question is.
    if why and why.isprintable() and len(own) < LONGEST:
        return own
    return FAMILIES[Family(rule.partition("/")[0])]
