"""Which review of which commit is a person's last word, and who holds the gate."""

from judgegate.model.approvals import ReviewState, Unchecked
from tests.review.cases import ANY_COMMIT, TWO, counts, is_ignored, permitted
from tests.review.forum import (
    BOB,
    CAROL,
    DAVE,
    GHOST,
    OLDER,
    ROBOT,
    approved,
    dismissed,
    objected,
    remarked,
    reviewed,
)

CASES = [
    is_ignored(
        "T85 an older commit", approved(BOB, OLDER), why="approved another commit (0000000)"
    ),
    is_ignored(
        "T86 an older commit, submitted late",
        remarked(CAROL),
        approved(BOB, OLDER),
        why="approved another commit",
    ),
    is_ignored(
        "T95 a commit that only looks new",
        approved(BOB, "2" * 40),
        why="approved another commit (2222222)",
    ),
    is_ignored(
        "A6 a commit that is gone",
        approved(BOB, None),
        why="approved a commit that no longer exists",
    ),
    is_ignored(
        "A6 a commit that is gone, where nothing grows stale",
        approved(BOB, None),
        why="no longer exists",
        asks=ANY_COMMIT,
    ),
    counts(
        "A1 an older commit, where nothing grows stale",
        approved(BOB, OLDER),
        by="bob",
        asks=ANY_COMMIT,
    ),
    counts(
        "A1 a base that was merged in and made again",
        approved(BOB, OLDER),
        by="bob",
        world={"carried": frozenset({OLDER})},
    ),
    is_ignored(
        "A5 a merge that solved conflicts",
        approved(BOB, OLDER),
        why="another commit",
        world={"carried": frozenset({"3" * 40})},
    ),
    is_ignored("A1 a rebase of the same patch", approved(BOB, OLDER), why="another commit"),
    counts("A1 approved again after a push", approved(BOB, OLDER), approved(BOB), by="bob"),
    is_ignored(
        "A6 a head that was approved and pushed away",
        approved(BOB),
        approved(BOB, OLDER),
        why="another commit",
    ),
    is_ignored(
        "T91 a dismissed review does not revive an older one",
        approved(BOB),
        dismissed(BOB),
        why="last review was dismissed",
    ),
    is_ignored(
        "T91 nor an approval before it",
        approved(BOB),
        objected(BOB),
        dismissed(BOB),
        why="last review was dismissed",
    ),
    is_ignored(
        "T93 a deleted user, and another one dismissed",
        approved(GHOST),
        dismissed(GHOST),
        who="ghost",
        why="no longer exists",
    ),
    counts(
        "T91 an approval after a dismissed one", dismissed(BOB), approved(BOB), by="bob"
    ),
    is_ignored("T92 a remark", remarked(BOB)),
    counts("T92 a remark does not cancel", approved(BOB), remarked(BOB), by="bob"),
    counts(
        "A1 a draft does not cancel",
        approved(BOB),
        reviewed(BOB, ReviewState.PENDING),
        by="bob",
    ),
    is_ignored("A6 a draft", reviewed(BOB, ReviewState.PENDING)),
    is_ignored(
        "A5 one person counts once",
        approved(BOB),
        approved(BOB),
        asks=TWO,
        missing=1,
        by="bob",
    ),
    counts(
        "A5 two people count twice",
        approved(BOB),
        approved(CAROL),
        by="bob carol",
        asks=TWO,
    ),
    counts("T96 the last of many reviews", *[remarked(BOB)] * 150, approved(BOB), by="bob"),
    is_ignored("A1 nobody has approved yet"),
    is_ignored("A6 changes requested", objected(BOB), held=True),
    is_ignored(
        "A6 changes requested after approving",
        approved(BOB),
        objected(BOB),
        why="requested changes after",
        held=True,
    ),
    counts(
        "A6 changes requested by one, approved by another",
        objected(BOB),
        approved(CAROL),
        by="carol",
        held=True,
    ),
    counts(
        "A6 changes requested on an older commit",
        objected(BOB, OLDER),
        approved(CAROL),
        by="carol",
        held=True,
    ),
    counts("A3 changes requested, then approved", objected(BOB), approved(BOB), by="bob"),
    counts(
        "A3 changes requested, then dismissed",
        objected(BOB),
        dismissed(BOB),
        approved(CAROL),
        by="carol",
    ),
    counts(
        "A1 a remark does not lift it",
        objected(BOB),
        remarked(BOB),
        approved(CAROL),
        by="carol",
        held=True,
    ),
    counts("A6 changes requested by a reader", objected(DAVE), approved(BOB), by="bob"),
    counts("A6 changes requested by a bot", objected(ROBOT), approved(BOB), by="bob"),
    counts(
        "T93 changes requested by a deleted user", objected(GHOST), approved(BOB), by="bob"
    ),
    counts(
        "A6 changes requested by who could not be checked",
        objected(DAVE),
        approved(BOB),
        by="bob",
        held=True,
        world=permitted(4, Unchecked("the answer was 500")),
    ),
    counts(
        "A6 changes requested where nothing is asked for",
        objected(BOB),
        by="",
        asks=(),
        held=True,
    ),
]
