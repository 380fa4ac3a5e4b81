"""What holds of any history of reviews."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Contribution,
    Part,
    Permission,
    Person,
    Review,
    ReviewState,
)
from judgegate.policy.review import ContributorTerm, Stale
from judgegate.review.agreement import weigh_approvals
from judgegate.review.demands import Ask
from tests.review.forum import (
    BOB,
    CAROL,
    DAVE,
    ERIN,
    FRANK,
    GHOST,
    GRACE,
    HEAD,
    OLDER,
    PERMISSIONS,
    ROBOT,
    ask,
    forum,
)

PEOPLE = st.sampled_from([BOB, CAROL, DAVE, ERIN, FRANK, GRACE, ROBOT, GHOST])
REVIEWS = st.builds(
    Review,
    PEOPLE,
    st.sampled_from(ReviewState),
    st.sampled_from([HEAD, OLDER, None]),
    st.just(0),
)
PARTS = st.builds(Contribution, PEOPLE, st.sampled_from(Part), st.just(HEAD))
FORUMS = st.builds(
    lambda reviews, parts: forum(*reviews, contributions=tuple(parts)),
    st.lists(REVIEWS, max_size=12),
    st.lists(PARTS, max_size=3),
)
ASKS = st.builds(
    lambda approvals, stale, contributors: ask(
        approvals=approvals, stale=stale, contributors=contributors
    ),
    st.integers(1, 3),
    st.sampled_from(Stale),
    st.sampled_from(ContributorTerm),
)


def last_words(approvals: Approvals) -> dict[int, Review]:
    said: dict[int, Review] = {}
    for review in approvals.reviews:
        if review.person.id is not None and review.state not in {
            ReviewState.COMMENTED,
            ReviewState.PENDING,
        }:
            said[review.person.id] = review
    return said


def expected(approvals: Approvals, asked: Ask) -> set[str]:
    """The rule once more, as plainly as it can be put."""
    barred = (
        {Part.OPENER, Part.AUTHOR, Part.REQUESTER}
        if asked.terms.contributors is ContributorTerm.NOT_AUTHOR
        else set(Part)
    )
    contributors = {one.person.id for one in approvals.contributions if one.part in barred}
    commits = {HEAD, OLDER} if asked.terms.stale is Stale.NEVER else {HEAD}
    return {
        review.person.login
        for number, review in last_words(approvals).items()
        if review.state is ReviewState.APPROVED
        and review.commit in commits
        and review.person.kind is AccountKind.USER
        and number not in contributors
        and PERMISSIONS[number] in {Permission.WRITE, Permission.MAINTAIN, Permission.ADMIN}
    }


@given(FORUMS, ASKS)
def test_exactly_those_count_whom_the_rule_lets(approvals: Approvals, asked: Ask) -> None:
    verdict = weigh_approvals([asked], approvals, HEAD)
    assert {approval.who for approval in verdict.counted} == expected(approvals, asked)
    assert verdict.satisfied is (
        len(verdict.counted) >= asked.terms.approvals and not verdict.held_by
    )


@given(FORUMS, ASKS)
def test_everybody_whose_approval_does_not_count_is_reported_why(
    approvals: Approvals, asked: Ask
) -> None:
    verdict = weigh_approvals([asked], approvals, HEAD)
    approvers = {
        review.person.login
        for review in approvals.reviews
        if review.state is ReviewState.APPROVED
    }
    told = {one.who for one in verdict.counted} | {one.who for one in verdict.ignored}
    assert told == approvers
    assert all(one.why for one in verdict.ignored)


@given(
    FORUMS,
    PEOPLE,
    st.sampled_from([ReviewState.COMMENTED, ReviewState.PENDING]),
    st.integers(-1, 13),
)
def test_a_remark_or_a_draft_never_changes_anything(
    approvals: Approvals, person: Person, state: ReviewState, order: int
) -> None:
    remark = Review(person, state, HEAD, order)
    assert weigh_approvals(
        [ask()], replace(approvals, reviews=(*approvals.reviews, remark)), HEAD
    ) == weigh_approvals([ask()], approvals, HEAD)


@given(FORUMS)
def test_whoever_can_write_and_asks_for_changes_last_holds_the_gate(
    approvals: Approvals,
) -> None:
    writers = {BOB.id, CAROL.id, FRANK.id, GRACE.id}
    holding = {
        str(review.person)
        for number, review in last_words(approvals).items()
        if number in writers and review.state is ReviewState.CHANGES_REQUESTED
    }
    verdict = weigh_approvals([ask()], approvals, HEAD)
    assert {clause.split()[0] for clause in verdict.held_by} == holding
    assert not (holding and verdict.satisfied)


@given(FORUMS, st.lists(ASKS, max_size=4), st.randoms(use_true_random=False))
def test_the_same_input_in_another_order_gives_the_same_verdict(
    approvals: Approvals, asks: list[Ask], chance: Random
) -> None:
    shuffled = list(approvals.reviews)
    chance.shuffle(shuffled)
    assert weigh_approvals(
        asks[::-1], replace(approvals, reviews=tuple(shuffled)), HEAD
    ) == weigh_approvals(asks, approvals, HEAD)
