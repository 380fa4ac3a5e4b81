"""`judgegate check`: read, judge, report, exit."""

from pathlib import Path

import click
from msgspec.structs import replace

from judgegate.cli.answer_cache import cache_folder, choose_cache, no_cache
from judgegate.cli.inputs import ChangeCommand, change_inputs, judges_a_push
from judgegate.cli.outputs import (
    Output,
    OutputType,
    check_outputs,
    is_for_later,
    make_way,
    wants_colour,
    write_outputs,
)
from judgegate.cli.streams import print_text, progress, terminal_width
from judgegate.model.errors_and_exit_codes import (
    ExitCode,
    JudgegateError,
    NothingToJudgeError,
)
from judgegate.model.levels import FailOn, Outcome
from judgegate.model.notices import Notice
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import Verdict
from judgegate.pipeline.request import Request
from judgegate.report.escape import escape
from judgegate.report.formats import FORMATS
from judgegate.report.options import Failure, ReportOptions


@click.command("check", cls=ChangeCommand)
@change_inputs
@click.option(
    "-f",
    "--format",
    "outputs",
    type=OutputType(),
    multiple=True,
    default=("text",),
    help=f"The report's format: {', '.join(FORMATS)}. Repeatable; without =FILE it goes to standard output.",
)
@cache_folder
@no_cache
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in FailOn]),
    help="The mildest outcome that gives an exit code other than 0.",
)
@click.option("--exit-zero", is_flag=True, help="The same as --fail-on never.")
@click.option(
    "--all",
    "show_all",
    is_flag=True,
    help="Also show existing findings elsewhere in the changed files, and show every list in full.",
)
@click.option(
    "--print-trailers",
    is_flag=True,
    help="Print trailers for the squash message instead of a report.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only the verdict.")
@click.option("-v", "--verbose", is_flag=True, help="Print more about each finding.")
def command(
    request: Request,
    *,
    outputs: tuple[Output, ...],
    cache: Path | None,
    no_cache: bool,
    fail_on: str | None,
    exit_zero: bool,
    show_all: bool,
    print_trailers: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Judge a change and report whether it may merge.

    Without options, it judges the commits that HEAD adds to the main branch. The exit code is 0 for a
    pass, 1 for a block, 3 if a required human review is missing, 2 if nothing was judged, and 4 if
    the gate could not complete.
    """
    if quiet and verbose:
        raise click.UsageError("-q and -v cannot be used together.")
    if print_trailers:
        outputs = make_way(outputs)
    check_outputs(outputs)
    options = ReportOptions(
        show_all=show_all,
        quiet=quiet,
        verbose=verbose,
        colour=wants_colour(outputs),
        width=terminal_width(),
    )
    in_full = not quiet or any(map(is_for_later, outputs))
    try:
        answers = choose_cache(cache, no_cache=no_cache)
        verdict = _judge(replace(request, answers=answers, guides_review=in_full))
    except NothingToJudgeError as error:
        # A first push has nothing to be compared with, and a hook that fails would stop it.
        if not judges_a_push():
            raise
        click.echo(f"Nothing to judge, so the push continues. {escape(error.what)}")
        return ExitCode.PASS
    except JudgegateError as error:
        if error.exit_code is ExitCode.INCOMPLETE:
            _report_failure(outputs, error, options)
        raise
    verdict = _with_level(verdict, fail_on, exit_zero=exit_zero)
    if print_trailers:
        _print_trailers(verdict)
    write_outputs(outputs, verdict, replace(options, rules=_rules_of(verdict)))
    return exit_code(verdict)


def _print_trailers(verdict: Verdict) -> None:
    from judgegate.report.provenance_report import render_trailers

    print_text(render_trailers(verdict), colour=False)


def _rules_of(verdict: Verdict) -> dict[str, RuleSpec]:
    """The rows of all rules that a finding can be of, by their ids."""
    from judgegate.checks.registry import RULEBOOK

    return {**RULEBOOK, **{row.id: row for row in verdict.own_rules}}


def _judge(request: Request) -> Verdict:
    """The verdict, with a progress bar while it takes long."""
    from judgegate.pipeline.run import run  # everything heavy hangs on it

    with progress("Judging") as advance:
        return run(request, advance)


def _with_level(verdict: Verdict, fail_on: str | None, *, exit_zero: bool) -> Verdict:
    """The verdict with the level that the options name; without them it keeps the policy's level."""
    if exit_zero:
        return replace(verdict, fail_on=FailOn.NEVER)
    if fail_on:
        return replace(verdict, fail_on=FailOn(fail_on))
    return verdict


def _report_failure(
    outputs: tuple[Output, ...], error: JudgegateError, options: ReportOptions
) -> None:
    """Machines get a report that says `error`; a person gets the message on standard error."""
    for_machines = [output for output in outputs if is_for_later(output)]
    write_outputs(for_machines, Failure((Notice(error.code, str(error)),)), options)


def exit_code(verdict: Verdict) -> ExitCode:
    """What the process says: the outcome, as far as `fail_on` reaches."""
    fail_on = verdict.fail_on
    match verdict.outcome:
        case Outcome.ERROR:
            return ExitCode.INCOMPLETE
        case Outcome.BLOCK if fail_on >= FailOn.BLOCK:
            return ExitCode.BLOCK
        case Outcome.REVIEW if fail_on is FailOn.REVIEW:
            return ExitCode.REVIEW
        case _:
            return ExitCode.PASS
