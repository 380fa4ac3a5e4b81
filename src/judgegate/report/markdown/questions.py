"""What to question first: each question once, with the places that raise it."""

from collections.abc import Iterator, Sequence

from judgegate.model.attention import Concern, Hunk, Stake
from judgegate.model.scales import Outcome
from judgegate.model.verdict import Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import prose
from judgegate.report.markdown.places import spot_of, tell_spot
from judgegate.report.options import ReportOptions
from judgegate.report.text.words import count

MOST_QUESTIONS = 5
MOST_PLACES = 3
LONGEST_WHY = 200
MOST_OF_A_HUNK = 2
"""Questions of one hunk that may stand before those of the next one."""
WEIGHTY = frozenset({Stake.FINDING, Stake.GUARD, Stake.UNREAD, Stake.CRITICAL})

Raised = tuple[Hunk, Concern]


def tell_questions(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """As many as one asks at a sitting. Where all is well but that no test came along, they do not impose themselves."""
    groups = _group(verdict.hunks)
    shown, others = shortlist(groups, MOST_QUESTIONS, options)
    items = tuple(_ask(number, raised, options) for number, raised in enumerate(shown, 1))
    stakes = {concern.stake for raised in groups for _, concern in raised}
    if verdict.outcome is Outcome.PASS and stakes == {Stake.UNTESTED}:
        yield foldable(f"<b>To question</b>: no test touches {count(len(verdict.hunks), 'hunk')}", items, others)
    elif items:
        yield Block("### Question first", items, others=others)


def _group(hunks: Sequence[Hunk]) -> list[list[Raised]]:
    """What raises the same question, in the order of what weighs most: a large hunk must not hide the others."""
    first: list[Raised] = []
    rest: list[Raised] = []
    for hunk in hunks:
        for number, concern in enumerate(hunk.concerns):
            is_early = number == 0 or (number < MOST_OF_A_HUNK and concern.stake in WEIGHTY)
            (first if is_early else rest).append((hunk, concern))
    groups: dict[str, list[Raised]] = {}
    for hunk, concern in first + rest:
        groups.setdefault(concern.question, []).append((hunk, concern))
    return list(groups.values())


def _ask(number: int, raised: Sequence[Raised], options: ReportOptions) -> str:
    question = raised[0][1].question
    spots = list(dict.fromkeys(spot_of(hunk, concern) for hunk, concern in raised))
    more = f" and {len(spots) - MOST_PLACES} more" if len(spots) > MOST_PLACES else ""
    why = prose(raised[0][1].what, LONGEST_WHY)
    return entry(
        f"**{prose(question)}**" if question.strip() else "",
        ", ".join(tell_spot(spot, options) for spot in spots[:MOST_PLACES]) + more,
        why[:1].upper() + why[1:],
        mark=f"{number}.",
    )
