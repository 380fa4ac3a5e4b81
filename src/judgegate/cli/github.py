"""`judgegate github`: what the Action runs."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click
from msgspec.structs import replace

from judgegate.cli.action_inputs import action_inputs
from judgegate.cli.check import exit_code
from judgegate.cli.streams import progress
from judgegate.model.errors_and_exit_codes import ExitCode, JudgegateError
from judgegate.model.levels import Authorship
from judgegate.model.notices import Notice
from judgegate.report.escape import disarm, escape
from judgegate.report.formats import render_report
from judgegate.report.options import Audience, Failure, ReportOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from judgegate.forge.publication import PublishResult
    from judgegate.github.runner import Inputs, RunnerContext
    from judgegate.model.verdict import Verdict

_MILDEST_FIRST = (ExitCode.PASS, ExitCode.REVIEW, ExitCode.BLOCK, ExitCode.INCOMPLETE)
SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What a runner sends to a job that somebody cancels: the first, and some seconds later the second."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Let any of the signals interrupt the block as Ctrl-C does, once.

    What the block does about it is not interrupted again. A signal that the process was started to
    ignore stays ignored.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    obeyed = [number for number in SIGNALS if before[number] is not signal.SIG_IGN]

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in obeyed:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        for number in obeyed:
            signal.signal(number, stop)
        yield
    finally:
        for number in obeyed:
            signal.signal(number, before[number])


@click.command("github")
@action_inputs
def command(inputs: "Inputs") -> int:
    """Judge the pull request of a workflow's event and publish the verdict.

    One commit status shows the verdict: success, pending while a human review is missing, failure,
    or error. The exit code is 0 when the status is posted. If the token may not write statuses, the
    exit code is the same as that of check. It is 4 if the gate could not complete.
    """
    from judgegate.github.runner import read_runner  # only this command needs the room

    runner = read_runner(os.environ)
    try:
        with interruptible():
            return _judge_event(runner, inputs)
    except Exception as error:
        code, what = "bug", "An error in judgegate itself: nothing was judged."
        if isinstance(error, JudgegateError):
            code, what = error.code, str(error)
        from judgegate.github.publish.step import write_summary

        failure = Failure((Notice(code, what),))
        write_summary(runner.summary, failure, _options())
        _hand_over(runner, failure)
        raise


def _judge_event(runner: "RunnerContext", inputs: "Inputs") -> int:
    """Handle the event, print and hand over what came of it, and give the exit code."""
    from judgegate.github.handler import handle_event  # everything heavy hangs on it

    with progress("Judging") as advance:
        results = handle_event(runner, inputs, advance)
    rendered = [(result, _render(runner, inputs, result)) for result in results]
    if inputs.annotations:
        _annotate(rendered)
    # An error is raised only now, so that the other pull requests' results are printed as well.
    for result in results:
        if result.error is not None:
            raise result.error
    verdicts = [verdict for _, verdict in rendered if verdict is not None]
    # The outputs have room for one verdict: the worst.
    if verdicts:
        _hand_over(runner, max(verdicts, key=lambda one: one.outcome))
    return _exit_code_of(rendered)


def _exit_code_of(rendered: "Iterable[tuple[PublishResult, Verdict | None]]") -> int:
    """The worst of the verdicts that no status carries."""
    from judgegate.forge.publication import PublishState  # everything heavy hangs on it

    # Where no status could be written, only the exit code carries the verdict; elsewhere it fails no job.
    unwritten = [
        verdict
        for result, verdict in rendered
        if result.state is PublishState.MAY_NOT_WRITE
    ]
    carried = [exit_code(verdict) for verdict in unwritten if verdict is not None]
    return max(carried, key=_MILDEST_FIRST.index, default=ExitCode.PASS)


def _render(
    runner: "RunnerContext", inputs: "Inputs", result: "PublishResult"
) -> "Verdict | None":
    """Print how it ended, and put a verdict into the summary; the verdict as the workflow wants it."""
    from judgegate.github.publish.step import write_summary

    # Only this command needs the room.
    from judgegate.github.publish.thread import report_options

    verdict = result.verdict
    if verdict is not None:
        verdict = replace(verdict, fail_on=inputs.fail_on or verdict.fail_on)
        options = report_options(runner, verdict.change, result.number)
        click.echo(render_report("text", verdict, options), nl=False)
        write_summary(runner.summary, verdict, options)
    for remark in (result.remark, *result.extras):
        click.echo(disarm(escape(remark)))
    return verdict


def _annotate(rendered: "Iterable[tuple[PublishResult, Verdict | None]]") -> None:
    """Print the findings as commands to the runner, except those of a head that is none any more."""
    from judgegate.forge.publication import PublishState
    from judgegate.github.publish.step import annotate  # only this command needs the room

    verdicts = [
        verdict
        for result, verdict in rendered
        if result.state is not PublishState.SUPERSEDED
    ]
    for line in annotate(filter(None, verdicts)):
        click.echo(line)


def _options() -> ReportOptions:
    """How a report is rendered that has no links."""
    from judgegate.checks.registry import RULEBOOK  # only this command needs it

    return ReportOptions(place=Audience.FORGE, width=100, rules=RULEBOOK)


def _hand_over(runner: "RunnerContext", result: "Verdict | Failure") -> None:
    """Give the workflow the reports' files and the outputs."""
    # Only this command needs the room.
    from judgegate.github.publish.step import (
        write_outputs,
        write_reports,
    )

    report, sarif = write_reports(runner.temporary / "judgegate", result, _options())
    write_outputs(
        runner.output, {**_figures(result), "report": str(report), "sarif": str(sarif)}
    )


def _figures(result: "Verdict | Failure") -> dict[str, str]:
    """The outputs that say what was found."""
    if isinstance(result, Failure):
        return {"outcome": "error", "ai-assisted": "", "findings": ""}
    from judgegate.report.selection import listed_findings

    return {
        "outcome": result.outcome.value,
        "ai-assisted": "true" if result.provenance.verdict is Authorship.AI else "false",
        "findings": str(len(listed_findings(result))),
    }
