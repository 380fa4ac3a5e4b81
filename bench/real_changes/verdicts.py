"""The verdicts that were kept: a folder for each change, below the folder of its repository."""

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.real_changes.problems import Problem

REPORT, STDERR, EXIT_CODE = "report.json", "stderr.txt", "exit_code.txt"
VERSION = "version.txt"
"""Beside the folders of the repositories: whose verdicts they are."""


class KeptVerdict(Struct, frozen=True):
    """What one run gave. `report` is empty if it wrote none, as with wrong usage."""

    repository: str
    commits: str
    exit_code: str
    errors: str
    report: dict[str, Any]

    @property
    def name(self) -> str:
        """What the change is called in tables and sheets."""
        return f"{self.repository} {self.commits}"

    @property
    def outcome(self) -> str:
        """The verdict in a word."""
        return str(self.report.get("outcome", "no report"))

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings, existing ones too."""
        return list(self.report.get("findings", ()))

    @property
    def files(self) -> list[dict[str, Any]]:
        """The files of the change, each with its state."""
        return list(self.report.get("change", {}).get("files", ()))


def read_verdicts(folder: Path) -> dict[str, KeptVerdict]:
    """All that is kept in a folder, by the name of the change, sorted.

    Raises:
        Problem: there is none, or one of them is no verdict.
    """
    verdicts = {
        verdict.name: verdict
        for place in sorted(folder.glob("*/*/[!.]*/"))
        for verdict in [_read(folder, place)]
    }
    if not verdicts:
        raise Problem(f"{folder} holds no verdicts: use judge --out {folder}")
    return verdicts


def _read(folder: Path, place: Path) -> KeptVerdict:
    try:
        text = (place / REPORT).read_text(encoding="utf-8")
        return KeptVerdict(
            repository=str(place.parent.relative_to(folder)),
            commits=place.name,
            exit_code=(place / EXIT_CODE).read_text(encoding="ascii").strip(),
            errors=(place / STDERR).read_text(encoding="utf-8", errors="replace"),
            report=json.loads(text) if text else {},
        )
    except (OSError, ValueError) as error:
        raise Problem(f"{place} is no verdict: {error}") from error
