"""What no check looked at."""

from collections import Counter
from collections.abc import Iterator

from judgegate.model.verdict import FileState, JudgedFile, Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import prose
from judgegate.report.markdown.places import linked
from judgegate.report.options import ReportOptions
from judgegate.report.text.coverage import KINDS, unread_files
from judgegate.report.text.words import count

MOST_FILES = 20
MOST_KINDS = 8


def tell_coverage(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Files that could not be checked, one by one, and beside them how many the policy exempts."""
    unread = unread_files(verdict)
    if unread:
        shown, others = shortlist(unread, MOST_FILES, options)
        yield foldable(
            f"<b>Not checked</b>: {count(len(unread), 'file')}", [*_tell_exempt(verdict), *(_tell(file, options) for file in shown)], others
        )


def _tell_exempt(verdict: Verdict) -> Iterator[str]:
    kinds = Counter(file.reason or "without a name" for file in verdict.files if file.state is FileState.EXEMPT)
    if kinds:
        described = ", ".join(f"{prose(KINDS.get(kind, kind))} ({kinds[kind]})" for kind in sorted(kinds)[:MOST_KINDS])
        yield entry(f"Exempt, so that nothing is asked for them: {described}")


def _tell(file: JudgedFile, options: ReportOptions) -> str:
    path = file.change.path
    url = options.links.to_diff(path) if options.links else None
    return entry(f"{linked(path, url)}: {prose(file.reason or 'for no stated reason')}")
