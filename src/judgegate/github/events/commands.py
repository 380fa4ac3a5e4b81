"""Comments that ask for a judgement, and who may ask for one. What a command means for the verdict is decided elsewhere."""

import re

from judgegate.github.client.api import Api
from judgegate.github.people.permissions import fetch_permissions
from judgegate.model.approvals import AccountKind, Permission, Person, Unchecked
from judgegate.provenance.co_authors import is_agents_account

_COMMAND = re.compile(r"/judgegate[ \t]+(?:recheck|reviewed|override)(?!\S)")
_LASTING = re.compile(r"/judgegate[ \t]+(?:reviewed|override)(?!\S)")


def is_command(text: str) -> bool:
    """Whether the comment begins with a command. A quoted one, or one in the middle, is somebody talking about it."""
    return _COMMAND.match(text.strip()) is not None


def is_lasting_command(text: str) -> bool:
    """Whether the comment begins with a command that a verdict may rest on as long as it stands."""
    return _LASTING.match(text.strip()) is not None


def why_refused(api: Api, repository: str, person: Person) -> str | None:
    """Why the person's command is not obeyed, a clause, or None; `repository` is its place in the interface.

    Raises:
        IncompleteError: GitHub could not be asked.
    """
    if person.kind is not AccountKind.USER or person.id is None:
        return "is not a person"
    if is_agents_account(person):
        return "is an agent"
    may = fetch_permissions(api, repository, (person,))[person.id]
    if isinstance(may, Unchecked):
        return f"has a permission that could not be checked: {may.reason}"
    return None if may >= Permission.WRITE else "has no write permission"
