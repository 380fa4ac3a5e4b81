"""A running fake with a small history, whose contract nobody may break."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.fake.server import FakeGitHub
from tests.github.stage import Stage
from tests.repositories import RepositoryBuilder


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeGitHub]:
    """GitHub, with a first commit on `main`; a request or an answer that its description forbids fails the test."""
    github = FakeGitHub(tmp_path / "server")
    github.world.git.write("app.py", "def add(a, b):\n    return a + b\n").commit("Start")
    with github.running():
        yield github
    assert github.contract.violations == []


@pytest.fixture
def stage(fake: FakeGitHub, tmp_path: Path) -> Stage:
    return Stage(fake, tmp_path / "runs")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A work tree that would like to be imported."""
    hostile = f"import pathlib\npathlib.Path({str(tmp_path / 'TAKEN')!r}).touch()\n"
    repository = RepositoryBuilder(tmp_path / "checkout")
    for name in (
        "judgegate/__init__.py",
        "judgegate/__main__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "json.py",
        "pip/__main__.py",
        "venv.py",
    ):
        repository.write(name, hostile)
    repository.commit("Mine")
    return repository.path
