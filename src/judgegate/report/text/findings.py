"""What was found: where, what, the line itself, and what to do about it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from judgegate.model.scales import Action, Authorship, Origin
from judgegate.model.verdict import Finding, ProvenanceVerdict, Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.selection import listed_findings, place_key, shown_findings, worst_first
from judgegate.report.terminal import Span, Style, TextLayout
from judgegate.report.text.provenance import assisted_trait
from judgegate.report.text.words import ACTION_STYLES, render_list, render_rest

MOST_FINDINGS = 20
MOST_EXISTING = 5

Advice = tuple[str, str, str]
"""A rule, a title and what is said under it."""


def render_findings(verdict: Verdict, options: ReportOptions, sheet: TextLayout) -> Iterator[str]:
    """What the change introduced: what blocks, then what asks for a human, then what warns, and at last what is waived."""
    findings = listed_findings(verdict)
    shown = findings if options.show_all else sorted(findings, key=worst_first)[:MOST_FINDINGS]
    told: set[Advice] = set()
    for number, (_, alike) in enumerate(
        groupby(sorted(shown, key=_by_action), key=partial(_likeness, options))
    ):
        if number:
            yield ""
        same = list(alike)
        news = [advice for advice in _advice(same[0]) if advice not in told]
        yield from _render_finding(same, _traits(same[0], verdict.provenance), options, sheet, news)
        told.update(news)
    if len(shown) < len(findings):
        rest = Counter(finding.action for finding in findings) - Counter(finding.action for finding in shown)
        yield ""
        yield from sheet.flow(render_rest(rest.total(), f": {describe_actions(rest)}"))


def describe_actions(actions: Counter[Action]) -> str:
    """`1 block, 2 review`, the strongest first."""
    return ", ".join(f"{actions[action]} {action.value}" for action in reversed(Action) if actions[action])


def _by_action(finding: Finding) -> tuple[object, ...]:
    """The strongest action first, through all files: what blocks must not hide below what warns. Then by place, as one reads."""
    return (finding.waiver is not None, -finding.action.rank, place_key(finding))


def _likeness(options: ReportOptions, finding: Finding) -> object:
    """Neighbours of which this is equal differ in nothing but their lines, and are told together. With every detail each is its own."""
    if options.verbose or not finding.line or not finding.excerpt.strip():
        return finding
    return (
        finding.path,
        finding.rule,
        finding.action,
        finding.waiver,
        finding.code,
        finding.severity,
        finding.provenance,
        finding.message,
        *_advice(finding),
    )


def _render_finding(
    alike: Sequence[Finding], traits: str, options: ReportOptions, sheet: TextLayout, news: Iterable[Advice]
) -> Iterator[str]:
    """The first finding, the lines of those that are like it, and that part of its advice that was not told yet."""
    finding = alike[0]
    waived = finding.waiver is not None
    style = Style.DIM if waived else ACTION_STYLES[finding.action]
    place = Span(f"{describe_place(finding)}: ", Style.BOLD)
    action = Span(f"{finding.action.value}{', waived' if waived else ''} ", style)
    yield from sheet.flow(place, action, f"{finding.rule} ", Span(f"({traits})", Style.DIM), hang=2)
    yield from sheet.flow(finding.message, indent=2)
    for one in alike:
        if one.excerpt.strip():
            number = f"{one.line} | " if one.line else "| "
            yield sheet.row(Span(number, Style.DIM), one.excerpt.strip(), indent=4)
    if waived:
        yield from sheet.flow(f"Waived: {finding.waiver}", indent=2, hang=2)
    else:
        for _, title, text in news:
            yield from sheet.flow(f"{title}: {text}", indent=2, hang=2)
    if options.verbose:
        yield from sheet.flow(Span(_details(finding), Style.DIM), indent=2, hang=2)


def describe_place(finding: Finding) -> str:
    """`src/app.py:12`, which terminals and editors open."""
    if finding.path is None:
        return "the whole change"
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _traits(finding: Finding, provenance: ProvenanceVerdict) -> str:
    traits = [
        finding.code,
        finding.severity.value,
        assisted_trait(provenance) if finding.provenance is Authorship.AI else None,
    ]
    return ", ".join(trait for trait in traits if trait)


def _advice(finding: Finding) -> list[Advice]:
    """What is said once however often it holds: it belongs to the rule, or to one of its codes."""
    if finding.waiver is not None:
        return []
    return [
        (finding.rule, title, text)
        for title, text in (("Why", finding.why), ("To mend", finding.remedy))
        if text
    ]


def _details(finding: Finding) -> str:
    lines = f"lines {finding.line}-{finding.end_line}" if finding.line != finding.end_line else ""
    confidence = f"{finding.confidence.value} confidence" if finding.confidence else ""
    subject = f"in {finding.subject}" if finding.subject else ""
    return ", ".join(
        detail for detail in (subject, lines, confidence, f"fingerprint {finding.fingerprint}") if detail
    )


def render_existing(verdict: Verdict, options: ReportOptions, sheet: TextLayout) -> Iterator[str]:
    """What was there before, and decides nothing: where the change edits the definition, or everything if asked for."""
    existing = [
        finding
        for finding in shown_findings(verdict, show_all=options.show_all)
        if finding.origin is Origin.EXISTING
    ]
    touched = [finding for finding in existing if finding.touched]
    others = [finding for finding in existing if not finding.touched]
    yield from _render_old(
        touched, "There before, in code that this change edits; it decides nothing:", options, sheet
    )
    if touched and others:
        yield ""
    yield from _render_old(
        others, "There before, elsewhere in the changed files; it decides nothing:", options, sheet
    )


def _render_old(
    findings: Sequence[Finding], title: str, options: ReportOptions, sheet: TextLayout
) -> Iterator[str]:
    if findings:
        yield from sheet.flow(Span(title, Style.DIM))
        items = [
            [Span(f"{describe_place(finding)}: {finding.rule}: {finding.message}", Style.DIM)]
            for finding in findings
        ]
        yield from render_list(items, MOST_EXISTING, options, sheet)
