"""Comments that speak to judgegate: `/judgegate <word> <full id of the head> <what there is to say>`, and nothing else in them."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from judgegate.model.approvals import Approvals, Comment, Person
from judgegate.model.verdict import Ignored
from judgegate.review.standing import fault_of

_COMMAND = re.compile(r"/judgegate[ \t]+(?P<word>\S+)(?:\s+(?P<commit>\S+)(?P<text>.*))?", re.DOTALL)

Refused = tuple[Person, str]
"""Whose word does not hold, and why not."""


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody said, as it was read: `commit` and `text` are empty where the comment has none."""

    comment: Comment
    commit: str
    text: str

    @property
    def person(self) -> Person:
        return self.comment.person


def read_commands(word: str, comments: Iterable[Comment]) -> Iterator[Command]:
    """The comments that are nothing but this command, in their order."""
    for comment in comments:
        form = _COMMAND.fullmatch(comment.text.strip())
        if form is not None and form["word"] == word:
            yield Command(comment, form["commit"] or "", (form["text"] or "").strip())


def fault_of_command(command: Command, verb: str, lacks: str, approvals: Approvals, agents: Collection[str]) -> str | None:
    """Why nobody's word would hold that was given like this, a clause that starts with the verb, or None.

    `lacks` is what a command without a text is missing. An edited comment may hold somebody else's words.
    """
    fault = fault_of(command.person, agents)
    if fault:
        return fault
    if command.comment.edited:
        return f"{verb} in a comment that was edited"
    if command.commit.lower() != approvals.head:
        return f"{verb} something else than the full id of the head"
    if not any(character.isalnum() for character in command.text):
        return f"{verb} without {lacks}"
    return None


def forget(refused: Iterable[Refused], person: Person) -> list[Refused]:
    """The refused ones of everybody else: what somebody got wrong before they got it right is nobody's concern any more."""
    return [(one, why) for one, why in refused if one.id != person.id]


def tell_refused(refused: Iterable[Refused]) -> tuple[Ignored, ...]:
    """As the verdict tells of them."""
    return tuple(Ignored(person.login, why) for person, why in refused)
