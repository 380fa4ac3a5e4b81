"""A pull request as GitHub says it is now."""

from dataclasses import dataclass, field

from judgegate.model.approvals import AccountKind, Person

GHOST = Person(None, "ghost", AccountKind.DELETED)
"""What is left of an account that no longer exists; the name is GitHub's."""


ASSISTED, WAITING = "judgegate:ai-assisted", "judgegate:waiting"
OWN_LABELS = frozenset({ASSISTED, WAITING})
"""The labels that judgegate puts on pull requests itself, whoever put them there: they are no word of anybody's, and decide nothing."""


@dataclass(frozen=True, slots=True)
class Pull:
    """What of a pull request a judgement depends on: if one of these differs later, the judgement is of something else.

    `head` and `base_tip` are commit ids; the base's is as of the last update, not the branch's tip. `head_branch` is a branch of
    `head_repository`, which is None if the fork is gone.
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
    own_labels: frozenset[str] = field(default=frozenset(), compare=False)
    """Which of judgegate's own labels it has; `labels` are all others."""
    asked: tuple[str, ...] = field(default=(), compare=False)
    """Logins of the people, and teams as `/team`, that are asked for a review now."""

    def document(self) -> dict[str, object]:
        """The fields as JSON, in the shape of an answer of GitHub's, for whoever reads pull requests from files."""
        kind = "Bot" if self.opener.kind is AccountKind.BOT else "User"
        return {
            "number": self.number,
            "title": self.title,
            "body": self.body,
            "user": {"login": self.opener.login, "type": kind} if self.opener.id is not None else None,
            "head": {"sha": self.head, "ref": self.head_branch},
            "base": {"ref": self.base_branch},
            "labels": [{"name": label} for label in self.labels],
        }
