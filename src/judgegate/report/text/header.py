"""What was judged, by what, and the verdict with its reasons."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from judgegate.model.change import Assurance, Change, ChangeSource, Revision
from judgegate.model.levels import Action, FailOn, Outcome
from judgegate.model.notices import Notice
from judgegate.model.verdict import Finding, PolicySource, Reason, Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import (
    UNANALYSED,
    deciding,
    introduced,
    listed_findings,
    policy_paths,
)
from judgegate.report.text.words import (
    OUTCOME_STYLES,
    count,
    describe_checked,
    is_partly_checked,
    render_list,
    shorten,
)
from judgegate.report.text_layout import Span, Style, TextLayout

MOST_REASONS = 8

CHECKED_OUT = "checked out"
"""How a revision was chosen that is what the reader has before them."""

NOTHING_STAGED = "Nothing is staged."

RULINGS = {
    Outcome.PASS: "it may merge.",
    Outcome.REVIEW: "a human must judge it first.",
    Outcome.BLOCK: "it must not merge.",
    Outcome.ERROR: "the gate could not complete, which is not a pass.",
}

VERBS = {
    Action.BLOCK: ("blocks", "block"),
    Action.REVIEW: ("needs a human", "need a human"),
    Action.WARN: ("is a warning", "are warnings"),
    Action.OFF: ("does not affect the verdict", "do not affect the verdict"),
}


def describe_ruling(verdict: Verdict) -> str:
    """What the outcome means.

    A pass says how much was checked, unless it was everything: what was not checked is not clean.
    """
    ruling = RULINGS[verdict.outcome]
    if verdict.outcome is not Outcome.PASS or verdict.review.override is not None:
        return ruling
    if not is_partly_checked(verdict):
        return ruling
    was_held = verdict.review.required or introduced(verdict)
    what = ruling.removesuffix(".") if was_held else "nothing held against it"
    return f"{what} ({describe_checked(verdict)} checked)."


def nothing_is_staged(verdict: Verdict) -> bool:
    """Whether there is nothing to say but this."""
    if verdict.change.source is not ChangeSource.STAGED or verdict.files:
        return False
    # The history of a branch can be stopped although no file is staged.
    return verdict.outcome is Outcome.PASS


def render_opening(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What was judged, and by which policy."""
    change = verdict.change
    yield from layout.flow(Span(f"Judged {describe_change(change)}.", Style.BOLD), hang=2)
    yield from layout.flow(f"{_size(change)} {_policy(verdict.policy, options)}", hang=2)
    if options.verbose:
        for name, oid in _ids(change):
            yield from layout.flow(Span(f"{name} {oid}", Style.DIM), indent=2)
    if change.assurance is Assurance.REDUCED:
        yield from layout.flow(
            "Only a part of the change could be read, so this report is less complete "
            "(assurance: reduced).",
            hang=2,
        )


def describe_change(change: Change) -> str:
    """The end of a sentence: the head, how many commits, the base and how it was chosen."""
    commits = count(len(change.commits), "commit")
    match change.source:
        case ChangeSource.COMMITS:
            return f"{commits} of {_describe_head(change)}{_after(' since', change.base)}"
        case ChangeSource.STAGED:
            return f"what is staged{_after(', against', change.base)}"
        case ChangeSource.WORKTREE if change.commits:
            return f"{commits} and what is not committed{_after(', since', change.base)}"
        case ChangeSource.WORKTREE:
            return f"what is not committed{_after(', since', change.base)}"
        case ChangeSource.PATCH:
            return f"a patch{_after(', against', change.base)}"


def _describe_head(change: Change) -> str:
    """The branch, or what the head was called; an id is shortened."""
    if change.branch:
        return change.branch
    if change.head is None:
        return "the head"
    name, oid = change.head.name, change.head.oid
    if name == oid:
        return shorten(oid)
    return name


def _after(word: str, base: Revision | None) -> str:
    """The base after a word, and nothing where there is no base, as for the first commit of all."""
    if base is None:
        return ""
    return f"{word} {describe_base(base)}"


def describe_base(base: Revision) -> str:
    """Such as: origin/main 4b825dc (from origin/HEAD).

    How it was chosen is added where the user did not say it.
    """
    oid = shorten(base.oid)
    if base.chosen in {base.name, CHECKED_OUT} or base.chosen.startswith("--"):
        return f"{base.name} {oid}"
    if base.chosen.endswith(f" {base.name}"):
        return f"{base.chosen} {oid}"
    chosen = base.chosen if base.chosen.startswith("the ") else f"from {base.chosen}"
    return f"{base.name} {oid} ({chosen})"


def _ids(change: Change) -> Iterator[tuple[str, str]]:
    """The ids of all commits that say what was judged, each with what it is."""
    if change.base:
        yield "base", change.base.oid
    for oid in change.merge_bases:
        yield "merge base", oid
    if change.head:
        yield "head", change.head.oid


def _size(change: Change) -> str:
    """How much differs, in a sentence."""
    if change.files:
        files = count(len(change.files), "file")
        return f"{files}, +{change.added_lines} -{change.removed_lines} lines."
    if change.commits:
        return "No file differs: only the history was judged."
    return "No file differs."


def _policy(policy: PolicySource, options: ReportOptions) -> str:
    """Where the policy came from, in a sentence."""
    commit = f" at {shorten(policy.commit)}" if policy.commit else ""
    digest = f", digest {policy.digest}" if options.verbose else ""
    return f"Policy: {policy.source}{commit}{digest}."


def render_ruling(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """The verdict, and why."""
    yield from layout.flow(
        Span(verdict.outcome.name, OUTCOME_STYLES[verdict.outcome]),
        f": {describe_ruling(verdict)}",
    )
    if verdict.review.override is not None:
        yield from layout.flow(
            Span("Overridden by ", Style.BOLD), str(verdict.review.override), hang=2
        )
    strongest_first = sorted(verdict.reasons, key=lambda reason: -reason.action.rank)
    reasons = [render_reason(reason, verdict) for reason in strongest_first]
    yield from render_list(list(filter(None, reasons)), MOST_REASONS, options, layout)
    if verdict.errors and verdict.outcome is not Outcome.ERROR:
        yield "Errors:"
    yield from _render_errors(verdict.errors, layout)
    if not exits_by(verdict):
        yield from layout.flow(
            f"Reported only: the exit code is 0, because fail_on is {verdict.fail_on.value}."
        )


def render_reason(reason: Reason, verdict: Verdict) -> list[Span | str]:
    """The reason; where its findings are listed below, only how many there are.

    Nothing where another reason says it already.
    """
    findings = _findings_behind(reason, verdict)
    rule = Span(f" ({reason.rule})" if reason.rule else "", Style.DIM)
    if reason.rule == UNANALYSED and findings:
        unread = _describe_unread(findings, verdict)
        return ["- ", unread, rule] if unread else []
    listed = len(set(listed_findings(verdict)).intersection(findings))
    if listed:
        singular, plural = VERBS[reason.action]
        verb = singular if listed == 1 else plural
        return ["- ", f"{count(listed, 'finding')} of {reason.rule} {verb}"]
    whys = {finding.why for finding in findings} - {""}
    return ["- ", reason.message, rule, *(f" Why: {why}" for why in sorted(whys))]


def _findings_behind(reason: Reason, verdict: Verdict) -> list[Finding]:
    """The findings that the reason is about; none where no rule is behind it."""
    decisive = deciding(verdict, reason.action)
    return [finding for finding in decisive if finding.rule == reason.rule]


def _describe_unread(findings: Iterable[Finding], verdict: Verdict) -> str:
    """How many files these findings are about that no finding on the policy reports, in words."""
    reported = policy_paths(verdict)
    unread = sum(finding.path not in reported for finding in findings)
    return f"{count(unread, 'file')} could not be checked" if unread else ""


def exits_by(verdict: Verdict) -> bool:
    """Whether the outcome shows in the exit code, which is so unless `fail_on` does not reach it."""
    match verdict.outcome:
        case Outcome.PASS | Outcome.ERROR:
            return True
        case Outcome.BLOCK:
            return verdict.fail_on is not FailOn.NEVER
        case Outcome.REVIEW:
            return verdict.fail_on is FailOn.REVIEW


def render_failure(failure: Failure, layout: TextLayout) -> Iterator[str]:
    """Why there is no verdict."""
    yield from layout.flow(Span("ERROR", Style.RED), f": {RULINGS[Outcome.ERROR]}")
    yield from _render_errors(failure.errors, layout)


def _render_errors(errors: Sequence[Notice], layout: TextLayout) -> Iterator[str]:
    """The messages, each of which may have several lines, such as git's."""
    lines = chain.from_iterable(error.message.split("\n") for error in errors)
    # Indented, so that none of them can pass for a line of ours.
    for line in lines:
        # It is laid out already, such as a line of a policy with what is wrong in it underlined.
        if line.startswith(" "):
            yield layout.row(line, indent=2)
        else:
            yield from layout.flow(line, indent=2, hang=2)
