"""The commits of a pull request, fetched into a bare repository of their own.

Nothing is checked out, and no hook runs.
"""

import base64
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from judgegate.change.git import CLEAN, GitError, GitRunner, find_git, take_inherited
from judgegate.forge.pull import Pull
from judgegate.github.client import api
from judgegate.github.runner import RunnerContext, temporary_place
from judgegate.model.errors_and_exit_codes import IncompleteError

TRACKING = "refs/remotes/origin/"
NOTES = "refs/notes/*"

_QUIET = (
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--quiet",
)


_NOT_THERE = (
    "couldn't find remote ref",
    "not our ref",
    "invalid refspec",
    "no such remote ref",
    "unadvertised object",
)

WAITS = (1.0, 4.0)
"""Seconds between attempts to fetch."""


class HeadGoneError(IncompleteError):
    """The commit that was to be judged cannot be fetched, most likely because another was pushed over it."""

    code = "head-gone"


class Store(Struct, frozen=True):
    """A bare repository that commits are fetched into; `directory` is where it is."""

    directory: Path
    git: GitRunner
    url: str

    def fetch(self, commit: str, what: str, *more: str) -> None:
        """Fetch a commit with all its past, and `more` in the same breath; `what` names it in the error.

        Raises:
            HeadGoneError: the commit is not there any more.
            GitError: it is the rest that cannot be had.
        """
        try:
            _fetch(self.git, self.url, *more, commit)
            self.git.run("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
        except GitError as error:
            if more:
                # It is the base or the whole server that is not there if this fails too.
                _fetch(self.git, self.url, *more)
            raise HeadGoneError(
                f"{what} cannot be fetched: {error.message}.",
                "If there was a newer push, the run for that push judges it.",
            ) from error

    def fetch_what_is_left(self, commits: Sequence[str]) -> tuple[str, ...]:
        """Fetch those of the commits that the server still gives out; the others.

        Raises:
            GitError: the server cannot be asked.
        """
        if not commits or self._can_fetch(*commits):
            return ()
        return tuple(commit for commit in commits if not self._can_fetch(commit))

    def _can_fetch(self, *commits: str) -> bool:
        """Whether the server gives out all of the commits; they are here afterwards.

        Raises:
            GitError: the server cannot be asked.
        """
        try:
            _fetch(self.git, self.url, *commits)
        except GitError as error:
            if _is_not_there(error):
                return False
            raise
        return True


@contextmanager
def fetched(runner: RunnerContext, pull: Pull) -> Iterator[Store]:
    """A bare repository with the head, the tip of the base's branch (as `origin/<branch>`) and the notes.

    It is deleted when the block ends.

    Raises:
        HeadGoneError: the head is not there any more.
        IncompleteError: the base cannot be fetched.
    """
    with stored(
        runner,
        pull.base_branch,
        pull.head,
        f"The head {pull.head[:12]} of pull request {pull.number}",
    ) as store:
        yield store


@contextmanager
def stored(
    runner: RunnerContext, base_branch: str, head: str, what: str
) -> Iterator[Store]:
    """The same for any commit, with a way to fetch more; `what` names the commit in the error."""
    with temporary_place(runner) as directory:
        repository = directory / "objects.git"
        store = Store(
            repository,
            _prepare(directory, repository, runner),
            f"{runner.server_url}/{runner.repository}.git",
        )
        base = f"{TRACKING}{base_branch}"
        # A branch cannot be called what looks like an option: the prefix spoils it.
        store.fetch(head, what, f"+refs/heads/{base_branch}:{base}", f"+{NOTES}:{NOTES}")
        store.git.run("rev-parse", "--verify", "--quiet", base)
        yield store


def _fetch(git: GitRunner, url: str, *wanted: str) -> None:
    """Fetch, and try again where it is not plain that there is no such thing.

    Raises:
        GitError: it is not there, or cannot be had.
    """
    for wait in (*WAITS, None):
        try:
            git.run("fetch", *_QUIET, url, *wanted)
        except GitError as error:
            if wait is None or _is_not_there(error):
                raise
            api.pause(wait)
        else:
            return


def _is_not_there(error: GitError) -> bool:
    """Whether git says that the server has no such commit or branch: to ask again would not help."""
    return any(words in error.message for words in _NOT_THERE)


def _prepare(directory: Path, repository: Path, runner: RunnerContext) -> GitRunner:
    """An empty repository without hooks, and a git that may reach the server and nothing else."""
    take_inherited()
    git = GitRunner(find_git(), directory)
    git.run(
        "init", "--quiet", "--bare", "--template=", "--initial-branch=none", str(repository)
    )
    return GitRunner(
        find_git(), repository, git_dir=repository, environment=_environment(runner)
    )


def _environment(runner: RunnerContext) -> dict[str, str]:
    """The settings for git, with the token as a header for this server only."""
    scheme = urlsplit(runner.server_url).scheme
    credentials = base64.b64encode(f"x-access-token:{runner.token}".encode("ascii")).decode(
        "ascii"
    )
    settings = {
        f"http.{runner.server_url}/.extraHeader": f"Authorization: Basic {credentials}",
        # A redirect could carry the header to another server.
        "http.followRedirects": "false",
        "credential.helper": "",
        "fetch.fsckObjects": "false",
        "fetch.unpackLimit": "1",
    }
    # Variables and not arguments, because a list of processes would show the token.
    variables = {
        **CLEAN,
        "GIT_ALLOW_PROTOCOL": scheme,
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (key, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    # Where an enterprise signs with its own authority, httpx and git both learn it from this variable.
    if authorities := os.environ.get("SSL_CERT_FILE"):
        variables["GIT_SSL_CAINFO"] = authorities
    return variables
