"""Publishing a verdict: first the status that carries it, then what else is asked for."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from judgegate.forge.comment import OwnComment, last_posted
from judgegate.forge.judge_again import Attempt
from judgegate.forge.pull import Pull, choose_labels
from judgegate.forge.status import Status, context_of, describe
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.levels import FailOn
from judgegate.model.verdict import Verdict
from judgegate.report.text.words import join_words


class PublishState(Enum):
    """What became of the verdict."""

    PUBLISHED = "published"
    REPORT_ONLY = "report only"
    MAY_NOT_WRITE = "the token may not write statuses"
    SUPERSEDED = "superseded"
    NOTHING = "nothing to judge"
    FAILED = "could not be judged"


class PublishResult(Struct, frozen=True):
    """How the run ended for pull request `number`; `verdict` is None where there was nothing to judge.

    `remark` is a sentence for the log.

    `extras` are further ones, of what could not be published besides the status. `error` is what
    kept this pull request from being judged while others of the same run were.
    """

    verdict: Verdict | None
    state: PublishState
    remark: str
    extras: tuple[str, ...] = ()
    error: Exception | None = None
    number: int | None = None


class Wanted(Struct, frozen=True):
    """What is to be published besides the status."""

    comment: bool
    labels: bool
    request_reviews: bool


class Publisher(Protocol):
    """What a forge does for one pull request.

    Each may raise IncompleteError: it could not be done, or it is not known whether it was. What a
    method yields are remarks for the log.
    """

    def status_of(self, verdict: Verdict, siblings: Sequence[int]) -> Status:
        """The status that carries the verdict."""

    def withdraw_former(
        self, status: Status, contexts: Iterable[str], others: Iterable[Pull]
    ) -> None:
        """Let these contexts pass no longer.

        Left out are those that other pull requests with the same head ask for.
        """

    def post_status(
        self, verdict: Verdict, status: Status, remembered: Status | None
    ) -> PublishResult:
        """Post the status; `remembered` is the one that was posted last."""

    def keep_comment(
        self, verdict: Verdict, posted: Status | None, siblings: Sequence[int]
    ) -> Iterable[str]:
        """Put the brief into the one comment of ours."""

    def keep_labels(self, wanted: frozenset[str]) -> Iterable[str]:
        """Let the pull request have these of our labels, and no others of ours."""

    def request_reviews(self, verdict: Verdict) -> Iterable[str]:
        """Ask those for a review who could give what is missing."""


def publish(
    publisher: Publisher,
    attempt: Attempt[Any],
    verdict: Verdict,
    own: Sequence[OwnComment],
    *,
    wanted: Wanted,
    former_bases: Sequence[str] = (),
) -> PublishResult:
    """Publish the verdict on the pull request's head, which it still is.

    Args:
        publisher: the forge.
        attempt: how judging ended.
        verdict: with what the run fails on.
        own: the comments that judgegate wrote before.
        wanted: what is published besides the status. What that comes to changes neither the status
            nor how the run ends.
        former_bases: branches that the pull request asked to join before.

    Raises:
        IncompleteError: it is not known whether the status is there.
    """
    pull, siblings = attempt.pull, attempt.siblings
    status = publisher.status_of(verdict, siblings)
    result = PublishResult(
        verdict, PublishState.REPORT_ONLY, "Report mode: no status is posted."
    )
    if verdict.fail_on is not FailOn.NEVER:
        remembered = last_posted(own)
        contexts = (
            [remembered.context] if remembered and remembered.commit == pull.head else []
        )
        publisher.withdraw_former(
            status, (*contexts, *map(context_of, former_bases)), attempt.others
        )
        result = publisher.post_status(verdict, status, remembered)
    result = replace(result, number=pull.number)
    if pull.is_draft:
        # A draft gets its status only: no review is asked for yet.
        return result
    posted = status if result.state is PublishState.PUBLISHED else None
    remarks: list[str] = []
    if wanted.comment:
        remarks += _remarks_of(
            lambda: publisher.keep_comment(verdict, posted, siblings),
            "The comment was not written.",
        )
    if wanted.labels:
        remarks += _remarks_of(
            lambda: publisher.keep_labels(choose_labels(verdict)),
            "The labels were not set.",
        )
    # Where no status waits for a review, none is asked for.
    if wanted.request_reviews and posted is not None:
        remarks += _remarks_of(
            lambda: publisher.request_reviews(verdict), "No review was requested."
        )
    return replace(result, extras=tuple(remarks))


def posted_result(verdict: Verdict, status: Status, *, is_new: bool) -> PublishResult:
    """How the run ended where the status carries the verdict; `is_new` unless the commit had it already."""
    done = "Posted" if is_new else "Already there"
    remark = f"{done}: {status.context} is {status.state} on {status.commit[:12]}."
    return PublishResult(verdict, PublishState.PUBLISHED, remark)


def _remarks_of(do: Callable[[], Iterable[str]], failed: str) -> list[str]:
    """The remarks of what was done, or why it could not be: nothing of that may change the status."""
    try:
        return list(do())
    except IncompleteError as error:
        return [f"{failed} {error.what}"]


_STATES = ("success", "failure", "error")
"""The mildest first."""


class GroupMember(Struct, frozen=True):
    """A pull request of the group, its verdict, and the state and description that the group gets by it."""

    number: int
    verdict: Verdict
    state: str
    description: str

    @property
    def remark(self) -> str:
        """A sentence for the log."""
        return f"Pull request {self.number} of the merge group: {self.state}, {self.description}."


def member_of(
    number: int, verdict: Verdict, siblings: Sequence[int], longest: int
) -> GroupMember:
    """The member, with a description of so many characters at most."""
    state, description = describe(verdict, siblings, longest=longest)
    # Nothing judges a group a second time, so that waiting would only delay the queue until its
    # time is over.
    if state == "pending":
        state = "failure"
    return GroupMember(number, verdict, state, description)


def describe_worst(members: Sequence[GroupMember]) -> tuple[str, str]:
    """The group's state, which is the worst of its members', and a description: whose it is."""
    worst = max(members, key=lambda one: _STATES.index(one.state))
    if worst.state == "success":
        return worst.state, _describe_passing(members)
    return worst.state, f"Pull request {worst.number}: {worst.description}"


def _describe_passing(members: Sequence[GroupMember]) -> str:
    """Who overrode what comes first: it must not pass for a verdict, and not be cut off."""
    parts: list[str] = []
    passed: list[str] = []
    for one in members:
        override = one.verdict.review.override
        if override is None:
            passed.append(str(one.number))
        else:
            parts.append(f"Overridden by {override.who} (#{one.number})")
    if passed:
        parts.append(f"Passed, each by itself: {join_words(passed)}")
    return "; ".join(parts)
