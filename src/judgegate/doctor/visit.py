"""What is asked of an examination, and where the answers come from: the repository here, its name and its interface on GitHub."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.github.runner import REPOSITORY, plain_address
from judgegate.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Target:
    """What to look at. `revision` None: the work tree. `offline`: GitHub is not to be asked, and nobody minds."""

    directory: Path = Path()
    revision: str | None = "HEAD"
    repository: str | None = None
    branch: str | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """GitHub's interface. `token` None: there is none. It is never shown."""

    api_url: str
    host: str
    repository: str | None
    token: str | None = field(repr=False, default=None)


def read_access(environ: Mapping[str, str]) -> Access:
    """What the environment says of it.

    Raises:
        UsageError: a variable is not what it should be.
    """
    problems: list[str] = []
    token = (environ.get("JUDGEGATE_TOKEN") or environ.get("GITHUB_TOKEN") or "").strip()
    if token and not (token.isascii() and token.isprintable()):
        problems.append("the token holds characters that no token has")
    repository = environ.get("GITHUB_REPOSITORY") or None
    if repository is not None and not REPOSITORY.fullmatch(repository):
        problems.append("GITHUB_REPOSITORY is not owner/name")
    api_url = plain_address(
        environ.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL", problems
    )
    server = plain_address(
        environ.get("GITHUB_SERVER_URL") or "https://github.com", "GITHUB_SERVER_URL", problems
    )
    if problems:
        raise UsageError(f"The environment cannot be used: {'; '.join(problems)}.")
    return Access(api_url, urlsplit(server).hostname or "", repository, token or None)


def name_repository(visit: Target, access: Access, repository: Repository) -> str | None:
    """`owner/name`: as it is told, as the environment says, or as the remote `origin` is called.

    Raises:
        UsageError: what is told is no name.
    """
    if visit.repository is not None:
        if not REPOSITORY.fullmatch(visit.repository):
            raise UsageError(f"{visit.repository!r} is not the name of a repository.", "Write owner/name.")
        return visit.repository
    return access.repository or _origin(repository, access.host)


def _origin(repository: Repository, host: str) -> str | None:
    try:
        url = repository.run("config", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
    except GitError:
        return None
    name = re.escape(host)
    found = re.fullmatch(
        rf"(?:https?://(?:[^/@]*@)?{name}(?::\d+)?/|(?:ssh://)?[^/@:]+@{name}(?::\d+)?[:/])(.+?)(?:\.git)?/?",
        url,
    )
    return found[1] if found is not None and REPOSITORY.fullmatch(found[1]) else None


def guess_branch(repository: Repository) -> str | None:
    """The default branch as the clone knows it."""
    try:
        ref = (
            repository.run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
            .decode("utf-8", "replace")
            .strip()
        )
    except GitError:
        pass
    else:
        return ref.removeprefix("refs/remotes/origin/")
    known = (
        repository.run("for-each-ref", "--format=%(refname)", "refs/heads/main", "refs/heads/master")
        .decode("ascii")
        .split()
    )
    return known[0].removeprefix("refs/heads/") if known else None
