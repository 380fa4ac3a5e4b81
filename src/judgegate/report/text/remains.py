"""Who approved, what else is worth knowing, and what remains to be done."""

from collections.abc import Iterator

from judgegate.model.change import ChangeSource
from judgegate.model.scales import Action, Outcome
from judgegate.model.verdict import Counted, Demand, Verdict
from judgegate.report.options import Place, ReportOptions
from judgegate.report.selection import deciding
from judgegate.report.terminal import Sheet, Span, Style
from judgegate.report.text.words import count, join_words, shorten, tell_list

MOST_APPROVALS = 8
MOST_NOTICES = 6
MOST_NAMES = 5


def tell_approvals(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """The approvals that were given, and why some do not count."""
    review = verdict.review
    items = [f"- {clause}: nothing passes until that is settled" for clause in review.held_by]
    items += [f"- {_describe_counted(approval)}" for approval in review.counted]
    items += [f"- {approval.who}: does not count, {approval.why}" for approval in review.ignored]
    items += [f"- {name}: no account is known for this contributor, which costs one approval more" for name in review.unmapped]
    if items:
        yield from sheet.flow(Span("Approvals:", Style.BOLD))
        yield from tell_list([[item] for item in items], MOST_APPROVALS, options, sheet)
    if review.override:
        yield from sheet.flow(Span("Overridden: ", Style.BOLD), review.override, hang=2)


def _describe_counted(approval: Counted) -> str:
    serves = f", for {join_words(sorted(approval.serves))}" if approval.serves else ""
    if approval.attested is not None:
        return f'{approval.who}: has a part in the change and attests {shorten(approval.commit)}{serves}: "{approval.attested}"'
    return f"{approval.who}: counts, approved {shorten(approval.commit)}{serves}"


def tell_notices(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """Remarks that decide nothing."""
    if verdict.notices:
        yield from sheet.flow(Span("Notes:", Style.BOLD))
        code = " [{}]" if options.verbose else ""
        items: list[list[Span | str]] = [[f"- {notice.message}", Span(code.format(notice.code), Style.DIM)] for notice in verdict.notices]
        yield from tell_list(items, MOST_NOTICES, options, sheet)


def tell_remains(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """What is left to do, in one sentence where it fits in one."""
    demands = open_demands(verdict)
    mending = describe_mending(verdict)
    match demands:
        case () | (_,):
            yield from sheet.flow(Span(describe_remains(verdict, options), Style.BOLD))
        case _:
            yield from sheet.flow(Span(f"{mending} {_when(verdict, options)}:", Style.BOLD))
            for demand in demands:
                rules = join_words(sorted(demand.rules))
                yield from sheet.flow(f"- {describe_demand(demand, options.place)} ", Span(f"({rules})", Style.DIM), indent=2, hang=2)
            yield from sheet.flow("One approval may serve several of these.", indent=2)


def describe_remains(verdict: Verdict, options: ReportOptions) -> str:
    """Such as: Nothing to mend. After you push: 1 approval, from someone with write permission, not you."""
    mending = describe_mending(verdict)
    demands = open_demands(verdict)
    if demands:
        described = "; ".join(describe_demand(demand, options.place) for demand in demands)
        return f"{mending} {_when(verdict, options)}: {described}."
    if verdict.outcome is not Outcome.PASS:
        return mending
    return f"{mending} The review that it needs is given." if verdict.review.required else f"{mending} No review to wait for."


def open_demands(verdict: Verdict) -> tuple[Demand, ...]:
    """The demands that still miss an approval."""
    return tuple(demand for demand in verdict.review.demands if demand.missing)


def describe_mending(verdict: Verdict) -> str:
    """What the author can do without anybody else."""
    blocking = len(deciding(verdict, Action.BLOCK))
    asked = "what was asked for in review" if verdict.review.held_by else ""
    if verdict.outcome is Outcome.ERROR:
        return "To mend: the error above; then judge again."
    if blocking or asked:
        marked = f"{count(blocking, 'finding')} marked block" if blocking else ""
        return f"To mend: {join_words([what for what in (marked, asked) if what])}."
    return "To mend: what the reasons above name." if verdict.outcome is Outcome.BLOCK else "Nothing to mend."


def _when(verdict: Verdict, options: ReportOptions) -> str:
    if options.place is Place.FORGE:
        return "Still needed"
    committed = verdict.change.source is ChangeSource.COMMITS
    return "After you push" if committed else "After you commit and push"


def describe_demand(demand: Demand, place: Place) -> str:
    """Such as: 1 approval, from someone with write permission, not you. Where a forge was asked, what it came to."""
    if demand.shortfall:
        return demand.shortfall.removesuffix(".") + _describe_names(demand)
    number = count(demand.missing, "more approval" if demand.missing < demand.approvals else "approval")
    who = join_words([str(standing) for standing in demand.standings], last="or")
    not_author = "not you" if place is Place.LOCAL else "not by a contributor of the change"
    own = ("or your own attestation" if place is Place.LOCAL else "or the author's attestation") if demand.attestable else not_author
    return ", ".join(part for part in (number, f"from {who}" if who else "", own) if part) + _describe_names(demand)


def _describe_names(demand: Demand) -> str:
    """Who could approve, where that says more than whom the demand accepts."""
    names = sorted(set(demand.who_can).difference(map(str, demand.standings)))
    if not names:
        return ""
    shown = names[:MOST_NAMES]
    rest = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return f" (who can: {join_words([*shown, *rest])})"
