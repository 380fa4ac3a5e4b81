"""A pull request's fields from JSON of any of the usual shapes.

Imported only where there is some, because pydantic takes its time.
"""

from typing import Annotated

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from judgegate.model.approvals import PullRequest
from judgegate.model.errors_and_exit_codes import UsageError

LARGEST = 25_000_000
"""Bytes of an event that are read: GitHub's own limit for a webhook's payload."""


class PullRequestError(UsageError):
    """A file that should describe a pull request does not."""

    code = "pull-request"


def read_pull_request(data: bytes, name: str = "the pull request's file") -> PullRequest:
    """The pull request in an event's payload, in an answer of GitHub's REST or GraphQL interface, or in `gh pr view --json`'s output.

    Args:
        data: the JSON.
        name: how to call the input in a message.

    Raises:
        PullRequestError: it is not JSON, or describes no pull request.
    """
    if len(data) > LARGEST:
        raise PullRequestError(
            f"{name} is larger than {LARGEST // 1_000_000} MB.",
            "Give the JSON of one pull request.",
        )
    found = _parse(data)
    if isinstance(found, str):
        raise PullRequestError(
            f"{name} does not describe a pull request: {found}.",
            "Give an event's JSON, or the output of: gh pr view --json …",
        )
    return found


def _named(value: object) -> object:
    """A label or a ref: a name, or an object that has one."""
    return value.get("name", value.get("ref")) if isinstance(value, dict) else value


def _nodes(value: object) -> object:
    """GraphQL wraps lists."""
    return value.get("nodes") if isinstance(value, dict) else value


def _text(value: object) -> object:
    return "" if value is None else value


Name = Annotated[str, BeforeValidator(_named)]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Account(_Payload):
    login: str = ""
    type: str | None = Field(None, validation_alias=AliasChoices("type", "__typename"))
    is_bot: bool | None = None

    @property
    def kind(self) -> str | None:
        if self.is_bot is not None and self.type is None:
            return "Bot" if self.is_bot else "User"
        return self.type


class _Commitish(_Payload):
    ref: str | None = None
    sha: str | None = None


class _PullRequest(_Payload):
    number: int | None = None
    title: Annotated[str, BeforeValidator(_text)] = ""
    body: Annotated[str, BeforeValidator(_text)] = ""
    user: _Account | None = Field(None, validation_alias=AliasChoices("user", "author"))
    head: _Commitish | None = None
    base: _Commitish | None = None
    head_name: str | None = Field(
        None, validation_alias=AliasChoices("headRefName", "head_ref")
    )
    base_name: str | None = Field(
        None, validation_alias=AliasChoices("baseRefName", "base_ref")
    )
    head_oid: str | None = Field(None, validation_alias="headRefOid")
    labels: Annotated[
        tuple[Name, ...], BeforeValidator(lambda value: _nodes(value) or ())
    ] = ()

    def value(self) -> PullRequest:
        """As the rest of the code knows it."""
        return PullRequest(
            number=self.number,
            title=self.title,
            body=self.body,
            author=self.user.login or None if self.user else None,
            author_type=self.user.kind if self.user else None,
            branch=self.head.ref if self.head else self.head_name,
            target_branch=self.base.ref if self.base else self.base_name,
            head=self.head.sha if self.head else self.head_oid,
            labels=self.labels,
        )


class _Data(_Payload):
    repository: "_Envelope | None" = None


class _Envelope(_Payload):
    """What a pull request may be wrapped in: an event, or an answer of GraphQL."""

    pull_request: _PullRequest | None = Field(
        None, validation_alias=AliasChoices("pull_request", "pullRequest")
    )
    data: _Data | None = None


def _parse(data: bytes) -> PullRequest | str:
    """The pull request, or what is wrong with the JSON, in a few words."""
    try:
        envelope = _Envelope.model_validate_json(data)
        found = envelope.pull_request or (
            envelope.data
            and envelope.data.repository
            and envelope.data.repository.pull_request
        )
        found = found or _PullRequest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[
            0
        ]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    if not found.model_fields_set:
        return "it has none of the fields of a pull request"
    return found.value()
