"""What a step hands to the workflow: its summary, its outputs and the files of the report."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from judgegate.model.errors import IncompleteError
from judgegate.model.verdict import Verdict
from judgegate.report import FORMATS, Failure, ReportOptions
from judgegate.report.markdown import tell_summary


def write_summary(file: Path | None, told: Verdict | Failure, options: ReportOptions) -> None:
    """Append the brief to the step's summary."""
    if file is not None:
        _append(file, tell_summary(told, replace(options, colour=False)).encode("utf-8"))


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
