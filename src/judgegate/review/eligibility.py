"""Who is a person, who has a part in the change, and who has the standing that a demand asks for."""

from collections.abc import Collection, Iterable

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
from judgegate.review.accounts import read_no_reply

_OF_THE_AUTHOR = frozenset({Part.OPENER, Part.AUTHOR, Part.REQUESTER})
"""The parts that `contributors: not_author` leaves to others. Who sets an agent to work is its author."""

_NO_PERSON = {
    AccountKind.ORGANIZATION: "is an organization, not a person",
    AccountKind.MANNEQUIN: "is a placeholder for someone who never had an account here",
    AccountKind.DELETED: "is an account that no longer exists",
}

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
    # An organization, a placeholder and a deleted account have nobody who could answer for the approval.
    if person.kind is not AccountKind.USER:
        return _NO_PERSON[person.kind]
    # Agents also work under accounts that the forge takes for a person's.
    if login in agents:
        return "is an agent, not a person"
    # Whoever can still act with a suspended account should not be able to.
    if person.suspended:
        return "is a suspended account"
    # A login can be given up and taken by somebody else; only the number is one person's for good.
    if person.id is None:
        return "has no account number that identifies it"
    return None


def part_of(person: Person, approvals: Approvals, terms: ReviewTerms) -> str | None:
    """What part the person has in the change that keeps them from approving it under these terms: a clause, or None."""
    did = [
        one
        for one in approvals.contributions
        if one.person.id == person.id and bars(one.part, terms)
    ]
    return _describe(min(did, key=_rank)) if did else None


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
    """Why the person has none of the standings, a clause; what could not be checked; None if they have one."""
    has = stands(person, standings, approvals)
    if has is True:
        return None
    # Whoever is named and cannot write is refused for that: to say that they are not named would be wrong.
    by_name = all(standing.kind != "permission" for standing in standings)
    if by_name and can_write(person, approvals) is False:
        return "has no write permission"
    return has or f"is not {' or '.join(str(standing) for standing in standings)}"


def can_write(
    person: Person, approvals: Approvals, floor: Permission = Permission.WRITE
) -> bool | Unchecked:
    """Whether the person has at least the permission."""
    permission = approvals.permission_of(person)
    if isinstance(permission, Unchecked):
        return Unchecked(f"{floor.value} permission ({permission.reason})")
    return not permission < floor


def _stands(person: Person, standing: Standing, approvals: Approvals) -> bool | Unchecked:
    """A team, a user and a code owner need write permission besides: being named gives nobody a say in a repository."""
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
    owner = read_no_reply(address) or approvals.addresses.get(address.casefold())
    if owner is None:
        return Unchecked(f"which account has the address {address}")
    return person.id is not None and owner.id == person.id


def _rank(one: Contribution) -> tuple[int, str]:
    return list(Part).index(one.part), one.commit or ""


def _describe(one: Contribution) -> str:
    if one.part is Part.OPENER:
        return _DID[one.part]
    return (
        f"{_DID[one.part]} {'part of the change' if one.commit is None else one.commit[:7]}"
    )


def latest_decisive(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The last decisive review of each person, in the order they were given; of an account that nobody can name, every one.

    A dismissed review takes the place of what the person said before it, so it never revives an
    older approval.
    """
    latest: dict[int | tuple[int, str], Review] = {}
    for review in sorted(reviews, key=lambda review: review.order):
        if review.state.is_decisive:
            person = review.person
            # Without a number two people may have one login, one after the other, so each review
            # stands alone.
            latest[(review.order, person.login) if person.id is None else person.id] = (
                review
            )
    return tuple(sorted(latest.values(), key=lambda review: review.order))


def superseded_approvals(reviews: Iterable[Review]) -> tuple[Ignored, ...]:
    """The approvals whose author has said something else since, and what."""
    reviews = tuple(reviews)
    approvers = {
        review.person.id for review in reviews if review.state is ReviewState.APPROVED
    }
    superseded = []
    for last in latest_decisive(reviews):
        if last.person.id is None or last.person.id not in approvers:
            continue
        if last.state is ReviewState.DISMISSED:
            superseded.append(Ignored(last.person.login, "their last review was dismissed"))
        elif last.state is ReviewState.CHANGES_REQUESTED:
            superseded.append(
                Ignored(last.person.login, "requested changes after approving")
            )
    return tuple(superseded)


def holders(approvals: Approvals, agents: Collection[str]) -> tuple[str, ...]:
    """Who asks for changes and may hold the gate by it, a clause for each; an answer that could not be had does not open the gate."""
    clauses = []
    for review in latest_decisive(approvals.reviews):
        # Whose approval could not count, because nobody answers for it, cannot hold the gate either.
        if review.state is not ReviewState.CHANGES_REQUESTED or fault_of(
            review.person, agents
        ):
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
