"""What was found, the worst first."""

from collections import Counter
from collections.abc import Iterable, Iterator

from judgegate.model.scales import Authorship, Origin
from judgegate.model.verdict import Finding, Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import code, prose
from judgegate.report.markdown.places import place_finding
from judgegate.report.options import ReportOptions
from judgegate.report.selection import listed_findings, shown_findings, worst_first
from judgegate.report.text.findings import describe_actions

MOST_FINDINGS = 20
LONGEST_EXCERPT = 160


def tell_findings(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """What the change introduced; at the end what was there before, in code that it edits."""
    listed = sorted(listed_findings(verdict), key=worst_first)
    existing = [finding for finding in shown_findings(verdict, show_all=options.show_all) if finding.origin is Origin.EXISTING]
    shown, others = shortlist([*listed, *existing], MOST_FINDINGS, options)
    if shown:
        yield foldable(_summarise(listed, len(existing)), _tell_all(shown, options), others)


def _summarise(listed: list[Finding], existing: int) -> str:
    waived = sum(finding.waiver is not None for finding in listed)
    actions = describe_actions(Counter(finding.action for finding in listed if finding.waiver is None))
    parts = [actions, f"{waived} waived" if waived else "", f"{existing} there before" if existing else ""]
    return f"<b>Findings</b>: {', '.join(filter(None, parts))}"


def _tell_all(findings: Iterable[Finding], options: ReportOptions) -> Iterator[str]:
    """Each, and what to do about it where that was not told yet."""
    told: set[tuple[str, str]] = set()
    for finding in findings:
        if finding.origin is Origin.EXISTING:
            yield _tell_old(finding, options)
            continue
        advice = [(title, text) for title, text in _advice(finding) if (title, text) not in told]
        told.update(advice)
        yield _tell(finding, options, advice)


def _advice(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.waiver is not None:
        yield "Waived", finding.waiver
        return
    yield from ((title, text) for title, text in (("Why", finding.why), ("To mend", finding.remedy)) if text)


def _tell(finding: Finding, options: ReportOptions, advice: Iterable[tuple[str, str]]) -> str:
    action = finding.action.value if finding.waiver is None else f"{finding.action.value}, waived"
    traits = (finding.code, finding.severity.value, "AI-assisted" if finding.provenance is Authorship.AI else None)
    excerpt = finding.excerpt.strip()
    return entry(
        f"**{action}** {place_finding(finding, options)}",
        prose(finding.message),
        code(excerpt, LONGEST_EXCERPT) if excerpt else "",
        *(f"{title}: {prose(text)}" for title, text in advice),
        f"{code(finding.rule)} ({prose(', '.join(filter(None, traits)))})",
    )


def _tell_old(finding: Finding, options: ReportOptions) -> str:
    return entry(f"there before, decides nothing: {place_finding(finding, options)} {prose(finding.message)}", code(finding.rule))
