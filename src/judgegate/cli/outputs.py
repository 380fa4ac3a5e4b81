"""Where reports go: `-f FORMAT[=FILE]`, checked before the work and written after it."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from msgspec import Struct
from msgspec.structs import replace

from judgegate.cli.streams import print_text, wants_colour_on_stdout
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.report.formats import FORMATS, render_report

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from judgegate.model.verdict import Verdict
    from judgegate.report.options import Failure, ReportOptions


class Output(Struct, frozen=True):
    """A format, and the file that it goes to; None is the standard output."""

    format: str
    file: Path | None


def is_for_later(output: Output) -> bool:
    """Whether a report is more than a line on a terminal, which `-q` makes of a text."""
    return output.file is not None or output.format != "text"


class OutputType(click.ParamType[Output]):
    """`FORMAT` or `FORMAT=FILE`."""

    name = "FORMAT[=FILE]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Output:
        """The output that a word names, or a usage error."""
        # click hands over the default as it is, and wants it back.
        if isinstance(value, Output):
            return value
        name, equals, file = str(value).partition("=")
        if name not in FORMATS:
            self.fail(
                f"{name!r} is not a format; the formats are: {', '.join(FORMATS)}.",
                param,
                ctx,
            )
        if equals and not file:
            self.fail(f"{value!r} has no file name after the equals sign.", param, ctx)
        return Output(name, Path(file) if file else None)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> "list[CompletionItem]":
        # Only a shell that completes asks for it.
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in FORMATS if name.startswith(incomplete)]


def make_way(outputs: Sequence[Output]) -> tuple[Output, ...]:
    """The outputs that go to files, where something else goes to standard output.

    Raises:
        click.UsageError: an option asks for one that does not.
    """
    in_files = tuple(output for output in outputs if output.file is not None)
    source = click.get_current_context().get_parameter_source("outputs")
    # The default is a text on standard output, which no one asked for.
    if source is not ParameterSource.DEFAULT and len(in_files) < len(outputs):
        raise click.UsageError(
            "--print-trailers writes to standard output. Write the report to a file: -f json=report.json"
        )
    return in_files


def check_outputs(outputs: Sequence[Output]) -> None:
    """Find out before the work whether every report can be written after it.

    Raises:
        UsageError: a file cannot be written, or two reports want the same place.
    """
    files = [output.file for output in outputs]
    if len(set(files)) < len(files):
        raise UsageError(
            "Two reports would be written to the same place.",
            "Give each report its own file: -f text -f json=report.json",
        )
    for file in files:
        if file is not None:
            _try_to_write(file)


def write_outputs(
    outputs: Sequence[Output], result: "Verdict | Failure", options: "ReportOptions"
) -> None:
    """Write every report. A file is replaced as a whole, so that no reader ever gets half a report."""
    for output in outputs:
        if output.file is None:
            print_text(render_report(output.format, result, options), colour=options.colour)
        else:
            # A file is for later, and for other readers: colours and `-q` are for the terminal.
            in_file = replace(options, colour=False, quiet=False)
            _write(output.file, render_report(output.format, result, in_file))


def wants_colour(outputs: Sequence[Output]) -> bool:
    """Whether a report that goes to standard output may have colour."""
    return any(output.file is None for output in outputs) and wants_colour_on_stdout()


def _is_special(file: Path) -> bool:
    """A device or a pipe: written as it is, never replaced."""
    return file.exists() and not file.is_file()


def _try_to_write(file: Path) -> None:
    """Find out whether the file can be written, without changing it.

    Raises:
        UsageError: it cannot.
    """
    try:
        if file.is_dir():
            raise UsageError(f"The report cannot be written to {file}: it is a directory.")
        if _is_special(file):
            return
        if file.exists() and not os.access(file, os.W_OK):
            raise UsageError(
                f"The report cannot be written to {file}: the file is read-only."
            )
        # The report is written beside the file first, so the folder has to take a new one.
        with tempfile.TemporaryFile(dir=file.parent):
            return
    except OSError as error:
        raise UsageError(
            f"The report cannot be written to {file}: {error.strerror}.",
            "Choose another place.",
        ) from error


def _write(file: Path, text: str) -> None:
    """Put the text into the file, all at once.

    Raises:
        IncompleteError: it cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if _is_special(file):
            file.write_bytes(data)
            return
        with tempfile.NamedTemporaryFile(
            dir=file.parent, prefix=f".{file.name}.", delete=False
        ) as draft:
            draft.write(data)
        # A temporary file is only its owner's; a report is for other users, too.
        Path(draft.name).chmod(0o644)
        # What a link leads to is replaced, and not the link.
        Path(draft.name).replace(file.resolve())
    except OSError as error:
        raise IncompleteError(
            f"The report could not be written to {file}: {error.strerror}."
        ) from error
