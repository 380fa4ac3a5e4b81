"""The commit status that carries the verdict: the one required context."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from judgegate.github.client.answers import StatusAnswer
from judgegate.github.client.reading import read
from judgegate.github.people.asking import Forge
from judgegate.model.scales import Action, Outcome
from judgegate.model.verdict import Counted, Verdict
from judgegate.report.escape import escape
from judgegate.report.options import Audience
from judgegate.report.text.next_steps import describe_demand, open_demands
from judgegate.report.text.words import join_words

CONTEXTS = "judgegate/"
"""What every context of ours begins with."""

LONGEST_DESCRIPTION = 140
"""Characters: GitHub refuses a longer one."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is to be said of a commit: `state` is success, pending, failure or error."""

    commit: str
    context: str
    state: str
    description: str
    url: str | None = None


def context_of(base_branch: str) -> str:
    """The context, with the base's branch in it: a status belongs to a commit, and the same commit may ask to join another branch."""
    return f"{CONTEXTS}{base_branch}"


def describe(verdict: Verdict, siblings: Sequence[int] = ()) -> tuple[str, str]:
    """The state and the description. Waiting for a human is pending; only somebody who asks for changes makes it a failure.

    `siblings` are other pull requests that the status would speak for: what one of them says of itself, the other may not.
    """
    match verdict.outcome:
        case Outcome.PASS if siblings:
            return "failure", shorten(
                f"Pull request {siblings[0]} has the same head and base, and this would let it pass too: close one of them"
            )
        case Outcome.PASS if verdict.review.override is not None:
            return "success", shorten(f"Overridden by {verdict.review.override}")
        case Outcome.PASS:
            return "success", shorten(f"Passed, {_describe_agreement(verdict.review.counted)}")
        case Outcome.REVIEW:
            wanting = (describe_demand(demand, Audience.FORGE) for demand in open_demands(verdict))
            return ("failure" if verdict.review.held_by else "pending"), shorten(
                "; ".join((*verdict.review.held_by, *wanting))
            )
        case Outcome.BLOCK:
            reasons = [reason.message for reason in verdict.reasons if reason.action is Action.BLOCK]
            return "failure", shorten(f"Blocked: {reasons[0]}" if reasons else "Blocked")
        case Outcome.ERROR:
            return describe_error("; ".join(error.message for error in verdict.errors))


def _describe_agreement(counted: Sequence[Counted]) -> str:
    """Who approved and who attested, told apart: an attestation is the word of somebody who may have written it."""
    kinds = (
        ("approved by", [one.who for one in counted if one.attested is None]),
        ("attested by", [one.who for one in counted if one.attested is not None]),
    )
    return (
        ", ".join(f"{verb} {join_words(sorted(set(who)))}" for verb, who in kinds if who)
        or "and no review to wait for"
    )


def describe_error(what: str) -> tuple[str, str]:
    """The same where there is no verdict."""
    return "error", shorten(f"Could not judge: {what}")


def publish_status(forge: Forge, status: Status, remembered: Status | None = None) -> bool:
    """Post the status unless the commit has it already, from the same account; whether it was posted.

    `remembered` is what was posted last, as far as anything remembers it. Where that was something else, nobody needs to ask what the
    commit has; that it was the same proves nothing, and the commit is asked.

    Raises:
        ForbiddenError: the token may not write statuses.
        ApiError: nobody knows whether it is there.
    """
    if (remembered is None or replace(remembered, url=status.url) == status) and _has(forge, status):
        return False
    forge.api.post(f"{forge.path}/statuses/{status.commit}", _body_of(status), lambda: _has(forge, status))
    return True


def insist_on_status(forge: Forge, status: Status) -> None:
    """Post the status without asking what the commit has: it may be the asking that fails, and to say it twice does no harm.

    Raises:
        ForbiddenError: the token may not write statuses.
        ApiError: nobody knows whether it is there.
    """
    forge.api.post(f"{forge.path}/statuses/{status.commit}", _body_of(status), lambda: False)


def passes(forge: Forge, commit: str, context: str) -> bool:
    """Whether the last that any account said of the commit in this context is that it passes.

    Raises:
        ApiError: nobody knows.
    """
    last: dict[str, str] = {}
    for one in _read_statuses(forge, commit):
        if one.context == context:
            last.setdefault(one.creator.login.casefold() if one.creator else "", one.state)
    return "success" in last.values()


def _body_of(status: Status) -> dict[str, object]:
    body: dict[str, object] = {
        "state": status.state,
        "context": status.context,
        "description": status.description,
    }
    return body if status.url is None else body | {"target_url": status.url}


def _read_statuses(forge: Forge, commit: str) -> Iterator[StatusAnswer]:
    """The latest first."""
    documents = forge.api.list(f"{forge.path}/commits/{commit}/statuses")
    return (read(StatusAnswer, document, "the commit's statuses") for document in documents)


def _has(forge: Forge, status: Status) -> bool:
    """Whether it is the last that was said of the commit in this context.

    The same words of another account are not ours: a rule that takes the status from one App only does not see them.
    """
    last = next((one for one in _read_statuses(forge, status.commit) if one.context == status.context), None)
    if last is None or last.creator is None or last.creator.login.casefold() != forge.acts_as.casefold():
        return False
    return (last.state, last.description) == (status.state, status.description)


def shorten(text: str) -> str:
    """The text as a description: in one line that says what it shows, and no longer than GitHub takes it."""
    escaped = escape(text)
    return (
        escaped
        if len(escaped) <= LONGEST_DESCRIPTION
        else escaped[: LONGEST_DESCRIPTION - 3].rstrip() + "..."
    )
