"""What was judged, by what, and the verdict with its reasons."""

from collections.abc import Iterator

from judgegate.model.change import Assurance, Change, ChangeSource, Revision
from judgegate.model.scales import FailOn, Outcome
from judgegate.model.verdict import PolicySource, Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.terminal import Sheet, Span, Style
from judgegate.report.text.words import OUTCOME_STYLES, count, shorten, tell_list

MOST_REASONS = 8

RULINGS = {
    Outcome.PASS: "It may merge.",
    Outcome.REVIEW: "A human must judge it first.",
    Outcome.BLOCK: "It must not merge.",
    Outcome.ERROR: "The gate could not complete, which is not a pass.",
}


def tell_opening(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """What was judged, and by which policy."""
    change = verdict.change
    yield from sheet.flow(Span(describe_change(change), Style.BOLD), hang=2)
    yield from sheet.flow(f"{_size(change)} {_policy(verdict.policy, options)}", hang=2)
    if change.assurance is Assurance.REDUCED:
        yield from sheet.flow("Only a part could be seen, so this says less than it would of the whole (assurance: reduced).", hang=2)


def describe_change(change: Change) -> str:
    """One sentence: the head, how many commits, the base and how it was chosen."""
    since = describe_base(change.base)
    commits = count(len(change.commits), "commit")
    match change.source:
        case ChangeSource.COMMITS:
            return f"Judged {_head(change)}: {commits} since {since}."
        case ChangeSource.STAGED:
            return f"Judged what is staged, against {since}."
        case ChangeSource.WORKTREE:
            return f"Judged the work tree: {commits} and what is not committed, since {since}."
        case ChangeSource.PATCH:
            return f"Judged a patch, against {since}." if change.base else "Judged a patch on its own."


def describe_base(base: Revision | None) -> str:
    """`origin/main at 4b825dc642 (by --base)`."""
    if base is None:
        return "nothing"
    by = "" if base.chosen == base.name else f" (by {base.chosen})"
    return f"{base.name} at {shorten(base.oid)}{by}"


def _head(change: Change) -> str:
    if change.head is None:
        return change.branch or "the change"
    return f"{change.branch or change.head.name} at {shorten(change.head.oid)}"


def _size(change: Change) -> str:
    if not change.files:
        return "Both sides hold the same files, so there was only the history to judge."
    return f"{count(len(change.files), 'file')}, {count(change.added_lines, 'line')} added, {change.removed_lines} removed."


def _policy(policy: PolicySource, options: ReportOptions) -> str:
    commit = f" at {shorten(policy.commit)}" if policy.commit else ""
    digest = f", digest {policy.digest}" if options.verbose else ""
    return f"Policy: {policy.source}{commit}{digest}."


def tell_ruling(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """The verdict, and why."""
    yield from sheet.flow(Span(verdict.outcome.name, OUTCOME_STYLES[verdict.outcome]), f" {RULINGS[verdict.outcome]}")
    reasons = sorted(verdict.reasons, key=lambda reason: -reason.action.rank)
    items = [("- ", reason.message, Span(f" ({reason.rule})" if reason.rule else "", Style.DIM)) for reason in reasons]
    yield from tell_list(items, MOST_REASONS, options, sheet)
    for error in verdict.errors:
        yield from _tell_lines(error.message, sheet)
    if not exits_by(verdict):
        yield from sheet.flow(f"Reported only: the exit code is 0, because fail_on is {verdict.fail_on.value}.")


def exits_by(verdict: Verdict) -> bool:
    """Whether the outcome shows in the exit code, which is so unless `fail_on` does not reach it."""
    match verdict.outcome:
        case Outcome.PASS | Outcome.ERROR:
            return True
        case Outcome.BLOCK:
            return verdict.fail_on is not FailOn.NEVER
        case Outcome.REVIEW:
            return verdict.fail_on is FailOn.REVIEW


def tell_failure(failure: Failure, sheet: Sheet) -> Iterator[str]:
    """Why there is no verdict."""
    yield from sheet.flow(Span("ERROR", Style.RED), f" {RULINGS[Outcome.ERROR]}")
    for error in failure.errors:
        yield from _tell_lines(error.message, sheet)


def _tell_lines(message: str, sheet: Sheet) -> Iterator[str]:
    """A message of several lines, such as git's, indented so that none of them can pass for one of ours."""
    for line in message.split("\n"):
        yield from sheet.flow(line, indent=2, hang=2)
