"""Comments that speak to judgegate.

Such a comment is `/judgegate <word> <full id of the head> <what there is to say>`, and nothing else.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from judgegate.model.approvals import (
    Approvals,
    Attestation,
    Comment,
    Permission,
    Person,
    Unchecked,
)
from judgegate.model.verdict import Ignored, Override, Standing
from judgegate.policy.review import ContributorTerm, ReviewTerms
from judgegate.review.eligibility import can_write, fault_of, part_of, refuse_standing

_COMMAND = re.compile(
    r"/judgegate[ \t]+(?P<word>\S+)(?:\s+(?P<commit>\S+)(?P<text>.*))?", re.DOTALL
)

Refused = tuple[Person, str]
"""Whose word does not count, and why not."""


class CommandComment(Struct, frozen=True):
    """What somebody said, as it was read: `commit` and `text` are empty where the comment has none."""

    comment: Comment
    commit: str
    text: str

    @property
    def person(self) -> Person:
        """The account that wrote the comment."""
        return self.comment.person


def read_commands(word: str, comments: Iterable[Comment]) -> Iterator[CommandComment]:
    """The comments that are nothing but this command, in their order."""
    for comment in comments:
        form = _COMMAND.fullmatch(comment.text.strip())
        if form is None or form["word"] != word:
            continue
        commit, text = form["commit"] or "", form["text"] or ""
        yield CommandComment(comment, commit, text.strip())


def fault_of_command(
    command: CommandComment,
    verb: str,
    lacks: str,
    approvals: Approvals,
    agents: Collection[str],
) -> str | None:
    """Why a command like this does not count, a clause that starts with the verb, or None.

    `lacks` is what a command without a text is missing.
    """
    fault = fault_of(command.person, agents)
    if fault:
        return fault
    # Others may edit a comment as well, so its words may be somebody else's.
    if command.comment.edited:
        return f"{verb} in a comment that was edited"
    if command.commit.lower() != approvals.head:
        return f"{verb}, but the comment does not give the full id of the head"
    if not any(character.isalnum() for character in command.text):
        return f"{verb} without {lacks}"
    return None


def forget(refused: Iterable[Refused], person: Person) -> list[Refused]:
    """The refused ones of everybody else."""
    # What somebody got wrong before they got it right is of no interest any more.
    return [(one, why) for one, why in refused if one.id != person.id]


def describe_refused(refused: Iterable[Refused]) -> tuple[Ignored, ...]:
    """As the verdict reports them."""
    return tuple(Ignored(person.login, why) for person, why in refused)


ATTESTATION_WORD = "reviewed"


def read_attestations(
    approvals: Approvals, agents: Collection[str], barred: str | None = None
) -> tuple[tuple[Attestation, ...], tuple[Ignored, ...]]:
    """The attestations that count, the last one of each person, and those that do not.

    The latter come with the reason. One reads
    `/judgegate reviewed <full sha of the head> <what I checked>`, and is the whole comment. `barred`
    says why the policy takes none, if it takes none: a person who fixed what else is wrong with
    theirs would learn of it only then.
    """
    held: dict[int | None, Attestation] = {}
    ignored: list[Refused] = []
    for command in read_commands(ATTESTATION_WORD, approvals.comments):
        why = _attestation_fault(command, approvals, agents)
        if why:
            ignored.append((command.person, barred or why))
        else:
            ignored = forget(ignored, command.person)
            held[command.person.id] = Attestation(command.person, command.text)
    return tuple(held.values()), describe_refused(ignored)


def _attestation_fault(
    command: CommandComment, approvals: Approvals, agents: Collection[str]
) -> str | None:
    """Why the attestation does not count, a clause, or None."""
    fault = fault_of_command(
        command, "attests", "saying what they checked", approvals, agents
    )
    if fault:
        return fault
    may = can_write(command.person, approvals, Permission.ADMIN)
    if isinstance(may, Unchecked):
        return f"attests, but this could not be checked: {may.reason}"
    return None if may else "attests without admin permission, which is required to attest"


OVERRIDE_WORD = "override"

_ANY_PART = ReviewTerms(contributors=ContributorTerm.NEVER)
"""Whatever a policy lets contributors approve, none of them overrides."""


def read_override(
    approvals: Approvals, standings: tuple[Standing, ...], agents: Collection[str]
) -> tuple[Override | None, tuple[Ignored, ...]]:
    """The override that counts, if one does, and those that do not, with the reason.

    The reason that is reported is that of the last one. One reads
    `/judgegate override <full sha of the head> <reason>`, and is the whole comment. `standings` are
    those that the policy lets override, any of them. A contributor that no account is known for
    could be the one who overrides: each asks for one person more.
    """
    held: dict[int | None, CommandComment] = {}
    ignored: list[Refused] = []
    for command in read_commands(OVERRIDE_WORD, approvals.comments):
        why = _override_fault(command, approvals, standings, agents)
        if why:
            ignored.append((command.person, why))
        else:
            ignored = forget(ignored, command.person)
            # Taken out first, so that the last one to speak is also the last of the dict.
            held.pop(command.person.id, None)
            held[command.person.id] = command
    people = [command.person.login for command in held.values()]
    # Reversed, so that of several spellings of a name the first one is reported.
    spelt = {one.name.casefold(): one.name for one in reversed(approvals.unmapped)}
    unmapped = sorted(spelt.values())
    if len(people) <= len(unmapped):
        why = f"overrides, which {_describe_more(len(people), unmapped)}"
        return None, (*describe_refused(ignored), *(Ignored(who, why) for who in people))
    *seconded, who = people
    *_, last = held.values()
    reason = " ".join(last.text.split())
    overridden = Override(who, approvals.head, reason, tuple(seconded))
    return overridden, describe_refused(ignored)


def _describe_more(people: int, unmapped: Sequence[str]) -> str:
    """How many more people must override, as a clause. `people` do already."""
    count = len(unmapped) + 1 - people
    overrides = "override" if count == 1 else "overrides"
    return (
        f"needs {count} more {overrides} by other people, because no account is known for "
        f"{', '.join(unmapped)}"
    )


def _override_fault(
    command: CommandComment,
    approvals: Approvals,
    standings: tuple[Standing, ...],
    agents: Collection[str],
) -> str | None:
    """Why the override does not count, a clause, or None."""
    if not standings:
        return (
            "overrides, but the policy does not allow anyone to (the setting is `override`)"
        )
    fault = fault_of_command(command, "overrides", "saying why", approvals, agents)
    if fault:
        return fault
    part = part_of(command.person, approvals, _ANY_PART)
    if part:
        return f"overrides, but {part}"
    why = refuse_standing(command.person, standings, approvals)
    if isinstance(why, Unchecked):
        return f"overrides, but this could not be checked: {why.reason}"
    return f"overrides, but {why}" if why else None
