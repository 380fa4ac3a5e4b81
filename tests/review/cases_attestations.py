"""Who cannot be mapped, and the maintainer who is alone."""

from judgegate.model.approvals import Part, Permission, Unchecked
from judgegate.policy.review import AuthorApproval
from tests.review.cases import ATTEST, ATTEST_TWO, NOT_AUTHOR, counts, is_ignored, permitted, said, unmapped
from tests.review.forum import ALICE, BOB, CAROL, FRANK, HEAD, OLDER, PAYMENTS, ROBOT, approved, ask, attested

CASES = [
    is_ignored(
        "A2 an address that no account is known for",
        approved(BOB),
        by="bob",
        world=unmapped(("x", Part.AUTHOR)),
    ),
    counts(
        "A2 one approval more for each",
        approved(BOB),
        approved(CAROL),
        by="bob carol",
        world=unmapped(("x", Part.AUTHOR)),
    ),
    is_ignored(
        "A2 each of two addresses",
        approved(BOB),
        by="bob",
        missing=2,
        world=unmapped(("x", Part.AUTHOR), ("y", Part.PUSHER)),
    ),
    counts(
        "A2 one address with two parts is one",
        approved(BOB),
        approved(CAROL),
        by="bob carol",
        world=unmapped(("x", Part.AUTHOR), ("X", Part.COMMITTER)),
    ),
    counts(
        "A2 an unmapped committer, where they may",
        approved(BOB),
        by="bob",
        asks=NOT_AUTHOR,
        world=unmapped(("x", Part.COMMITTER)),
    ),
    counts("A1 an attestation", by="alice", asks=ATTEST, world=said(attested(ALICE))),
    is_ignored(
        "A1 an attestation that nobody asked for",
        who="alice",
        why="author: never",
        world=said(attested(ALICE)),
    ),
    is_ignored(
        "A6 an attestation of what is not negotiable",
        who="alice",
        why="non-negotiable",
        asks=ask(author=AuthorApproval.ATTEST, non_negotiable=True),
        world=said(attested(ALICE)),
    ),
    is_ignored(
        "T94 an edited attestation",
        who="alice",
        why="was edited",
        asks=ATTEST,
        world=said(attested(ALICE, edited=True)),
    ),
    is_ignored(
        "A6 without admin permission",
        why="without admin permission, which is required to attest",
        asks=ATTEST,
        world=said(attested(BOB)),
    ),
    counts(
        "A6 an admin who is not alone attests as well", by="frank", asks=ATTEST, world=said(attested(FRANK))
    ),
    is_ignored(
        "A6 what the policy does not accept comes first", why="author: never", world=said(attested(BOB))
    ),
    is_ignored(
        "A6 so it does before a part of the id",
        why="author: never",
        world=said(attested(BOB, "/judgegate reviewed")),
    ),
    is_ignored(
        "A6 and what is not negotiable does",
        why="non-negotiable",
        asks=ask(author=AuthorApproval.ATTEST, non_negotiable=True),
        world=said(attested(BOB)),
    ),
    is_ignored(
        "A6 what a setting could change comes before what none can",
        why="author: never",
        asks=(ask(rule="security/x", non_negotiable=True), ask()),
        missing=2,
        world=said(attested(BOB)),
    ),
    is_ignored(
        "A6 where one demand takes an attestation, what is wrong with it is told",
        why="without admin",
        asks=(ATTEST, ask(rule="security/x")),
        missing=2,
        world=said(attested(BOB)),
    ),
    counts(
        "A6 what was wrong before is forgotten",
        by="alice",
        asks=ATTEST,
        world=said(attested(ALICE, "/judgegate reviewed"), attested(ALICE)),
    ),
    is_ignored(
        "A6 an admin who could not be checked",
        why="could not be checked: admin permission",
        asks=ATTEST,
        world=said(attested(BOB)) | permitted(2, Unchecked("the answer was 500")),
    ),
    is_ignored(
        "A6 a bot that attests", who="robot[bot]", why="is a bot", asks=ATTEST, world=said(attested(ROBOT))
    ),
    is_ignored(
        "T85 an attestation of a part of the id",
        who="alice",
        why="full id",
        asks=ATTEST,
        world=said(attested(ALICE, f"/judgegate reviewed {HEAD[:12]} all of it")),
    ),
    is_ignored(
        "T85 an attestation of an older head",
        who="alice",
        why="full id",
        asks=ATTEST,
        world=said(attested(ALICE, f"/judgegate reviewed {OLDER} all of it")),
    ),
    is_ignored(
        "A6 no id",
        who="alice",
        why="full id",
        asks=ATTEST,
        world=said(attested(ALICE, "/judgegate reviewed")),
    ),
    is_ignored(
        "A6 an attestation of nothing",
        who="alice",
        why="without saying",
        asks=ATTEST,
        world=said(attested(ALICE, f"/judgegate reviewed {HEAD} \u200b...")),
    ),
    is_ignored("T94 a comment that says LGTM", asks=ATTEST, world=said(attested(ALICE, "LGTM"))),
    is_ignored(
        "T94 a quoted attestation",
        asks=ATTEST,
        world=said(attested(ALICE, f"> /judgegate reviewed {HEAD} all")),
    ),
    is_ignored(
        "A6 an attestation without the standing",
        who="alice",
        why="is not @org/payments",
        asks=ask(PAYMENTS, author=AuthorApproval.ATTEST),
        world=said(attested(ALICE)),
    ),
    is_ignored(
        "A6 an attestation whose standing could not be checked",
        who="carol",
        why="could not be checked: membership",
        asks=ask(PAYMENTS, author=AuthorApproval.ATTEST),
        world=said(attested(CAROL)) | permitted(3, Permission.ADMIN),
    ),
    is_ignored(
        "A6 an attestation is one approval",
        by="alice",
        asks=ATTEST_TWO,
        world=said(attested(ALICE)),
    ),
    counts(
        "A6 an admin answers for who cannot be mapped",
        by="alice",
        asks=ATTEST,
        world=said(attested(ALICE)) | unmapped(("x", Part.AUTHOR)),
    ),
    is_ignored(
        "A6 who approves and attests is one",
        approved(FRANK),
        by="frank",
        asks=ATTEST_TWO,
        world=said(attested(FRANK)),
    ),
]
