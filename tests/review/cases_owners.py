"""What code owners are asked for, and how several demands share an approval."""

from judgegate.model.approvals import Part, Person
from judgegate.model.verdict import Standing
from tests.review.cases import OWNED, counts, is_ignored, with_part
from tests.review.forum import BOB, CAROL, FRANK, GRACE, OWNERS, PAYMENTS, approved, ask

CODEOWNERS = b"*.py @bob @org/payments\n/docs/ @carol\n/mail/ bob@example.com\n/old/\n"

CASES = [
    counts("A1 one owner is enough", approved(BOB), by="bob", asks=OWNED),
    counts("A1 a member of an owning team", approved(GRACE), by="grace", asks=OWNED),
    is_ignored(
        "A1 no owner",
        approved(CAROL),
        who="carol",
        why="could not be checked: membership of @org/payments",
        asks=OWNED,
    ),
    is_ignored(
        "A1 no owner at all",
        approved(FRANK),
        who="frank",
        why="is not @org/payments or @bob",
        asks=OWNED,
    ),
    is_ignored(
        "A1 an owner who contributed",
        approved(BOB),
        why="wrote",
        asks=OWNED,
        world=with_part(Part.AUTHOR),
    ),
    is_ignored(
        "A1 each group of owners",
        approved(BOB),
        by="bob",
        asks=ask(OWNERS, paths=["a.py", "docs/a.md"]),
    ),
    counts(
        "A1 each group of owners, both",
        approved(BOB),
        approved(CAROL),
        by="bob carol",
        asks=ask(OWNERS, paths=["a.py", "docs/a.md"]),
    ),
    is_ignored(
        "A1 each group of owners, one of which could not be checked",
        approved(CAROL),
        by="carol",
        asks=ask(OWNERS, paths=["a.py", "docs/a.md"]),
    ),
    is_ignored(
        "A1 more than one of a single group",
        approved(BOB),
        by="bob",
        asks=ask(OWNERS, approvals=2, paths=["a.py"]),
    ),
    counts(
        "A1 a file that nobody owns",
        approved(FRANK),
        by="frank",
        asks=ask(OWNERS, paths=["old/a.txt"]),
    ),
    is_ignored(
        "A1 a file that nobody owns, and the policy's own terms",
        approved(BOB),
        why="is not @org/payments",
        asks=ask(OWNERS, paths=["LICENSE"], fallback=(PAYMENTS,)),
    ),
    counts(
        "A1 a policy of code owners alone",
        approved(FRANK),
        by="frank",
        asks=ask(OWNERS, paths=["LICENSE"], fallback=(OWNERS,)),
    ),
    counts(
        "A2 no file at all still needs somebody", approved(BOB), by="bob", asks=ask(OWNERS)
    ),
    is_ignored("A2 no file at all still needs somebody, and nobody came", asks=ask(OWNERS)),
    counts(
        "A6 somebody named beside the owners",
        approved(FRANK),
        by="frank",
        asks=ask(OWNERS, Standing("user", "frank"), paths=["a.py"]),
    ),
    counts(
        "A1 an owner by address",
        approved(BOB),
        by="bob",
        asks=ask(OWNERS, paths=["mail/a.txt"]),
        world={"addresses": {"bob@example.com": BOB}},
    ),
    is_ignored(
        "A1 an owner by an address that nobody knows",
        approved(BOB),
        why="which account has the address bob@",
        asks=ask(OWNERS, paths=["mail/a.txt"]),
    ),
    counts(
        "T97 an owner by the address of a renamed account",
        approved(BOB),
        by="bob",
        asks=ask(OWNERS, paths=["mail/a.txt"]),
        world={"addresses": {"bob@example.com": Person(2, "robert")}},
    ),
    is_ignored(
        "A1 another one's address",
        approved(CAROL),
        who="carol",
        why="is not bob@example.com",
        asks=ask(OWNERS, paths=["mail/a.txt"]),
        world={"addresses": {"bob@example.com": BOB}},
    ),
    counts(
        "A6 one approval serves all that it may",
        approved(GRACE),
        by="grace",
        asks=[ask(), ask(PAYMENTS, rule="security/secrets")],
    ),
    is_ignored(
        "A6 one approval serves what it may",
        approved(BOB),
        by="bob",
        why="is not @org/payments (required by security/secrets)",
        asks=[ask(), ask(PAYMENTS, rule="security/secrets")],
    ),
    is_ignored(
        "A1 the largest number of several",
        approved(BOB),
        by="bob",
        asks=[ask(), ask(rule="security/secrets", approvals=2)],
    ),
    counts("A2 asking for no approval asks for nothing", by="", asks=ask(approvals=0)),
]
