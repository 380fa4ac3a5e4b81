"""`judgegate provenance`: who wrote a change, with the evidence."""

import shutil
import sys

import click

from judgegate.cli.inputs import change_inputs
from judgegate.cli.outputs import print_text, wants_colour_on_stdout
from judgegate.gate.request import Request


@click.command("provenance")
@change_inputs
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is told.")
def command(request: Request, *, form: str) -> None:
    """Say who wrote a change, with the evidence.

    The policy's terms decide which evidence makes a change AI-assisted; the rest is listed with the reason why it does not. A change is
    AI-assisted or unmarked, never proven to be a human's: a marker can be missing.
    """
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
