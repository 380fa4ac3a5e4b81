"""A maintainer who is alone says in a comment that they have checked the change themselves."""

from collections.abc import Collection
from dataclasses import dataclass

from judgegate.model.approvals import Approvals, Permission, Person, Unchecked
from judgegate.model.verdict import Ignored
from judgegate.review.commands import Command, Refused, fault_of_command, forget, read_commands, tell_refused
from judgegate.review.standing import can_write

WORD = "reviewed"


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody's word that they have checked the head, and what they checked."""

    person: Person
    statement: str


def read_attestations(
    approvals: Approvals, agents: Collection[str], barred: str | None = None
) -> tuple[tuple[Attestation, ...], tuple[Ignored, ...]]:
    """The attestations that hold, the last one of each person, and those that do not, with the reason.

    One reads `/judgegate reviewed <full sha of the head> <what I checked>`, and is the whole comment. `barred` says why the policy takes
    none, if it takes none: whoever mended what else is wrong with theirs would learn of it only then.
    """
    held: dict[int | None, Attestation] = {}
    ignored: list[Refused] = []
    for command in read_commands(WORD, approvals.comments):
        why = _fault(command, approvals, agents)
        if why:
            ignored.append((command.person, barred or why))
        else:
            ignored = forget(ignored, command.person)
            held[command.person.id] = Attestation(command.person, command.text)
    return tuple(held.values()), tell_refused(ignored)


def _fault(command: Command, approvals: Approvals, agents: Collection[str]) -> str | None:
    """Why the attestation does not hold, a clause, or None."""
    fault = fault_of_command(command, "attests", "saying what they checked", approvals, agents)
    if fault:
        return fault
    may = can_write(command.person, approvals, Permission.ADMIN)
    if isinstance(may, Unchecked):
        return f"attests, and it could not be checked: {may.reason}"
    return None if may else "attests without admin permission, which attesting needs"
