"""How much of a history is AI-assisted, as a table, as JSON and as CSV."""

import csv
import io
from collections.abc import Callable, Iterator

from judgegate.provenance import Share, Statistics
from judgegate.report.json_report import REPORT_VERSION, Json, serialise
from judgegate.report.terminal import escape

TOTAL = "total"


def tell_statistics(revisions: str, statistics: Statistics) -> str:
    """A table: a line a month, then all of them, then the tools."""
    total = statistics.total
    many = " is" if total.commits == 1 else "s are"
    width = max([len(TOTAL), *(len(month) for month, _ in statistics.months)])
    lines = [f"{escape(revisions)}: {total.assisted} of {total.commits} commit{many} AI-assisted ({total.percentage:.1f} %)."]
    lines.append("The rest is unmarked, which proves nothing: a marker can be missing.")
    if total.commits:
        lines += ["", f"{'MONTH':<{width}}  {'COMMITS':>8}  {'ASSISTED':>8}  {'SHARE':>7}  TOOLS"]
        lines += [_row(month, share, width) for month, share in (*statistics.months, (TOTAL, total))]
    return "\n".join(lines) + "\n"


def _row(name: str, share: Share, width: int) -> str:
    tools = ", ".join(f"{escape(tool)} {count}" for tool, count in share.by_tool)
    return f"{name:<{width}}  {share.commits:>8}  {share.assisted:>8}  {share.percentage:>5.1f} %  {tools}".rstrip()


def tell_statistics_json(revisions: str, statistics: Statistics) -> str:
    """The same for a machine."""
    return serialise(
        {
            "version": REPORT_VERSION,
            "range": revisions,
            "total": _share(statistics.total),
            "months": [{"month": month, **_share(share)} for month, share in statistics.months],
        }
    )


def _share(share: Share) -> dict[str, Json]:
    return {"commits": share.commits, "assisted": share.assisted, "by_tool": dict(share.by_tool)}


def tell_statistics_csv(_revisions: str, statistics: Statistics) -> str:
    """A row for each month and tool, and one with an empty tool for the month as a whole (RFC 4180, with a header)."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["month", "tool", "commits", "assisted"])
    writer.writerows(_cells(statistics))
    return sheet.getvalue()


def _cells(statistics: Statistics) -> Iterator[tuple[str, str, int, int]]:
    for month, share in statistics.months:
        yield month, "", share.commits, share.assisted
        for tool, count in share.by_tool:
            yield month, _harmless(tool), share.commits, count


def _harmless(cell: str) -> str:
    """A spreadsheet takes what starts like this for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


STATISTICS: dict[str, Callable[[str, Statistics], str]] = {
    "text": tell_statistics,
    "json": tell_statistics_json,
    "csv": tell_statistics_csv,
}
