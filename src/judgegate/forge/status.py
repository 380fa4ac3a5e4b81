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
    """The context, with the base's branch in it.

    A status belongs to a commit, and the same commit may ask to join another branch.
    """
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
            state, description = _describe_review(verdict)
        case Outcome.BLOCK:
            state, description = "failure", _describe_block(verdict)
        case Outcome.ERROR:
            errors = "; ".join(error.message for error in verdict.errors)
            return describe_error(errors, longest)
    return state, shorten(description, longest)


def _describe_pass(verdict: Verdict, siblings: Sequence[int]) -> tuple[str, str]:
    """The state and the description of a verdict that lets the change pass."""
    # A green status would speak for the siblings as well, and they were not judged here.
    if siblings:
        return "failure", (
            f"Pull request {siblings[0]} has the same head and base, and this would let it pass too: "
            "close one of them"
        )
    if verdict.review.override is not None:
        return "success", f"Overridden by {verdict.review.override}"
    agreement = _describe_agreement(verdict.review.counted)
    if not is_partly_checked(verdict):
        return "success", f"Passed, {agreement}"
    return "success", f"Passed, {describe_checked(verdict)} checked, {agreement}"


def _describe_review(verdict: Verdict) -> tuple[str, str]:
    """The state, and who asks for changes and what is still required."""
    held_by = verdict.review.held_by
    demands = open_demands(verdict)
    required = (describe_demand(demand, Audience.FORGE) for demand in demands)
    state = "failure" if held_by else "pending"
    return state, "; ".join((*held_by, *required))


def _describe_block(verdict: Verdict) -> str:
    """The first reason: a description has no room for all of them."""
    for reason in verdict.reasons:
        if reason.action is Action.BLOCK:
            return f"Blocked: {reason.message}"
    return "Blocked"


def _describe_agreement(counted: Sequence[Counted]) -> str:
    """Who approved and who attested: an attestation may come from a person who wrote the change."""
    by_verb: dict[str, set[str]] = {"approved by": set(), "attested by": set()}
    for one in counted:
        verb = "approved by" if one.attested is None else "attested by"
        by_verb[verb].add(one.who)
    parts = [f"{verb} {join_words(sorted(who))}" for verb, who in by_verb.items() if who]
    return ", ".join(parts) or "no review required"


def describe_error(what: str, longest: int) -> tuple[str, str]:
    """The same where there is no verdict."""
    return "error", shorten(f"Could not judge: {what}", longest)


def shorten(text: str, longest: int) -> str:
    """The text as a description: one line without control characters, no longer than the forge takes."""
    escaped = escape(text)
    if len(escaped) <= longest:
        return escaped
    return escaped[: longest - 3].rstrip() + "..."
