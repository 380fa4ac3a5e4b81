"""The form of an approvals file.

Imported only where such a file is read, because pydantic is slow to import.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

AccountId = Annotated[
    int,
    Field(
        ge=1,
        le=2**63 - 1,
        description="The account's number on the forge. Only this number identifies a person.",
    ),
]
Oid = Annotated[
    str,
    Field(
        pattern="^([0-9a-f]{40}|[0-9a-f]{64})$",
        description="A commit's full id, in lower-case hexadecimal digits.",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
PermissionWord = Literal[
    "none", "read", "triage", "write", "maintain", "admin", "could not check"
]
Answer = Literal["yes", "no", "could not check"]


EXAMPLE: JsonDict = {
    "version": 1,
    "head": "1d3a51f0cf5bbd9b31aa3ae0a7c1b4b1d1b0c7e2",
    "opened_by": 101,
    "people": [
        {
            "id": 101,
            "login": "alice",
            "permission": "write",
            "emails": ["alice@example.com"],
        },
        {
            "id": 102,
            "login": "bob",
            "permission": "maintain",
            "teams": {"org/payments": "yes"},
        },
    ],
    "reviews": [
        {
            "by": 102,
            "state": "approved",
            "commit": "1d3a51f0cf5bbd9b31aa3ae0a7c1b4b1d1b0c7e2",
        }
    ],
    "contributors": [
        {"by": 101, "part": "author", "commit": "1d3a51f0cf5bbd9b31aa3ae0a7c1b4b1d1b0c7e2"},
        {
            "unknown": "carol@example.com",
            "part": "co_author",
            "commit": "1d3a51f0cf5bbd9b31aa3ae0a7c1b4b1d1b0c7e2",
        },
    ],
}
"""alice opened and wrote it with carol, for whom no account is known; bob approved it."""


class StrictForm(BaseModel):
    """Nothing is converted, and no key is let pass unread."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PersonForm(StrictForm):
    """An account. What the file does not say about it counts as not checked."""

    id: AccountId
    login: Name
    kind: Literal["user", "bot", "organization", "mannequin"] = "user"
    suspended: bool = False
    permission: PermissionWord = "could not check"
    teams: dict[Name, Answer] = Field(
        default={}, description="Membership by team; a team is written as org/team."
    )
    emails: list[Name] = Field(
        default=[], description="E-mail addresses of the account, according to the forge."
    )
    unchecked: str = Field(
        default="the approvals file does not say",
        description="Why something about this account could not be checked.",
    )


class ReviewForm(StrictForm):
    """One review."""

    by: AccountId | None = Field(
        description="The number of one of the people, or null for an account that no longer exists."
    )
    state: Literal["approved", "changes_requested", "dismissed", "commented", "pending"]
    commit: Oid | None = Field(
        description="The commit that was reviewed, or null if it no longer exists."
    )


class ContributorForm(StrictForm):
    """A person's part in the change."""

    model_config = ConfigDict(
        json_schema_extra={
            "description": (
                "A person's part in the change: one of the people, or what is known about someone "
                "who is not among them."
            ),
            "oneOf": [
                {"required": ["by"], "properties": {"by": {"type": "integer"}}},
                {"required": ["unknown"], "properties": {"unknown": {"type": "string"}}},
            ],
        }
    )

    by: AccountId | None = None
    unknown: Name | None = Field(
        default=None, description="An address or a description, if no account is known."
    )
    part: Literal["author", "committer", "co_author", "pusher", "requester"] = Field(
        description="requester: started the agent that wrote it."
    )
    commit: Oid | None = None

    @model_validator(mode="after")
    def _name_one(self) -> Self:
        if (self.by is None) == (self.unknown is None):
            raise ValueError("exactly one of `by` and `unknown` must say who it is")
        return self


class CommentForm(StrictForm):
    """A comment."""

    model_config = ConfigDict(
        json_schema_extra={
            "description": (
                "A comment; only `/judgegate reviewed <full sha> <what I checked>` and "
                "`/judgegate override <full sha> <reason>` have an effect."
            )
        }
    )

    by: AccountId | None
    text: str
    edited: bool = False


class ApprovalsForm(StrictForm):
    """Who approved a change, and who they are: what `judgegate check --approvals FILE` reads."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    version: Literal[1]
    head: Annotated[
        Oid,
        Field(
            description=(
                "The commit that the reviews are about; the file is refused for a change with another head."
            )
        ),
    ]
    opened_by: AccountId | None = Field(
        description="Who asked for the change to be merged, or null if the account no longer exists."
    )
    people: list[PersonForm] = Field(
        description="Every person who is named below, each once."
    )
    everybody: bool = Field(
        default=False, description="Whether `people` lists everyone who can review here."
    )
    reviews: list[ReviewForm] = Field(
        description=(
            "The whole history, the oldest first: a later review replaces an earlier one of the same person."
        )
    )
    contributors: list[ContributorForm] = Field(
        description="Everyone who has a part in any commit of the change."
    )
    comments: list[CommentForm] = []
    carried: list[Oid] = Field(
        default=[],
        description=(
            "Older heads whose approvals count for this one: the base was merged in without a conflict, "
            "and nothing else changed."
        ),
    )


def describe() -> dict[str, Any]:
    """The form as a JSON Schema.

    What is shipped beside this module is this, so that printing it imports nothing.
    """
    schema: dict[str, Any] = _untitled(ApprovalsForm.model_json_schema())
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:judgegate:approvals:1",
        "title": "judgegate approvals, version 1",
    }
    return head | schema


def _untitled(node: Any) -> Any:
    """The schema without the titles that pydantic makes of names."""
    if isinstance(node, list):
        return list(map(_untitled, node))
    if not isinstance(node, dict):
        return node
    kept = {key: _untitled(value) for key, value in node.items()}
    # A title is a text; what is no text is a field of the form that is called so.
    if isinstance(kept.get("title"), str):
        del kept["title"]
    return kept
