"""An emergency: somebody whom the policy trusts says in a comment that the change must pass as it is."""

from collections.abc import Collection

from judgegate.model.approvals import Approvals, Unchecked
from judgegate.model.verdict import Ignored, Override, Standing
from judgegate.policy.terms import Contributors, ReviewTerms
from judgegate.review.commands import Command, Refused, fault_of_command, forget, read_commands, tell_refused
from judgegate.review.standing import part_of, refuse_standing

WORD = "override"

_ANY_PART = ReviewTerms(contributors=Contributors.NEVER)
"""Whatever a policy lets contributors approve, none of them overrides."""


def read_override(
    approvals: Approvals, standings: tuple[Standing, ...], agents: Collection[str]
) -> tuple[Override | None, tuple[Ignored, ...]]:
    """The override that holds, if one does, and those that do not, with the reason. Whoever spoke last gives the reason that is told.

    One reads `/judgegate override <full sha of the head> <reason>`, and is the whole comment. `standings` are those that the policy lets
    override, any of them. A contributor that no account is known for could be whoever overrides: each asks for one person more.
    """
    held: dict[int | None, Command] = {}
    ignored: list[Refused] = []
    for command in read_commands(WORD, approvals.comments):
        why = _fault(command, approvals, standings, agents)
        if why:
            ignored.append((command.person, why))
        else:
            ignored = forget(ignored, command.person)
            held.pop(command.person.id, None)
            held[command.person.id] = command
    people = [command.person.login for command in held.values()]
    strangers = sorted({one.name.casefold(): one.name for one in reversed(approvals.unmapped)}.values())
    if len(people) <= len(strangers):
        more = f"needs {len(strangers) + 1 - len(people)} more who do, because no account is known for {', '.join(strangers)}"
        return None, (*tell_refused(ignored), *(Ignored(who, f"overrides, which {more}") for who in people))
    *seconded, who = people
    *_, last = held.values()
    return Override(who, approvals.head, " ".join(last.text.split()), tuple(seconded)), tell_refused(ignored)


def _fault(command: Command, approvals: Approvals, standings: tuple[Standing, ...], agents: Collection[str]) -> str | None:
    """Why the override does not hold, a clause, or None."""
    if not standings:
        return "overrides, which the policy lets nobody do (the setting is `override`)"
    fault = fault_of_command(command, "overrides", "saying why", approvals, agents)
    if fault:
        return fault
    part = part_of(command.person, approvals, _ANY_PART)
    if part:
        return f"overrides, but {part}"
    why = refuse_standing(command.person, standings, approvals)
    if isinstance(why, Unchecked):
        return f"overrides, and it could not be checked: {why.reason}"
    return f"overrides, but {why}" if why else None
