"""The table of approvals: for each case which approval counts, and why the others do not.

A case is named after the row of the comparison with other tools (A1 to A6), or the technique (T85
to T97), that it answers.
"""

import pytest
from msgspec.structs import replace

from judgegate.review.agreement import weigh_approvals
from judgegate.review.owners import parse_owners
from tests.review import (
    cases_attestations,
    cases_heads,
    cases_owners,
    cases_persons,
    cases_standings,
)
from tests.review.cases import ONE, Case
from tests.review.forum import BOB, HEAD, approved, dismissed, forum

CASES = [
    *cases_persons.CASES,
    *cases_standings.CASES,
    *cases_owners.CASES,
    *cases_heads.CASES,
    *cases_attestations.CASES,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_approval_counts_or_says_why_not(case: Case) -> None:
    verdict = weigh_approvals(
        case.asks,
        case.approvals,
        HEAD,
        owners=parse_owners(cases_owners.CODEOWNERS),
        agents=case.agents,
    )
    assert [approval.who for approval in verdict.counted] == list(case.counted)
    told = {ignored.who: ignored.why for ignored in verdict.ignored}
    assert told.keys() == case.ignored.keys()
    for who, why in case.ignored.items():
        assert why in told[who]
    assert sum(demand.missing for demand in verdict.demands) == case.missing
    assert bool(verdict.held_by) is case.held
    assert verdict.satisfied is (not case.missing and not case.held)


@pytest.mark.parametrize(
    "name",
    [*(f"A{row}" for row in range(1, 7)), *(f"T{number}" for number in range(85, 98))],
)
def test_every_row_and_technique_has_its_case(name: str) -> None:
    assert any(case.name.startswith(f"{name} ") for case in CASES)


def test_the_table_names_each_case_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


def test_the_order_of_the_history_decides_not_the_order_of_the_list() -> None:
    approvals = forum(approved(BOB), dismissed(BOB))
    backwards = replace(approvals, reviews=tuple(reversed(approvals.reviews)))
    assert weigh_approvals([ONE], backwards, HEAD) == weigh_approvals(
        [ONE], approvals, HEAD
    )
