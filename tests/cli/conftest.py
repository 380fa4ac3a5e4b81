"""The change that most tests of the command line begin with."""

import pytest

from tests.cli.changes import HARMLESS
from tests.repositories import RepositoryBuilder


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A repository with one commit on main, on a branch of its own."""
    repository.write("app.py", HARMLESS).commit("Start")
    return repository.branch("topic")
