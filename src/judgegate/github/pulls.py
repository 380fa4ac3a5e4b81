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
    alike = find_by_head(connection, pull.head)
    own = next((one for one in alike if one.number == pull.number), None)
    return own or read_pull(connection, pull.number), tuple(
        one for one in alike if one.number != pull.number
    )


def find_by_head(connection: Connection, head: str) -> tuple[Pull, ...]:
    """The open pull requests whose head is this commit."""
    documents = connection.api.list(f"{connection.path}/commits/{head}/pulls")
    return tuple(
        one
        for one in _values(documents, "the pull requests of the head")
        if one.head == head and one.is_open
    )


def find_of_run(connection: Connection, run: FinishedRun) -> tuple[Pull, ...]:
    """The open pull requests that a run was for: by where GitHub says that its commit came from, and with that commit still their head.

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
    """Where GitHub does not understand what it is asked for it lists all pull requests, and an owner may have two forks."""
    same = (pull.head_repository or "").casefold() == (
        run.repository or ""
    ).casefold() and pull.head_branch == run.branch
    return same and pull.head == run.head and pull.is_open


def _sorted(pulls: Iterable[Pull]) -> tuple[Pull, ...]:
    return tuple(sorted(pulls, key=lambda one: one.number))


def _values(documents: Iterable[object], what: str) -> Iterator[Pull]:
    from judgegate.github.client.answers import PullAnswer
    from judgegate.github.client.json_reading import read_all  # only where GitHub is asked

    return (answer.value for answer in read_all(PullAnswer, documents, what))
