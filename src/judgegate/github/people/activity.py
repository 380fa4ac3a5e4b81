"""What happened to a pull request's branch by GitHub's records: each push, by whom, and what it replaced."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.forge.pull import Pull
from judgegate.github.client.answers import ActivityItem
from judgegate.github.client.api import Api, ForbiddenError, NotFoundError
from judgegate.github.client.json_reading import read


class Activity:
    """The latest first. Each page is asked for once, when somebody reads that far.

    Of a fork the token may not see it: then there is none, or it ends early.
    """

    def __init__(self, items: Iterable[ActivityItem] = ()) -> None:
        self._coming = iter(items)
        self._known: list[ActivityItem] = []

    def __iter__(self) -> Iterator[ActivityItem]:
        place = 0
        while place < len(self._known) or self.read_on():
            yield self._known[place]
            place += 1

    def read_on(self) -> bool:
        """Have one more item at hand; whether there is one.

        Raises:
            IncompleteError: GitHub could not be asked, or its answer cannot be read.
        """
        with suppress(ForbiddenError, NotFoundError):
            for item in self._coming:
                self._known.append(item)
                return True
        return False


def fetch_activity(api: Api, pull: Pull) -> Activity:
    """The activity of the pull request's branch, its first page read.

    Raises:
        IncompleteError: GitHub could not be asked, or its answer cannot be read.
    """
    activity = Activity(_items(api, pull))
    activity.read_on()
    return activity


def walk_back(
    activity: Activity, head: str, at_base: Callable[[str], bool]
) -> Iterator[ActivityItem]:
    """What made the branch what it is, from its head back to where it left the base.

    `at_base` says of a commit whether the branch left the base there.
    """
    current = head
    for item in activity:
        if item.after != current:
            continue
        yield item
        current = item.before
        if at_base(current):
            return


def is_at_base(repository: Repository, base: str | None, oid: str) -> bool:
    """Whether there was no branch before this commit, or all up to it is the base's.

    A commit that is not here is not.
    """
    if not oid.strip("0"):
        return True
    if base is None:
        return False
    try:
        repository.run("merge-base", "--is-ancestor", oid, base)
    except GitError:
        return False
    return True


def _items(api: Api, pull: Pull) -> Iterator[ActivityItem]:
    if pull.head_repository is None:
        return
    for document in api.list(
        f"/repos/{pull.head_repository}/activity", {"ref": f"refs/heads/{pull.head_branch}"}
    ):
        yield read(ActivityItem, document, "the branch's activity")
