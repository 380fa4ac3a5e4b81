"""The report for a person at a terminal.

It is in the order in which one asks: what, may it merge, why, who wrote it, what is left to do.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from judgegate.model.change import Change, ChangeSource
from judgegate.model.levels import Authorship, Outcome
from judgegate.model.notices import Notice
from judgegate.model.verdict import FileState, Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import introduced, not_waived
from judgegate.report.text.findings import (
    describe_actions,
    render_coverage,
    render_existing,
    render_findings,
    render_questions,
)
from judgegate.report.text.header import (
    NOTHING_STAGED,
    describe_base,
    describe_change,
    describe_ruling,
    nothing_is_staged,
    render_failure,
    render_opening,
    render_ruling,
)
from judgegate.report.text.next_steps import (
    describe_remains,
    open_demands,
    render_approvals,
    render_notices,
    render_remains,
)
from judgegate.report.text.provenance import describe_assistance, render_provenance
from judgegate.report.text.words import (
    OUTCOME_STYLES,
    count,
    describe_checked,
    is_partly_checked,
)
from judgegate.report.text_layout import UNWRAPPED, Span, TextLayout


def render_summary(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """The outcome, and what remains to be done if anything does."""
    line = TextLayout(UNWRAPPED, layout.colour)
    if nothing_is_staged(verdict):
        yield from line.flow(NOTHING_STAGED)
        return
    outcome = Span(verdict.outcome.name, OUTCOME_STYLES[verdict.outcome])
    yield from line.flow(outcome, f" {_judged(verdict.change)}: {_found(verdict)}.")
    if _is_something_left(verdict):
        yield from line.flow(describe_remains(verdict, options))


def _is_something_left(verdict: Verdict) -> bool:
    """Whether there is more to say than the outcome."""
    if verdict.outcome is not Outcome.PASS:
        return True
    # A pass by an override leaves demands, and whatever was to be fixed.
    return bool(open_demands(verdict) or verdict.review.override)


def render_failure_summary(failure: Failure, layout: TextLayout) -> Iterator[str]:
    """Why there is no verdict."""
    outcome = Span("ERROR", OUTCOME_STYLES[Outcome.ERROR])
    why = "; ".join(map(_first_line, failure.errors))
    yield from TextLayout(UNWRAPPED, layout.colour).flow(outcome, f" {why}")


def _first_line(error: Notice) -> str:
    """What went wrong, without what to do about it."""
    return error.message.partition("\n")[0]


def _judged(change: Change) -> str:
    """As in the full report, without the branch: a hook's line is short."""
    if change.source is ChangeSource.COMMITS and change.base:
        return f"{count(len(change.commits), 'commit')} since {describe_base(change.base)}"
    return describe_change(change)


def _found(verdict: Verdict) -> str:
    """What was found, in the fewest words."""
    if verdict.outcome is Outcome.ERROR and verdict.errors:
        return _first_line(verdict.errors[0]).removesuffix(".")
    actions = Counter(finding.action for finding in not_waived(introduced(verdict)))
    found = [describe_actions(actions) or "nothing found"]
    if verdict.provenance.verdict is Authorship.AI:
        found.append(describe_assistance(verdict.provenance))
    found.append(_unchecked(verdict))
    return ", ".join(filter(None, found))


def _unchecked(verdict: Verdict) -> str:
    """How many files were not checked, if any were not."""
    # A pass counts every file that no check covered: what was not checked is not clean. Anything
    # else counts only those that ask for a human.
    if verdict.outcome is Outcome.PASS and is_partly_checked(verdict):
        return f"{describe_checked(verdict)} checked"
    unread = verdict.count(FileState.UNANALYSED)
    if not unread:
        return ""
    return f"{count(unread, 'file')} not checked"


Section = Callable[[Verdict, ReportOptions, TextLayout], Iterator[str]]

SCREEN = 24
"""Lines of a small terminal."""

PARAGRAPHS: tuple[tuple[Section, ...], ...] = (
    (render_opening,),
    (render_ruling,),
    (render_findings,),
    (render_existing,),
    (render_questions,),
    (render_provenance, render_coverage, render_approvals, render_notices),
    (render_remains,),
)


def render_text(result: Verdict | Failure, options: ReportOptions) -> str:
    """The report in paragraphs; with `quiet` in one or two lines."""
    layout = TextLayout.of(options.width, colour=options.colour)
    if isinstance(result, Failure):
        explain = render_failure_summary if options.quiet else render_failure
        lines = explain(result, layout)
    else:
        render = render_summary if options.quiet else _render_paragraphs
        lines = render(result, options, layout)
    return "\n".join(lines) + "\n"


def _render_paragraphs(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    if nothing_is_staged(verdict):
        yield from layout.flow(NOTHING_STAGED)
        return
    length = 0
    for sections in PARAGRAPHS:
        written = (section(verdict, options, layout) for section in sections)
        lines = list(chain.from_iterable(written))
        if length and lines:
            lines.insert(0, "")
        length += len(lines)
        yield from lines
    # The first lines of such a report are out of sight when it ends.
    if length > SCREEN:
        yield from _repeat_ruling(verdict, layout)


def _repeat_ruling(verdict: Verdict, layout: TextLayout) -> Iterator[str]:
    """The outcome once more, for somebody who sees only the end of a long report."""
    ruling = describe_ruling(verdict)
    outcome = Span(verdict.outcome.name, OUTCOME_STYLES[verdict.outcome])
    yield from layout.flow(
        "Verdict: ", outcome, f". {ruling[:1].upper()}{ruling[1:]}", hang=2
    )
