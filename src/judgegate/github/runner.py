"""What the runner of a workflow says in environment variables, read once."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from judgegate.model.errors import IncompleteError, UsageError

REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}/[A-Za-z0-9._-]{1,100}")
_RUN = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class RunnerContext:
    """The surroundings of a run. `output` and `summary` are None where there is no such file; the token is never shown."""

    event_name: str
    event_path: Path
    repository: str
    token: str = field(repr=False)
    api_url: str = "https://api.github.com"
    server_url: str = "https://github.com"
    run: str | None = None
    attempt: int = 1
    output: Path | None = None
    summary: Path | None = None
    temporary: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))

    @property
    def host(self) -> str:
        """The forge's host name, which stands in its no-reply addresses."""
        return urlsplit(self.server_url).hostname or "github.com"

    @property
    def run_url(self) -> str | None:
        """The page of this run."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run}" if self.run else None


def read_runner(environ: Mapping[str, str]) -> RunnerContext:
    """The surroundings.

    Raises:
        UsageError: a variable that every run has is not there, or is not what it should be; all of them are named.
    """
    problems = [
        f"{name} is not set"
        for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY")
        if not environ.get(name)
    ]
    repository = environ.get("GITHUB_REPOSITORY", "")
    if repository and not REPOSITORY.fullmatch(repository):
        problems.append("GITHUB_REPOSITORY is not owner/name")
    token = (environ.get("JUDGEGATE_TOKEN") or environ.get("GITHUB_TOKEN") or "").strip()
    if not token or not token.isascii() or not token.isprintable():
        problems.append("there is no token in JUDGEGATE_TOKEN or GITHUB_TOKEN")
    api_url = plain_address(
        environ.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL", problems
    )
    server_url = plain_address(
        environ.get("GITHUB_SERVER_URL") or "https://github.com", "GITHUB_SERVER_URL", problems
    )
    if problems:
        raise UsageError(
            f"This is not a run of GitHub Actions that can be judged: {'; '.join(problems)}.",
            "Let the Action run `judgegate github`; locally, `judgegate check` judges a change.",
        )
    run, attempt = environ.get("GITHUB_RUN_ID", ""), environ.get("GITHUB_RUN_ATTEMPT", "")
    return RunnerContext(
        event_name=environ["GITHUB_EVENT_NAME"],
        event_path=Path(environ["GITHUB_EVENT_PATH"]),
        repository=repository,
        token=token,
        api_url=api_url,
        server_url=server_url,
        run=run if _RUN.fullmatch(run) else None,
        attempt=int(attempt) if _RUN.fullmatch(attempt) else 1,
        output=_path(environ.get("GITHUB_OUTPUT")),
        summary=_path(environ.get("GITHUB_STEP_SUMMARY")),
        temporary=_path(environ.get("RUNNER_TEMP")) or Path(tempfile.gettempdir()),
    )


@contextmanager
def temporary_place(runner: RunnerContext) -> Iterator[Path]:
    """A directory for what is fetched; it goes when the block ends.

    Raises:
        IncompleteError: it cannot be made.
    """
    try:
        place = tempfile.TemporaryDirectory(prefix="judgegate-", dir=runner.temporary)
    except OSError as error:
        raise IncompleteError(
            f"Nothing can be kept in {runner.temporary}: {error.strerror}.", "Set RUNNER_TEMP."
        ) from error
    with place as name:
        yield Path(name)


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None


def plain_address(url: str, name: str, problems: list[str]) -> str:
    """The URL without a slash at its end. It carries no credentials and no query: those would end up in messages."""
    parts = urlsplit(url)
    if (
        parts.scheme not in {"https", "http"}
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        problems.append(f"{name} is not a plain http(s) URL")
    return url.rstrip("/")
