"""What GitHub answers, as values: of each answer only the fields that are used."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from judgegate.forge.pull import OWN_LABELS, Pull
from judgegate.model.approvals import AccountKind, Permission, Person

Oid = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")]
AccountId = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Text = str | None
"""Text that GitHub leaves out or calls null where there is none."""

GHOST = Person(None, "ghost", AccountKind.DELETED)
"""What is left of an account that no longer exists; the name is GitHub's."""

_KINDS = {
    "Bot": AccountKind.BOT,
    "Organization": AccountKind.ORGANIZATION,
    "Mannequin": AccountKind.MANNEQUIN,
    "User": AccountKind.USER,
}


class Account(Struct, frozen=True):
    """An account. A type that is not known is no person's."""

    id: AccountId
    login: str
    type: str = "User"

    @property
    def person(self) -> Person:
        """Who it is, and what kind of account."""
        # One account is used for all deleted ones, so it is no person in particular.
        if self.login == GHOST.login:
            return GHOST
        # A login with brackets is an App's, whatever type GitHub names.
        if self.login.endswith("[bot]"):
            return Person(self.id, self.login, AccountKind.BOT)
        kind = _KINDS.get(self.type, AccountKind.BOT)
        return Person(self.id, self.login, kind)


def person_of(account: Account | None) -> Person:
    """The person; what GitHub does not name any more is a ghost."""
    return GHOST if account is None else account.person


class _Repository(Struct, frozen=True):
    full_name: str


class _Side(Struct, frozen=True):
    sha: Oid
    ref: str
    repo: _Repository | None = None


class _Label(Struct, frozen=True):
    name: str


class _Team(Struct, frozen=True):
    slug: str


class App(Struct, frozen=True):
    """A GitHub App."""

    slug: Text = None


class PullAnswer(Struct, frozen=True):
    """A pull request, in an event or an answer."""

    number: int
    state: str
    user: Account | None
    head: _Side
    base: _Side
    title: Text = None
    body: Text = None
    labels: tuple[_Label, ...] = ()
    draft: bool = False
    merged_at: str | None = None
    requested_reviewers: tuple[Account, ...] = ()
    requested_teams: tuple[_Team, ...] = ()

    @property
    def value(self) -> Pull:
        """The pull request as the forge says it is now."""
        names = [label.name for label in self.labels]
        return Pull(
            number=self.number,
            head=self.head.sha,
            head_branch=self.head.ref,
            head_repository=self.head.repo.full_name if self.head.repo else None,
            base_branch=self.base.ref,
            opener=person_of(self.user),
            is_open=self.state == "open",
            is_merged=self.merged_at is not None,
            title=self.title or "",
            body=self.body or "",
            labels=tuple(sorted(name for name in names if not _is_own_label(name))),
            own_labels=frozenset(name.casefold() for name in names if _is_own_label(name)),
            is_draft=self.draft,
            requested=tuple(self._requested()),
        )

    def _requested(self) -> Iterator[str]:
        """Whom a review is asked of: logins, then teams as `/team`."""
        for account in self.requested_reviewers:
            yield account.login
        for team in self.requested_teams:
            yield f"/{team.slug}"


def _is_own_label(name: str) -> bool:
    """Whether it is one of judgegate's: GitHub takes names that differ in case only for one."""
    return name.casefold() in OWN_LABELS


class ReviewAnswer(Struct, frozen=True):
    """One review."""

    user: Account | None
    state: str
    commit_id: Oid | None = None


class _NamedAccount(Struct, frozen=True):
    """An account that GitHub names for a commit, or an empty object where it names none."""

    id: AccountId | None = None
    login: str | None = None
    type: str = "User"

    def __post_init__(self) -> None:
        if (self.id is None) != (self.login is None):
            raise ValueError(
                "expected an account with `id` and `login`, or an empty object"
            )

    @property
    def person(self) -> Person | None:
        """The person, or None where GitHub names none."""
        if self.id is None or self.login is None:
            return None
        return Account(self.id, self.login, self.type).person


class CommitAnswer(Struct, frozen=True):
    """A commit, with the accounts that GitHub names for it.

    An empty object, which GitHub gives for some, names no account.
    """

    sha: Oid
    author: _NamedAccount | None = None
    committer: _NamedAccount | None = None


class _Collaborator(Struct, frozen=True):
    id: AccountId


class PermissionAnswer(Struct, frozen=True):
    """What an account may do.

    `permission` folds maintain and triage into other words, `role_name` may be an organisation's
    own.
    """

    permission: str
    role_name: str = ""
    user: _Collaborator | None = None

    @property
    def value(self) -> Permission:
        """The permission. A word that is not known is none."""
        known = {permission.value: permission for permission in Permission}
        # `role_name` is more exact, unless it is the name that an organisation gave a role of its own.
        for word in (self.role_name, self.permission):
            if word in known:
                return known[word]
        return Permission.NONE


class CollaboratorAnswer(Account, frozen=True):
    """Somebody in the list of those who can write, which says what more they may do."""

    role_name: str = ""

    @property
    def value(self) -> Permission:
        """The permission: at least that to write, or the account would not be in the list."""
        for permission in (Permission.ADMIN, Permission.MAINTAIN):
            if permission.value == self.role_name:
                return permission
        # The role may be an organisation's own.
        return Permission.WRITE


class MembershipAnswer(Struct, frozen=True):
    """Whether somebody belongs to a team: `active`, or `pending` until they accept."""

    state: str


class TimelineItem(Struct, frozen=True):
    """One thing that happened to a pull request, as far as it is used here.

    `id` is a comment's own, for a comment.
    """

    id: int | None = None
    event: str = ""
    actor: Account | UnsetType | None = UNSET
    user: Account | None = None
    assignee: Account | None = None
    requested_reviewer: Account | None = None
    requested_team: _Team | None = None
    body: Text = None
    performed_via_github_app: App | None = None
    created_at: str | None = None
    updated_at: str | None = None

    @property
    def account(self) -> Account | None:
        """Who did it: most items call it the actor, some the user."""
        # An actor of null is an account that is gone, and no reason to name somebody else.
        return self.user if self.actor is UNSET else self.actor

    @property
    def text(self) -> str:
        """A comment's text."""
        return self.body or ""


class ActivityItem(Struct, frozen=True):
    """One change of a branch.

    `before` and `after` are commit ids, all zeros where the branch did not exist.
    """

    before: Oid
    after: Oid
    actor: Account | None
    activity_type: str


class StatusAnswer(Struct, frozen=True):
    """A status of a commit."""

    context: str
    state: str
    creator: Account | None
    description: Text = None


class CommentAnswer(Struct, frozen=True):
    """A comment that was posted."""

    id: int
    user: Account | None


class ContentAnswer(Struct, frozen=True):
    """A file's content."""

    type: str
    size: int
    encoding: str = ""
    content: str = ""
