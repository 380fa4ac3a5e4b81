"""Places in the change, with a link to where they can be looked at if there is one."""

from judgegate.model.attention import Concern, Hunk, Stake
from judgegate.model.lines import LineRange
from judgegate.model.verdict import Finding
from judgegate.report.markdown.escaping import code
from judgegate.report.options import ReportOptions


def place_concern(hunk: Hunk, concern: Concern, options: ReportOptions) -> str:
    """Where the concern is: its own line if it has one, else the hunk. What is gone is shown where it was."""
    gone = hunk.removed is not None and (hunk.added is None or concern.stake is Stake.GUARD)
    lines = _narrow(hunk.removed if gone else hunk.added, concern.line)
    url = None
    if options.links:
        to_lines = options.links.to_removed if gone else options.links.to_added
        url = to_lines(hunk.path, lines) if lines else options.links.to_diff(hunk.path)
    return linked(_at(hunk.path, lines), url) + (" (removed)" if gone else "")


def place_finding(finding: Finding, options: ReportOptions) -> str:
    """Where the finding is."""
    if finding.path is None:
        return "the whole change"
    if finding.line is None:
        return linked(finding.path, options.links.to_diff(finding.path) if options.links else None)
    lines = LineRange(finding.line, max(finding.line, finding.end_line or 0))
    return linked(_at(finding.path, lines), options.links.to_added(finding.path, lines) if options.links else None)


def linked(text: str, url: str | None) -> str:
    """The text as code, as a link if it has a target. The target is ours: percent-encoded, but for what the forge itself needs."""
    return f"[{code(text)}]({url})" if url else code(text)


def _narrow(lines: LineRange | None, line: int | None) -> LineRange | None:
    return lines if lines is None or line is None or line not in lines else LineRange(line, line)


def _at(path: str, lines: LineRange | None) -> str:
    if lines is None:
        return path
    return f"{path}:{lines.start}" if len(lines) == 1 else f"{path}:{lines.start}-{lines.end}"
