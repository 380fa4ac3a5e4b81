"""A running fake with a small history, whose contract nobody may break."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.fake import FakeGitHub
from tests.github.stage import Stage


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
