"""What the workflow asks for, and the organisation's policy that it names."""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path

from judgegate.github.client.answers import ContentAnswer
from judgegate.github.client.api import Api, segment
from judgegate.github.client.connection import JOB_ACCOUNT
from judgegate.github.client.json_reading import read
from judgegate.github.runner import REPOSITORY
from judgegate.model.errors import IncompleteError, UsageError
from judgegate.model.scales import FailOn

_ADDRESS = re.compile(r"(?P<repository>[^:@]+):(?P<path>[^@]+)@(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class PolicyAddress:
    """Where a file is: `owner/name:path@commit`."""

    repository: str
    path: str
    commit: str


def parse_address(text: str) -> PolicyAddress:
    """The address of a policy.

    Raises:
        UsageError: it is none. A branch is none: whoever can push to it could change the policy unseen.
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
    document = api.get(f"/repos/{address.repository}/contents/{path}", {"ref": address.commit})
    answer = read(ContentAnswer, document, "the organisation's policy")
    try:
        content = base64.b64decode(answer.content.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        content = None
    if answer.type != "file" or answer.encoding != "base64" or content is None or len(content) != answer.size:
        raise IncompleteError(
            f"The organisation's policy at {address.path} is not a file that GitHub gives whole."
        )
    file = directory / Path(address.path).name
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise IncompleteError(
            f"The organisation's policy could not be kept in {directory}: {error.strerror}."
        ) from error
    return file


def _is_plain(part: str) -> bool:
    return bool(part) and part not in {".", ".."} and part.isprintable()


@dataclass(frozen=True, slots=True)
class Inputs:
    """The Action's inputs. `fail_on` None: what the policy says. `number`: for an event that names no pull request.

    `comment`, `annotations`, `labels` and `request_reviews` switch on what is published besides the status. `acts_as` is the login of the
    account that the token belongs to, by which its own comments are known. `cache` is a folder that keeps analyses, or None.
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
