"""One row of the table of approvals, and the words to write it in."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from judgegate.model.approvals import (
    Approvals,
    Comment,
    Part,
    Permission,
    Person,
    Review,
    Unchecked,
    Unmapped,
)
from judgegate.policy.review import AuthorApproval, ContributorTerm, Stale
from judgegate.review.demands import Ask
from tests.review.forum import BOB, OWNERS, PAYMENTS, PERMISSIONS, ask, forum, took_part

ONE = ask()
TWO = ask(approvals=2)
NOT_AUTHOR = ask(contributors=ContributorTerm.NOT_AUTHOR)
ATTEST = ask(author=AuthorApproval.ATTEST)
ATTEST_TWO = ask(approvals=2, author=AuthorApproval.ATTEST)
ANY_COMMIT = ask(stale=Stale.NEVER)
PAID = ask(PAYMENTS)
OWNED = ask(OWNERS, paths=["src/pay.py"])


class Case(Struct, frozen=True):
    """`ignored` are logins with a part of the reason; `counted` are logins."""

    name: str
    approvals: Approvals
    asks: Sequence[Ask]
    counted: Sequence[str]
    ignored: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0
    held: bool = False
    agents: Sequence[str] = ()


def counts(
    name: str,
    *reviews: Review,
    by: str,
    asks: Ask | Sequence[Ask] = ONE,
    world: Mapping[str, Any] | None = None,
    **rest: Any,
) -> Case:
    """The approvals of those named count and satisfy what is asked."""
    return Case(name, forum(*reviews, **world or {}), listed(asks), by.split(), **rest)


def is_ignored(
    name: str,
    *reviews: Review,
    why: str = "",
    who: str = "bob",
    asks: Ask | Sequence[Ask] = ONE,
    world: Mapping[str, Any] | None = None,
    by: str = "",
    missing: int = 1,
    **rest: Any,
) -> Case:
    """What is asked stays open: an approval is ignored (`why`), or there are too few (`by`)."""
    return Case(
        name,
        forum(*reviews, **world or {}),
        listed(asks),
        by.split(),
        {who: why} if why else {},
        missing,
        **rest,
    )


def listed(asks: Ask | Sequence[Ask]) -> Sequence[Ask]:
    return (asks,) if isinstance(asks, Ask) else asks


def with_part(*parts: Part, person: Person = BOB) -> dict[str, Any]:
    return {"contributions": took_part(*((person, part) for part in parts))}


def permitted(number: int, permission: Permission | Unchecked) -> dict[str, Any]:
    return {"permissions": {**PERMISSIONS, number: permission}}


def unmapped(*parts: tuple[str, Part]) -> dict[str, Any]:
    return {"unmapped": tuple(Unmapped(name, part) for name, part in parts)}


def said(*comments: Comment) -> dict[str, Any]:
    return {"comments": comments}
