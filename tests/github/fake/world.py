"""What the fake knows: accounts, permissions, teams, pull requests with all that happened to them, statuses."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tests.repositories import RepositoryBuilder

NO_COMMIT = "0" * 40
OWNER, NAME = "org", "shop"


class Account(Struct, frozen=True):
    """An account; `emails` are the addresses that GitHub maps to it."""

    id: int
    login: str
    type: str = "User"
    emails: tuple[str, ...] = ()


ALICE = Account(101, "alice", emails=("alice@example.com",))
BOB = Account(102, "bob", emails=("bob@example.com",))
CAROL = Account(103, "carol", emails=("carol@example.com",))
ACTIONS = Account(41898282, "github-actions[bot]", "Bot")
COPILOT = Account(
    198982749, "Copilot", "Bot", ("198982749+Copilot@users.noreply.github.com",)
)


class Review(Struct):
    """One review; `by` None: the account is gone. `commit` None: the commit is."""

    by: Account | None
    state: str
    commit: str | None


class Happening(Struct, frozen=True):
    """Something on the timeline."""

    event: str
    actor: Account
    assignee: Account | None = None
    body: str = ""
    edited: bool = False
    id: int | None = None
    requested: Account | str | None = None
    """Who was asked for a review: an account, or a team's slug."""
    through: str | None = None
    """The slug of the GitHub App that did it with the account's token."""


class Push(Struct, frozen=True):
    """A change of a branch."""

    branch: str
    before: str
    after: str
    by: Account | None
    kind: str


class PullState(Struct):
    """A pull request, as it is now."""

    number: int
    branch: str
    base: str
    opener: Account
    title: str = "A change"
    body: str | None = None
    state: str = "open"
    merged: bool = False
    draft: bool = False
    labels: list[str] = field(default_factory=list)
    requested: list[Account | str] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    timeline: list[Happening] = field(default_factory=list)
    has_fork: bool = True
    fork: str | None = None
    """The repository (`owner/name`) that the branch is of, None for this one; its commits are here all the same.
    """


class StatusState(Struct, frozen=True):
    """A status of a commit."""

    commit: str
    context: str
    state: str
    description: str
    url: str | None
    by: Account = ACTIONS


class Enforcement(Struct):
    """What is enforced on `main`.

    `rules` are types with their parameters, all of ruleset 7, `classic` the required contexts with
    the App
    that may post them. `bypass` None: the token may not see who passes.
    """

    rules: dict[str, dict[str, object]] = field(default_factory=dict)
    classic: dict[str, int | None] = field(default_factory=dict)
    classic_level: str = "everyone"
    bypass: list[dict[str, object]] | None = field(default_factory=list)
    is_private: bool = False

    def require(self, *contexts: str, app: int | None = None) -> None:
        """Let a ruleset require these statuses, from one App if it is named."""
        source = {} if app is None else {"integration_id": app}
        checks = [{"context": context, **source} for context in contexts]
        self.rules["required_status_checks"] = {
            "required_status_checks": checks,
            "strict_required_status_checks_policy": False,
        }

    def run(self, path: str, repository: int) -> None:
        """Let a ruleset run a workflow of a repository."""
        self.rules["workflows"] = {
            "workflows": [{"path": path, "repository_id": repository}]
        }


class World:
    """Everything that GitHub would remember.

    `git` is the repository, which a test pushes to by committing and `push`.
    """

    def __init__(self, path: Path) -> None:
        self.git = RepositoryBuilder(path / OWNER / f"{NAME}.git")
        with (self.git.path / ".git" / "config").open("a") as settings:
            settings.write(
                "[uploadpack]\n\tallowAnySHA1InWant = true\n\tallowFilter = true\n"
            )
        self.accounts = {account.id: account for account in (ALICE, BOB, CAROL, COPILOT)}
        self.token_of = ACTIONS
        self.roles = {ALICE.id: "write", BOB.id: "write", CAROL.id: "read"}
        self.teams: dict[str, dict[int, str]] = {}
        self.pulls: dict[int, PullState] = {}
        self.pushes: list[Push] = []
        self.statuses: list[StatusState] = []
        self.files: dict[tuple[str, str, str], bytes] = {}
        self.enforcement = Enforcement()

    def tip(self, branch: str) -> str:
        return self.git.head(f"refs/heads/{branch}")

    def push(self, branch: str, by: Account | None, *, kind: str = "push") -> str:
        """Tell that somebody pushed what the branch is now; its head."""
        after = self.tip(branch)
        before = next(
            (push.after for push in reversed(self.pushes) if push.branch == branch),
            NO_COMMIT,
        )
        self.pushes.append(
            Push(
                branch,
                before,
                after,
                by,
                "branch_creation" if before == NO_COMMIT else kind,
            )
        )
        return after

    def open_pull(
        self, branch: str, opener: Account, *, base: str = "main", number: int = 1
    ) -> PullState:
        self.pulls[number] = PullState(number, branch, base, opener)
        return self.pulls[number]

    def review(
        self,
        by: Account | None,
        state: str = "APPROVED",
        *,
        number: int = 1,
        commit: str | None = None,
    ) -> None:
        """A review of the head, unless another commit is named."""
        pull = self.pulls[number]
        pull.reviews.append(Review(by, state, commit or self.tip(pull.branch)))

    def comment(self, by: Account, body: str, *, number: int = 1) -> int:
        """A comment on the pull request; its id."""
        comment = Happening(
            "commented",
            by,
            body=body,
            id=1000 + sum(len(pull.timeline) for pull in self.pulls.values()),
        )
        self.pulls[number].timeline.append(comment)
        return comment.id or 0

    def comments(self, *, number: int = 1) -> list[Happening]:
        return [one for one in self.pulls[number].timeline if one.event == "commented"]

    def replace_comment(self, id_: int, body: str | None) -> bool:
        """Edit a comment, or delete it; whether there is one."""
        for pull in self.pulls.values():
            for place, one in enumerate(pull.timeline):
                if one.event == "commented" and one.id == id_:
                    deleted = Happening("comment_deleted", one.actor, id=one.id)
                    pull.timeline[place] = (
                        deleted if body is None else replace(one, body=body, edited=True)
                    )
                    return True
        return False

    def ask(self, whom: Account | str, by: Account, *, number: int = 1) -> None:
        """Ask somebody, or a team, for a review."""
        self.pulls[number].requested.append(whom)
        self.pulls[number].timeline.append(
            Happening("review_requested", by, requested=whom)
        )

    def dismiss(self, by: Account, *, number: int = 1) -> None:
        """Dismiss what the account approved last, as GitHub does: the review itself changes its state."""
        last = next(
            review for review in reversed(self.pulls[number].reviews) if review.by == by
        )
        last.state = "DISMISSED"

    def commits_of(self, pull: PullState) -> Iterator[tuple[str, str, str]]:
        """Id, author's and committer's address of each commit, the oldest first."""
        for line in self.git.git(
            "log", "--reverse", "--format=%H %ae %ce", f"{pull.base}..{pull.branch}"
        ).splitlines():
            oid, author, committer = line.split(" ")
            yield oid, author, committer

    def account_of(self, address: str) -> Account | None:
        return next(
            (account for account in self.accounts.values() if address in account.emails),
            None,
        )

    def named(self, login: str) -> Account | None:
        return next(
            (
                account
                for account in self.accounts.values()
                if account.login.casefold() == login.casefold()
            ),
            None,
        )

    def rename(self, account: Account, login: str) -> Account:
        self.accounts[account.id] = replace(account, login=login)
        return self.accounts[account.id]

    def status_of(self, commit: str, context: str = "judgegate/main") -> StatusState | None:
        """What the commit's page shows for the context: the last one."""
        return next(
            (
                one
                for one in reversed(self.statuses)
                if (one.commit, one.context) == (commit, context)
            ),
            None,
        )
