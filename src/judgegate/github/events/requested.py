"""What an event asks for."""

from dataclasses import dataclass

from judgegate.forge.pull import Pull
from judgegate.model.approvals import Person


@dataclass(frozen=True, slots=True)
class OnePull:
    """A pull request is to be judged; `pull` is what the event says of it, None if it says nothing or may be out of date.

    `from_event` is what the event says of it even if that is out of date, `former_base` the branch that it asked to join until now.
    """

    number: int
    pull: Pull | None = None
    from_event: Pull | None = None
    former_base: str | None = None


@dataclass(frozen=True, slots=True)
class CommentCommand:
    """Somebody says in a comment that a pull request is to be judged. Whether they may is not known yet."""

    number: int
    by: Person


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """A merge queue wants to know whether the pull requests that it has put on top of a base's branch may merge.

    `head` is the commit that would become the branch's tip, `number` the pull request that the group's own branch is named after.
    """

    head: str
    base_branch: str
    number: int


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A workflow's run has ended; the pull requests that it ran for are to be judged.

    `head` is the commit that it ran for. `branch` and `repository` (`owner/name`) say where that came from, None where GitHub does not.
    """

    head: str
    branch: str | None
    repository: str | None


@dataclass(frozen=True, slots=True)
class NothingRequested:
    """The event is no reason to judge anything; `why` is a sentence for the log."""

    why: str


Requested = OnePull | CommentCommand | MergeGroup | FinishedRun | NothingRequested
