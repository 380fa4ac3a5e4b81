"""A pull request as the forge says it is now."""

from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.approvals import AccountKind, Person, PullRequest
from judgegate.model.levels import Authorship, Outcome
from judgegate.model.verdict import Verdict

ASSISTED, WAITING = "judgegate:ai-assisted", "judgegate:waiting"
OWN_LABELS = frozenset({ASSISTED, WAITING})
"""The labels that judgegate puts on pull requests itself: they decide nothing, even if a person adds them."""


class Pull(Struct, frozen=True):
    """A pull request, as far as a judgement depends on it.

    `head` is a commit id. `head_branch` is a branch of `head_repository`, which is None if the fork is gone.
    """

    number: int
    head: str
    head_branch: str
    head_repository: str | None
    base_branch: str
    opener: Person
    is_open: bool = True
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    is_draft: bool = False
    is_merged: bool = False
    own_labels: frozenset[str] = frozenset()
    """Which of judgegate's own labels it has; `labels` are all others."""
    requested: tuple[str, ...] = ()
    """Logins of the people, and teams as `/team`, that are asked for a review now."""

    def is_judged_like(self, later: Self) -> bool:
        """Whether a judgement of it is one of what it is later.

        Our own labels and requests change with each run, and decide nothing.
        """
        return self == replace(later, own_labels=self.own_labels, requested=self.requested)

    @property
    def described(self) -> PullRequest:
        """What of it decides."""
        is_known = self.opener.id is not None
        kind = "Bot" if self.opener.kind is AccountKind.BOT else "User"
        return PullRequest(
            number=self.number,
            title=self.title,
            body=self.body,
            author=(self.opener.login or None) if is_known else None,
            author_type=kind if is_known else None,
            branch=self.head_branch,
            target_branch=self.base_branch,
            head=self.head,
            labels=self.labels,
        )


def choose_labels(verdict: Verdict) -> frozenset[str]:
    """Those that belong on the pull request."""
    holding = {
        ASSISTED: verdict.provenance.verdict is Authorship.AI,
        WAITING: verdict.outcome is Outcome.REVIEW,
    }
    return frozenset(name for name, holds in holding.items() if holds)
