"""`judgegate provenance` as text: the evidence as a table, why some of it does not count, and the lines by file."""

from collections.abc import Iterable, Iterator, Sequence

from judgegate.model.change import Change, FileChange
from judgegate.model.evidence import Evidence
from judgegate.model.notices import Notice
from judgegate.model.verdict import ProvenanceVerdict
from judgegate.report.terminal import Sheet, Span, Style, escape
from judgegate.report.text.provenance import describe_provenance, why_idle
from judgegate.report.text.words import shorten

Share = tuple[FileChange, int]

_TITLES = ("TOOL", "CONFIDENCE", "ROLE", "PLACE", "MARKER")


def tell_provenance_table(
    change: Change, provenance: ProvenanceVerdict, shares: Sequence[Share], notices: Iterable[Notice], sheet: Sheet
) -> str:
    """Who wrote the change, for a person."""
    parts = [
        list(_opening(change, provenance, sheet)),
        list(_table("Evidence that counts", provenance.gating, sheet)),
        *(list(_table(title, pieces, sheet)) for title, pieces in _idle(provenance)),
        list(_statements(provenance, sheet)),
        list(_lines_by_file(shares, sheet)),
        [line for notice in sorted(notices) for line in sheet.flow(f"- {notice.message}", hang=2)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _opening(change: Change, provenance: ProvenanceVerdict, sheet: Sheet) -> Iterator[str]:
    base = f" since {change.base.name}" if change.base else ""
    commits = f"{len(change.commits)} commits" if len(change.commits) != 1 else "1 commit"
    yield from sheet.flow(f"{commits}{base}, {change.added_lines} added lines.")
    yield from sheet.flow(Span(describe_provenance(provenance), Style.BOLD))
    if provenance.gating:
        yield from sheet.flow("Thanks for the disclosure: reviewers know where to look first.")


def _idle(provenance: ProvenanceVerdict) -> Iterator[tuple[str, list[Evidence]]]:
    reasons: dict[str, list[Evidence]] = {}
    for piece in provenance.evidence:
        if piece not in provenance.gating:
            reasons.setdefault(why_idle(piece, provenance), []).append(piece)
    for why, pieces in sorted(reasons.items()):
        yield f"Not counted, because {why}", pieces


def _table(title: str, evidence: Sequence[Evidence], sheet: Sheet) -> Iterator[str]:
    if not evidence:
        return
    rows = [_TITLES, *(_row(piece) for piece in evidence)]
    widths = [max(len(escape(row[column])) for row in rows) for column in range(len(_TITLES) - 1)]
    yield from sheet.flow(Span(f"{title}:", Style.BOLD))
    for row in rows:
        cells = [escape(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield sheet.row("  ".join([*cells, row[-1]]), indent=2)


def _row(piece: Evidence) -> tuple[str, ...]:
    place = f"{piece.source} of {shorten(piece.commit)}" if piece.commit else piece.source
    return (piece.tool, piece.confidence.value, piece.role.value, place, f'"{piece.quote}"')


def _statements(provenance: ProvenanceVerdict, sheet: Sheet) -> Iterator[str]:
    for statement in provenance.declared_none:
        yield from sheet.flow(f'Stated: "{statement}" (shown, and outweighs no evidence)', hang=2)


def _lines_by_file(shares: Sequence[Share], sheet: Sheet) -> Iterator[str]:
    written = [(file, lines) for file, lines in shares if file.added_lines]
    if not written:
        return
    yield from sheet.flow(Span("AI-assisted lines of those added, by file:", Style.BOLD))
    for file, lines in written:
        yield sheet.row(f"{lines:>6} of {file.added_lines:<6} {round(100 * lines / file.added_lines):>3} %  {file.path}", indent=2)
