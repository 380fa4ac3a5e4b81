"""`judgegate github`: what the Action runs."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from judgegate.cli.check import exit_code
from judgegate.cli.inputs import FILE
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
_MILDEST_FIRST = (ExitCode.PASS, ExitCode.REVIEW, ExitCode.BLOCK, ExitCode.INCOMPLETE)


@click.command("github")
@click.option("--fail-on", type=FAIL_ON, envvar="JUDGEGATE_FAIL_ON", help="The mildest outcome that holds; never is report mode.")
@click.option("--org-policy", metavar="ADDRESS", envvar="JUDGEGATE_ORG_POLICY", help="The organisation's policy: owner/repo:path@commit.")
@click.option("--pull-request", metavar="NUMBER", envvar="JUDGEGATE_PULL_REQUEST", help="For an event that names no pull request.")
@click.option("--cache", type=FILE, metavar="DIR", envvar="JUDGEGATE_CACHE", help="Keep analyses in a folder outside of the checkout.")
def command(fail_on: str | None, org_policy: str | None, pull_request: str | None, cache: Path | None) -> int:
    """Judge the pull request of a workflow's event, and publish the verdict.

    One commit status carries it: success, pending while a human review is awaited, failure, or error. The exit code is 0 once it does.
    With a token that may not write statuses it is that of check, and 4 if the gate could not complete.
    """
    from judgegate.github.inputs import Inputs  # noqa: PLC0415 - only this command needs the room
    from judgegate.github.organisation import parse_address  # noqa: PLC0415 - as above
    from judgegate.github.runner import read_runner  # noqa: PLC0415 - as above

    runner = read_runner(os.environ)
    inputs = Inputs(
        fail_on=FailOn(fail_on) if fail_on else None,
        org_policy=parse_address(org_policy) if org_policy else None,
        number=pull_request or None,
        cache=_outside(cache, os.environ.get("GITHUB_WORKSPACE")) if cache is not None else None,
    )
    try:
        return _attend(runner, inputs)
    except Exception as error:
        code, what = (
            (error.code, str(error)) if isinstance(error, JudgegateError) else ("bug", "An error in judgegate itself: nothing was judged.")
        )
        from judgegate.github.step import write_summary  # noqa: PLC0415 - as above

        failure = Failure((Notice(code, what),))
        write_summary(runner.summary, failure, _options())
        _hand_over(runner, failure)
        raise


def _outside(cache: Path, checkout: str | None) -> Path:
    """The folder, which a checkout of the pull request cannot have brought."""
    from judgegate.gate.keeping_folder import forbid_inside  # noqa: PLC0415 - only who names a folder needs it

    folder = cache.expanduser()
    if checkout:
        forbid_inside(folder, Path(checkout))
    return folder


def _attend(runner: "Runner", inputs: "Inputs") -> int:
    from judgegate.github.publishing import Fate  # noqa: PLC0415 - everything heavy hangs on it
    from judgegate.github.session import attend  # noqa: PLC0415 - as above

    with progress("Judging") as advance:
        endings = attend(runner, inputs, advance)
    told = [(ending, _tell(runner, inputs, ending)) for ending in endings]
    for ending in endings:
        if ending.error is not None:
            raise ending.error
    verdicts = [verdict for _, verdict in told if verdict is not None]
    if verdicts:
        _hand_over(runner, max(verdicts, key=lambda one: one.outcome))
    carried = [verdict for ending, verdict in told if verdict is not None and ending.fate is Fate.MAY_NOT_WRITE]
    return max(map(exit_code, carried), key=_MILDEST_FIRST.index, default=ExitCode.PASS)


def _tell(runner: "Runner", inputs: "Inputs", ending: "Ending") -> "Verdict | None":
    """Print how it ended, and put a verdict into the summary; the verdict as the workflow wants it."""
    from judgegate.github.step import write_summary  # noqa: PLC0415 - only this command needs the room

    verdict = ending.verdict
    if verdict is not None:
        verdict = replace(verdict, fail_on=inputs.fail_on or verdict.fail_on)
        click.echo(FORMATS["text"](verdict, _options()), nl=False)
        write_summary(runner.summary, verdict, _options())
    click.echo(escape(ending.remark))
    return verdict


def _options() -> ReportOptions:
    from judgegate.gate.rulebook import RULEBOOK  # noqa: PLC0415 - only this command needs it

    return ReportOptions(place=Place.FORGE, width=100, rules=RULEBOOK)


def _hand_over(runner: "Runner", told: "Verdict | Failure") -> None:
    """Give the workflow the reports' files and the outputs."""
    from judgegate.github.step import write_outputs, write_reports  # noqa: PLC0415 - only this command needs the room

    report, sarif = write_reports(runner.temporary / "judgegate", told, _options())
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
