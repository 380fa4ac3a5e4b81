"""The standard streams: what goes to a terminal, in which width and colour, and what becomes of it if nobody reads on."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from judgegate.report.text_layout import TextLayout


def print_text(text: str, *, colour: bool) -> None:
    """A reader that has seen enough and went away (`| head`) takes nothing from the verdict: the exit code still says it."""
    try:
        click.echo(text, nl=False, color=colour)
        sys.stdout.flush()
    except BrokenPipeError:
        forget_output()


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that `terminal_layout` laid out."""
    print_text("".join(f"{line}\n" for line in lines), colour=wants_colour_on_stdout())


def terminal_layout() -> "TextLayout":
    """The layout of what goes to standard output."""
    from judgegate.report.text_layout import TextLayout  # only who prints text needs it

    return TextLayout.of(terminal_width(), colour=wants_colour_on_stdout())


def terminal_width(elsewhere: int = 100) -> int:
    """The columns of the terminal; `elsewhere` where standard output is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else elsewhere


def forget_output() -> None:
    """What is still in the buffers has nowhere to go, and closing must not fail for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def wants_colour_on_stdout() -> bool:
    """Colour only for a person at a terminal, unless `NO_COLOR` (https://no-color.org) or `FORCE_COLOR` (https://force-color.org) is set.

    With both there is none: to read a report without colours is no loss, to be unable to read it is one.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
