"""`judgegate demo`: a verdict with no set-up."""

import shutil
import sys
import tempfile
from pathlib import Path

import click

from judgegate.cli.demo_repository import build_demo
from judgegate.cli.outputs import Output, wants_colour, write_outputs
from judgegate.gate.request import Request
from judgegate.report import ReportOptions

NEXT_STEPS = """\
Try next:
  judgegate check                     in a repository of yours, on a branch: what it brings, judged
  judgegate rules                     what is looked for, why, and how to mend it
  judgegate policy init               a policy of your own, to tune
"""


@click.command("demo")
def command() -> None:
    """Show a verdict on a small repository, with no set-up.

    It is built in a temporary folder and removed at the end. An AI-assisted commit in it brings a command injection, a password and a
    function that grew too complex, and moves old code about.
    """
    from judgegate.gate.judge import judge  # noqa: PLC0415 - everything heavy hangs on it

    with tempfile.TemporaryDirectory(prefix="judgegate-demo-") as folder:
        repository = Path(folder)
        build_demo(repository)
        verdict = judge(Request(directory=repository))
    outputs = (Output("text", None),)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
    write_outputs(outputs, verdict, ReportOptions(colour=wants_colour(outputs), width=width))
    click.echo("\n" + NEXT_STEPS, nl=False)
