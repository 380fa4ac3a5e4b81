"""What else is worth knowing, and what to keep in the history."""

from collections.abc import Iterator

from judgegate.model.scales import Authorship
from judgegate.model.verdict import Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import fenced, prose
from judgegate.report.options import ReportOptions
from judgegate.report.selection import NO_NOTES, most_useful_first
from judgegate.report.text.words import count
from judgegate.report.trailers import tell_trailers

MOST_NOTICES = 12


def tell_notices(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Remarks that decide nothing."""
    notices = [notice for notice in most_useful_first(verdict.notices) if options.verbose or notice.code != NO_NOTES]
    if notices:
        shown, others = shortlist(notices, MOST_NOTICES, options)
        items = [entry(prose(" ".join(notice.message.split("\n")))) for notice in shown]
        yield foldable(f"<b>Notes</b>: {count(len(notices), 'remark')}", items, others)


def tell_squash(verdict: Verdict, _options: ReportOptions) -> Iterator[Block]:
    """The trailers, where they say more than that it was judged."""
    if verdict.provenance.verdict is Authorship.AI or verdict.review.counted:
        yield foldable("<b>For the squash message</b>", [fenced(tell_trailers(verdict))])
