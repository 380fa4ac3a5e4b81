"""What the workflow asks for."""

from dataclasses import dataclass
from pathlib import Path

from judgegate.github.organisation import Address
from judgegate.model.scales import FailOn

JOB_ACCOUNT = "github-actions[bot]"
"""Whom a job's own token acts as. A login with brackets is an app's: nobody can take it."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The Action's inputs. `fail_on` None: what the policy says. `number`: for an event that names no pull request.

    `comment`, `annotations`, `labels` and `request_reviews` switch on what is published besides the status. `acts_as` is the login of the
    account that the token belongs to, by which its own comments are known. `cache` is a folder that keeps analyses, or None.
    """

    fail_on: FailOn | None = None
    org_policy: Address | None = None
    number: str | None = None
    comment: bool = False
    annotations: bool = False
    labels: bool = False
    request_reviews: bool = False
    acts_as: str = JOB_ACCOUNT
    cache: Path | None = None
