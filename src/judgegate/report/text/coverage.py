"""What was not judged, because nothing could or need not."""

from collections.abc import Iterator, Sequence

from judgegate.model.scales import Action
from judgegate.model.verdict import FileState, JudgedFile, Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.selection import NO_CHECK, UNANALYSED, deciding, path_key, policy_paths
from judgegate.report.terminal import Span, Style, TextLayout
from judgegate.report.text.words import count, join_words, render_list

MOST_FILES = 8
MOST_EXEMPT = 3
"""Of one kind; how many more there are is told."""

KINDS = {"source": "source in other languages"}
"""What the shipped packs' exemptions stand for, where their name alone does not say it."""


def render_coverage(verdict: Verdict, options: ReportOptions, sheet: TextLayout) -> Iterator[str]:
    """How many files were checked, and what became of the others."""
    if not verdict.files:
        return
    yield from sheet.flow(Span("Checked: ", Style.BOLD), describe_coverage(verdict), hang=2)
    yield from _render_unanalysed(verdict, options, sheet)
    yield from _render_exempt(verdict, options, sheet)
    if options.verbose:
        rules = sorted({rule for file in verdict.files for rule in file.rules})
        yield from sheet.flow(
            Span(f"Rules that ran: {', '.join(rules) or 'none'}", Style.DIM), indent=2, hang=2
        )


def describe_coverage(verdict: Verdict) -> str:
    """Such as: 6 of 9 files."""
    checked, total = verdict.count(FileState.ANALYSED), len(verdict.files)
    apart = ", apart from what changes the policy (above)" if policy_paths(verdict) else ""
    return f"{checked} of {count(total, 'file')}{apart}."


def _in_state(verdict: Verdict, state: FileState) -> list[JudgedFile]:
    return sorted(
        (file for file in verdict.files if file.state is state), key=lambda file: path_key(file.change.path)
    )


def unread_files(verdict: Verdict) -> list[JudgedFile]:
    """What could not be checked, apart from what a finding on the policy tells of."""
    told = policy_paths(verdict)
    return [file for file in _in_state(verdict, FileState.UNANALYSED) if file.change.path not in told]


def _render_unanalysed(verdict: Verdict, options: ReportOptions, sheet: TextLayout) -> Iterator[str]:
    files = unread_files(verdict)
    if not files:
        return
    held = any(
        finding.rule == UNANALYSED
        for action in (Action.REVIEW, Action.BLOCK)
        for finding in deciding(verdict, action)
    )
    human = " and need a human" if held and len(files) > 1 else " and needs a human" if held else ""
    yield from sheet.flow(f"{len(files)} could not be checked{human}:", indent=2)
    items: list[list[Span | str]] = [
        [Span(file.change.path, Style.BOLD), f": {file.reason or 'for no stated reason'}"] for file in files
    ]
    yield from render_list(items, MOST_FILES, options, sheet, indent=4)
    if any(file.reason == NO_CHECK for file in files):
        yield from sheet.flow(
            f"To let files pass that no check covers: `exempt` in the policy; see judgegate rules {UNANALYSED}",
            indent=4,
            hang=2,
        )


def _render_exempt(verdict: Verdict, options: ReportOptions, sheet: TextLayout) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for file in _in_state(verdict, FileState.EXEMPT):
        kinds.setdefault(file.reason or "without a name", []).append(file.change.path)
    if kinds:
        number = sum(map(len, kinds.values()))
        have, were = ("has", "was") if number == 1 else ("have", "were")
        line = f"{number} of {count(len(verdict.files), 'file')} {have} no check and {were} not looked at"
        described = ", ".join(_describe_kind(kind, kinds[kind], options) for kind in sorted(kinds))
        yield from sheet.flow(f"{line}: {described}", indent=2, hang=2)


def _describe_kind(kind: str, paths: Sequence[str], options: ReportOptions) -> str:
    """Such as: prose (README.md, docs/a.md, docs/b.md and 4 more)."""
    shown = paths if options.show_all else paths[:MOST_EXEMPT]
    names = (
        join_words([*shown, f"{len(paths) - len(shown)} more"])
        if len(shown) < len(paths)
        else ", ".join(shown)
    )
    return f"{KINDS.get(kind, kind)} ({names})"
