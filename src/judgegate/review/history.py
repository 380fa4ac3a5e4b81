"""What each person has said last, and who holds the gate."""

from collections.abc import Collection, Iterable

from judgegate.model.approvals import Approvals, Permission, Review, ReviewState, Unchecked
from judgegate.model.verdict import Ignored
from judgegate.review.standing import can_write, fault_of


def latest_decisive(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The last decisive review of each person, in the order they were given; of an account that nobody can name, every one.

    A dismissed review takes the place of what the person said before it, so it never revives an older approval.
    """
    latest: dict[int | tuple[int, str], Review] = {}
    for review in sorted(reviews, key=lambda review: review.order):
        if review.state.is_decisive:
            person = review.person
            latest[(review.order, person.login) if person.id is None else person.id] = review
    return tuple(sorted(latest.values(), key=lambda review: review.order))


def superseded_approvals(reviews: Iterable[Review]) -> tuple[Ignored, ...]:
    """The approvals whose author has said something else since, and what."""
    reviews = tuple(reviews)
    approvers = {review.person.id for review in reviews if review.state is ReviewState.APPROVED}
    told = []
    for last in latest_decisive(reviews):
        if last.person.id is None or last.person.id not in approvers:
            continue
        if last.state is ReviewState.DISMISSED:
            told.append(Ignored(last.person.login, "their last review was dismissed"))
        elif last.state is ReviewState.CHANGES_REQUESTED:
            told.append(Ignored(last.person.login, "asked for changes after approving"))
    return tuple(told)


def holders(approvals: Approvals, agents: Collection[str]) -> tuple[str, ...]:
    """Who asks for changes and may hold the gate by it, a clause for each; an answer that could not be had does not open the gate."""
    clauses = []
    for review in latest_decisive(approvals.reviews):
        if review.state is not ReviewState.CHANGES_REQUESTED or fault_of(review.person, agents):
            continue
        may = can_write(review.person, approvals, Permission.WRITE)
        if isinstance(may, Unchecked):
            clauses.append(f"{review.person} asks for changes, and it could not be checked whether they have {may.reason}")
        elif may:
            clauses.append(f"{review.person} asks for changes")
    return tuple(sorted(clauses))
