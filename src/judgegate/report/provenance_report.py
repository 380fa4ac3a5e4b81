"""What `judgegate provenance` prints.

The evidence in full with the lines by file, the statistics of a history, and trailers.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from judgegate.model.change import Change, FileChange
from judgegate.model.notices import Notice
from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.provenance.statistics import Share, Statistics
from judgegate.report.escape import escape
from judgegate.report.json_values import REPORT_VERSION, Json, serialise
from judgegate.report.selection import most_useful_first
from judgegate.report.text.header import describe_change
from judgegate.report.text.provenance import (
    Group,
    describe_provenance,
    describe_source,
    group_evidence,
    idle_evidence,
)
from judgegate.report.text.words import count, shorten
from judgegate.report.text_layout import UNWRAPPED, Span, Style, TextLayout

TOTAL = "total"
LONGEST = 100

UNNAMED = "any"
"""What the catalogue calls the tool of a marker that names none."""

FileShare = tuple[FileChange, int]


def render_provenance_table(
    change: Change,
    provenance: ProvenanceVerdict,
    shares: Sequence[FileShare],
    notices: Iterable[Notice],
    layout: TextLayout,
) -> str:
    """Who wrote the change, for a person."""
    counting = group_evidence(provenance.gating)
    parts = [
        _opening(change, provenance, layout),
        _evidence("Evidence that counts", counting, layout),
        *(
            _evidence(f"Not counted, because {why}", groups, layout)
            for why, groups in idle_evidence(provenance)
        ),
        _statements(provenance, layout),
        _lines_by_file(shares, layout),
        _remarks(notices, layout),
    ]
    return "\n\n".join(filter(None, map("\n".join, parts))) + "\n"


def _opening(
    change: Change, provenance: ProvenanceVerdict, layout: TextLayout
) -> Iterator[str]:
    """What was looked at, and who wrote it."""
    yield from layout.flow(
        f"Checked {describe_change(change)}: {count(change.added_lines, 'added line')}.",
        hang=2,
    )
    verdict = describe_provenance(provenance)
    yield from layout.flow(Span(verdict[:1].upper() + verdict[1:], Style.BOLD))
    if provenance.gating:
        yield from layout.flow(
            "Thanks for the disclosure: reviewers know where to look first."
        )


def _evidence(title: str, groups: Sequence[Group], layout: TextLayout) -> Iterator[str]:
    """All of it, each marker as it was found and the commits that carry it."""
    if not groups:
        return
    yield from layout.flow(Span(f"{title}:", Style.BOLD), hang=2)
    for group in groups:
        piece, commits = group
        tool = f"{piece.tool} ({piece.confidence.value}, {piece.role.value})"
        yield from layout.flow(f"- {tool}, {describe_source(group)}:", indent=2, hang=2)
        yield from layout.flow(Span(f'"{piece.quote}"', Style.CYAN), indent=4)
        if len(commits) > 1:
            yield from layout.flow(
                Span(", ".join(map(shorten, commits)), Style.DIM), indent=4
            )


def _statements(provenance: ProvenanceVerdict, layout: TextLayout) -> Iterator[str]:
    """What was stated of the change, that no AI took part."""
    for statement in provenance.declared_none:
        yield from layout.flow(
            f'Stated: "{statement}" (shown, but it does not outweigh evidence)', hang=2
        )


def _lines_by_file(shares: Sequence[FileShare], layout: TextLayout) -> Iterator[str]:
    """A line for each file that has added lines: how many of them an AI helped to write."""
    written = [(file, lines) for file, lines in shares if file.added_lines]
    if not written:
        return
    yield from layout.flow(Span("AI-assisted lines of those added, by file:", Style.BOLD))
    line = TextLayout(UNWRAPPED, layout.colour)
    for file, lines in written:
        added = file.added_lines
        percentage = round(100 * lines / added)
        yield line.row(f"{lines:>6} of {added:<6} {percentage:>3} %  {file.path}", indent=2)


def _remarks(notices: Iterable[Notice], layout: TextLayout) -> Iterator[str]:
    """What the reader can act on, then the rest."""
    for notice in most_useful_first(sorted(notices)):
        yield from layout.flow(f"- {notice.message}", hang=2)


def render_statistics(revisions: str, statistics: Statistics) -> str:
    """A table: a line a month, then all of them, then the tools."""
    total = statistics.total
    many = " is" if total.commits == 1 else "s are"
    rows = (*statistics.months, (TOTAL, total))
    width = max(len(name) for name, _ in rows)
    assisted = f"{total.assisted} of {total.commits} commit{many} AI-assisted"
    lines = [
        f"{escape(revisions)}: {assisted} ({total.percentage:.1f} %).",
        "The rest is unmarked, which proves nothing: a marker can be missing.",
    ]
    if total.commits:
        lines += [
            "",
            f"{'MONTH':<{width}}  {'COMMITS':>8}  {'ASSISTED':>8}  {'SHARE':>7}  TOOLS",
            *(_row(name, share, width) for name, share in rows),
        ]
    return "\n".join(lines) + "\n"


def _row(name: str, share: Share, width: int) -> str:
    """A line of the table."""
    tools = ", ".join(f"{escape(tool)} {count}" for tool, count in share.by_tool)
    numbers = f"{share.commits:>8}  {share.assisted:>8}  {share.percentage:>5.1f} %"
    return f"{name:<{width}}  {numbers}  {tools}".rstrip()


def render_statistics_json(revisions: str, statistics: Statistics) -> str:
    """The same for a machine."""
    return serialise(
        {
            "version": REPORT_VERSION,
            "range": revisions,
            "total": _share(statistics.total),
            "months": [
                {"month": month, **_share(share)} for month, share in statistics.months
            ],
        }
    )


def _share(share: Share) -> dict[str, Json]:
    return {
        "commits": share.commits,
        "assisted": share.assisted,
        "by_tool": dict(share.by_tool),
    }


def render_statistics_csv(_revisions: str, statistics: Statistics) -> str:
    """A row for each month and tool, and one with an empty tool for the month as a whole.

    The form is that of RFC 4180, with a header.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["month", "tool", "commits", "assisted"])
    writer.writerows(_cells(statistics))
    return table.getvalue()


def _cells(statistics: Statistics) -> Iterator[tuple[str, str, int, int]]:
    for month, share in statistics.months:
        yield month, "", share.commits, share.assisted
        for tool, assisted in share.by_tool:
            yield month, _harmless(tool), share.commits, assisted


def _harmless(cell: str) -> str:
    """The cell, made text where a spreadsheet would take it for a formula.

    See https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell


STATISTICS: dict[str, Callable[[str, Statistics], str]] = {
    "text": render_statistics,
    "json": render_statistics_json,
    "csv": render_statistics_csv,
}


def render_trailers(verdict: Verdict) -> str:
    """One trailer a line, `Key: value`.

    What is declared here counts as evidence when the squash is judged.
    """
    trailers = dict.fromkeys(_trailers(verdict))
    return "".join(f"{key}: {_clean(value)}\n" for key, value in trailers)


def _trailers(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The trailers, each a key and a value; some may come twice."""
    for assistant in _assistants(verdict.provenance):
        yield "Assisted-by", assistant
    for approval in verdict.review.counted:
        key = "Reviewed-by" if approval.attested is None else "Attested-by"
        yield key, f"@{approval.who}"
    if verdict.change.head:
        yield "Judgegate-Head", verdict.change.head.oid
    yield "Judgegate-Outcome", verdict.outcome.value


def _assistants(provenance: ProvenanceVerdict) -> Iterator[str]:
    """Words that say what they are: some names do not show whether they are a tool's or a person's."""
    tools = {piece.tool for piece in provenance.gating}
    for tool in sorted(tools - {UNNAMED}):
        # With an `@` it would be taken for a person's address.
        yield f"AI tool {tool.replace('@', ' at ')}"
    if tools == {UNNAMED} or (
        not tools and provenance.assumed is not None and provenance.gate_on is not None
    ):
        yield "AI"


def _clean(value: str) -> str:
    """On one line, with nothing that cannot be seen, and without what would make a name an address."""
    words = " ".join(escape(value).split())
    return words.replace("<", "(").replace(">", ")")[:LONGEST]
