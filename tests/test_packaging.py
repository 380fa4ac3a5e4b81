"""What users install holds everything that the program reads."""

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from judgegate.model.compiled import FOLDER
from tools.compile_data import compiled_files

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "judgegate"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    target = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        str(target),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return ZipFile(built)


def test_the_wheel_holds_every_file_of_the_package(wheel: ZipFile) -> None:
    files = (
        path.relative_to(ROOT / "src") for path in PACKAGE.rglob("*") if path.is_file()
    )
    assert {file.as_posix() for file in files if not _is_cache(file)} <= set(
        wheel.namelist()
    )


def test_the_wheel_ships_the_packs_as_they_stand_in_the_tree(wheel: ZipFile) -> None:
    packs = {path.name: path.read_bytes() for path in (ROOT / "policies").iterdir()}
    shipped = {
        Path(name).name: wheel.read(name)
        for name in wheel.namelist()
        if name.startswith("judgegate/policies/")
    }
    assert {"default.yml", "strict.yml", "advisory.yml"} <= set(packs)
    assert shipped == packs


def test_the_wheel_holds_nothing_else(wheel: ZipFile) -> None:
    assert {name.partition("/")[0].rpartition(".")[2] for name in wheel.namelist()} == {
        "judgegate",
        "dist-info",
    }


def test_the_wheel_is_typed_and_licensed(wheel: ZipFile) -> None:
    names = wheel.namelist()
    assert "judgegate/py.typed" in names
    (licence,) = (name for name in names if name.endswith("/licenses/LICENSE"))
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        _name(line)
        for line in project["dependencies"] + project["optional-dependencies"]["dev"]
    }
    locked = {
        _name(line)
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    assert wanted <= locked


def _is_cache(file: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in file.parts)


def _name(requirement: str) -> str:
    """`PyYAML>=6` and `coverage[toml]==7` without what follows the name, in the form that compares."""
    letters = requirement
    for mark in "[<>=!~ ;":
        letters = letters.partition(mark)[0]
    return letters.lower().replace("_", "-")


def test_the_compiled_data_is_made_of_the_packs_and_the_catalogue_as_they_stand() -> None:
    """`make data` brings it up to date; until then the YAML itself is read, which is slower and says the same."""
    for name, text in compiled_files():
        assert (FOLDER / f"{name}.json").read_text("utf-8") == text
