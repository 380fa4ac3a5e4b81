"""How the outcome of a policy's tests is told."""

from collections.abc import Iterator, Sequence

from judgegate.model.verdict import Verdict
from judgegate.report.text_layout import Span, Style, TextLayout
from judgegate.tuning.discrepancies import introduced, show_finding
from judgegate.tuning.trial import Tried

MOST_REASONS = 5
_MARKS = {"missing": ("- ", Style.RED), "unexpected": ("+ ", Style.GREEN), "outcome": ("  ", Style.BOLD)}


def render_tried(tried: Tried, layout: TextLayout, *, verbose: bool = False) -> Iterator[str]:
    """The lines of one case: its name, and where it failed the difference (`-` was expected, `+` was found) and the gate's reasons."""
    failed = bool(tried.discrepancies)
    mark = Span("FAIL", Style.RED) if failed else Span("ok", Style.GREEN)
    yield from layout.flow(mark, Span(f" {tried.case.name}"), hang=5)
    if not failed:
        if verbose:
            yield from (
                line
                for finding in introduced(tried.verdict)
                for line in layout.flow(show_finding(finding), indent=5, hang=2)
            )
        return
    place = tried.case.place
    yield from layout.flow(Span(f"{place.file}:{place.line}", Style.CYAN), indent=5)
    for one in tried.discrepancies:
        sign, style = _MARKS[one.kind]
        yield from layout.flow(Span(f"{sign}{one.detail}", style), indent=5, hang=2)
    yield from _reasons(tried.verdict, layout)


def _reasons(verdict: Verdict, layout: TextLayout) -> Iterator[str]:
    """Why the gate says what it says, for who has to find the mistake."""
    for reason in verdict.reasons[:MOST_REASONS]:
        yield from layout.flow(
            Span(
                f"{reason.action.value} because of {reason.rule or 'the policy'}: {reason.message}", Style.DIM
            ),
            indent=7,
            hang=2,
        )
    for demand in verdict.review.demands:
        if demand.shortfall:
            yield from layout.flow(Span(demand.shortfall, Style.DIM), indent=7, hang=2)
    for ignored in verdict.review.ignored:
        yield from layout.flow(
            Span(f"the approval of {ignored.who} does not count: {ignored.why}", Style.DIM), indent=7, hang=2
        )
    for file in verdict.files:
        if file.reason is not None:
            yield from layout.flow(
                Span(f"{file.change.path} is {file.state.value}: {file.reason}", Style.DIM), indent=7, hang=2
            )


def render_sum(tried: Sequence[Tried], policy: str, layout: TextLayout) -> Iterator[str]:
    """The last line: how many of how many."""
    failed = sum(bool(one.discrepancies) for one in tried)
    cases = f"{len(tried)} case" + ("" if len(tried) == 1 else "s")
    if failed:
        yield from layout.flow(Span(f"{failed} of {cases} failed", Style.RED), Span(f" with {policy}."))
    else:
        yield from layout.flow(Span(f"{cases} passed", Style.GREEN), Span(f" with {policy}."))
