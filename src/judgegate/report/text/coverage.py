"""What was not judged, because nothing could or need not."""

from collections import Counter
from collections.abc import Iterator

from judgegate.model.scales import Action
from judgegate.model.verdict import FileState, JudgedFile, Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.selection import UNANALYSED, deciding, path_key
from judgegate.report.terminal import Sheet, Span, Style
from judgegate.report.text.words import count, tell_list

MOST_FILES = 8


def tell_coverage(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    """How many files were checked, and what became of the others."""
    if not verdict.files:
        return
    yield from sheet.flow(Span("Checked: ", Style.BOLD), describe_coverage(verdict), hang=2)
    yield from _tell_unanalysed(verdict, options, sheet)
    yield from _tell_exempt(verdict, options, sheet)
    if options.verbose:
        rules = sorted({rule for file in verdict.files for rule in file.rules})
        yield from sheet.flow(Span(f"Rules that ran: {', '.join(rules) or 'none'}", Style.DIM), indent=2, hang=2)


def describe_coverage(verdict: Verdict) -> str:
    """Such as: 6 of 9 files."""
    checked, total = verdict.count(FileState.ANALYSED), len(verdict.files)
    return f"{checked} of {count(total, 'file')}."


def _in_state(verdict: Verdict, state: FileState) -> list[JudgedFile]:
    return sorted((file for file in verdict.files if file.state is state), key=lambda file: path_key(file.change.path))


def _tell_unanalysed(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    files = _in_state(verdict, FileState.UNANALYSED)
    if files:
        held = any(finding.rule == UNANALYSED for action in (Action.REVIEW, Action.BLOCK) for finding in deciding(verdict, action))
        human = " and need a human" if held and len(files) > 1 else " and needs a human" if held else ""
        yield from sheet.flow(f"{len(files)} could not be checked{human}:", indent=2)
        items: list[list[Span | str]] = [
            [Span(file.change.path, Style.BOLD), f": {file.reason or 'for no stated reason'}"] for file in files
        ]
        yield from tell_list(items, MOST_FILES, options, sheet, indent=4)


def _tell_exempt(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    exempt = _in_state(verdict, FileState.EXEMPT)
    if not exempt:
        return
    names = Counter(file.reason or "without a name" for file in exempt)
    described = ", ".join(f"{name} ({number})" for name, number in sorted(names.items()))
    yield from sheet.flow(f"{len(exempt)} exempt by the policy: {described}", indent=2, hang=2)
    if options.show_all:
        yield from tell_list([[file.change.path] for file in exempt], MOST_FILES, options, sheet, indent=4)
