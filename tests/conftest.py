"""What every test stands on: a clean environment and a repository builder."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.lent_workers import end_lent_workers
from tests.repositories import RepositoryBuilder

settings.register_profile("judgegate", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("judgegate")

# A shell that starts the tests in the background has them ignore Ctrl-C, and every process that
# they start would, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty home, no git or judgegate variables, no colour: the same on every machine and inside a git hook."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if (
                name.startswith(("GIT_", "XDG_", "JUDGEGATE_", "GITHUB_", "PRE_COMMIT"))
                or name
                in {
                    "NO_COLOR",
                    "FORCE_COLOR",
                    "CI",
                    "PYTHONDONTWRITEBYTECODE",  # each process that a test starts would compile everything anew
                }
            ):
                patch.delenv(name)
        # Runs that share workers must scan, whatever other tests have scanned.
        patch.setenv("JUDGEGATE_NO_CACHE", "1")
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("TERM", "dumb")
        yield
        end_lent_workers()


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    """An empty repository on `main`, apart from anything else that the test keeps in `tmp_path`."""
    return RepositoryBuilder(tmp_path / "repository")
