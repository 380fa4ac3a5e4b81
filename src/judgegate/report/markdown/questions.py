"""What to question first: each question once, with the places that raise it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from judgegate.model.brief import Concern, Hunk, Stake
from judgegate.model.scales import Outcome
from judgegate.model.verdict import Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import prose
from judgegate.report.markdown.findings import render_spot, spot_of
from judgegate.report.options import ReportOptions
from judgegate.report.text.words import count

MOST_QUESTIONS = 5
MOST_PLACES = 3
MOST_BESIDES = 3
LONGEST_WHY = 200
MOST_OF_A_HUNK = 2
"""Questions of one hunk that may stand before those of the next one."""
WEIGHTY = frozenset({Stake.FINDING, Stake.GUARD, Stake.UNREAD, Stake.CRITICAL})


@dataclass(frozen=True, slots=True)
class Raised:
    """What one hunk asks, and what is true of the hunk besides, whatever it does."""

    hunk: Hunk
    concern: Concern
    besides: tuple[Concern, ...] = ()


def render_questions(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """As many as one asks at a sitting. Where all is well but that no test came along, they do not impose themselves."""
    groups = _group(verdict.hunks)
    shown, others = shortlist(groups, MOST_QUESTIONS, options)
    items = tuple(_ask(number, raised, options) for number, raised in enumerate(shown, 1))
    stakes = {concern.stake for hunk in verdict.hunks for concern in hunk.concerns}
    if verdict.outcome is Outcome.PASS and stakes == {Stake.UNTESTED}:
        yield foldable(
            f"<b>To question</b>: no test touches {count(len(verdict.hunks), 'hunk')}", items, others
        )
    elif items:
        yield Block("### Question first", items, others=others)


def _group(hunks: Sequence[Hunk]) -> list[list[Raised]]:
    """What raises the same question, in the order of what weighs most: a large hunk must not hide the others."""
    first: list[Raised] = []
    rest: list[Raised] = []
    for hunk in hunks:
        for number, raised in enumerate(_read(hunk)):
            is_early = number == 0 or (number < MOST_OF_A_HUNK and raised.concern.stake in WEIGHTY)
            (first if is_early else rest).append(raised)
    groups: dict[str, list[Raised]] = {}
    for raised in first + rest:
        groups.setdefault(raised.concern.question, []).append(raised)
    return list(groups.values())


def _read(hunk: Hunk) -> Iterator[Raised]:
    """The hunk's questions. Generic ones stand beside its weightiest: they would point at the same lines once more."""
    generic = [concern for concern in hunk.concerns if concern.generic]
    specific = [concern for concern in hunk.concerns if not concern.generic] or generic[:1]
    for number, concern in enumerate(specific):
        yield Raised(
            hunk, concern, tuple(one for one in generic if one is not concern) if number == 0 else ()
        )


def _ask(number: int, raised: Sequence[Raised], options: ReportOptions) -> str:
    question = raised[0].concern.question
    places = _places(raised, options)
    more = f"and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    whys = {_why(one.concern) for one in raised}
    shown = list(places.items())[:MOST_PLACES]
    if len(whys) == 1:
        lines = [" ".join(filter(None, (", ".join(place for place, _ in shown), more))), _sentence(*whys)]
    else:
        lines = [*(": ".join(filter(None, one)) for one in shown), more]
    return entry(
        f"**{prose(question)}**" if question.strip() else "", *lines, *_besides(raised), mark=f"{number}."
    )


def _places(raised: Sequence[Raised], options: ReportOptions) -> dict[str, str]:
    """The places, each once and with the clause that is true of it."""
    places: dict[str, str] = {}
    for one in raised:
        alike = f" and {one.hunk.alike} more like it in this file" if one.hunk.alike else ""
        places.setdefault(render_spot(spot_of(one.hunk, one.concern), options) + alike, _why(one.concern))
    return places


def _why(concern: Concern) -> str:
    return prose(concern.what, LONGEST_WHY)


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _besides(raised: Sequence[Raised]) -> Iterator[str]:
    """What else is to be asked there: the question, and why if that is the same in all the places."""
    questions: dict[str, dict[str, None]] = {}
    for concern in (concern for one in raised for concern in one.besides if concern.question.strip()):
        questions.setdefault(concern.question, {})[_why(concern)] = None
    for question, whys in list(questions.items())[:MOST_BESIDES]:
        why = f" ({next(iter(whys))})" if len(whys) == 1 and next(iter(whys)) else ""
        yield f"Also: {prose(question)}{why}"
