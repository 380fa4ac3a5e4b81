"""Who is nobody's reviewer: the author, contributors, bots, and names that are not numbers."""

from msgspec.structs import replace

from judgegate.model.approvals import AccountKind, Contribution, Part, Person
from judgegate.model.verdict import Standing
from tests.review.cases import NOT_AUTHOR, TWO, counts, is_ignored, with_part
from tests.review.forum import ALICE, BOB, GHOST, ROBOT, approved, ask

IMPOSTOR = Person(66, "bob")
RENAMED = Person(1, "alice-the-second")
SHOUTING = Person(2, "BOB")
AGENT_BY_NAME = Person(2, "devbot")
BOT_BY_NAME = Person(2, "helper[bot]")
COMPANY = Person(2, "company", AccountKind.ORGANIZATION)
IMPORTED = Person(2, "imported", AccountKind.MANNEQUIN)

CASES = [
    is_ignored(
        "A1 the author of the pull request",
        approved(ALICE),
        who="alice",
        why="opened the pull request",
    ),
    is_ignored(
        "A1 the author, where contributors may",
        approved(ALICE),
        who="alice",
        why="opened",
        asks=NOT_AUTHOR,
    ),
    is_ignored(
        "A1 the author, though an admin",
        approved(ALICE),
        who="alice",
        why="opened",
        asks=ask(Standing("permission", "admin")),
    ),
    is_ignored(
        "A6 who opened it without writing it",
        approved(BOB),
        why="opened the pull request",
        world=with_part(Part.OPENER),
    ),
    is_ignored(
        "A1 the author of a commit",
        approved(BOB),
        why="wrote abcdef0",
        world=with_part(Part.AUTHOR),
    ),
    is_ignored(
        "A1 a committer",
        approved(BOB),
        why="committed abcdef0",
        world=with_part(Part.COMMITTER),
    ),
    is_ignored(
        "A1 a co-author",
        approved(BOB),
        why="is a co-author of abcdef0",
        world=with_part(Part.CO_AUTHOR),
    ),
    is_ignored(
        "A1 who pushed", approved(BOB), why="pushed abcdef0", world=with_part(Part.PUSHER)
    ),
    is_ignored(
        "T89 who set the agent to work",
        approved(BOB),
        why="started the agent",
        world=with_part(Part.REQUESTER),
    ),
    is_ignored(
        "T89 who set the agent to work, where contributors may",
        approved(BOB),
        why="started the agent",
        world=with_part(Part.REQUESTER),
        asks=NOT_AUTHOR,
    ),
    is_ignored(
        "T89 who set it to work, for the change as a whole",
        approved(BOB),
        why="started the agent that wrote part of the change",
        world={"contributions": (Contribution(BOB, Part.REQUESTER),)},
    ),
    is_ignored(
        "T90 a contributor through a second parent",
        approved(BOB),
        why="wrote",
        world=with_part(Part.AUTHOR),
        asks=ask(approvals=1),
    ),
    is_ignored(
        "A1 the author of a commit, where contributors may",
        approved(BOB),
        why="wrote",
        world=with_part(Part.AUTHOR),
        asks=NOT_AUTHOR,
    ),
    counts(
        "A1 a committer, where contributors may",
        approved(BOB),
        by="bob",
        world=with_part(Part.COMMITTER),
        asks=NOT_AUTHOR,
    ),
    counts(
        "A1 a co-author, where contributors may",
        approved(BOB),
        by="bob",
        world=with_part(Part.CO_AUTHOR),
        asks=NOT_AUTHOR,
    ),
    counts(
        "A4 who rebased it for the author, where contributors may",
        approved(BOB),
        by="bob",
        world=with_part(Part.PUSHER),
        asks=NOT_AUTHOR,
    ),
    is_ignored(
        "A4 the original author after a rebase by another",
        approved(BOB),
        why="wrote",
        world=with_part(Part.AUTHOR),
    ),
    is_ignored(
        "A5 the first of several parts is told",
        approved(BOB),
        why="wrote abcdef0",
        world=with_part(Part.PUSHER, Part.AUTHOR),
    ),
    is_ignored("A1 a bot", approved(ROBOT), who="robot[bot]", why="is a bot"),
    is_ignored(
        "T88 an app with a user's type",
        approved(BOT_BY_NAME),
        who="helper[bot]",
        why="is a bot",
    ),
    is_ignored(
        "T87 an agent behind a user account",
        approved(AGENT_BY_NAME),
        who="devbot",
        why="is an agent",
        agents=["DevBot"],
    ),
    is_ignored(
        "A6 an organization", approved(COMPANY), who="company", why="is an organization"
    ),
    is_ignored(
        "A6 an imported placeholder",
        approved(IMPORTED),
        who="imported",
        why="never had an account",
    ),
    is_ignored("T93 a deleted user", approved(GHOST), who="ghost", why="no longer exists"),
    is_ignored(
        "T93 an account without a number",
        approved(Person(None, "bob")),
        why="no account number",
    ),
    is_ignored(
        "T93 two deleted users are not two people",
        approved(GHOST),
        approved(GHOST),
        who="ghost",
        why="no longer",
        asks=TWO,
        missing=2,
    ),
    is_ignored(
        "A6 a suspended account",
        approved(replace(BOB, suspended=True)),
        why="is a suspended account",
    ),
    is_ignored(
        "A4 two approvals of one agent",
        approved(ROBOT),
        approved(ROBOT),
        who="robot[bot]",
        why="is a bot",
        asks=TWO,
        missing=2,
    ),
    is_ignored(
        "T97 the author under a new login",
        approved(RENAMED),
        who="alice-the-second",
        why="opened the pull request",
    ),
    is_ignored(
        "T97 a stranger under a colleague's login",
        approved(IMPOSTOR),
        why="could not be checked: write permission",
    ),
    counts(
        "T97 a namesake of a contributor",
        approved(BOB),
        by="bob",
        world={"contributions": (Contribution(IMPOSTOR, Part.AUTHOR),)},
    ),
    counts(
        "T97 the case of a login",
        approved(SHOUTING),
        by="BOB",
        asks=ask(Standing("user", "bob")),
    ),
]
