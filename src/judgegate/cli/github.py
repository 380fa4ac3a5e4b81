"""`judgegate github`: what the Action runs."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from judgegate.cli.check import exit_code
from judgegate.cli.progress import progress
from judgegate.model.errors import ExitCode, JudgegateError
from judgegate.model.notices import Notice
from judgegate.model.scales import Authorship, FailOn
from judgegate.report import FORMATS, Failure, Place, ReportOptions
from judgegate.report.terminal import escape

if TYPE_CHECKING:
    from judgegate.github.inputs import Inputs
    from judgegate.github.publishing import Ending
    from judgegate.github.runner import Runner
    from judgegate.model.verdict import Verdict

FAIL_ON = click.Choice([level.value for level in FailOn])


@click.command("github")
@click.option("--fail-on", type=FAIL_ON, envvar="JUDGEGATE_FAIL_ON", help="The mildest outcome that holds; never is report mode.")
@click.option("--org-policy", metavar="ADDRESS", envvar="JUDGEGATE_ORG_POLICY", help="The organisation's policy: owner/repo:path@commit.")
@click.option("--pull-request", metavar="NUMBER", envvar="JUDGEGATE_PULL_REQUEST", help="For an event that names no pull request.")
def command(fail_on: str | None, org_policy: str | None, pull_request: str | None) -> int:
    """Judge the pull request of a workflow's event, and publish the verdict.

    One commit status carries it: success, pending while a human review is awaited, failure, or error. The exit code is 0 once it does.
    With a token that may not write statuses it is that of check, and 4 if the gate could not complete.
    """
    from judgegate.github.inputs import Inputs  # noqa: PLC0415 - only this command needs the room
    from judgegate.github.organisation import parse_address  # noqa: PLC0415 - as above
    from judgegate.github.runner import read_runner  # noqa: PLC0415 - as above

    runner = read_runner(os.environ)
    inputs = Inputs(FailOn(fail_on) if fail_on else None, parse_address(org_policy) if org_policy else None, pull_request or None)
    try:
        return _attend(runner, inputs)
    except Exception as error:
        code, what = (
            (error.code, str(error)) if isinstance(error, JudgegateError) else ("bug", "An error in judgegate itself: nothing was judged.")
        )
        _hand_over(runner, Failure((Notice(code, what),)), ReportOptions(place=Place.FORGE))
        raise


def _attend(runner: "Runner", inputs: "Inputs") -> int:
    from judgegate.github.publishing import Fate  # noqa: PLC0415 - everything heavy hangs on it
    from judgegate.github.session import attend  # noqa: PLC0415 - as above

    with progress("Judging") as advance:
        ending = attend(runner, inputs, advance)
    if ending.verdict is None:
        click.echo(escape(ending.remark))
        return ExitCode.PASS
    verdict = replace(ending.verdict, fail_on=inputs.fail_on) if inputs.fail_on else ending.verdict
    _tell(runner, ending, verdict)
    return exit_code(verdict) if ending.fate is Fate.MAY_NOT_WRITE else ExitCode.PASS


def _tell(runner: "Runner", ending: "Ending", verdict: "Verdict") -> None:
    from judgegate.gate.rulebook import RULEBOOK  # noqa: PLC0415 - imported by now

    options = ReportOptions(place=Place.FORGE, width=100, rules=RULEBOOK)
    click.echo(FORMATS["text"](verdict, options), nl=False)
    click.echo(escape(ending.remark))
    _hand_over(runner, verdict, options)


def _hand_over(runner: "Runner", told: "Verdict | Failure", options: ReportOptions) -> None:
    """Give the workflow the reports' files, the summary and the outputs."""
    from judgegate.github.step import write_outputs, write_reports, write_summary  # noqa: PLC0415 - only this command needs the room

    report, sarif = write_reports(runner.temporary / "judgegate", told, options)
    write_summary(runner.summary, told, options)
    write_outputs(runner.output, {**_figures(told), "report": str(report), "sarif": str(sarif)})


def _figures(told: "Verdict | Failure") -> dict[str, str]:
    if isinstance(told, Failure):
        return {"outcome": "error", "ai-assisted": "", "findings": ""}
    from judgegate.report.selection import shown_findings  # noqa: PLC0415 - imported by now

    return {
        "outcome": told.outcome.value,
        "ai-assisted": "true" if told.provenance.verdict is Authorship.AI else "false",
        "findings": str(len(shown_findings(told, show_all=False))),
    }
