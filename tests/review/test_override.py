"""Who may let a change pass in an emergency, and why somebody's word does not hold."""

from collections.abc import Mapping
from typing import Any

import pytest

from judgegate.model.approvals import Comment, Part, Permission, Person, Unchecked, Unmapped
from judgegate.model.verdict import Ignored, Override, ReviewVerdict, Standing
from judgegate.policy.override import OverrideTerms
from judgegate.review.agreement import weigh_approvals
from tests.review.forum import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    FRANK,
    GRACE,
    HEAD,
    OLDER,
    PAYMENTS,
    PERMISSIONS,
    ROBOT,
    ask,
    forum,
    objected,
    took_part,
)

ADMIN = Standing("permission", "admin")
GINA = Person(11, "gina")
"""An admin, like frank."""


def said(person: Person, text: str | None = None, **fields: Any) -> Comment:
    return Comment(
        person,
        f"/judgegate override {HEAD} The shop is down." if text is None else text,
        **fields,
    )


def heard(
    *comments: Comment,
    standings: tuple[Standing, ...] = (ADMIN,),
    agents: tuple[str, ...] = (),
    **world: Any,
) -> ReviewVerdict:
    permissions = {"permissions": PERMISSIONS | {11: Permission.ADMIN}} | world
    approvals = forum(comments=comments, **permissions)
    return weigh_approvals(
        [ask()], approvals, HEAD, agents=agents, override=OverrideTerms(standings)
    )


@pytest.mark.parametrize(
    ("person", "standings"),
    [
        (FRANK, (ADMIN,)),
        (CAROL, (Standing("permission", "maintain"),)),
        (GRACE, (ADMIN, PAYMENTS)),
        (BOB, (Standing("user", "Bob"),)),
    ],
)
def test_whom_the_policy_trusts_may_override(
    person: Person, standings: tuple[Standing, ...]
) -> None:
    review = heard(said(person), standings=standings)
    assert review.override == Override(person.login, HEAD, "The shop is down.")
    assert review.ignored == ()


def test_an_override_is_no_approval() -> None:
    review = heard(said(FRANK))
    assert (review.satisfied, review.counted) == (False, ())
    assert [demand.missing for demand in review.demands] == [1]


@pytest.mark.parametrize(
    ("comment", "why", "world"),
    [
        (said(BOB), "is not someone with admin permission", {}),
        (
            said(BOB),
            "is not someone with admin permission or @org/payments",
            {"standings": (ADMIN, PAYMENTS)},
        ),
        (said(BOB), "is not @org/payments", {"standings": (PAYMENTS,)}),
        (said(DAVE), "overrides, but has no write permission", {"standings": (PAYMENTS,)}),
        (
            said(FRANK),
            "membership of @org/payments (its members",
            {"standings": (PAYMENTS,), "memberships": {}},
        ),
        (
            said(CAROL),
            "could not be checked: membership of @org/payments",
            {"standings": (PAYMENTS,)},
        ),
        (
            said(FRANK),
            "could not be checked: admin permission (a 500)",
            {"permissions": {6: Unchecked("a 500")}},
        ),
        (said(FRANK), "could not be checked: admin permission", {"permissions": {}}),
        (said(ALICE), "overrides, but opened the pull request", {}),
        (
            said(FRANK),
            "but committed abcdef0",
            {"contributions": took_part((FRANK, Part.COMMITTER))},
        ),
        (
            said(FRANK),
            "but is a co-author of abcdef0",
            {"contributions": took_part((FRANK, Part.CO_AUTHOR))},
        ),
        (
            said(FRANK),
            "but pushed abcdef0",
            {"contributions": took_part((FRANK, Part.PUSHER))},
        ),
        (
            said(FRANK),
            "started the agent",
            {"contributions": took_part((FRANK, Part.REQUESTER))},
        ),
        (said(ROBOT), "is a bot", {}),
        (said(FRANK), "is an agent", {"agents": ("Frank",)}),
        (said(Person(6, "frank", suspended=True)), "is a suspended account", {}),
        (said(FRANK, edited=True), "overrides in a comment that was edited", {}),
        (
            said(FRANK, f"/judgegate override {OLDER} The shop is down."),
            "full id of the head",
            {},
        ),
        (
            said(FRANK, f"/judgegate override {HEAD[:12]} The shop is down."),
            "full id of the head",
            {},
        ),
        (said(FRANK, "/judgegate override"), "full id of the head", {}),
        (said(FRANK, f"/judgegate override\n{HEAD}"), "overrides without saying why", {}),
        (
            said(FRANK, f"/judgegate override {HEAD} \u200b ... !"),
            "overrides without saying why",
            {},
        ),
        (
            said(FRANK),
            "the policy does not allow anyone to (the setting is `override`)",
            {"standings": ()},
        ),
        (
            said(ROBOT, "/judgegate override"),
            "the policy does not allow anyone to",
            {"standings": ()},
        ),
    ],
)
def test_any_other_override_is_ignored_and_says_why(
    comment: Comment, why: str, world: Mapping[str, Any]
) -> None:
    review = heard(comment, **world)
    assert review.override is None
    (ignored,) = review.ignored
    assert ignored.who == comment.person.login
    assert why in ignored.why


@pytest.mark.parametrize(
    "text",
    [
        "LGTM",
        f"> /judgegate override {HEAD} The shop is down.",
        f"Please /judgegate override {HEAD} The shop is down.",
        f"/judgegate reviewed {HEAD} ran it by hand",
        f"/judgegate overrides {HEAD} The shop is down.",
        f"/judgegate Override {HEAD} The shop is down.",
        f"/judgegate\noverride {HEAD} The shop is down.",
    ],
)
def test_no_other_comment_is_an_override(text: str) -> None:
    review = heard(said(FRANK, text))
    assert review.override is None
    assert not [one for one in review.ignored if one.why.startswith("overrides")]


def test_an_override_is_reported_where_no_review_is_asked_for() -> None:
    approvals = forum(comments=(said(FRANK), said(BOB)), permissions=PERMISSIONS)
    review = weigh_approvals([], approvals, HEAD, override=OverrideTerms((ADMIN,)))
    assert review.override == Override("frank", HEAD, "The shop is down.")
    assert review.ignored == (
        Ignored("bob", "overrides, but is not someone with admin permission"),
    )


def test_the_last_word_of_each_person_holds_in_one_line() -> None:
    first, later = (
        said(FRANK, f"/judgegate override {HEAD.upper()} The shop\n\n is down. "),
        said(FRANK, f"/judgegate override {HEAD} Still."),
    )
    assert heard(first).override == Override("frank", HEAD, "The shop is down.")
    assert heard(first, later).override == Override("frank", HEAD, "Still.")
    assert heard(said(GINA), first).override == Override(
        "frank", HEAD, "The shop is down.", ("gina",)
    )
    assert heard(first, said(GINA), later).override == Override(
        "frank", HEAD, "Still.", ("gina",)
    )


def test_what_a_person_got_wrong_before_is_forgotten_and_what_others_did_is_not() -> None:
    wrong = said(FRANK, f"/judgegate override {HEAD[:12]} The shop is down.")
    review = heard(wrong, said(BOB), said(FRANK))
    assert (review.override is not None, [one.who for one in review.ignored]) == (
        True,
        ["bob"],
    )
    again = heard(said(FRANK), wrong)
    assert (again.override is not None, [one.who for one in again.ignored]) == (
        True,
        ["frank"],
    )


def test_whom_the_policy_lets_override_is_reported_whether_or_not_anybody_does() -> None:
    assert heard().may_override == (ADMIN,)
    assert weigh_approvals(
        [ask()], None, HEAD, override=OverrideTerms((ADMIN,))
    ).may_override == (ADMIN,)
    assert heard(standings=()).may_override == ()


def test_each_contributor_without_an_account_asks_for_one_person_more() -> None:
    strangers = (
        Unmapped("x@example.com", Part.AUTHOR),
        Unmapped("X@example.com", Part.COMMITTER),
    )
    alone = heard(said(FRANK), unmapped=strangers)
    assert alone.override is None
    (ignored,) = alone.ignored
    assert ignored == Ignored(
        "frank",
        "overrides, which needs 1 more override by other people, because no account is known for x@example.com",
    )
    assert heard(said(FRANK), said(GINA), unmapped=strangers).override == Override(
        "gina", HEAD, "The shop is down.", ("frank",)
    )
    both = heard(
        said(FRANK),
        said(GINA),
        unmapped=(*strangers, Unmapped("the pusher of 1a2b3c4", Part.PUSHER)),
    )
    assert both.override is None
    assert {one.who for one in both.ignored} == {"frank", "gina"}


def test_approving_grants_no_override_and_an_objection_stays() -> None:
    approvals = forum(objected(BOB), comments=(said(FRANK),), permissions=PERMISSIONS)
    review = weigh_approvals([ask()], approvals, HEAD, override=OverrideTerms((ADMIN,)))
    assert (review.override is not None, review.held_by) == (
        True,
        ("@bob requests changes",),
    )
