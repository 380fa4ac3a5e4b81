"""What the commands of our engines report, for tests that compare with them."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Issues = Counter[tuple[str, int, str, str]]
"""Test, line, severity and confidence."""

Complexities = Counter[tuple[int, str, int]]
"""Line, the last part of the name, and complexity."""


def bandit_command(folder: Path, sources: Mapping[str, str]) -> dict[str, Issues]:
    """What the bandit command reports, suppression comments ignored, by the source's name."""
    _write(folder, sources)
    arguments = ["-q", "--ignore-nosec", "-x", "", "-f", "json", "-r", str(folder)]
    report = _run("bandit", arguments, folder)
    assert not report["errors"]
    found: dict[str, Issues] = {name: Counter() for name in sources}
    for issue in report["results"]:
        key = (
            issue["test_id"],
            issue["line_number"],
            issue["issue_severity"],
            issue["issue_confidence"],
        )
        found[Path(issue["filename"]).stem][key] += 1
    return found


def radon_command(folder: Path, sources: Mapping[str, str]) -> dict[str, Complexities]:
    """The functions that the radon command reports, by the source's name."""
    _write(folder, sources)
    report = _run("radon", ["cc", "--show-closures", "-j", str(folder)], folder)
    found: dict[str, Complexities] = {name: Counter() for name in sources}
    for path, blocks in report.items():
        found[Path(path).stem] = Counter(
            (block["lineno"], block["name"].rpartition(".")[2], block["complexity"])
            for block in blocks
            if block["type"] != "class"
        )
    return found


def _write(folder: Path, sources: Mapping[str, str]) -> None:
    for name, text in sources.items():
        folder.joinpath(f"{name}.py").write_text(text, encoding="utf-8")


def _run(module: str, arguments: list[str], folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-I", "-m", module, *arguments]
    ended = subprocess.run(command, capture_output=True, check=False, cwd=folder)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found
