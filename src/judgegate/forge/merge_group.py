"""A merge queue's group: each pull request in it is judged by itself, and the worst of their verdicts is the group's."""

from collections.abc import Sequence
from dataclasses import dataclass

from judgegate.forge.status import describe
from judgegate.model.verdict import Verdict
from judgegate.report.text.words import join_words

_STATES = ("success", "failure", "error")
"""The mildest first."""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A pull request of the group, its verdict, and what that says of the group: a state and a description."""

    number: int
    verdict: Verdict
    state: str
    description: str

    @property
    def remark(self) -> str:
        """A sentence for the log."""
        return f"Pull request {self.number} of the merge group: {self.state}, {self.description}."


def member_of(number: int, verdict: Verdict, siblings: Sequence[int], longest: int) -> GroupMember:
    """The member, with a description of so many characters at most."""
    state, description = describe(verdict, siblings, longest=longest)
    # Nothing judges a group a second time, so that waiting would only hold up the queue until its time is over.
    return GroupMember(number, verdict, "failure" if state == "pending" else state, description)


def describe_worst(members: Sequence[GroupMember]) -> tuple[str, str]:
    """The group's state, which is the worst of its members', and a description: whose it is."""
    worst = max(members, key=lambda one: _STATES.index(one.state))
    if worst.state == "success":
        return worst.state, _describe_passing(members)
    return worst.state, f"Pull request {worst.number}: {worst.description}"


def _describe_passing(members: Sequence[GroupMember]) -> str:
    """Who overrode what comes first: it must not pass for a verdict, and not be cut off."""
    overridden = [
        f"Overridden by {lifted.who} (#{one.number})"
        for one in members
        if (lifted := one.verdict.review.override)
    ]
    passed = [f"{one.number}" for one in members if one.verdict.review.override is None]
    return "; ".join((*overridden, *([f"Passed, each by itself: {join_words(passed)}"] if passed else ())))
