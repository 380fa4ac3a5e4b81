"""Who approved, what else is worth knowing, and what remains to be done."""

from collections.abc import Iterator

from judgegate.model.change import Change, ChangeSource
from judgegate.model.levels import Action, Outcome
from judgegate.model.notices import Notice
from judgegate.model.verdict import Counted, Demand, ReviewVerdict, Verdict
from judgegate.report.options import Audience, ReportOptions
from judgegate.report.selection import (
    NO_NOTES,
    POLICY_NAME,
    deciding,
    listed_findings,
    most_useful_first,
    not_waived,
)
from judgegate.report.text.findings import unread_files
from judgegate.report.text.header import CHECKED_OUT
from judgegate.report.text.words import count, join_words, render_list, shorten
from judgegate.report.text_layout import Span, Style, TextLayout

MOST_APPROVALS = 8
MOST_NOTICES = 6
MOST_NAMES = 5


def render_approvals(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """The approvals that were given, and why some do not count."""
    items = [[f"- {clause}"] for clause in _describe_approvals(verdict.review)]
    if items:
        yield from layout.flow(Span("Approvals:", Style.BOLD))
        yield from render_list(items, MOST_APPROVALS, options, layout)


def _describe_approvals(review: ReviewVerdict) -> Iterator[str]:
    """What stops the change first: no approval makes up for it."""
    for clause in review.held_by:
        yield f"{clause}: the change cannot pass until this is resolved"
    yield from map(_describe_counted, review.counted)
    for approval in review.ignored:
        yield f"{approval.who}: does not count, {approval.why}"
    for name in review.unmapped:
        yield f"{name}: no account is known, so each review needs one more approval"


def _describe_counted(approval: Counted) -> str:
    """Who gave it, what for, and what an attestation says."""
    serves = f", for {join_words(sorted(approval.serves))}" if approval.serves else ""
    if approval.attested is not None:
        attested = f"attests {shorten(approval.commit)} instead of an approval"
        return f'{approval.who}: {attested}{serves}: "{approval.attested}"'
    return f"{approval.who}: counts, approved {shorten(approval.commit)}{serves}"


def render_notices(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """Remarks that decide nothing."""
    notices = shown_notices(verdict, options)
    if notices:
        yield from layout.flow(Span("Notes:", Style.BOLD))
        code = " [{}]" if options.verbose else ""
        items: list[list[Span | str]] = [
            [f"- {notice.message}", Span(code.format(notice.code), Style.DIM)]
            for notice in notices
        ]
        yield from render_list(items, MOST_NOTICES, options, layout)


def shown_notices(verdict: Verdict, options: ReportOptions) -> list[Notice]:
    """The remarks to show, what the reader can act on first."""
    notices = list(most_useful_first(verdict.notices))
    if options.verbose:
        return notices
    # Most clones have no notes: only somebody who asks for every detail wants to know it.
    return [notice for notice in notices if notice.code != NO_NOTES]


def render_remains(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What is left to do, in one sentence where it fits in one."""
    demands = open_demands(verdict) if verdict.review.override is None else ()
    if len(demands) <= 1:
        yield from layout.flow(Span(describe_remains(verdict, options), Style.BOLD))
        return
    opening = f"{describe_mending(verdict)} {_when(verdict, options)}:"
    yield from layout.flow(Span(opening, Style.BOLD))
    own = _is_own(verdict.change)
    for demand in demands:
        described = describe_demand(demand, options.place, own=own)
        rules = Span(f"({join_words(sorted(demand.rules))})", Style.DIM)
        yield from layout.flow(f"- {described} ", rules, indent=2, hang=2)
    yield from layout.flow("One approval can count for several of these.", indent=2)


def describe_remains(verdict: Verdict, options: ReportOptions) -> str:
    """Such as: Nothing to fix. After you push: 1 approval, from someone with write permission, not you."""
    mending = describe_mending(verdict)
    if verdict.review.override is not None:
        return f"Overridden, so it may merge as it is. {mending}"
    demands = open_demands(verdict)
    if demands:
        own = _is_own(verdict.change)
        described = [describe_demand(one, options.place, own=own) for one in demands]
        return f"{mending} {_when(verdict, options)}: {'; '.join(described)}."
    # Only a pass says what became of the review. Else something has to be fixed first.
    if verdict.outcome is not Outcome.PASS:
        return mending
    if verdict.review.required:
        return f"{mending} The required review is given."
    return f"{mending} No review is required."


def open_demands(verdict: Verdict) -> tuple[Demand, ...]:
    """The demands that still miss an approval."""
    return tuple(demand for demand in verdict.review.demands if demand.missing)


def describe_mending(verdict: Verdict) -> str:
    """What the author can do without anybody else.

    Only where nothing at all was found there is nothing to fix.
    """
    if verdict.outcome is Outcome.ERROR:
        return "Fix: the error above; then judge the change again."
    must, may = _what_to_fix(verdict), _what_to_look_at(verdict)
    sentences = [_broken_base(verdict)]
    if must:
        sentences.append(f"Fix: {join_words(must)}.")
    elif may:
        sentences.append("Nothing blocks.")
    if may:
        sentences.append(f"Check: {', '.join(may)}.")
    return " ".join(filter(None, sentences)) or "Nothing to fix."


def _broken_base(verdict: Verdict) -> str:
    """What to do where the base's policy does not load."""
    if "policy-fallback" not in _error_codes(verdict):
        return ""
    # The change fixes it already. Otherwise the trouble stays on the base.
    if POLICY_NAME in {file.path for file in verdict.change.files}:
        return ""
    base = verdict.change.base
    if base is None:
        return f"Fix {POLICY_NAME} first."
    where = "in HEAD" if base.name == "HEAD" else f"on {base.name}"
    return f"Fix {POLICY_NAME} {where} first."


def _error_codes(verdict: Verdict) -> set[str]:
    """What went wrong without keeping the change from being judged."""
    return {error.code for error in verdict.errors}


def _what_to_fix(verdict: Verdict) -> list[str]:
    """What the author has to do before the change can pass, an item each."""
    must = []
    blocking = len(deciding(verdict, Action.BLOCK))
    if blocking:
        must.append(f"{count(blocking, 'finding')} marked block")
    if "policy-broken" in _error_codes(verdict):
        must.append("the policy of the change")
    if verdict.review.held_by:
        must.append("what reviewers asked for")
    if not must and verdict.outcome is Outcome.BLOCK:
        must.append("what the reasons above name")
    return must


def _what_to_look_at(verdict: Verdict) -> list[str]:
    """What does not block and is worth a look, an item each."""
    findings = not_waived(listed_findings(verdict))
    others = sum(finding.action is not Action.BLOCK for finding in findings)
    word = "finding" if others == len(findings) else "more finding"
    unread = len(unread_files(verdict))
    counted = ((others, word), (unread, "unchecked file"))
    return [count(number, what) for number, what in counted if number]


def _is_own(change: Change) -> bool:
    """Whether the reader can be taken for the author.

    That is so if what is judged is here: checked out, or not committed yet.
    """
    if change.head is None:
        return change.source is not ChangeSource.PATCH
    return change.head.chosen == CHECKED_OUT


def _when(verdict: Verdict, options: ReportOptions) -> str:
    """When the reviews can be given, as the start of a sentence."""
    if options.place is Audience.FORGE or not _is_own(verdict.change):
        return "Still needed"
    if verdict.change.source is ChangeSource.COMMITS:
        return "After you push"
    return "After you commit and push"


def describe_demand(demand: Demand, place: Audience, *, own: bool = True) -> str:
    """Such as: 1 approval, from someone with write permission, not you.

    Where a forge was asked, what it came to. `own`: the reader is the author.
    """
    names = _describe_names(demand)
    if demand.shortfall:
        return f"{demand.shortfall.removesuffix('.')}{names}"
    word = "more approval" if demand.missing < demand.approvals else "approval"
    number = count(demand.missing, word)
    who = join_words(list(map(str, demand.standings)), last="or")
    author = _describe_author(place, own=own, attestable=demand.attestable)
    if not author:
        return f"{number}, from {who or 'someone'} who is not a contributor{names}"
    parts = (number, f"from {who}" if who else "", author)
    return f"{', '.join(filter(None, parts))}{names}"


def _describe_author(place: Audience, *, own: bool, attestable: bool) -> str:
    """What the author's part in it can be.

    Empty where the reader is somebody else, and the author has none.
    """
    local = place is Audience.LOCAL
    if local and own:
        return "or your own attestation" if attestable else "not you"
    if attestable:
        return "or the author's attestation"
    return "" if local else "not by a contributor of the change"


def _describe_names(demand: Demand) -> str:
    """Who could approve, where that says more than whom the demand accepts."""
    names = sorted(set(demand.who_can).difference(map(str, demand.standings)))
    if not names:
        return ""
    shown, rest = names[:MOST_NAMES], names[MOST_NAMES:]
    if rest:
        shown.append(f"{len(rest)} more")
    return f" (can approve: {join_words(shown)})"
