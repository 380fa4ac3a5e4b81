"""The commit status that carries the verdict: its name, its state and its words."""

from collections.abc import Sequence

from msgspec import Struct

from judgegate.model.levels import Action, Outcome
from judgegate.model.verdict import Counted, Verdict
from judgegate.report.escape import escape
from judgegate.report.options import Audience
from judgegate.report.text.next_steps import describe_demand, open_demands
from judgegate.report.text.words import describe_checked, is_partly_checked, join_words

CONTEXT_PREFIX = "judgegate/"
"""What every context of ours begins with."""


class Status(Struct, frozen=True):
    """What is to be said of a commit: `state` is success, pending, failure or error."""

    commit: str
    context: str
    state: str
    description: str
    url: str | None = None


def context_of(base_branch: str) -> str:
    """The context, with the base's branch in it: a status belongs to a commit, and the same commit may ask to join another branch."""
    return f"{CONTEXT_PREFIX}{base_branch}"


def describe(
    verdict: Verdict, siblings: Sequence[int] = (), *, longest: int
) -> tuple[str, str]:
    """The state and the description.

    Waiting for a human is pending; only somebody who asks for changes makes it a failure.

    `siblings` are other pull requests that the status would speak for: what one of them says of
    itself, the other may not. `longest` is how many characters the forge takes.
    """
    match verdict.outcome:
        case Outcome.PASS:
            state, description = _describe_pass(verdict, siblings)
        case Outcome.REVIEW:
            wanting = (
                describe_demand(demand, Audience.FORGE) for demand in open_demands(verdict)
            )
            state = "failure" if verdict.review.held_by else "pending"
            description = "; ".join((*verdict.review.held_by, *wanting))
        case Outcome.BLOCK:
            reasons = [
                reason.message
                for reason in verdict.reasons
                if reason.action is Action.BLOCK
            ]
            state, description = (
                "failure",
                f"Blocked: {reasons[0]}" if reasons else "Blocked",
            )
        case Outcome.ERROR:
            return describe_error(
                "; ".join(error.message for error in verdict.errors), longest
            )
    return state, shorten(description, longest)


def _describe_pass(verdict: Verdict, siblings: Sequence[int]) -> tuple[str, str]:
    # A green status would speak for the siblings as well, and nobody judged them here.
    if siblings:
        return (
            "failure",
            f"Pull request {siblings[0]} has the same head and base, and this would let it pass too: close one of them",
        )
    if verdict.review.override is not None:
        return "success", f"Overridden by {verdict.review.override}"
    checked = f" {describe_checked(verdict)} checked," if is_partly_checked(verdict) else ""
    return "success", f"Passed,{checked} {_describe_agreement(verdict.review.counted)}"


def _describe_agreement(counted: Sequence[Counted]) -> str:
    """Who approved and who attested, kept apart: an attestation is the word of somebody who may have written it."""
    kinds = (
        ("approved by", [one.who for one in counted if one.attested is None]),
        ("attested by", [one.who for one in counted if one.attested is not None]),
    )
    return (
        ", ".join(f"{verb} {join_words(sorted(set(who)))}" for verb, who in kinds if who)
        or "no review required"
    )


def describe_error(what: str, longest: int) -> tuple[str, str]:
    """The same where there is no verdict."""
    return "error", shorten(f"Could not judge: {what}", longest)


def shorten(text: str, longest: int) -> str:
    """The text as a description: in one line that says what it shows, and no longer than the forge takes it."""
    escaped = escape(text)
    return escaped if len(escaped) <= longest else escaped[: longest - 3].rstrip() + "..."
