"""The verdict in one or two lines, for a hook or a script's log."""

from collections import Counter
from collections.abc import Iterator

from judgegate.model.change import Change, ChangeSource
from judgegate.model.notices import Notice
from judgegate.model.scales import Authorship, Outcome
from judgegate.model.verdict import FileState, Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import introduced
from judgegate.report.terminal import UNWRAPPED, Sheet, Span
from judgegate.report.text.findings import describe_actions
from judgegate.report.text.opening import NOTHING_STAGED, describe_base, describe_change, nothing_is_staged
from judgegate.report.text.provenance import assisted_trait
from judgegate.report.text.remains import describe_remains, open_demands
from judgegate.report.text.words import OUTCOME_STYLES, count


def tell_summary(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """The outcome, and what remains to be done if anything does."""
    line = Sheet(UNWRAPPED, sheet.colour)
    if nothing_is_staged(verdict):
        yield from line.flow(NOTHING_STAGED)
        return
    outcome = Span(verdict.outcome.name, OUTCOME_STYLES[verdict.outcome])
    yield from line.flow(outcome, f" {_judged(verdict.change)}: {_found(verdict)}.")
    if verdict.outcome is not Outcome.PASS or open_demands(verdict) or verdict.review.override is not None:
        yield from line.flow(describe_remains(verdict, options))


def summarise_failure(failure: Failure, sheet: Sheet) -> Iterator[str]:
    """Why there is no verdict."""
    why = "; ".join(_first_line(error) for error in failure.errors)
    yield from Sheet(UNWRAPPED, sheet.colour).flow(Span("ERROR", OUTCOME_STYLES[Outcome.ERROR]), f" {why}")


def _first_line(error: Notice) -> str:
    return error.message.partition("\n")[0]


def _judged(change: Change) -> str:
    """As in the full report, without the branch: a hook's line is short."""
    if change.source is ChangeSource.COMMITS and change.base:
        return f"{count(len(change.commits), 'commit')} since {describe_base(change.base)}"
    return describe_change(change)


def _found(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.ERROR and verdict.errors:
        return _first_line(verdict.errors[0]).removesuffix(".")
    actions = Counter(finding.action for finding in introduced(verdict) if finding.waiver is None)
    unread = verdict.count(FileState.UNANALYSED)
    found = [
        describe_actions(actions) or "nothing found",
        assisted_trait(verdict.provenance) if verdict.provenance.verdict is Authorship.AI else "",
        f"{count(unread, 'file')} not checked" if unread else "",
    ]
    return ", ".join(part for part in found if part)
