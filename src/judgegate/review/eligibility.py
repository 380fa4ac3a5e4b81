"""Who is a person, who has a part in the change, and who has the standing that a demand asks for."""

from collections.abc import Collection, Iterable
from operator import attrgetter

from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Contribution,
    Part,
    Permission,
    Person,
    Review,
    ReviewState,
    Unchecked,
)
from judgegate.model.verdict import Ignored, Standing
from judgegate.policy.review import ContributorTerm, ReviewTerms

_OF_THE_AUTHOR = frozenset({Part.OPENER, Part.AUTHOR, Part.REQUESTER})
"""The parts that `contributors: not_author` leaves to others.

Who sets an agent to work is its author.
"""

_NO_PERSON = {
    AccountKind.ORGANIZATION: "is an organization, not a person",
    AccountKind.MANNEQUIN: "is a placeholder for someone who never had an account here",
    AccountKind.DELETED: "is an account that no longer exists",
}

_SINCE = {
    ReviewState.DISMISSED: "their last review was dismissed",
    ReviewState.CHANGES_REQUESTED: "requested changes after approving",
}
"""How somebody can take back an approval, as a clause."""

_DID = {
    Part.OPENER: "opened the pull request",
    Part.AUTHOR: "wrote",
    Part.COMMITTER: "committed",
    Part.CO_AUTHOR: "is a co-author of",
    Part.PUSHER: "pushed",
    Part.REQUESTER: "started the agent that wrote",
}


def fault_of(person: Person, agents: Collection[str]) -> str | None:
    """Why the account can be no reviewer at all, a clause, or None.

    `agents` are logins that are an agent's, case-folded.
    """
    login = person.login.casefold()
    # A forge may call an App's account a user; its login still ends like this.
    if person.kind is AccountKind.BOT or login.endswith("[bot]"):
        return "is a bot, not a person"
    # Behind an organization, a placeholder and a deleted account is no person who could answer
    # for the approval.
    if person.kind is not AccountKind.USER:
        return _NO_PERSON[person.kind]
    # Agents also work under accounts that the forge takes for a person's.
    if login in agents:
        return "is an agent, not a person"
    # The forge suspended it: what still comes from it must not count.
    if person.suspended:
        return "is a suspended account"
    # A login can be given up and taken by somebody else; only the number is one person's for good.
    if person.id is None:
        return "has no account number that identifies it"
    return None


def part_of(person: Person, approvals: Approvals, terms: ReviewTerms) -> str | None:
    """What part of the person in the change keeps them from approving it under these terms.

    A clause, or None.
    """
    own = [one for one in approvals.contributions if one.person.id == person.id]
    barring = [one for one in own if bars(one.part, terms)]
    if not barring:
        return None
    # One reason is enough: the first in the order of `Part`.
    return _describe(min(barring, key=_rank))


def bars(part: Part, terms: ReviewTerms) -> bool:
    """Whether somebody with this part may not approve under these terms."""
    return terms.contributors is ContributorTerm.NEVER or part in _OF_THE_AUTHOR


def stands(
    person: Person, standings: tuple[Standing, ...], approvals: Approvals
) -> bool | Unchecked:
    """Whether the person has any of the standings.

    What could not be checked is the answer only if nothing else is a yes.
    """
    answers = [_stands(person, standing, approvals) for standing in standings]
    if True in answers:
        return True
    return next((answer for answer in answers if isinstance(answer, Unchecked)), False)


def refuse_standing(
    person: Person, standings: tuple[Standing, ...], approvals: Approvals
) -> str | Unchecked | None:
    """Why the person has none of the standings, a clause.

    Else what could not be checked, or None if they have one.
    """
    has = stands(person, standings, approvals)
    if has is True:
        return None
    # A person who is named and cannot write is refused for that: to say that they are not named
    # would be wrong.
    by_name = "permission" not in {standing.kind for standing in standings}
    if by_name and can_write(person, approvals) is False:
        return "has no write permission"
    return has or f"is not {' or '.join(map(str, standings))}"


def can_write(
    person: Person, approvals: Approvals, floor: Permission = Permission.WRITE
) -> bool | Unchecked:
    """Whether the person has at least the permission."""
    permission = approvals.permission_of(person)
    if isinstance(permission, Unchecked):
        return Unchecked(f"{floor.value} permission ({permission.reason})")
    return not permission < floor


def _stands(person: Person, standing: Standing, approvals: Approvals) -> bool | Unchecked:
    """Whether the person has the standing.

    A team, a user and a code owner need write permission besides: to be named alone gives no say in
    a repository.
    """
    value = (standing.value or "").removeprefix("@")
    match standing.kind:
        case "permission":
            return can_write(person, approvals, Permission.parse(value))
        case "user":
            named: bool | Unchecked = person.login.casefold() == value.casefold()
        case "team":
            named = approvals.is_member(person, value)
            if isinstance(named, Unchecked):
                named = Unchecked(f"membership of @{value} ({named.reason})")
        case "address":
            named = _has_address(person, value, approvals)
        case _:
            raise ValueError(f"not a standing that a person can have: {standing.kind}")
    return can_write(person, approvals) if named is True else named


def _has_address(person: Person, address: str, approvals: Approvals) -> bool | Unchecked:
    from judgegate.review.accounts import read_no_reply  # few rules ask for an address

    # A no-reply address has the account's number in it, which proves more than what a commit's
    # author claimed.
    owner = read_no_reply(address) or approvals.addresses.get(address.casefold())
    if owner is None:
        return Unchecked(f"which account has the address {address}")
    # Two deleted accounts have no number either, and are not the same for that.
    return person.id is not None and owner.id == person.id


def _rank(one: Contribution) -> tuple[int, str]:
    """The order in which parts are reported: that of the parts, then by commit."""
    return list(Part).index(one.part), one.commit or ""


def _describe(one: Contribution) -> str:
    """The part, as a clause."""
    if one.part is Part.OPENER:
        return _DID[one.part]
    what = "part of the change" if one.commit is None else one.commit[:7]
    return f"{_DID[one.part]} {what}"


def latest_decisive(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The last decisive review of each person, in the order they were given.

    Of an account without a number it is every one. A dismissed review takes the place of what the
    person said before it, so it never revives an older approval.
    """
    latest: dict[object, Review] = {}
    for review in sorted(reviews, key=attrgetter("order")):
        if review.state.is_decisive:
            latest[_reviewer(review)] = review
    return tuple(sorted(latest.values(), key=attrgetter("order")))


def _reviewer(review: Review) -> object:
    """What is equal for the reviews of one person, and for no others."""
    # Without a number two people may have one login, one after the other, so each review is alone.
    if review.person.id is None:
        return review.order, review.person.login
    return review.person.id


def superseded_approvals(reviews: Iterable[Review]) -> tuple[Ignored, ...]:
    """The approvals whose author has said something else since, and what."""
    reviews = tuple(reviews)
    given = [review for review in reviews if review.state is ReviewState.APPROVED]
    # Without a number it cannot be said that one person gave both reviews.
    approvers = {review.person.id for review in given} - {None}
    last = [one for one in latest_decisive(reviews) if one.person.id in approvers]
    return tuple(
        Ignored(one.person.login, _SINCE[one.state]) for one in last if one.state in _SINCE
    )


def holders(approvals: Approvals, agents: Collection[str]) -> tuple[str, ...]:
    """Who asks for changes and may stop the change by it, a clause for each.

    An answer that could not be had does not open the gate.
    """
    clauses = []
    for review in latest_decisive(approvals.reviews):
        if review.state is not ReviewState.CHANGES_REQUESTED:
            continue
        # An account whose approval could not count cannot stop the change either.
        if fault_of(review.person, agents):
            continue
        may = can_write(review.person, approvals, Permission.WRITE)
        if isinstance(may, Unchecked):
            clauses.append(
                f"{review.person} requests changes, and it could not be checked whether they have "
                f"{may.reason}"
            )
        elif may:
            clauses.append(f"{review.person} requests changes")
    return tuple(sorted(clauses))
