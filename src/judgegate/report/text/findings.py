"""What was found, what to question first, and what could not be checked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.levels import Action, Authorship, Origin, Outcome
from judgegate.model.verdict import (
    FileState,
    Finding,
    JudgedFile,
    ProvenanceVerdict,
    Verdict,
)
from judgegate.report.options import ReportOptions
from judgegate.report.selection import (
    NO_CHECK,
    UNANALYSED,
    deciding,
    listed_findings,
    path_key,
    place_key,
    policy_paths,
    shown_findings,
    worst_first,
)
from judgegate.report.text.provenance import describe_assistance
from judgegate.report.text.words import (
    ACTION_STYLES,
    count,
    describe_checked,
    join_words,
    render_list,
    render_rest,
)
from judgegate.report.text_layout import Span, Style, TextLayout

MOST_FINDINGS = 20
MOST_EXISTING = 5
MOST_HUNKS = 3
MOST_CLAUSES = 3
MOST_FILES = 8
MOST_EXEMPT = 3
"""Of one kind; how many more there are stands behind them."""

KINDS = {"source": "source code in other languages"}
"""What the shipped packs' exemptions stand for, where their name alone does not say it."""

SHORT = {Stake.UNREAD: "not checked", Stake.UNTESTED: "no test touched"}
"""For what the rest of the report says at length."""

Advice = tuple[str, str, str]
"""A rule, a title and what is said under it."""


def render_findings(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What the change introduced: what blocks, then what asks for a human, then what warns, and at last what is waived."""
    findings = listed_findings(verdict)
    shown = (
        findings if options.show_all else sorted(findings, key=worst_first)[:MOST_FINDINGS]
    )
    reported: set[Advice] = set()
    for number, (_, alike) in enumerate(
        groupby(sorted(shown, key=_by_action), key=partial(_likeness, options))
    ):
        if number:
            yield ""
        same = list(alike)
        news = [advice for advice in _advice(same[0]) if advice not in reported]
        yield from _render_finding(
            same, _traits(same[0], verdict.provenance), options, layout, news
        )
        reported.update(news)
    if len(shown) < len(findings):
        rest = Counter(finding.action for finding in findings) - Counter(
            finding.action for finding in shown
        )
        yield ""
        yield from layout.flow(render_rest(rest.total(), f": {describe_actions(rest)}"))


def describe_actions(actions: Counter[Action]) -> str:
    """`1 block, 2 review`, the strongest first."""
    return ", ".join(
        f"{actions[action]} {action.value}"
        for action in reversed(Action)
        if actions[action]
    )


def _by_action(finding: Finding) -> tuple[object, ...]:
    """The strongest action first, through all files: what blocks must not hide below what warns.

    Then by place, as one reads.
    """
    return (finding.waiver is not None, -finding.action.rank, place_key(finding))


def _likeness(options: ReportOptions, finding: Finding) -> object:
    """Neighbours of which this is equal differ in nothing but their lines, and are rendered together.

    With every detail each is its own.
    """
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
    alike: Sequence[Finding],
    traits: str,
    options: ReportOptions,
    layout: TextLayout,
    news: Iterable[Advice],
) -> Iterator[str]:
    """The first finding, the lines of those that are like it, and that part of its advice that was not reported yet."""
    finding = alike[0]
    waived = finding.waiver is not None
    style = Style.DIM if waived else ACTION_STYLES[finding.action]
    place = Span(f"{describe_place(finding)}: ", Style.BOLD)
    action = Span(f"{finding.action.value}{', waived' if waived else ''} ", style)
    yield from layout.flow(
        place, action, f"{finding.rule} ", Span(f"({traits})", Style.DIM), hang=2
    )
    yield from layout.flow(finding.message, indent=2)
    for one in alike:
        if one.excerpt.strip():
            number = f"{one.line} | " if one.line else "| "
            yield layout.row(Span(number, Style.DIM), one.excerpt.strip(), indent=4)
    if waived:
        yield from layout.flow(f"Waived: {finding.waiver}", indent=2, hang=2)
    else:
        for _, title, text in news:
            yield from layout.flow(f"{title}: {text}", indent=2, hang=2)
    if options.verbose:
        yield from layout.flow(Span(_details(finding), Style.DIM), indent=2, hang=2)


def describe_place(finding: Finding) -> str:
    """`src/app.py:12`, which terminals and editors open."""
    if finding.path is None:
        return "the whole change"
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _traits(finding: Finding, provenance: ProvenanceVerdict) -> str:
    traits = [
        finding.code,
        finding.severity.value,
        describe_assistance(provenance) if finding.provenance is Authorship.AI else None,
    ]
    return ", ".join(trait for trait in traits if trait)


def _advice(finding: Finding) -> list[Advice]:
    """What is said once however often it holds: it belongs to the rule, or to one of its codes."""
    if finding.waiver is not None:
        return []
    return [
        (finding.rule, title, text)
        for title, text in (("Why", finding.why), ("Fix", finding.remedy))
        if text
    ]


def _details(finding: Finding) -> str:
    lines = (
        f"lines {finding.line}-{finding.end_line}"
        if finding.line != finding.end_line
        else ""
    )
    confidence = f"{finding.confidence.value} confidence" if finding.confidence else ""
    subject = f"in {finding.subject}" if finding.subject else ""
    return ", ".join(
        detail
        for detail in (subject, lines, confidence, f"fingerprint {finding.fingerprint}")
        if detail
    )


def render_existing(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What was there before, and decides nothing: where the change edits the definition, or everything if asked for."""
    existing = [
        finding
        for finding in shown_findings(verdict, show_all=options.show_all)
        if finding.origin is Origin.EXISTING
    ]
    touched = [finding for finding in existing if finding.touched]
    others = [finding for finding in existing if not finding.touched]
    yield from _render_old(
        touched,
        "Existing findings in code that this change edits (no effect on the verdict):",
        options,
        layout,
    )
    if touched and others:
        yield ""
    yield from _render_old(
        others,
        "Existing findings elsewhere in the changed files (no effect on the verdict):",
        options,
        layout,
    )


def _render_old(
    findings: Sequence[Finding], title: str, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    if findings:
        yield from layout.flow(Span(title, Style.DIM))
        items = [
            [
                Span(
                    f"{describe_place(finding)}: {finding.rule}: {finding.message}",
                    Style.DIM,
                )
            ]
            for finding in findings
        ]
        yield from render_list(items, MOST_EXISTING, options, layout)


def render_questions(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """The first hunks, where a human has to look or an AI took part."""
    hunks = [
        hunk
        for hunk in verdict.hunks
        if any(concern.stake is not Stake.UNTESTED for concern in hunk.concerns)
    ]
    if not hunks or (
        verdict.outcome is Outcome.PASS and verdict.provenance.verdict is not Authorship.AI
    ):
        return
    short = {**SHORT, Stake.ASSISTED: describe_assistance(verdict.provenance)}
    yield from layout.flow(Span("Question first:", Style.BOLD))
    for hunk in hunks if options.show_all else hunks[:MOST_HUNKS]:
        place = Span(f"{describe_hunk(hunk, hunk.concerns[0])}: ", Style.BOLD)
        why = Span(f" ({'; '.join(_describe_stakes(hunk, short))})", Style.DIM)
        yield from layout.flow(
            "- ", place, hunk.concerns[0].question, why, indent=2, hang=2
        )


def _describe_stakes(hunk: Hunk, short: Mapping[Stake, str]) -> Iterator[str]:
    """What is at stake, the weightiest first. The findings are listed above, so here is how many there are."""
    findings = sum(concern.stake is Stake.FINDING for concern in hunk.concerns)
    clauses = dict.fromkeys(
        count(findings, "finding")
        if concern.stake is Stake.FINDING
        else short.get(concern.stake, concern.what)
        for concern in hunk.concerns
    )
    yield from list(clauses)[:MOST_CLAUSES]
    if hunk.alike:
        yield f"the same in {count(hunk.alike, 'more place')}"


def describe_hunk(hunk: Hunk, concern: Concern) -> str:
    """Such as: app.py:12. What is gone is shown where it was."""
    gone = hunk.added is None or (concern.stake is Stake.GUARD and concern.line is not None)
    lines = hunk.removed if gone else hunk.added
    if lines is None:
        return hunk.path
    line = (
        concern.line if concern.line is not None and concern.line in lines else lines.start
    )
    return f"{hunk.path}:{line}{' (removed)' if gone else ''}"


def render_coverage(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """How many files were checked, and what became of the others."""
    if not verdict.files:
        return
    yield from layout.flow(
        Span("Checked: ", Style.BOLD), describe_coverage(verdict), hang=2
    )
    yield from _render_unanalysed(verdict, options, layout)
    yield from _render_exempt(verdict, options, layout)
    if options.verbose:
        rules = sorted({rule for file in verdict.files for rule in file.rules})
        yield from layout.flow(
            Span(f"Rules that ran: {', '.join(rules) or 'none'}", Style.DIM),
            indent=2,
            hang=2,
        )


def describe_coverage(verdict: Verdict) -> str:
    """Such as: 6 of 9 files."""
    apart = (
        ", apart from what changes the policy (see above)" if policy_paths(verdict) else ""
    )
    return f"{describe_checked(verdict)}{apart}."


def _in_state(verdict: Verdict, state: FileState) -> list[JudgedFile]:
    return sorted(
        (file for file in verdict.files if file.state is state),
        key=lambda file: path_key(file.change.path),
    )


def unread_files(verdict: Verdict) -> list[JudgedFile]:
    """What could not be checked, apart from what a finding on the policy names."""
    reported = policy_paths(verdict)
    return [
        file
        for file in _in_state(verdict, FileState.UNANALYSED)
        if file.change.path not in reported
    ]


def _render_unanalysed(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    files = unread_files(verdict)
    if not files:
        return
    held = any(
        finding.rule == UNANALYSED
        for action in (Action.REVIEW, Action.BLOCK)
        for finding in deciding(verdict, action)
    )
    human = ""
    if held:
        human = " and need a human" if len(files) > 1 else " and needs a human"
    yield from layout.flow(f"{len(files)} could not be checked{human}:", indent=2)
    items: list[list[Span | str]] = [
        [Span(file.change.path, Style.BOLD), f": {file.reason or 'no reason is known'}"]
        for file in files
    ]
    yield from render_list(items, MOST_FILES, options, layout, indent=4)
    if any(file.reason == NO_CHECK for file in files):
        yield from layout.flow(
            "To let files pass that no check covers, use `exempt` in the policy; see judgegate rules "
            f"{UNANALYSED}",
            indent=4,
            hang=2,
        )


def exempt_files(verdict: Verdict) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """What became of the exempt files, as the beginning of a sentence, and their paths by kind, sorted.

    Files that patterns looked at have findings of their own: to say that nobody looked at them
    would contradict these.
    """
    exempt = _in_state(verdict, FileState.EXEMPT)
    for searched, treatment in ((False, "not read"), (True, "read by patterns only")):
        files = [file for file in exempt if file.searched is searched]
        if not files:
            continue
        kinds: dict[str, list[str]] = {}
        for file in files:
            kinds.setdefault(file.reason or "without a name", []).append(file.change.path)
        have, were = ("has", "was") if len(files) == 1 else ("have", "were")
        clause = f"{len(files)} of {count(len(verdict.files), 'file')} {have} no check and {were} {treatment}"
        yield clause, dict(sorted(kinds.items()))


def shorten_names(names: Sequence[str], options: ReportOptions) -> str:
    """Such as: README.md, docs/a.md, docs/b.md and 4 more."""
    if options.show_all or len(names) <= MOST_EXEMPT:
        return ", ".join(names)
    return join_words([*names[:MOST_EXEMPT], f"{len(names) - MOST_EXEMPT} more"])


def _render_exempt(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    for clause, kinds in exempt_files(verdict):
        described = ", ".join(
            f"{KINDS.get(kind, kind)} ({shorten_names(paths, options)})"
            for kind, paths in kinds.items()
        )
        yield from layout.flow(f"{clause}: {described}", indent=2, hang=2)
