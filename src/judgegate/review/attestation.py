"""A maintainer who is alone says in a comment that they have checked the change themselves."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from judgegate.model.approvals import Approvals, Comment, Permission, Person, Unchecked
from judgegate.model.verdict import Ignored
from judgegate.review.standing import can_write, fault_of

_ATTESTATION = re.compile(r"/judgegate[ \t]+reviewed(?:[ \t]+(?P<commit>\S+)(?P<statement>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody's word that they have checked the head, and what they checked."""

    person: Person
    statement: str


def read_attestations(approvals: Approvals, agents: Collection[str]) -> tuple[tuple[Attestation, ...], tuple[Ignored, ...]]:
    """The attestations that hold, the last one of each person, and those that do not, with the reason.

    One reads `/judgegate reviewed <full sha of the head> <what I checked>`, and is the whole comment.
    """
    held: dict[int | None, Attestation] = {}
    ignored: list[Ignored] = []
    for comment in approvals.comments:
        form = _ATTESTATION.fullmatch(comment.text.strip())
        if form is None:
            continue
        statement = (form["statement"] or "").strip()
        why = _fault(comment, form["commit"] or "", statement, approvals, agents)
        if why:
            ignored.append(Ignored(comment.person.login, why))
        else:
            held[comment.person.id] = Attestation(comment.person, statement)
    return tuple(held.values()), tuple(ignored)


def _fault(comment: Comment, commit: str, statement: str, approvals: Approvals, agents: Collection[str]) -> str | None:
    """Why the attestation does not hold, a clause, or None. An edited comment may hold somebody else's words."""
    fault = fault_of(comment.person, agents)
    if fault:
        return fault
    if comment.edited:
        return "attests in a comment that was edited"
    if commit.lower() != approvals.head:
        return "attests something else than the full id of the head"
    if not any(character.isalnum() for character in statement):
        return "attests without saying what they checked"
    may = can_write(comment.person, approvals, Permission.ADMIN)
    if isinstance(may, Unchecked):
        return f"attests, and it could not be checked: {may.reason}"
    return None if may else "attests without admin permission"
