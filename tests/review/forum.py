"""A small team and its pull request, for the tests of who counts.

alice opened it and wrote it; bob and carol can write; dave can read; erin triages; frank is an
admin; grace can write and belongs to org/payments; robot[bot] is a bot that can write.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Comment,
    Contribution,
    Part,
    Permission,
    Person,
    Review,
    ReviewState,
    Unchecked,
)
from judgegate.model.verdict import Standing
from judgegate.policy.review import AuthorApproval, ContributorTerm, ReviewTerms, Stale
from judgegate.review.demands import Ask

HEAD = "1" * 40
OLDER = "0" * 40

ALICE = Person(1, "alice")
BOB = Person(2, "bob")
CAROL = Person(3, "carol")
DAVE = Person(4, "dave")
ERIN = Person(5, "erin")
FRANK = Person(6, "frank")
GRACE = Person(7, "grace")
ROBOT = Person(9, "robot[bot]", AccountKind.BOT)
GHOST = Person(None, "ghost", AccountKind.DELETED)

TEAM = "org/payments"
WRITE = Standing("permission", "write")
PAYMENTS = Standing("team", TEAM)
OWNERS = Standing("code_owners")

PERMISSIONS = {
    1: Permission.ADMIN,
    2: Permission.WRITE,
    3: Permission.MAINTAIN,
    4: Permission.READ,
    5: Permission.TRIAGE,
    6: Permission.ADMIN,
    7: Permission.WRITE,
    9: Permission.WRITE,
}
MEMBERS: Mapping[str, Mapping[int, bool | Unchecked]] = {
    TEAM: {
        7: True,
        1: False,
        2: False,
        3: Unchecked("the token may not read teams"),
        4: True,
        6: False,
    }
}
OPENED = Contribution(ALICE, Part.OPENER)
WROTE = Contribution(ALICE, Part.AUTHOR, HEAD)


def approved(person: Person, commit: str | None = HEAD) -> Review:
    return Review(person, ReviewState.APPROVED, commit, 0)


def reviewed(person: Person, state: ReviewState, commit: str | None = HEAD) -> Review:
    return Review(person, state, commit, 0)


def objected(person: Person, commit: str | None = HEAD) -> Review:
    return reviewed(person, ReviewState.CHANGES_REQUESTED, commit)


def dismissed(person: Person, commit: str | None = HEAD) -> Review:
    return reviewed(person, ReviewState.DISMISSED, commit)


def remarked(person: Person) -> Review:
    return reviewed(person, ReviewState.COMMENTED)


def attested(person: Person, text: str | None = None, **fields: Any) -> Comment:
    return Comment(
        person,
        f"/judgegate reviewed {HEAD} ran it by hand" if text is None else text,
        **fields,
    )


def forum(*reviews: Review, **fields: Any) -> Approvals:
    """The team; the reviews are in the order in which they were given."""
    approvals = Approvals(
        head=HEAD,
        reviews=tuple(replace(review, order=order) for order, review in enumerate(reviews)),
        permissions=PERMISSIONS,
        memberships=MEMBERS,
        contributions=(OPENED, WROTE),
    )
    return replace(approvals, **fields)


def took_part(*parts: tuple[Person, Part]) -> tuple[Contribution, ...]:
    """Besides alice, who opened it and wrote it."""
    return (
        OPENED,
        WROTE,
        *(Contribution(person, part, "abcdef0" + "0" * 33) for person, part in parts),
    )


def ask(
    *standings: Standing,
    rule: str = "oversight/ai-assisted",
    approvals: int = 1,
    stale: Stale = Stale.HEAD,
    contributors: ContributorTerm = ContributorTerm.NEVER,
    author: AuthorApproval = AuthorApproval.NEVER,
    paths: Iterable[str] = (),
    **fields: Any,
) -> Ask:
    terms = ReviewTerms(approvals, standings or (WRITE,), stale, contributors, author)
    return Ask(rule, terms, tuple(paths), **fields)
