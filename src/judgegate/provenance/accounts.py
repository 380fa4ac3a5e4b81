"""Which of a forge's accounts are an AI's, although the forge may call them users."""

from judgegate.model.approvals import AccountKind, Person
from judgegate.provenance.matcher import Matcher, default_matcher


def is_agents_account(person: Person, matcher: Matcher | None = None) -> bool:
    """Whether the catalogue knows the account as an AI's."""
    kind = "Bot" if person.kind is AccountKind.BOT else "User"
    return person.id is not None and (matcher or default_matcher()).login(person.login, kind) is not None
