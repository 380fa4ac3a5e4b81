"""What was found, what to question first, and what could not be checked."""

from collections import Counter, defaultdict
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
    existing_findings,
    listed_findings,
    path_key,
    place_key,
    policy_paths,
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
"""Of one kind; how many more there are is said behind them."""

KINDS = {"source": "source code in other languages"}
"""What the shipped packs' exemptions are, where their name alone does not say it."""

SHORT = {Stake.UNREAD: "not checked", Stake.UNTESTED: "no test touched"}
"""For what the rest of the report says at length."""

IN_EDITED_CODE = (
    "Existing findings in code that this change edits (no effect on the verdict):"
)
ELSEWHERE = "Existing findings elsewhere in the changed files (no effect on the verdict):"

Advice = tuple[str, str, str]
"""A rule, a title and what is said under it."""


def render_findings(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What the change introduced.

    First what blocks, then what asks for a human, then what warns, and at last what is waived.
    """
    findings = sorted(listed_findings(verdict), key=worst_first)
    most = len(findings) if options.show_all else MOST_FINDINGS
    shown, rest = findings[:most], findings[most:]
    reported: set[Advice] = set()
    in_order = sorted(shown, key=_by_action)
    for number, (_, alike) in enumerate(groupby(in_order, key=partial(_likeness, options))):
        if number:
            yield ""
        same = list(alike)
        news = [advice for advice in _advice(same[0]) if advice not in reported]
        traits = describe_traits(same[0], verdict.provenance)
        yield from _render_finding(same, traits, options, layout, news)
        reported.update(news)
    if rest:
        actions = Counter(finding.action for finding in rest)
        yield ""
        yield from layout.flow(render_rest(len(rest), f": {describe_actions(actions)}"))


def describe_actions(actions: Counter[Action]) -> str:
    """`1 block, 2 review`, the strongest first."""
    found = [action for action in reversed(Action) if actions[action]]
    return ", ".join(f"{actions[action]} {action.value}" for action in found)


def _by_action(finding: Finding) -> tuple[object, ...]:
    """The strongest action first, through all files: what blocks must not hide below what warns.

    Then by place, as one reads.
    """
    return finding.waiver is not None, -finding.action.rank, place_key(finding)


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
    """The first finding, the lines of those that are like it, and what of its advice is new."""
    finding = alike[0]
    action = Span(f"{finding.action.value} ", ACTION_STYLES[finding.action])
    if finding.waiver is not None:
        action = Span(f"{finding.action.value}, waived ", Style.DIM)
        # It has no advice: there is nothing to do about it until the waiver expires.
        news = [(finding.rule, "Waived", finding.waiver)]
    yield from layout.flow(
        Span(f"{describe_place(finding)}: ", Style.BOLD),
        action,
        f"{finding.rule} ",
        Span(f"({traits})", Style.DIM),
        hang=2,
    )
    yield from layout.flow(finding.message, indent=2)
    yield from _render_excerpts(alike, layout)
    for _, title, text in news:
        yield from layout.flow(f"{title}: {text}", indent=2, hang=2)
    if options.verbose:
        yield from layout.flow(Span(_details(finding), Style.DIM), indent=2, hang=2)


def _render_excerpts(alike: Iterable[Finding], layout: TextLayout) -> Iterator[str]:
    """The first line of each finding, as it is in its file."""
    for finding in alike:
        excerpt = finding.excerpt.strip()
        if excerpt:
            number = f"{finding.line} | " if finding.line else "| "
            yield layout.row(Span(number, Style.DIM), excerpt, indent=4)


def describe_place(finding: Finding) -> str:
    """`src/app.py:12`, which terminals and editors open."""
    if finding.path is None:
        return "the whole change"
    if not finding.line:
        return finding.path
    return f"{finding.path}:{finding.line}"


def describe_traits(finding: Finding, provenance: ProvenanceVerdict) -> str:
    """Such as: B602, high, AI-assisted."""
    traits = [finding.code, finding.severity.value]
    if finding.origin is Origin.EDITED:
        traits.append("edited, no worse than before")
    if finding.provenance is Authorship.AI:
        traits.append(describe_assistance(provenance))
    return ", ".join(filter(None, traits))


def advice_of(finding: Finding) -> list[tuple[str, str]]:
    """Titles, and what is said under each; nothing where a waiver covers the finding."""
    if finding.waiver is not None:
        return []
    advice = (("Why", finding.why), ("Fix", finding.remedy))
    return [(title, text) for title, text in advice if text]


def _advice(finding: Finding) -> list[Advice]:
    """What is said once however often it is true: it belongs to the rule, or to one of its codes."""
    return [(finding.rule, title, text) for title, text in advice_of(finding)]


def _details(finding: Finding) -> str:
    """What only a reader who asks for every detail wants to know."""
    details = []
    if finding.subject:
        details.append(f"in {finding.subject}")
    if finding.line != finding.end_line:
        details.append(f"lines {finding.line}-{finding.end_line}")
    if finding.confidence:
        details.append(f"{finding.confidence.value} confidence")
    return ", ".join([*details, f"fingerprint {finding.fingerprint}"])


def render_existing(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What was there before, and decides nothing.

    Where the change edits the definition, or everything if asked for.
    """
    existing = existing_findings(verdict, show_all=options.show_all)
    touched = [finding for finding in existing if finding.touched]
    others = [finding for finding in existing if not finding.touched]
    yield from _render_old(touched, IN_EDITED_CODE, options, layout)
    if touched and others:
        yield ""
    yield from _render_old(others, ELSEWHERE, options, layout)


def _render_old(
    findings: Sequence[Finding], title: str, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """A line for each finding that was there before, without what to do about it."""
    if not findings:
        return
    yield from layout.flow(Span(title, Style.DIM))
    lines = [
        f"{describe_place(finding)}: {finding.rule}: {finding.message}"
        for finding in findings
    ]
    items = [[Span(line, Style.DIM)] for line in lines]
    yield from render_list(items, MOST_EXISTING, options, layout)


def render_questions(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """The first hunks, where a human has to look or an AI took part."""
    assisted = verdict.provenance.verdict is Authorship.AI
    if verdict.outcome is Outcome.PASS and not assisted:
        return
    hunks = [hunk for hunk in verdict.hunks if _is_worth_asking(hunk)]
    if not hunks:
        return
    short = {**SHORT, Stake.ASSISTED: describe_assistance(verdict.provenance)}
    yield from layout.flow(Span("Question first:", Style.BOLD))
    for hunk in hunks if options.show_all else hunks[:MOST_HUNKS]:
        # One question is enough to start with: the weightiest.
        first = hunk.concerns[0]
        place = Span(f"{describe_hunk(hunk, first)}: ", Style.BOLD)
        why = Span(f" ({'; '.join(_describe_stakes(hunk, short))})", Style.DIM)
        yield from layout.flow("- ", place, first.question, why, indent=2, hang=2)


def _is_worth_asking(hunk: Hunk) -> bool:
    """Whether more is at stake than that no test touches it, which most hunks have in common."""
    return any(concern.stake is not Stake.UNTESTED for concern in hunk.concerns)


def _describe_stakes(hunk: Hunk, short: Mapping[Stake, str]) -> Iterator[str]:
    """What is at stake, the weightiest first."""
    findings = sum(concern.stake is Stake.FINDING for concern in hunk.concerns)
    # The findings are listed above, so here is only how many there are.
    short = {**short, Stake.FINDING: count(findings, "finding")}
    clauses = dict.fromkeys(
        short.get(concern.stake, concern.what) for concern in hunk.concerns
    )
    yield from list(clauses)[:MOST_CLAUSES]
    if hunk.alike:
        yield f"the same in {count(hunk.alike, 'more place')}"


def describe_hunk(hunk: Hunk, concern: Concern) -> str:
    """Such as: app.py:12. What is gone is shown where it was."""
    line = concern.line
    # Only a guard's line counts in the merge base.
    gone = hunk.added is None or (concern.stake is Stake.GUARD and line is not None)
    lines = hunk.removed if gone else hunk.added
    if lines is None:
        return hunk.path
    if line is None or line not in lines:
        line = lines.start
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
    checked = describe_checked(verdict)
    if not policy_paths(verdict):
        return f"{checked}."
    return f"{checked}, apart from what changes the policy (see above)."


def _in_state(verdict: Verdict, state: FileState) -> list[JudgedFile]:
    """The files that ended in this state, in the order of their paths."""
    files = [file for file in verdict.files if file.state is state]
    return sorted(files, key=lambda file: path_key(file.change.path))


def unread_files(verdict: Verdict) -> list[JudgedFile]:
    """What could not be checked, apart from what a finding on the policy names."""
    reported = policy_paths(verdict)
    unread = _in_state(verdict, FileState.UNANALYSED)
    return [file for file in unread if file.change.path not in reported]


def describe_obstacle(file: JudgedFile) -> str:
    """Why a file could not be checked, as a clause."""
    return file.reason or "no reason is known"


def _render_unanalysed(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    files = unread_files(verdict)
    if not files:
        return
    holding = (*deciding(verdict, Action.REVIEW), *deciding(verdict, Action.BLOCK))
    human = ""
    if any(finding.rule == UNANALYSED for finding in holding):
        human = " and need a human" if len(files) > 1 else " and needs a human"
    yield from layout.flow(f"{len(files)} could not be checked{human}:", indent=2)
    items: list[list[Span | str]] = [
        [Span(file.change.path, Style.BOLD), f": {describe_obstacle(file)}"]
        for file in files
    ]
    yield from render_list(items, MOST_FILES, options, layout, indent=4)
    if any(file.reason == NO_CHECK for file in files):
        yield from layout.flow(
            "To let files pass that no check covers, use `exempt` in the policy; "
            f"see judgegate rules {UNANALYSED}",
            indent=4,
            hang=2,
        )


def exempt_files(verdict: Verdict) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """What became of the exempt files, as the beginning of a sentence, and their paths by kind.

    The kinds are sorted.
    """
    exempt = _in_state(verdict, FileState.EXEMPT)
    # Files that patterns looked at may have findings of their own: to say that nothing looked at
    # them would contradict these.
    for searched, treatment in ((False, "not read"), (True, "read by patterns only")):
        files = [file for file in exempt if file.searched is searched]
        if not files:
            continue
        kinds: dict[str, list[str]] = defaultdict(list)
        for file in files:
            kinds[file.reason or "without a name"].append(file.change.path)
        have, were = ("has", "was") if len(files) == 1 else ("have", "were")
        share = f"{len(files)} of {count(len(verdict.files), 'file')}"
        yield f"{share} {have} no check and {were} {treatment}", dict(sorted(kinds.items()))


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
