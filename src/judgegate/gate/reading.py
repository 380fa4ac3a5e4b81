"""Reading the change that a request means."""

from judgegate.change import Repository, choose_base, count_uncommitted, read_commits, read_staged, read_worktree
from judgegate.gate.request import Request
from judgegate.model.change import Change, ChangeSource
from judgegate.model.notices import Notice


def read_change(repository: Repository, request: Request) -> Change:
    """The change, whichever way it is given.

    Raises:
        UsageError: there is nothing to judge, or it is not what it should be.
        IncompleteError: the history or the content is not there in full.
    """
    match request.source:
        case ChangeSource.COMMITS:
            return read_commits(repository, choose_base(repository, request.base, request.head), request.head)
        case ChangeSource.STAGED:
            return read_staged(repository)
        case ChangeSource.WORKTREE:
            return read_worktree(repository, choose_base(repository, request.base))
        case ChangeSource.PATCH:
            raise NotImplementedError


def describe_leftovers(repository: Repository, request: Request) -> tuple[Notice, ...]:
    """What lies about uncommitted, and so was not judged."""
    if request.source is not ChangeSource.COMMITS or request.head is not None or repository.work_tree is None:
        return ()
    count = count_uncommitted(repository)
    if not count:
        return ()
    files = "1 file has" if count == 1 else f"{count} files have"
    return (Notice("uncommitted-not-judged", f"{files} uncommitted changes, which were not judged; --worktree judges them too."),)
