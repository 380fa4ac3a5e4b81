"""What the runner of a workflow says in environment variables, read once."""

import base64
import binascii
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct, field

from judgegate.github.client.answers import ContentAnswer
from judgegate.github.client.api import Api, segment
from judgegate.github.client.connection import JOB_ACCOUNT, Connection
from judgegate.github.client.json_reading import read
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.model.levels import FailOn
from judgegate.model.notices import Advance
from judgegate.pipeline.request import CacheKey

REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}/[A-Za-z0-9._-]{1,100}")
_RUN = re.compile(r"[0-9]{1,20}")


class RunnerContext(Struct, frozen=True):
    """The surroundings of a run.

    `output` and `summary` are None where there is no such file; the token is never shown.
    """

    event_name: str
    event_path: Path
    repository: str
    token: str
    api_url: str = "https://api.github.com"
    server_url: str = "https://github.com"
    run: str | None = None
    attempt: int = 1
    output: Path | None = None
    summary: Path | None = None
    temporary: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))

    def __repr__(self) -> str:
        return f"RunnerContext({self.event_name!r}, {self.repository!r})"

    @property
    def host(self) -> str:
        """The forge's host name, which is in its no-reply addresses."""
        return urlsplit(self.server_url).hostname or "github.com"

    @property
    def run_url(self) -> str | None:
        """The page of this run."""
        return (
            f"{self.server_url}/{self.repository}/actions/runs/{self.run}"
            if self.run
            else None
        )


def read_runner(environ: Mapping[str, str]) -> RunnerContext:
    """The surroundings.

    Raises:
        UsageError: a variable that every run has is not there, or is not what it should be; all of
            them are named.
    """
    problems = [
        f"{name} is not set"
        for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY")
        if not environ.get(name)
    ]
    repository = environ.get("GITHUB_REPOSITORY", "")
    if repository and not REPOSITORY.fullmatch(repository):
        problems.append("GITHUB_REPOSITORY is not owner/name")
    token = read_token(environ)
    if not token or not can_be_sent(token):
        problems.append("there is no token in JUDGEGATE_TOKEN or GITHUB_TOKEN")
    api_url, server_url = read_addresses(environ, problems)
    if problems:
        raise UsageError(
            f"This is not a run of GitHub Actions that can be judged: {'; '.join(problems)}.",
            "Only the Action runs `judgegate github`. To judge a change locally, use `judgegate check`.",
        )
    return RunnerContext(
        event_name=environ["GITHUB_EVENT_NAME"],
        event_path=Path(environ["GITHUB_EVENT_PATH"]),
        repository=repository,
        token=token,
        api_url=api_url,
        server_url=server_url,
        run=_number(environ.get("GITHUB_RUN_ID", "")),
        attempt=int(_number(environ.get("GITHUB_RUN_ATTEMPT", "")) or 1),
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
            f"Nothing can be written to {runner.temporary}: {error.strerror}.",
            "Set RUNNER_TEMP.",
        ) from error
    with place as name:
        yield Path(name)


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None


def _number(value: str) -> str | None:
    return value if _RUN.fullmatch(value) else None


def read_token(environ: Mapping[str, str]) -> str:
    """The token, empty where there is none. What the workflow chose comes before what every job has."""
    return (environ.get("JUDGEGATE_TOKEN") or environ.get("GITHUB_TOKEN") or "").strip()


def can_be_sent(token: str) -> bool:
    """Whether a request's header can contain the token."""
    return token.isascii() and token.isprintable()


def read_addresses(environ: Mapping[str, str], problems: list[str]) -> tuple[str, str]:
    """The URLs of the interface and of the pages. What is wrong with them is added to the problems."""
    api_url = environ.get("GITHUB_API_URL") or "https://api.github.com"
    server_url = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    return (
        _plain_address(api_url, "GITHUB_API_URL", problems),
        _plain_address(server_url, "GITHUB_SERVER_URL", problems),
    )


def _plain_address(url: str, name: str, problems: list[str]) -> str:
    """The URL without a slash at its end.

    It carries no credentials and no query: those would end up in messages.
    """
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


_ADDRESS = re.compile(
    r"(?P<repository>[^:@]+):(?P<path>[^@]+)@(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})"
)


class PolicyAddress(Struct, frozen=True):
    """Where a file is: `owner/name:path@commit`."""

    repository: str
    path: str
    commit: str


def parse_address(text: str) -> PolicyAddress:
    """The address of a policy.

    Raises:
        UsageError: it is none. A branch is none: anyone who can push to it could change the policy unseen.
    """
    found = _ADDRESS.fullmatch(text)
    if (
        found is None
        or not REPOSITORY.fullmatch(found["repository"])
        or not all(_is_plain(part) for part in found["path"].split("/"))
    ):
        raise UsageError(
            f"{text!r} is not the address of a policy.",
            "Write owner/repository:path@commit, with the commit's full id.",
        )
    return PolicyAddress(found["repository"], found["path"], found["commit"])


def fetch_policy(api: Api, address: PolicyAddress, directory: Path) -> Path:
    """The file, put into the directory.

    Raises:
        IncompleteError: it cannot be had, or not whole.
    """
    path = "/".join(segment(part) for part in address.path.split("/"))
    document = api.get(
        f"/repos/{address.repository}/contents/{path}", {"ref": address.commit}
    )
    answer = read(ContentAnswer, document, "the organisation's policy")
    try:
        content = base64.b64decode(answer.content.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        content = None
    if (
        answer.type != "file"
        or answer.encoding != "base64"
        or content is None
        or len(content) != answer.size
    ):
        raise IncompleteError(
            f"The organisation's policy at {address.path} is not a file that GitHub sends completely."
        )
    file = directory / Path(address.path).name
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise IncompleteError(
            f"The organisation's policy could not be written to {directory}: {error.strerror}."
        ) from error
    return file


def _is_plain(part: str) -> bool:
    return bool(part) and part not in {".", ".."} and part.isprintable()


class Inputs(Struct, frozen=True):
    """The Action's inputs. `fail_on` None: what the policy says.

    `number`: for an event that names no pull request.

    `comment`, `annotations`, `labels` and `request_reviews` switch on what is published besides the
    status. `acts_as` is the login of the account that the token belongs to, by which its own
    comments are known. `cache` is a folder that keeps analyses, or None; `cache_key` seals what is in it.
    """

    fail_on: FailOn | None = None
    org_policy: PolicyAddress | None = None
    number: str | None = None
    comment: bool = False
    annotations: bool = False
    labels: bool = False
    request_reviews: bool = False
    acts_as: str = JOB_ACCOUNT
    cache: Path | None = None
    cache_key: CacheKey | None = None


class RunContext(Struct, frozen=True):
    """Everything that a judgement needs besides the pull request."""

    runner: RunnerContext
    inputs: Inputs
    connection: Connection
    advance: Advance
