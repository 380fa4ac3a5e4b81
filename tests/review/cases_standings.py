"""Who has the standing that a demand asks for."""

from judgegate.model.approvals import Permission, Unchecked
from judgegate.model.verdict import Standing
from tests.review.cases import PAID, counts, is_ignored, permitted
from tests.review.forum import BOB, CAROL, DAVE, ERIN, FRANK, GRACE, PAYMENTS, approved, ask

CASES = [
    counts("A1 write permission", approved(BOB), by="bob"),
    counts("A6 more than write permission", approved(CAROL), by="carol"),
    is_ignored(
        "A1 read permission",
        approved(DAVE),
        who="dave",
        why="is not someone with write permission",
    ),
    is_ignored(
        "A3 triage permission",
        approved(ERIN),
        who="erin",
        why="is not someone with write permission",
    ),
    is_ignored(
        "T93 permission that was lost",
        approved(BOB),
        why="is not someone with write",
        world=permitted(2, Permission.NONE),
    ),
    is_ignored(
        "T93 permission that could not be checked",
        approved(BOB),
        why="could not be checked: write permission (the answer was 500)",
        world=permitted(2, Unchecked("the answer was 500")),
    ),
    is_ignored(
        "A1 less than the policy's floor",
        approved(CAROL),
        who="carol",
        why="admin permission",
        asks=ask(Standing("permission", "admin")),
    ),
    counts(
        "A1 the policy's floor",
        approved(FRANK),
        by="frank",
        asks=ask(Standing("permission", "admin")),
    ),
    counts(
        "A1 a floor below write, if the policy says so",
        approved(ERIN),
        by="erin",
        asks=ask(Standing("permission", "triage")),
    ),
    counts("A1 a member of the team", approved(GRACE), by="grace", asks=PAID),
    is_ignored(
        "A1 no member of the team", approved(BOB), why="is not @org/payments", asks=PAID
    ),
    is_ignored(
        "A6 a member without write permission",
        approved(DAVE),
        who="dave",
        why="has no write permission",
        asks=PAID,
    ),
    is_ignored(
        "A6 a team that cannot be read",
        approved(CAROL),
        who="carol",
        why="membership of @org/payments (the token may",
        asks=PAID,
    ),
    is_ignored(
        "A6 a team that nothing is known of",
        approved(BOB),
        why="its members are not known",
        asks=ask(Standing("team", "org/other")),
    ),
    counts(
        "A6 any one of the standings",
        approved(CAROL),
        by="carol",
        asks=ask(PAYMENTS, Standing("user", "carol")),
    ),
    counts(
        "T97 a team in another case",
        approved(GRACE),
        by="grace",
        asks=ask(Standing("team", "@Org/Payments")),
    ),
    is_ignored(
        "A1 another user than the one asked for",
        approved(BOB),
        why="is not @carol",
        asks=ask(Standing("user", "carol")),
    ),
    is_ignored(
        "T87 a named user without write permission",
        approved(DAVE),
        who="dave",
        why="has no write permission",
        asks=ask(Standing("user", "dave")),
    ),
]
