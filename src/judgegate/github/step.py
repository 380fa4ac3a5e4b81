"""What a step hands to the workflow: its summary, its outputs and the files of the report."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from judgegate.model.errors import IncompleteError
from judgegate.model.verdict import Verdict
from judgegate.report import FORMATS, Failure, ReportOptions

LARGEST_SUMMARY = 1_000_000
"""Bytes. GitHub shows nothing of a step's summary beyond 1 MiB."""

_CUT = "\n(The rest is in the report's file.)\n"


def write_summary(file: Path | None, told: Verdict | Failure, options: ReportOptions) -> None:
    """Append the report to the step's summary, as text that Markdown leaves alone."""
    if file is None:
        return
    text = FORMATS["text"](told, replace(options, colour=False, width=100))
    # What stands in a fence is shown as it is; a fence is longer than any run of its character inside it.
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or ["`"]))
    room = LARGEST_SUMMARY - 2 * len(fence) - len(_CUT) - 10
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > room:
        data = data[:room].decode("utf-8", "ignore").encode() + _CUT.encode()
    _append(file, f"{fence}text\n".encode() + data + f"{fence}\n".encode())


def write_outputs(file: Path | None, values: Mapping[str, str]) -> None:
    """Append the step's outputs. No value can end itself early: what ends it is random."""
    if file is None:
        return
    lines = []
    for name, value in values.items():
        delimiter = f"judgegate_{secrets.token_hex(16)}"
        lines.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    _append(file, "".join(lines).encode("utf-8", "backslashreplace"))


def write_reports(directory: Path, told: Verdict | Failure, options: ReportOptions) -> tuple[Path, Path]:
    """Write the report as JSON and as SARIF; where they are."""
    files = (directory / "judgegate.json", directory / "judgegate.sarif")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file, name in zip(files, ("json", "sarif"), strict=True):
            file.write_bytes(FORMATS[name](told, options).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise IncompleteError(f"The reports could not be written to {directory}: {error.strerror}.") from error
    return files


def _append(file: Path, data: bytes) -> None:
    try:
        with file.open("ab") as stream:
            stream.write(data)
    except OSError as error:
        raise IncompleteError(f"{file} could not be written: {error.strerror}.") from error
