"""Whom the policy asks for reviews, list by list."""

from collections.abc import Iterator
from dataclasses import dataclass

from judgegate.model.verdict import Standing
from judgegate.policy.model import ReviewBlock
from judgegate.policy.policy import Policy
from judgegate.policy.problems import Place


@dataclass(frozen=True, slots=True)
class Asked:
    """A list of standings that the policy names, any of which will do; `approvals` as the same block sets it."""

    place: Place
    standings: tuple[Standing, ...]
    approvals: int


def demands_of(policy: Policy) -> Iterator[Asked]:
    """Every list that a layer names."""
    for file in policy.layers:
        blocks = [file.review]
        for rule in file.rules.values():
            blocks += [
                rule.sets.review,
                *(case.sets.review for case in (rule.cases.value if rule.cases else ())),
            ]
        for block in blocks:
            yield from _asked(block)


def _asked(block: ReviewBlock) -> Iterator[Asked]:
    if block.standings is not None:
        approvals = block.approvals.value if block.approvals is not None else 1
        yield Asked(block.standings.place, block.standings.value, approvals)
