"""What no check looked at."""

from collections import Counter
from collections.abc import Iterator

from judgegate.model.verdict import FileState, Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable
from judgegate.report.markdown.escaping import prose
from judgegate.report.markdown.places import linked
from judgegate.report.options import ReportOptions
from judgegate.report.text.coverage import KINDS, unread_files
from judgegate.report.text.words import count

MOST_FILES = 20


def tell_coverage(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Files that could not be checked, one by one, and beside them how many the policy exempts."""
    unread = unread_files(verdict)
    kinds = Counter(file.reason or "without a name" for file in verdict.files if file.state is FileState.EXEMPT)
    items = [
        entry(
            f"{linked(file.change.path, options.links.to_diff(file.change.path) if options.links else None)}: "
            f"{prose(file.reason or 'for no stated reason')}"
        )
        for file in unread
    ]
    if kinds:
        described = ", ".join(f"{prose(KINDS.get(kind, kind))} ({kinds[kind]})" for kind in sorted(kinds))
        items.append(entry(f"exempt, and not looked at: {described}"))
    if unread:
        yield foldable(f"<b>Not checked</b>: {count(len(unread), 'file')}", items, None if options.show_all else MOST_FILES)
