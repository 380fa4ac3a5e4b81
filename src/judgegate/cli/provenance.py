"""`judgegate provenance`: who wrote a change, with the evidence."""

import click

from judgegate.cli.inputs import ChangeCommand, change_inputs, output_format
from judgegate.cli.streams import (
    print_text,
    progress,
    terminal_width,
    wants_colour_on_stdout,
)
from judgegate.pipeline.request import Request


@click.command("provenance", cls=ChangeCommand)
@change_inputs
@click.option(
    "--range",
    "revisions",
    metavar="A..B",
    help="Instead, count the AI-assisted commits of a history by tool and month.",
)
@output_format("csv", hint="csv only with --range")
def command(request: Request, *, revisions: str | None, form: str) -> None:
    """Show who wrote a change, with the evidence.

    The policy decides which evidence makes a change AI-assisted. The rest is listed with the reason why it
    does not count. A change is AI-assisted or unmarked. Unmarked does not prove that a human wrote it: a
    marker can be missing.
    """
    if revisions is not None:
        _render_history(request, revisions, form)
    elif form == "csv":
        raise click.UsageError("csv is only for a history: use --range A..B.")
    else:
        _render_change(request, form)


def _render_history(request: Request, revisions: str, form: str) -> None:
    """Print who wrote the commits of a range."""
    # Everything heavy hangs on it.
    from judgegate.pipeline.provenance_only import read_provenance_history
    from judgegate.report.provenance_report import STATISTICS

    with progress("Reading") as advance:
        found = read_provenance_history(request, revisions, advance)
    print_text(STATISTICS[form](found.range, found.statistics), colour=False)


def _render_change(request: Request, form: str) -> None:
    """Print who wrote one change."""
    # Everything heavy hangs on it.
    from judgegate.pipeline.provenance_only import read_provenance_only
    from judgegate.report.json_report import provenance_document
    from judgegate.report.json_values import serialise
    from judgegate.report.provenance_report import render_provenance_table
    from judgegate.report.text_layout import TextLayout

    found = read_provenance_only(request)
    if form == "json":
        print_text(
            serialise(
                provenance_document(
                    found.change, found.provenance, found.shares, found.notices
                )
            ),
            colour=False,
        )
        return
    colour = wants_colour_on_stdout()
    # Without a terminal there is no width to keep to, and the table has long columns.
    layout = TextLayout(terminal_width(elsewhere=160), colour)
    print_text(
        render_provenance_table(
            found.change, found.provenance, found.shares, found.notices, layout
        ),
        colour=colour,
    )
