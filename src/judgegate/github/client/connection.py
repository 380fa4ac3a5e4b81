"""One repository on GitHub: where to ask, and as whom."""

from pathlib import Path

from msgspec import Struct

from judgegate.github.client.api import Api

JOB_ACCOUNT = "github-actions[bot]"
"""Whom a job's own token acts as. A login with brackets is an App's: no person can take it."""


class Connection(Struct, frozen=True):
    """Where to ask: the interface, the repository (`owner/name`), and the host in no-reply addresses.

    `org_policy` is the organisation's policy; `acts_as` the login of the account that the token belongs to.
    """

    api: Api
    repository: str
    host: str
    org_policy: Path | None = None
    acts_as: str = JOB_ACCOUNT

    @property
    def path(self) -> str:
        """The repository's place in the interface."""
        return f"/repos/{self.repository}"
