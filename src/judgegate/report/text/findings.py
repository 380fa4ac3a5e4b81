"""What was found: where, what, the line itself, and what to do about it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from judgegate.model.scales import Action, Authorship, Origin
from judgegate.model.verdict import Finding, Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.selection import ASSISTED, UNANALYSED, introduced, path_key, place_key, shown_findings, weight, worst_first
from judgegate.report.terminal import Sheet, Span, Style
from judgegate.report.text.words import ACTION_STYLES, tell_list, tell_rest

MOST_FINDINGS = 20
MOST_EXISTING = 5


def tell_findings(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """What the change introduced: the worst, by file."""
    findings = listed_findings(verdict)
    shown = findings if options.show_all else sorted(findings, key=worst_first)[:MOST_FINDINGS]
    told: set[str] = set()
    for finding in _by_file(shown):
        if told:
            yield ""
        yield from _tell_finding(finding, options, sheet, new=finding.rule not in told)
        told.add(finding.rule)
    if len(shown) < len(findings):
        rest = Counter(finding.action for finding in findings) - Counter(finding.action for finding in shown)
        yield ""
        yield from sheet.flow(tell_rest(rest.total(), f": {describe_actions(rest)}"))


def listed_findings(verdict: Verdict) -> tuple[Finding, ...]:
    """What the change introduced, apart from what has a section of its own: who wrote it, and what could not be checked."""
    elsewhere = {ASSISTED, UNANALYSED}
    return tuple(finding for finding in introduced(verdict) if finding.waiver is not None or finding.rule not in elsewhere)


def describe_actions(actions: Counter[Action]) -> str:
    """`1 block, 2 review`, the strongest first."""
    return ", ".join(f"{actions[action]} {action.value}" for action in reversed(Action) if actions[action])


def _by_file(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The file with the worst finding first, in each file from top to bottom."""
    files = [list(group) for _, group in groupby(sorted(findings, key=place_key), key=lambda finding: finding.path)]
    for group in sorted(files, key=lambda group: (min(map(weight, group)), path_key(group[0].path))):
        yield from group


def _tell_finding(finding: Finding, options: ReportOptions, sheet: Sheet, *, new: bool) -> Iterator[str]:
    """`new`: the first of its rule, so that the rule's why is told once."""
    waived = finding.waiver is not None
    style = Style.DIM if waived else ACTION_STYLES[finding.action]
    place = Span(f"{describe_place(finding)}: ", Style.BOLD)
    action = Span(f"{finding.action.value}{', waived' if waived else ''} ", style)
    yield from sheet.flow(place, action, f"{finding.rule} ", Span(f"({_traits(finding)})", Style.DIM), hang=2)
    yield from sheet.flow(finding.message, indent=2)
    if finding.excerpt.strip():
        number = f"{finding.line} | " if finding.line else "| "
        yield sheet.row(Span(number, Style.DIM), finding.excerpt.strip(), indent=4)
    if waived:
        yield from sheet.flow(f"Waived: {finding.waiver}", indent=2, hang=2)
    else:
        yield from _tell_advice(finding, sheet, new=new)
    if options.verbose:
        yield from sheet.flow(Span(_details(finding), Style.DIM), indent=2, hang=2)


def describe_place(finding: Finding) -> str:
    """`src/app.py:12`, which terminals and editors open."""
    if finding.path is None:
        return "the whole change"
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _traits(finding: Finding) -> str:
    traits = [finding.code, finding.severity.value, "AI-assisted" if finding.provenance is Authorship.AI else None]
    return ", ".join(trait for trait in traits if trait)


def _tell_advice(finding: Finding, sheet: Sheet, *, new: bool) -> Iterator[str]:
    if finding.why and new:
        yield from sheet.flow(f"Why: {finding.why}", indent=2, hang=2)
    if finding.remedy:
        yield from sheet.flow(f"To mend: {finding.remedy}", indent=2, hang=2)


def _details(finding: Finding) -> str:
    lines = f"lines {finding.line}-{finding.end_line}" if finding.line != finding.end_line else ""
    confidence = f"{finding.confidence.value} confidence" if finding.confidence else ""
    subject = f"in {finding.subject}" if finding.subject else ""
    return ", ".join(detail for detail in (subject, lines, confidence, f"fingerprint {finding.fingerprint}") if detail)


def tell_existing(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """What was there before, and decides nothing: where the change edits the definition, or everything if asked for."""
    existing = [finding for finding in shown_findings(verdict, show_all=options.show_all) if finding.origin is Origin.EXISTING]
    touched = [finding for finding in existing if finding.touched]
    others = [finding for finding in existing if not finding.touched]
    yield from _tell_old(touched, "There before, in code that this change edits; it decides nothing:", options, sheet)
    if touched and others:
        yield ""
    yield from _tell_old(others, "There before, elsewhere in the changed files; it decides nothing:", options, sheet)


def _tell_old(findings: Sequence[Finding], title: str, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    if findings:
        yield from sheet.flow(Span(title, Style.DIM))
        items = [[Span(f"{describe_place(finding)}: {finding.rule}: {finding.message}", Style.DIM)] for finding in findings]
        yield from tell_list(items, MOST_EXISTING, options, sheet)
