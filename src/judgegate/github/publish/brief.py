"""The brief of a verdict, as the comment and the summary of a pull request's run hold it."""

from collections.abc import Sequence

from judgegate.checks.registry import RULEBOOK
from judgegate.forge.pull import Pull
from judgegate.github.publish.status import Status
from judgegate.github.runner import RunnerContext
from judgegate.model.change import Change
from judgegate.model.scales import Outcome
from judgegate.model.verdict import Verdict
from judgegate.report.links import Links
from judgegate.report.markdown.report import render_brief
from judgegate.report.options import Audience, ReportOptions
from judgegate.report.record import Posted


def report_options(
    runner: RunnerContext, change: Change, number: int | None, posted: Status | None = None
) -> ReportOptions:
    """How a pull request's verdict is told on GitHub: with links to its lines."""
    links = Links(
        server=runner.server_url,
        repository=runner.repository,
        head=change.head.oid if change.head else None,
        merge_base=next(iter(change.merge_bases), None),
        number=number,
    )
    told = Posted(posted.context, posted.state, posted.description) if posted else None
    return ReportOptions(place=Audience.FORGE, width=100, rules=RULEBOOK, links=links, posted=told)


def render_comment(
    runner: RunnerContext, pull: Pull, verdict: Verdict, posted: Status | None, siblings: Sequence[int]
) -> str:
    """The comment's text, with what is needed to know it again. `posted` is the status that carries the verdict, if one does."""
    brief = render_brief(verdict, report_options(runner, verdict.change, pull.number, posted))
    if verdict.outcome is not Outcome.PASS or not siblings:
        return brief
    numbers = ", ".join(f"#{number}" for number in siblings)
    warning = f"{numbers} has the same head and base, so neither turns green: close one of them, and judge the other again."
    return f"> [!WARNING]\n> {warning}\n\n{brief}"
