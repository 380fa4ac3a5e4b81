"""What a caller asks to have judged."""

import hmac
from pathlib import Path

from msgspec import Struct, field

from judgegate.model.approvals import PullRequest
from judgegate.model.change import ChangeSource, Commit
from judgegate.model.evidence import Evidence


class CacheKey(Struct, frozen=True):
    """A secret that seals what is kept where others may write. It is never shown."""

    secret: bytes

    def __repr__(self) -> str:
        return "CacheKey()"

    def derive(self, purpose: str) -> bytes:
        """A key for one purpose, from which no other one follows."""
        return hmac.digest(self.secret, b"judgegate " + purpose.encode(), "sha256")


class AnswerCache(Struct, frozen=True):
    """A folder that keeps the workers' answers. `is_usual`: it is the user's, and nobody named it.

    With a `key` only what is sealed with it counts.
    """

    folder: Path
    is_usual: bool = False
    key: CacheKey | None = None


class Request(Struct, frozen=True):
    """The inputs of a judgement, as the command line has them.

    `directory` is where the repository is looked for. `patch` is the unified diff itself. `policy`
    and `org_policy` are files on disk, and `pull_request` is one too, or what is known of it
    already. `message` is the text of a commit message that is being written, `previous_reports` the
    JSON reports of earlier heads, `earlier` the evidence that something else remembers of them,
    `earlier_commits` the commits themselves that the change has no more. `cache` is a folder that
    keeps analyses, sealed with `cache_key` if there is one; `answers` is one that keeps what
    workers saw. `guides_review`: the verdict says which hunks to question.
    """

    directory: Path = field(default_factory=Path.cwd)
    source: ChangeSource = ChangeSource.COMMITS
    base: str | None = None
    head: str | None = None
    patch: Path | None = None
    policy: Path | None = None
    org_policy: Path | None = None
    pull_request: Path | PullRequest | None = None
    branch: str | None = None
    message: Path | None = None
    assume_ai: bool = False
    approvals: Path | None = None
    previous_reports: tuple[Path, ...] = ()
    earlier: tuple[Evidence, ...] = ()
    earlier_commits: tuple[Commit, ...] = ()
    cache: Path | None = None
    cache_key: CacheKey | None = None
    answers: AnswerCache | None = None
    guides_review: bool = True
