"""What human review the findings ask for, added up."""

from collections.abc import Iterable
from dataclasses import dataclass

from judgegate.model.verdict import Demand, ReviewVerdict, Standing
from judgegate.policy import ReviewTerms


@dataclass(frozen=True, slots=True)
class Asked:
    """A finding's rule and the review that it asks for."""

    rule: str
    terms: ReviewTerms


def add_up(asked: Iterable[Asked]) -> tuple[Demand, ...]:
    """Demands on the same people become one, of the largest number of approvals: one approval serves all that it may serve."""
    rules: dict[tuple[Standing, ...], set[str]] = {}
    approvals: dict[tuple[Standing, ...], int] = {}
    for one in asked:
        rules.setdefault(one.terms.standings, set()).add(one.rule)
        approvals[one.terms.standings] = max(approvals.get(one.terms.standings, 0), one.terms.approvals)
    demands = [
        Demand(rules=tuple(sorted(rules[standings])), approvals=number, standings=standings, missing=number)
        for standings, number in approvals.items()
        if number
    ]
    return tuple(sorted(demands, key=lambda demand: (demand.rules, str(demand.standings))))


def review_without_forge(demands: tuple[Demand, ...]) -> ReviewVerdict:
    """The review where nothing can say who approved: a demand stays open."""
    return ReviewVerdict(required=bool(demands), satisfied=None if demands else True, demands=demands)
