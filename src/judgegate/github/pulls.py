"""Pull requests, asked for by their number, their head or their branch."""

from collections.abc import Iterable, Iterator

from judgegate.forge.pull import Pull
from judgegate.github.client.connection import Connection
from judgegate.github.event import FinishedRun


def read_pull(connection: Connection, number: int) -> Pull:
    """The pull request as it is now."""
    from judgegate.github.client.answers import PullAnswer
    from judgegate.github.client.json_reading import read  # only where GitHub is asked

    return read(
        PullAnswer,
        connection.api.get(f"{connection.path}/pulls/{number}"),
        f"pull request {number}",
    ).value


def read_again(connection: Connection, pull: Pull) -> tuple[Pull, tuple[Pull, ...]]:
    """The pull request as it is now, and the other open ones with the head that it had."""
    by_number = {one.number: one for one in find_by_head(connection, pull.head)}
    # It is not among them if it was pushed to or closed meanwhile.
    own = by_number.pop(pull.number, None) or read_pull(connection, pull.number)
    return own, tuple(by_number.values())


def find_by_head(connection: Connection, head: str) -> tuple[Pull, ...]:
    """The open pull requests whose head is this commit."""
    documents = connection.api.list(f"{connection.path}/commits/{head}/pulls")
    # GitHub lists pull requests that contain the commit, closed ones too.
    containing = _values(documents, "the pull requests of the head")
    open_ones = (one for one in containing if one.is_open)
    return tuple(one for one in open_ones if one.head == head)


def find_of_run(connection: Connection, run: FinishedRun) -> tuple[Pull, ...]:
    """The open pull requests that a run was for, with the run's commit still their head.

    They are found by where GitHub says that the commit came from.
    Nothing that the run itself left behind is asked for: a fork's run may leave whatever it likes.
    """
    if run.repository is None or run.branch is None:
        # The fork is gone; its pull requests are not.
        return _sorted(find_by_head(connection, run.head))
    owner = run.repository.partition("/")[0]
    documents = connection.api.list(
        f"{connection.path}/pulls", {"state": "open", "head": f"{owner}:{run.branch}"}
    )
    return _sorted(
        one
        for one in _values(documents, "the pull requests of the branch")
        if _is_of(run, one)
    )


def _is_of(run: FinishedRun, pull: Pull) -> bool:
    """Whether the run was for the pull request.

    A question that GitHub does not understand lists all pull requests, and an owner may have two forks.
    """
    if pull.head != run.head or not pull.is_open:
        return False
    origin = (pull.head_repository or "").casefold()
    return origin == (run.repository or "").casefold() and pull.head_branch == run.branch


def _sorted(pulls: Iterable[Pull]) -> tuple[Pull, ...]:
    return tuple(sorted(pulls, key=lambda one: one.number))


def _values(documents: Iterable[object], what: str) -> Iterator[Pull]:
    from judgegate.github.client.answers import PullAnswer
    from judgegate.github.client.json_reading import read_all  # only where GitHub is asked

    return (answer.value for answer in read_all(PullAnswer, documents, what))
