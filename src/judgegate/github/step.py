"""What a step hands to the workflow: its summary, its outputs and the files of the report."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from judgegate.model.errors import IncompleteError
from judgegate.model.verdict import Verdict
from judgegate.report.formats import render_report
from judgegate.report.markdown.report import render_summary
from judgegate.report.options import Failure, ReportOptions

LARGEST_SUMMARY = 1_000_000
"""Bytes. GitHub shows nothing of a step's summary beyond 1 MiB."""
BYTES = 4
"""Of a character in UTF-8, at most."""
FEWEST = 25_000
"""Characters; in fewer a brief says too little to be worth it."""


def write_summary(file: Path | None, told: Verdict | Failure, options: ReportOptions) -> None:
    """Append the brief to the step's summary, if there is room left after those of other pull requests."""
    if file is None:
        return
    room = (LARGEST_SUMMARY - (file.stat().st_size if file.exists() else 0)) // BYTES
    if room > FEWEST:
        _append(file, render_summary(told, options, room).encode())


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
            file.write_bytes(render_report(name, told, options).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise IncompleteError(
            f"The reports could not be written to {directory}: {error.strerror}."
        ) from error
    return files


def _append(file: Path, data: bytes) -> None:
    try:
        with file.open("ab") as stream:
            stream.write(data)
    except OSError as error:
        raise IncompleteError(f"{file} could not be written: {error.strerror}.") from error
