"""Who approved, what else is worth knowing, and what remains to be done."""

from collections.abc import Iterator

from judgegate.model.change import Change, ChangeSource
from judgegate.model.levels import Action, Outcome
from judgegate.model.verdict import Counted, Demand, Verdict
from judgegate.report.options import Audience, ReportOptions
from judgegate.report.selection import (
    NO_NOTES,
    POLICY_NAME,
    deciding,
    listed_findings,
    most_useful_first,
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
    review = verdict.review
    items = [
        f"- {clause}: the change cannot pass until this is resolved"
        for clause in review.held_by
    ]
    items += [f"- {_describe_counted(approval)}" for approval in review.counted]
    items += [
        f"- {approval.who}: does not count, {approval.why}" for approval in review.ignored
    ]
    items += [
        f"- {name}: no account is known, so each review needs one more approval"
        for name in review.unmapped
    ]
    if items:
        yield from layout.flow(Span("Approvals:", Style.BOLD))
        yield from render_list([[item] for item in items], MOST_APPROVALS, options, layout)


def _describe_counted(approval: Counted) -> str:
    serves = f", for {join_words(sorted(approval.serves))}" if approval.serves else ""
    if approval.attested is not None:
        attested = f"attests {shorten(approval.commit)} instead of an approval"
        return f'{approval.who}: {attested}{serves}: "{approval.attested}"'
    return f"{approval.who}: counts, approved {shorten(approval.commit)}{serves}"


def render_notices(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """Remarks that decide nothing.

    That notes are not here is so in most clones: it is shown to who asks for every detail.
    """
    notices = [
        notice
        for notice in most_useful_first(verdict.notices)
        if options.verbose or notice.code != NO_NOTES
    ]
    if notices:
        yield from layout.flow(Span("Notes:", Style.BOLD))
        code = " [{}]" if options.verbose else ""
        items: list[list[Span | str]] = [
            [f"- {notice.message}", Span(code.format(notice.code), Style.DIM)]
            for notice in notices
        ]
        yield from render_list(items, MOST_NOTICES, options, layout)


def render_remains(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What is left to do, in one sentence where it fits in one."""
    demands = open_demands(verdict) if verdict.review.override is None else ()
    mending = describe_mending(verdict)
    match demands:
        case () | (_,):
            yield from layout.flow(Span(describe_remains(verdict, options), Style.BOLD))
        case _:
            yield from layout.flow(
                Span(f"{mending} {_when(verdict, options)}:", Style.BOLD)
            )
            for demand in demands:
                rules = join_words(sorted(demand.rules))
                described = describe_demand(
                    demand, options.place, own=_is_own(verdict.change)
                )
                yield from layout.flow(
                    f"- {described} ", Span(f"({rules})", Style.DIM), indent=2, hang=2
                )
            yield from layout.flow("One approval can count for several of these.", indent=2)


def describe_remains(verdict: Verdict, options: ReportOptions) -> str:
    """Such as: Nothing to fix. After you push: 1 approval, from someone with write permission, not you."""
    mending = describe_mending(verdict)
    if verdict.review.override is not None:
        return f"Overridden, so it may merge as it is. {mending}"
    demands = open_demands(verdict)
    if demands:
        described = "; ".join(
            describe_demand(demand, options.place, own=_is_own(verdict.change))
            for demand in demands
        )
        return f"{mending} {_when(verdict, options)}: {described}."
    if verdict.outcome is not Outcome.PASS:
        return mending
    return (
        f"{mending} The required review is given."
        if verdict.review.required
        else f"{mending} No review is required."
    )


def open_demands(verdict: Verdict) -> tuple[Demand, ...]:
    """The demands that still miss an approval."""
    return tuple(demand for demand in verdict.review.demands if demand.missing)


def describe_mending(verdict: Verdict) -> str:
    """What the author can do without anybody else.

    Only where nothing at all was found there is nothing to mend.
    """
    if verdict.outcome is Outcome.ERROR:
        return "Fix: the error above; then judge the change again."
    must, may = _what_must_be_mended(verdict), _what_to_look_at(verdict)
    sentences = [_broken_base(verdict)]
    if must or may:
        sentences.append(f"Fix: {join_words(must)}." if must else "Nothing blocks.")
    if may:
        sentences.append(f"Check: {', '.join(may)}.")
    return " ".join(filter(None, sentences)) or "Nothing to fix."


def _broken_base(verdict: Verdict) -> str:
    """What to do where the base's policy does not load, unless it is what this change does: on the base the trouble stays."""
    broken = any(error.code == "policy-fallback" for error in verdict.errors)
    if not broken or any(file.path == POLICY_NAME for file in verdict.change.files):
        return ""
    match verdict.change.base:
        case None:
            return f"Fix {POLICY_NAME} first."
        case base:
            return f"Fix {POLICY_NAME} {'in' if base.name == 'HEAD' else 'on'} {base.name} first."


def _what_must_be_mended(verdict: Verdict) -> list[str]:
    blocking = len(deciding(verdict, Action.BLOCK))
    must = [f"{count(blocking, 'finding')} marked block"] if blocking else []
    must += (
        ["the policy of the change"]
        if any(error.code == "policy-broken" for error in verdict.errors)
        else []
    )
    must += ["what reviewers asked for"] if verdict.review.held_by else []
    return must or (
        ["what the reasons above name"] if verdict.outcome is Outcome.BLOCK else []
    )


def _what_to_look_at(verdict: Verdict) -> list[str]:
    findings = [finding for finding in listed_findings(verdict) if finding.waiver is None]
    others = sum(finding.action is not Action.BLOCK for finding in findings)
    word = "finding" if others == len(findings) else "more finding"
    unread = len(unread_files(verdict))
    return [
        *([count(others, word)] if others else []),
        *([count(unread, "unchecked file")] if unread else []),
    ]


def _is_own(change: Change) -> bool:
    """Whether the reader can be taken for the author: what is judged lies here, checked out or not committed yet."""
    if change.head is None:
        return change.source is not ChangeSource.PATCH
    return change.head.chosen == CHECKED_OUT


def _when(verdict: Verdict, options: ReportOptions) -> str:
    if options.place is Audience.FORGE or not _is_own(verdict.change):
        return "Still needed"
    committed = verdict.change.source is ChangeSource.COMMITS
    return "After you push" if committed else "After you commit and push"


def describe_demand(demand: Demand, place: Audience, *, own: bool = True) -> str:
    """Such as: 1 approval, from someone with write permission, not you.

    Where a forge was asked, what it came to.

    `own`: the reader is the author.
    """
    if demand.shortfall:
        return demand.shortfall.removesuffix(".") + _describe_names(demand)
    number = count(
        demand.missing, "more approval" if demand.missing < demand.approvals else "approval"
    )
    who = join_words([str(standing) for standing in demand.standings], last="or")
    if place is Audience.LOCAL and not own and not demand.attestable:
        return f"{number}, from {who or 'someone'} who is not a contributor{_describe_names(demand)}"
    parts = (
        number,
        f"from {who}" if who else "",
        _describe_author(place, own=own, attestable=demand.attestable),
    )
    return ", ".join(part for part in parts if part) + _describe_names(demand)


def _describe_author(place: Audience, *, own: bool, attestable: bool) -> str:
    """What the author's part in it can be."""
    if place is Audience.LOCAL and own:
        return "or your own attestation" if attestable else "not you"
    return (
        "or the author's attestation"
        if attestable
        else "not by a contributor of the change"
    )


def _describe_names(demand: Demand) -> str:
    """Who could approve, where that says more than whom the demand accepts."""
    names = sorted(set(demand.who_can).difference(map(str, demand.standings)))
    if not names:
        return ""
    shown = names[:MOST_NAMES]
    rest = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return f" (can approve: {join_words([*shown, *rest])})"
