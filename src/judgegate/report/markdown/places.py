"""Places in the change, with a link to where they can be looked at if there is one."""

from dataclasses import dataclass

from judgegate.model.brief import Concern, Hunk, Stake
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import Finding
from judgegate.report.markdown.escaping import code
from judgegate.report.options import ReportOptions


@dataclass(frozen=True, slots=True)
class LinkedLines:
    """Lines of a file: of the head, or, where they are gone, of the merge base. None: the file as a whole."""

    path: str
    lines: LineRange | None
    gone: bool


def spot_of(hunk: Hunk, concern: Concern) -> LinkedLines:
    """Where the concern is: its own line if it has one, else the hunk. What is gone is shown where it was."""
    gone = hunk.removed is not None and (hunk.added is None or concern.stake is Stake.GUARD)
    return LinkedLines(hunk.path, _narrow(hunk.removed if gone else hunk.added, concern.line), gone)


def render_spot(spot: LinkedLines, options: ReportOptions) -> str:
    """Such as `app.py:3-9`, with a link."""
    url = None
    if options.links:
        to_lines = options.links.to_removed if spot.gone else options.links.to_added
        url = to_lines(spot.path, spot.lines) if spot.lines else options.links.to_diff(spot.path)
    return linked(_at(spot.path, spot.lines), url) + (" (removed)" if spot.gone else "")


def place_finding(finding: Finding, options: ReportOptions) -> str:
    """Where the finding is."""
    if finding.path is None:
        return "the whole change"
    if finding.line is None:
        return linked(finding.path, options.links.to_diff(finding.path) if options.links else None)
    lines = LineRange(finding.line, max(finding.line, finding.end_line or 0))
    return linked(
        _at(finding.path, lines), options.links.to_added(finding.path, lines) if options.links else None
    )


def linked(text: str, url: str | None) -> str:
    """The text as code, as a link if it has a target. The target is ours: percent-encoded, but for what the forge itself needs."""
    return f"[{code(text)}]({url})" if url else code(text)


def _narrow(lines: LineRange | None, line: int | None) -> LineRange | None:
    return lines if lines is None or line is None or line not in lines else LineRange(line, line)


def _at(path: str, lines: LineRange | None) -> str:
    if lines is None:
        return path
    return f"{path}:{lines.start}" if len(lines) == 1 else f"{path}:{lines.start}-{lines.end}"
