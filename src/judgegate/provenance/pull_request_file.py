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
    """The pull request that JSON describes.

    Args:
        data: an event's payload, an answer of GitHub's REST or GraphQL interface, or the output of
            `gh pr view --json`.
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
    """A list, which GraphQL wraps in an object; empty where there is none."""
    nodes = value.get("nodes") if isinstance(value, dict) else value
    return nodes or ()


def _text(value: object) -> object:
    """A text, which is null where a form was left empty."""
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
        """The forge's word for what the account is; `gh` says only whether it is a bot."""
        if self.type is not None or self.is_bot is None:
            return self.type
        return "Bot" if self.is_bot else "User"


_NO_ACCOUNT = _Account(type=None)


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
    labels: Annotated[tuple[Name, ...], BeforeValidator(_nodes)] = ()

    def value(self) -> PullRequest:
        """As the rest of the code knows it."""
        user = self.user or _NO_ACCOUNT
        # GraphQL and `gh` have these beside each other, where REST has an object.
        head = self.head or _Commitish(ref=self.head_name, sha=self.head_oid)
        base = self.base or _Commitish(ref=self.base_name)
        return PullRequest(
            number=self.number,
            title=self.title,
            body=self.body,
            author=user.login or None,
            author_type=user.kind,
            branch=head.ref,
            target_branch=base.ref,
            head=head.sha,
            labels=self.labels,
        )


class _Data(_Payload):
    repository: "_Envelope | None" = None

    @property
    def pull_request(self) -> _PullRequest | None:
        """Where GraphQL has it."""
        return self.repository.pull_request if self.repository else None


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
        found = envelope.pull_request or (envelope.data and envelope.data.pull_request)
        found = found or _PullRequest.model_validate_json(data)
    except ValidationError as error:
        return _describe(error)
    if not found.model_fields_set:
        return "it has none of the fields of a pull request"
    return found.value()


def _describe(error: ValidationError) -> str:
    """The first thing that is wrong, and where it is, without the input itself."""
    first, *_ = error.errors(include_url=False, include_input=False, include_context=False)
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])
