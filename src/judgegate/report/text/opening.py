"""What was judged, by what, and the verdict with its reasons."""

from collections.abc import Iterator, Sequence

from judgegate.model.change import Assurance, Change, ChangeSource, Revision
from judgegate.model.notices import Notice
from judgegate.model.scales import Action, FailOn, Outcome
from judgegate.model.verdict import PolicySource, Reason, Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import UNANALYSED, deciding
from judgegate.report.terminal import Sheet, Span, Style
from judgegate.report.text.findings import listed_findings
from judgegate.report.text.words import OUTCOME_STYLES, count, shorten, tell_list

MOST_REASONS = 8

RULINGS = {
    Outcome.PASS: "it may merge.",
    Outcome.REVIEW: "a human must judge it first.",
    Outcome.BLOCK: "it must not merge.",
    Outcome.ERROR: "the gate could not complete, which is not a pass.",
}

VERBS = {
    Action.BLOCK: ("blocks", "block"),
    Action.REVIEW: ("asks for a human", "ask for a human"),
    Action.WARN: ("warns", "warn"),
    Action.OFF: ("decides nothing", "decide nothing"),
}


def tell_opening(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """What was judged, and by which policy."""
    change = verdict.change
    yield from sheet.flow(Span(describe_change(change), Style.BOLD), hang=2)
    yield from sheet.flow(f"{_size(change)} {_policy(verdict.policy, options)}", hang=2)
    if options.verbose:
        for name, oid in _ids(change):
            yield from sheet.flow(Span(f"{name} {oid}", Style.DIM), indent=2)
    if change.assurance is Assurance.REDUCED:
        yield from sheet.flow("Only a part could be seen, so this says less than it would of the whole (assurance: reduced).", hang=2)


def describe_change(change: Change) -> str:
    """One sentence: the head, how many commits, the base and how it was chosen."""
    commits = count(len(change.commits), "commit")
    base = describe_base(change.base)
    match change.source:
        case ChangeSource.COMMITS:
            return f"Judged {commits} of {_describe_head(change)} since {base}."
        case ChangeSource.STAGED:
            return f"Judged what is staged, against {base}."
        case ChangeSource.WORKTREE:
            return f"Judged the work tree: {commits} and what is not committed, since {base}."
        case ChangeSource.PATCH:
            return f"Judged a patch, against {base}."


def _describe_head(change: Change) -> str:
    """The branch, or what the head was called; an id is shortened."""
    if change.branch or change.head is None:
        return change.branch or "the head"
    return shorten(change.head.oid) if change.head.name == change.head.oid else change.head.name


def describe_base(base: Revision | None) -> str:
    """Such as: origin/main 4b825dc (from origin/HEAD)."""
    if base is None:
        return "no base"
    chosen = "" if base.chosen == base.name else f" (from {base.chosen})"
    return f"{base.name} {shorten(base.oid)}{chosen}"


def _ids(change: Change) -> Iterator[tuple[str, str]]:
    if change.base:
        yield "base", change.base.oid
    for oid in change.merge_bases:
        yield "merge base", oid
    if change.head:
        yield "head", change.head.oid


def _size(change: Change) -> str:
    if not change.files:
        return "No file differs: only the history was judged."
    return f"{count(len(change.files), 'file')}, +{change.added_lines} -{change.removed_lines} lines."


def _policy(policy: PolicySource, options: ReportOptions) -> str:
    commit = f" at {shorten(policy.commit)}" if policy.commit else ""
    digest = f", digest {policy.digest}" if options.verbose else ""
    return f"Policy: {policy.source}{commit}{digest}."


def tell_ruling(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """The verdict, and why."""
    yield from sheet.flow(Span(verdict.outcome.name, OUTCOME_STYLES[verdict.outcome]), f": {RULINGS[verdict.outcome]}")
    items = [_tell_reason(reason, verdict) for reason in sorted(verdict.reasons, key=lambda reason: -reason.action.rank)]
    yield from tell_list(items, MOST_REASONS, options, sheet)
    if verdict.errors and verdict.outcome is not Outcome.ERROR:
        yield "Errors:"
    yield from _tell_errors(verdict.errors, sheet)
    if not exits_by(verdict):
        yield from sheet.flow(f"Reported only: the exit code is 0, because fail_on is {verdict.fail_on.value}.")


def _tell_reason(reason: Reason, verdict: Verdict) -> list[Span | str]:
    """The reason; where its findings are listed below, only how many there are."""
    findings = [finding for finding in deciding(verdict, reason.action) if finding.rule == reason.rule]
    listed = set(listed_findings(verdict)).intersection(findings)
    rule = Span(f" ({reason.rule})" if reason.rule else "", Style.DIM)
    if reason.rule == UNANALYSED and findings:
        return ["- ", f"{count(len(findings), 'file')} could not be checked", rule]
    if listed:
        singular, plural = VERBS[reason.action]
        return ["- ", f"{count(len(listed), 'finding')} of {reason.rule} {singular if len(listed) == 1 else plural}"]
    whys = sorted({finding.why for finding in findings if finding.why})
    return ["- ", reason.message, rule, *(f" Why: {why}" for why in whys)]


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
    yield from sheet.flow(Span("ERROR", Style.RED), f": {RULINGS[Outcome.ERROR]}")
    yield from _tell_errors(failure.errors, sheet)


def _tell_errors(errors: Sequence[Notice], sheet: Sheet) -> Iterator[str]:
    """The messages, which may have several lines, such as git's: indented, so that none of them can pass for one of ours.

    A line that starts with a space is laid out already, such as a line of a policy with what is wrong in it underlined.
    """
    for error in errors:
        for line in error.message.split("\n"):
            if line.startswith(" "):
                yield sheet.row(line, indent=2)
            else:
                yield from sheet.flow(line, indent=2, hang=2)
