"""What to question first: the hunks with the most at stake, each with a question."""

from collections.abc import Iterator

from judgegate.model.attention import Hunk
from judgegate.model.verdict import Verdict
from judgegate.report.markdown.blocks import Block, entry
from judgegate.report.markdown.escaping import prose
from judgegate.report.markdown.places import place_hunk
from judgegate.report.options import ReportOptions

MOST_HUNKS = 5
MOST_CONCERNS = 3


def tell_questions(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """As many as one asks at a sitting."""
    items = tuple(_ask(number, hunk, options) for number, hunk in enumerate(verdict.hunks, 1))
    if items:
        yield Block("### Question first", items, most=None if options.show_all else MOST_HUNKS)


def _ask(number: int, hunk: Hunk, options: ReportOptions) -> str:
    question = hunk.concerns[0].question if hunk.concerns else ""
    why = dict.fromkeys(concern.what for concern in hunk.concerns[:MOST_CONCERNS] if concern.what.strip())
    stakes = "; ".join(map(prose, why))
    asked = f"**{prose(question)}**" if question.strip() else ""
    return entry(place_hunk(hunk, options), asked, stakes[:1].upper() + stakes[1:], mark=f"{number}.")
