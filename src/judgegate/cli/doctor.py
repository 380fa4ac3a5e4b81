"""`judgegate doctor`: what would let a change slip past the gate as it is wired here."""

import os
from pathlib import Path

import click

from judgegate.cli.inputs import output_format
from judgegate.cli.policy import REPOSITORY
from judgegate.cli.streams import print_lines, print_text, terminal_layout
from judgegate.model.errors_and_exit_codes import UsageError


@click.command("doctor")
@REPOSITORY
@click.option(
    "--rev", metavar="REV", help="The commit whose files are checked. [default: HEAD]"
)
@click.option(
    "--worktree", is_flag=True, help="Check the files as they are now, committed or not."
)
@click.option(
    "--repository",
    metavar="OWNER/NAME",
    help="The repository's name on GitHub. [default: GITHUB_REPOSITORY, else origin's]",
)
@click.option(
    "--branch",
    metavar="NAME",
    help="The branch that changes want to join. [default: the default branch]",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Check only the files, and do not ask GitHub for the settings.",
)
@output_format()
def command(
    repo: Path,
    rev: str | None,
    repository: str | None,
    branch: str | None,
    *,
    worktree: bool,
    offline: bool,
    form: str,
) -> int:
    """Report what would let a change bypass the gate.

    It checks this repository's workflows, its policy and its settings on GitHub. The settings are
    read with the token in JUDGEGATE_TOKEN or GITHUB_TOKEN. The exit code is 1 if it finds a hole (a
    change can bypass the gate), 4 if something could not be checked and a hole could be there, and
    0 if it finds no hole.
    """
    from judgegate.doctor.render import render_report, report_document
    from judgegate.doctor.run import (
        Target,
        run_doctor,  # everything heavy hangs on it
    )
    from judgegate.report.json_values import serialise

    if rev is not None and worktree:
        raise UsageError("--rev and --worktree cannot be used together.", "Leave one out.")
    target = Target(repo, None if worktree else rev or "HEAD", repository, branch, offline)
    report = run_doctor(target, os.environ)
    if form == "json":
        print_text(serialise(report_document(report)), colour=False)
    else:
        print_lines(render_report(report, terminal_layout()))
    return report.exit_code
