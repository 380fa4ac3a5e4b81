"""The script that shows the map of definitions of real commits, and measures what it costs."""

import pytest

from bench.definitions import counts_of, facts_of_text, main, map_of_commit
from judgegate.change.repository import Repository
from tests.repositories import RepositoryBuilder

OLD = "def run(words):\n    return call(words)\n\n\ndef stop():\n    return halt()\n"
NEW = "LIMIT = 1\n\n\ndef start(words):\n    return call(words)\n\n\ndef stop(now):\n    return halt()\n"


@pytest.fixture
def changed(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A repository whose last commit renames a function, edits another one, and renames a file."""
    repository.write("app.py", OLD).write("old.py", "def same():\n    return 1\n").write(
        "broken.py", "def (\n"
    ).commit("Start")
    repository.write("app.py", NEW).rename("old.py", "new.py").remove("broken.py").commit(
        "Change"
    )
    return repository


def test_pairs_are_shown_with_their_places(
    changed: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pairs", str(changed.path), "HEAD", "--all"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "app.py:1 run -> app.py:4 start: same form, renamed",
        "app.py:5 stop -> app.py:8 stop: header edited",
        "old.py:1 same -> new.py:1 same: same form",
        "+ app.py:1 LIMIT",
    ]


def test_statements_are_shown_where_all_is_asked_for(
    changed: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["pairs", str(changed.path), "HEAD"])
    assert "LIMIT" not in capsys.readouterr().out


def test_counts_are_of_units(changed: RepositoryBuilder) -> None:
    with Repository.open(changed.path) as repository:
        counts = counts_of(map_of_commit(repository, "HEAD"))
    assert counts["definition same form, renamed"] == 1
    assert counts["statement added"] == 1


def test_the_growth_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["growth", "--sizes", "200,400"]) == 0
    [_, first, second, last] = capsys.readouterr().out.splitlines()
    assert (first.split()[0], second.split()[0]) == ("200", "400")
    assert last.endswith("kept")


def test_a_language_without_facts_has_none() -> None:
    assert facts_of_text(b"h1 {}", "css") is None
