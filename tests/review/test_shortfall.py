"""What a demand lacks: how many, from whom, and the setting in the way."""

from collections.abc import Sequence
from typing import Any

import pytest

from judgegate.model.approvals import Approvals, Part, Permission, Person, Review, Unchecked
from judgegate.model.verdict import Counted, Demand, Standing
from judgegate.policy.review import AuthorApproval, ContributorTerm
from judgegate.review.agreement import OtherHeadError, weigh_approvals
from judgegate.review.demands import Ask
from judgegate.review.owners import CodeOwners, parse_owners
from tests.review.cases import (
    ATTEST,
    OWNED,
    PAID,
    TWO,
    permitted,
    said,
    unmapped,
    with_part,
)
from tests.review.forum import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    FRANK,
    GRACE,
    HEAD,
    OLDER,
    OWNERS,
    PAYMENTS,
    ROBOT,
    WRITE,
    approved,
    ask,
    attested,
    forum,
    objected,
)

CODEOWNERS = parse_owners(
    b"*.py @bob @org/payments\n/docs/ @Carol\n/mail/ bob@example.com\n"
)
EVERYBODY = (ALICE, BOB, CAROL, DAVE, FRANK, ROBOT)


def demand_of(
    asked: Ask, *reviews: Review, owners: CodeOwners = CODEOWNERS, **world: Any
) -> Demand:
    (demand,) = weigh_approvals(
        [asked], forum(*reviews, **world), HEAD, owners=owners
    ).demands
    return demand


@pytest.mark.parametrize(
    ("asked", "reviews", "shortfall"),
    [
        (ask(), [], "1 more approval, from someone with write permission"),
        (TWO, [], "2 more approvals, from someone with write permission"),
        (TWO, [approved(BOB)], "1 more approval, from someone with write permission"),
        (PAID, [], "1 more approval, from @org/payments"),
        (
            ask(PAYMENTS, Standing("user", "carol")),
            [],
            "1 more approval, from @org/payments or @carol",
        ),
        (OWNED, [], "1 more approval, from @org/payments or @bob"),
        (ask(OWNERS, paths=["mail/a"]), [], "1 more approval, from bob@example.com"),
        (
            ask(OWNERS, paths=["LICENSE"]),
            [],
            "1 more approval, from someone with write permission",
        ),
        (
            ask(OWNERS, paths=["a.py", "docs/a"]),
            [],
            "2 more approvals, one from @org/payments or @bob and one from @carol",
        ),
        (
            ask(OWNERS, paths=["a.py", "docs/a"]),
            [approved(BOB)],
            "1 more approval, from @carol",
        ),
        (
            ask(OWNERS, paths=["a.py", "docs/a"], approvals=3),
            [approved(BOB)],
            "2 more approvals, one from @carol and 1 from any of @org/payments or @bob or @carol",
        ),
        (
            ask(OWNERS, paths=["a.py", "docs/a"], approvals=3),
            [approved(BOB), approved(CAROL)],
            "1 more approval, from any of @org/payments or @bob or @carol",
        ),
        (ask(), [approved(BOB)], ""),
    ],
)
def test_one_sentence_says_what_is_missing(
    asked: Ask, reviews: Sequence[Review], shortfall: str
) -> None:
    assert demand_of(asked, *reviews).shortfall == shortfall


def test_the_sentence_names_who_cannot_be_mapped() -> None:
    verdict = weigh_approvals(
        [ask()],
        forum(
            approved(BOB),
            **unmapped(("y@example.com", Part.AUTHOR), ("x@example.com", Part.PUSHER)),
        ),
        HEAD,
    )
    (demand,) = verdict.demands
    assert (demand.approvals, demand.missing) == (3, 2)
    assert demand.shortfall == (
        "2 more approvals, from someone with write permission; 2 of 3 because no account is known for x@example.com, y@example.com"
    )
    assert verdict.unmapped == ("x@example.com", "y@example.com")


@pytest.mark.parametrize(
    ("asked", "reviews", "who"),
    [
        (ask(), [], ["@bob", "@carol", "@frank"]),
        (TWO, [approved(BOB)], ["@carol", "@frank"]),
        (ask(), [approved(BOB)], []),
        (PAID, [], ["@carol"]),
        (OWNED, [], ["@bob", "@carol"]),
        (ask(OWNERS, paths=["a.py", "docs/a"]), [approved(BOB)], ["@carol"]),
        (ATTEST, [], ["@alice", "@bob", "@carol", "@frank"]),
    ],
)
def test_who_could_give_it_is_named_where_everybody_is_known(
    asked: Ask, reviews: Sequence[Review], who: Sequence[str]
) -> None:
    assert list(demand_of(asked, *reviews, reviewers=EVERYBODY).who_can) == who


@pytest.mark.parametrize(
    ("asked", "reviews", "who"),
    [
        (ask(), [], ["someone with write permission"]),
        (
            ask(PAYMENTS, Standing("user", "bob"), approvals=2),
            [approved(BOB)],
            ["@org/payments"],
        ),
        (ask(PAYMENTS, Standing("user", "Alice")), [], ["@org/payments"]),
        (ask(Standing("user", "alice"), author=AuthorApproval.ATTEST), [], ["@alice"]),
    ],
)
def test_who_could_give_it_is_described_where_not_everybody_is_known(
    asked: Ask, reviews: Sequence[Review], who: Sequence[str]
) -> None:
    assert list(demand_of(asked, *reviews).who_can) == who


ALONE: dict[str, Any] = {"reviewers": (ALICE, DAVE, ROBOT)}
BOTH: dict[str, Any] = {"reviewers": (ALICE, BOB), **with_part(Part.COMMITTER)}


@pytest.mark.parametrize(
    ("asked", "world", "setting"),
    [
        (
            ask(),
            ALONE,
            "no one here can give it; `review.author: attest` would allow @alice",
        ),
        (
            ask(non_negotiable=True),
            ALONE,
            "no one here can give it; the setting is `review.from`",
        ),
        (
            ask(),
            BOTH,
            "no one here can give it; `review.contributors: not_author` would allow @bob",
        ),
        (
            TWO,
            BOTH,
            "`review.contributors: not_author, review.author: attest` would allow @alice, @bob",
        ),
        (
            TWO,
            {"reviewers": (ALICE, BOB), **permitted(1, Permission.WRITE)},
            "only 1 here can give it; the setting is `review.approvals: 2`",
        ),
        (
            ask(PAYMENTS),
            {"reviewers": (ALICE, BOB)},
            "no one here can give it; the setting is `review.from`",
        ),
        (
            ask(OWNERS, paths=["a.py", "docs/a"]),
            {"reviewers": (ALICE, BOB, GRACE)},
            "the setting is `review.from`",
        ),
        (
            ask(Standing("user", "alice")),
            {},
            "no one here can give it; `review.author: attest` would allow them",
        ),
        (
            ask(Standing("user", "bob")),
            with_part(Part.PUSHER),
            "`review.contributors: not_author` would allow them",
        ),
        (
            ask(),
            {
                "reviewers": (ALICE, BOB),
                **permitted(1, Permission.WRITE),
                **unmapped(("x", Part.AUTHOR)),
            },
            "only 1 here can give it; the setting is `review.approvals: 1`",
        ),
    ],
)
def test_where_nobody_can_give_it_the_setting_is_named(
    asked: Ask, world: dict[str, Any], setting: str
) -> None:
    assert demand_of(asked, **world).shortfall.endswith(setting)


@pytest.mark.parametrize(
    ("asked", "world"),
    [
        (ask(), {}),
        (ask(), {"reviewers": EVERYBODY}),
        (ATTEST, ALONE),
        (ATTEST, {**ALONE, **unmapped(("x", Part.AUTHOR))}),
        (ask(contributors=ContributorTerm.NOT_AUTHOR), BOTH),
        (PAID, {"reviewers": (ALICE, CAROL)}),
    ],
)
def test_where_somebody_could_give_it_no_setting_is_blamed(
    asked: Ask, world: dict[str, Any]
) -> None:
    assert "here can give it" not in demand_of(asked, **world).shortfall


def test_without_a_source_of_approvals_a_demand_stays_open_and_unknown() -> None:
    verdict = weigh_approvals([OWNED, ATTEST], None, None, owners=CODEOWNERS)
    assert verdict.satisfied is None
    assert verdict.required
    assert [
        (demand.missing, demand.who_can, demand.attestable) for demand in verdict.demands
    ] == [
        (1, ("someone with write permission",), True),
        (1, ("@org/payments", "@bob"), False),
    ]


@pytest.mark.parametrize("approvals", [None, forum()])
def test_a_demand_shows_whom_the_policy_names_and_who_that_is(
    approvals: Approvals | None,
) -> None:
    asked = ask(OWNERS, Standing("user", "frank"), paths=["mail/a", "LICENSE"])
    (demand,) = weigh_approvals([asked], approvals, HEAD, owners=CODEOWNERS).demands
    assert demand.standings == (OWNERS, Standing("user", "frank"))
    assert set(demand.who_can) == {
        "bob@example.com",
        "@frank",
        "someone with write permission",
    }


def test_without_a_source_and_without_a_demand_nothing_is_open() -> None:
    verdict = weigh_approvals([], None, HEAD)
    assert (verdict.required, verdict.satisfied, verdict.demands) == (False, True, ())


@pytest.mark.parametrize("judged", [OLDER, None])
def test_approvals_of_another_head_are_refused(judged: str | None) -> None:
    with pytest.raises(OtherHeadError, match=HEAD):
        weigh_approvals([ask()], forum(approved(BOB)), judged)


def test_an_approval_says_which_rules_it_serves() -> None:
    asks = [
        ask(rule="security/b"),
        ask(rule="security/a", approvals=2),
        ask(PAYMENTS, rule="oversight/c"),
        ask(PAYMENTS, WRITE, rule="x/d"),
    ]
    verdict = weigh_approvals(asks, forum(approved(BOB), approved(GRACE)), HEAD)
    assert verdict.satisfied
    assert verdict.counted == (
        Counted("bob", HEAD, ("security/a", "security/b", "x/d")),
        Counted("grace", HEAD, ("oversight/c", "security/a", "security/b", "x/d")),
    )
    assert [demand.rules for demand in verdict.demands] == [
        ("oversight/c",),
        ("security/a", "security/b"),
        ("x/d",),
    ]


def test_an_attestation_is_shown_as_one() -> None:
    verdict = weigh_approvals(
        [ATTEST],
        forum(**said(attested(ALICE, f"/judgegate reviewed {HEAD}\nran it\nby hand"))),
        HEAD,
    )
    assert verdict.counted == (
        Counted("alice", HEAD, ("oversight/ai-assisted",), attested="ran it\nby hand"),
    )


def test_an_attestation_serves_what_accepts_it_and_not_what_is_not_negotiable() -> None:
    strict = ask(rule="security/secrets", author=AuthorApproval.ATTEST, non_negotiable=True)
    verdict = weigh_approvals([ATTEST, strict], forum(**said(attested(ALICE))), HEAD)
    assert verdict.satisfied is False
    assert [
        (demand.rules, demand.missing, demand.attestable) for demand in verdict.demands
    ] == [
        (("oversight/ai-assisted",), 0, True),
        (("security/secrets",), 1, False),
    ]
    assert [ignored.why for ignored in verdict.ignored] == [
        "attests, which a non-negotiable rule does not accept (required by security/secrets)"
    ]


def test_what_a_rule_asks_file_by_file_is_asked_once() -> None:
    asks = [
        ask(OWNERS, paths=["a.py"]),
        ask(OWNERS, paths=["docs/a"]),
        ask(OWNERS, paths=["b.py"]),
    ]
    (demand,) = weigh_approvals(
        asks, forum(approved(BOB), approved(CAROL)), HEAD, owners=CODEOWNERS
    ).demands
    assert (demand.approvals, demand.missing) == (2, 0)


def test_owners_of_different_files_are_not_mixed_between_rules() -> None:
    asks = [
        ask(OWNERS, rule="a/one", paths=["a.py"], approvals=2),
        ask(OWNERS, rule="b/two", paths=["docs/a"]),
    ]
    verdict = weigh_approvals(
        asks, forum(approved(BOB), approved(CAROL)), HEAD, owners=CODEOWNERS
    )
    assert [(demand.rules, demand.missing) for demand in verdict.demands] == [
        (("a/one",), 1),
        (("b/two",), 0),
    ]


def test_who_holds_the_gate_is_reported_with_what_could_not_be_checked() -> None:
    unsure = permitted(4, Unchecked("the answer was 500"))
    verdict = weigh_approvals(
        [ask()], forum(approved(BOB), objected(DAVE), objected(CAROL), **unsure), HEAD
    )
    assert verdict.held_by == (
        "@carol requests changes",
        "@dave requests changes, and it could not be checked whether they have write permission (the answer was 500)",
    )


def test_an_unknown_standing_is_a_bug_and_not_a_pass() -> None:
    with pytest.raises(ValueError, match="not a standing"):
        weigh_approvals(
            [ask(Standing("planet", "mars"))], forum(approved(Person(2, "bob"))), HEAD
        )
