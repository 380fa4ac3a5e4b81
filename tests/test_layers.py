"""Imports run downwards only, from room to room."""

import tomllib
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent


def test_imports_run_downwards_only() -> None:
    assert (
        lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
        == EXIT_STATUS_SUCCESS
    )


def test_the_contract_covers_every_room() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
        "importlinter"
    ]["contracts"]
    (contract,) = (one for one in contracts if one["type"] == "layers")
    named = {room.strip("() ") for layer in contract["layers"] for room in layer.split("|")}
    rooms = {path.parent.name for path in ROOT.glob("src/judgegate/*/__init__.py")}
    assert rooms <= named
    assert contract["exhaustive"]
