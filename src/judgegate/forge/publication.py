"""What became of a verdict, and what is published besides its status."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from judgegate.forge.status import Status
from judgegate.model.errors import IncompleteError
from judgegate.model.verdict import Verdict


class PublishState(Enum):
    """What became of the verdict."""

    PUBLISHED = "published"
    REPORT_ONLY = "report only"
    MAY_NOT_WRITE = "the token may not write statuses"
    SUPERSEDED = "superseded"
    NOTHING = "nothing to judge"
    FAILED = "could not be judged"


@dataclass(frozen=True, slots=True)
class PublishResult:
    """How the run ended for pull request `number`; `verdict` is None where there was nothing to judge. `remark` is a sentence for the log.

    `extras` are further ones, of what could not be published besides the status. `error` is what kept this pull request from being judged
    while others of the same run were.
    """

    verdict: Verdict | None
    state: PublishState
    remark: str
    extras: tuple[str, ...] = ()
    error: Exception | None = None
    number: int | None = None


def remarks_of(do: Callable[[], Iterable[str]], failed: str) -> list[str]:
    """The remarks of whatever was done; also where it could not be, since nothing of that may change the status."""
    try:
        return list(do())
    except IncompleteError as error:
        return [f"{failed} {error.what}"]


def posted_result(verdict: Verdict, status: Status, *, is_new: bool) -> PublishResult:
    """How the run ended where the status carries the verdict; `is_new` unless the commit had it already."""
    done = "Posted" if is_new else "There already"
    remark = f"{done}: {status.context} is {status.state} on {status.commit[:12]}."
    return PublishResult(verdict, PublishState.PUBLISHED, remark)
