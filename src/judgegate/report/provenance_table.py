"""`judgegate provenance` as text: the evidence in full, why some of it does not count, and a table of the lines by file."""

from collections.abc import Iterable, Iterator, Sequence

from judgegate.model.change import Change, FileChange
from judgegate.model.notices import Notice
from judgegate.model.verdict import ProvenanceVerdict
from judgegate.report.selection import most_useful_first
from judgegate.report.terminal import UNWRAPPED, Sheet, Span, Style
from judgegate.report.text.opening import describe_change
from judgegate.report.text.provenance import Group, describe_provenance, describe_source, group_evidence, idle_evidence
from judgegate.report.text.words import count, shorten

Share = tuple[FileChange, int]


def tell_provenance_table(
    change: Change, provenance: ProvenanceVerdict, shares: Sequence[Share], notices: Iterable[Notice], sheet: Sheet
) -> str:
    """Who wrote the change, for a person."""
    parts = [
        list(_opening(change, provenance, sheet)),
        list(_evidence("Evidence that counts", group_evidence(provenance.gating), sheet)),
        *(list(_evidence(f"Not counted, because {why}", groups, sheet)) for why, groups in idle_evidence(provenance)),
        list(_statements(provenance, sheet)),
        list(_lines_by_file(shares, sheet)),
        [line for notice in most_useful_first(sorted(notices)) for line in sheet.flow(f"- {notice.message}", hang=2)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _opening(change: Change, provenance: ProvenanceVerdict, sheet: Sheet) -> Iterator[str]:
    yield from sheet.flow(f"Looked at {describe_change(change)}: {count(change.added_lines, 'added line')}.", hang=2)
    verdict = describe_provenance(provenance)
    yield from sheet.flow(Span(verdict[:1].upper() + verdict[1:], Style.BOLD))
    if provenance.gating:
        yield from sheet.flow("Thanks for the disclosure: reviewers know where to look first.")


def _evidence(title: str, groups: Sequence[Group], sheet: Sheet) -> Iterator[str]:
    """All of it, each marker as it was found and the commits that carry it."""
    if not groups:
        return
    yield from sheet.flow(Span(f"{title}:", Style.BOLD), hang=2)
    for group in groups:
        piece, commits = group
        yield from sheet.flow(f"- {piece.tool} ({piece.confidence.value}, {piece.role.value}), {describe_source(group)}:", indent=2, hang=2)
        yield from sheet.flow(Span(f'"{piece.quote}"', Style.CYAN), indent=4)
        if len(commits) > 1:
            yield from sheet.flow(Span(", ".join(map(shorten, commits)), Style.DIM), indent=4)


def _statements(provenance: ProvenanceVerdict, sheet: Sheet) -> Iterator[str]:
    for statement in provenance.declared_none:
        yield from sheet.flow(f'Stated: "{statement}" (shown, and outweighs no evidence)', hang=2)


def _lines_by_file(shares: Sequence[Share], sheet: Sheet) -> Iterator[str]:
    written = [(file, lines) for file, lines in shares if file.added_lines]
    if not written:
        return
    yield from sheet.flow(Span("AI-assisted lines of those added, by file:", Style.BOLD))
    line = Sheet(UNWRAPPED, sheet.colour)
    for file, lines in written:
        yield line.row(f"{lines:>6} of {file.added_lines:<6} {round(100 * lines / file.added_lines):>3} %  {file.path}", indent=2)
