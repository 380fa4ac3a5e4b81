"""What a forge, or a file in its stead, says of the people around a change and of its pull request.

Nothing here is decided yet.
"""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from judgegate.model.levels import Scale


class AccountKind(Enum):
    """What sort of account it is, in the forge's own words. Only a `USER` can be a person."""

    USER = "user"
    BOT = "bot"
    ORGANIZATION = "organization"
    MANNEQUIN = "mannequin"
    DELETED = "deleted"


class Person(Struct, frozen=True):
    """An account.

    People are compared by `id` alone, the forge's number; a login can be renamed and given to
    somebody else.

    `id` is None where the forge names nobody any more (a deleted account): such an account is
    no person, and not equal to any.
    """

    id: int | None
    login: str
    kind: AccountKind = AccountKind.USER
    suspended: bool = False

    def __str__(self) -> str:
        """As forges mention an account, whether or not anybody is behind it."""
        return f"@{self.login}"


class Permission(Scale):
    """What an account may do in the repository, the least first."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"


class Unchecked(Struct, frozen=True):
    """Could not check, and why: a clause without a full stop. Never a yes."""

    reason: str


class ReviewState(Enum):
    """What a review said."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    DISMISSED = "dismissed"
    COMMENTED = "commented"
    PENDING = "pending"

    @property
    def is_decisive(self) -> bool:
        """Whether it takes the place of what the person said before. A remark and a draft do not."""
        return self not in {ReviewState.COMMENTED, ReviewState.PENDING}


class Review(Struct, frozen=True):
    """One review. `order` is its place in the history, a larger one is later: no clock is asked.

    `commit` is None if it is gone.
    """

    person: Person
    state: ReviewState
    commit: str | None
    order: int


class Comment(Struct, frozen=True):
    """A remark on the pull request. An `edited` one may have somebody else's words in it."""

    person: Person
    text: str
    edited: bool = False


class Part(Enum):
    """What part somebody had in the change."""

    OPENER = "opener"
    AUTHOR = "author"
    COMMITTER = "committer"
    CO_AUTHOR = "co_author"
    PUSHER = "pusher"
    REQUESTER = "requester"
    """Set the agent to work that wrote it."""


class Contribution(Struct, frozen=True):
    """A person's part in the change; `commit` is None for what belongs to the change as a whole."""

    person: Person
    part: Part
    commit: str | None = None


class Unmapped(Struct, frozen=True):
    """A part in the change that no account can be named for.

    `name` is what is known: an address, or `the pusher of 1a2b3c4`.
    """

    name: str
    part: Part
    commit: str | None = None


class CommitPeople(Struct, frozen=True):
    """The accounts that the forge names for a commit, None where it names none."""

    author: Person | None
    committer: Person | None


class Approvals(Struct, frozen=True):
    """Everything that is known of who approved the change, and of who those people are.

    `permissions` are by account id. `memberships` are by team (`org/team`, case-folded) and account
    id. `addresses` are e-mail addresses (case-folded) and the account they belong to. What a
    mapping does not hold could not be checked. `reviewers` is everybody who can review here, or
    None if that is not known. `carried` are older heads whose approvals hold for this one, because
    judgegate itself made this head's tree from them and the base.
    """

    head: str
    reviews: tuple[Review, ...] = ()
    permissions: Mapping[int, Permission | Unchecked] = field(default_factory=dict)
    memberships: Mapping[str, Mapping[int, bool | Unchecked]] = field(default_factory=dict)
    addresses: Mapping[str, Person] = field(default_factory=dict)
    contributions: tuple[Contribution, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    comments: tuple[Comment, ...] = ()
    reviewers: tuple[Person, ...] | None = None
    carried: frozenset[str] = frozenset()

    def permission_of(self, person: Person) -> Permission | Unchecked:
        """What the person may do in the repository."""
        # A deleted account can do nothing, and has no number to look up.
        if person.id is None:
            return Permission.NONE
        return self.permissions.get(person.id, Unchecked("their permission is not known"))

    def is_member(self, person: Person, team: str) -> bool | Unchecked:
        """Whether the person belongs to the team (`org/team`, in any case)."""
        if person.id is None:
            return False
        members = self.memberships.get(team.casefold(), {})
        return members.get(person.id, Unchecked("its members are not known"))


class PullRequest(Struct, frozen=True):
    """The fields of a pull request that somebody here reads. None: not known.

    `author` is the login as it was given (an app may carry `[bot]` or not), `author_type` the
    forge's word for the account ("User", "Bot"). `branch` is the head's, `target_branch` the one it
    wants to join. Text is as it came, and its writer is not to be trusted.
    """

    number: int | None = None
    title: str = ""
    body: str = ""
    author: str | None = None
    author_type: str | None = None
    branch: str | None = None
    target_branch: str | None = None
    head: str | None = None
    labels: tuple[str, ...] = ()


class Attestation(Struct, frozen=True):
    """Somebody's word that they have checked the head, and what they checked."""

    person: Person
    statement: str
