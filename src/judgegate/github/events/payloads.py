"""The payloads of events, as far as they are used."""

from typing import Annotated

from judgegate.github.client.answers import Account, App, Oid, PullAnswer, Text
from judgegate.github.client.reading import Called, JsonObject


class _PayloadRepository(JsonObject):
    full_name: str


class _Issue(JsonObject):
    number: int
    pull_request: dict[str, object] | None = None


class _Former(JsonObject):
    before: Annotated[Text, Called(("from",))] = ""


class _FormerBase(JsonObject):
    ref: _Former | None = None


class _Changes(JsonObject):
    body: _Former | None = None
    base: _FormerBase | None = None


class _Comment(JsonObject):
    user: Account | None
    body: Text = ""
    performed_via_github_app: App | None = None
    created_at: str | None = None
    updated_at: str | None = None


class _MergeGroup(JsonObject):
    head_sha: Oid
    head_ref: str
    base_ref: str


class _WorkflowRun(JsonObject):
    head_sha: Oid
    head_branch: str | None = None
    head_repository: _PayloadRepository | None = None


class Payload(JsonObject):
    """The payload of an event: which parts there are depends on the event."""

    repository: _PayloadRepository
    action: str = ""
    pull_request: PullAnswer | None = None
    inputs: dict[str, str | bool | int | float | None] | None = None
    issue: _Issue | None = None
    comment: _Comment | None = None
    changes: _Changes | None = None
    merge_group: _MergeGroup | None = None
    workflow_run: _WorkflowRun | None = None
