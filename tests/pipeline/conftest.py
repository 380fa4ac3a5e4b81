import pytest

from tests.pipeline.topics import BASE, CODE, INJECTION
from tests.repositories import RepositoryBuilder


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A change with findings, one of them a secret, a removed file, and one that nobody can parse."""
    repository.write("app.py", BASE).write("old.py", INJECTION).commit("Start")
    repository.branch("topic").write("app.py", CODE).write("broken.py", "def (:\n").write(
        "new.py", INJECTION
    )
    repository.git("rm", "--quiet", "old.py")
    repository.commit("Change")
    return repository
