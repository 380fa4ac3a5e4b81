"""Briefs and what they ask, for the tests of each of their parts."""

from typing import Any

from msgspec.structs import replace

from judgegate.github.publish.thread import GitHubLinks
from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import Verdict
from judgegate.report.markdown.report import render_brief
from judgegate.report.options import Audience, Failure, ReportOptions
from tests.report.rendering import visible
from tests.report.verdicts import BASE, HEAD

FORGE = ReportOptions(place=Audience.FORGE)
LINKED = replace(
    FORGE, links=GitHubLinks("https://github.com", "acme/shop", HEAD, BASE, 12)
)
REACH = "Can an outsider reach it?"
WORKS = "How do we know that it works?"


def brief(
    rendered: Verdict | Failure, options: ReportOptions = FORGE, **fields: Any
) -> str:
    return visible(render_brief(rendered, replace(options, **fields)))


def a_hunk(*concerns: Concern, path: str = "src/shop/export.py", **fields: Any) -> Hunk:
    return replace(Hunk(path, LineRange(3, 9), LineRange(2, 4), concerns, 5), **fields)


def a_concern(
    stake: Stake = Stake.FINDING,
    question: str = REACH,
    what: str = "a shell starts it",
    line: int | None = None,
) -> Concern:
    return Concern(stake, what, question, line)
