"""`judgegate provenance`: who wrote a change, with the evidence."""

import shutil
import sys

import click

from judgegate.cli.guidance import ChangeCommand
from judgegate.cli.inputs import change_inputs
from judgegate.cli.outputs import print_text, wants_colour_on_stdout
from judgegate.cli.progress import progress
from judgegate.gate.request import Request


@click.command("provenance", cls=ChangeCommand)
@change_inputs
@click.option("--range", "revisions", metavar="A..B", help="Count a history instead: AI-assisted commits by tool and month.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="How it is told; csv for --range.")
def command(request: Request, *, revisions: str | None, form: str) -> None:
    """Say who wrote a change, with the evidence.

    The policy's terms decide which evidence makes a change AI-assisted; the rest is listed with the reason why it does not. A change is
    AI-assisted or unmarked, never proven to be a human's: a marker can be missing.
    """
    if revisions is not None:
        _tell_history(request, revisions, form)
    elif form == "csv":
        raise click.UsageError("csv is for a history: give --range A..B.")
    else:
        _tell_change(request, form)


def _tell_history(request: Request, revisions: str, form: str) -> None:
    from judgegate.gate.chronicle import chronicle  # noqa: PLC0415 - everything heavy hangs on it
    from judgegate.report.statistics import STATISTICS  # noqa: PLC0415 - as above

    with progress("Reading") as advance:
        found = chronicle(request, revisions, advance)
    print_text(STATISTICS[form](found.range, found.statistics), colour=False)


def _tell_change(request: Request, form: str) -> None:
    from judgegate.gate.inquiry import inquire  # noqa: PLC0415 - everything heavy hangs on it
    from judgegate.report.json_report import provenance_document, serialise  # noqa: PLC0415 - as above
    from judgegate.report.provenance_table import tell_provenance_table  # noqa: PLC0415 - as above
    from judgegate.report.terminal import Sheet  # noqa: PLC0415 - as above

    found = inquire(request)
    if form == "json":
        print_text(serialise(provenance_document(found.change, found.provenance, found.shares, found.notices)), colour=False)
        return
    colour = wants_colour_on_stdout()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 160
    sheet = Sheet(width, colour)
    print_text(tell_provenance_table(found.change, found.provenance, found.shares, found.notices, sheet), colour=colour)
