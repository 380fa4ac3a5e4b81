"""Checks that compare two sides, and checks that survey the whole change, through real workers and real repositories."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.checks.registry import RULEBOOK
from judgegate.decision.pair_observations import pair
from judgegate.model.analysis import Analysis
from judgegate.model.definition_map import DefinitionMap
from judgegate.pipeline.collect import collect
from judgegate.policy.loading import load_pack
from judgegate.workers.pool import Pool
from tests.pipeline.shapes_rows import CHECKS, LICENCE, LOST
from tests.repositories import RepositoryBuilder


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A branch that drops one of two assertions, and leaves another file alone."""
    repository.write("a.py", "# licence\nassert 1\nassert 2\n").write(
        "old.py", "X = 1\n"
    ).write("kept.py", "# licence\n").commit("Start")
    repository.branch("topic").write("a.py", "# licence\nassert 1\n")
    return repository


def look(builder: RepositoryBuilder) -> Analysis:
    builder.commit("Change")
    plan = replace(load_pack(RULEBOOK.values(), "default").plan(), rules=(LICENCE, LOST))
    rows = Pool(1, b"salt", checks="shapes_rows:CHECKS", folders=[Path(__file__).parent])
    with Repository.open(builder.path) as repository, rows as pool:
        return collect(read_commits(repository), repository, plan, pool, checks=CHECKS)


def introduced(analysis: Analysis) -> list[tuple[str, str]]:
    pairs = pair(
        (*analysis.files, *analysis.elsewhere), 0, DefinitionMap(), lambda _now, _was: False
    )
    return sorted(
        (paired.now.path, paired.now.seen.message) for paired in pairs if paired.introduced
    )


def test_what_a_comparison_sees_is_introduced_by_nature(topic: RepositoryBuilder) -> None:
    analysis = look(topic)
    assert introduced(analysis) == [("a.py", "assertion 0 is gone")]
    assert analysis.files[0].rules == (LOST,)


def test_a_comparison_that_fails_leaves_the_file_unanalysed(
    topic: RepositoryBuilder,
) -> None:
    topic.write("a.py", "# licence\n# explode\n")
    analysis = look(topic)
    assert "assertions" in (analysis.files[0].obstacle or "")
    assert not analysis.lasting


def test_a_file_that_was_not_there_is_compared_with_nothing(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "# licence\nassert 1\n")
    assert introduced(look(topic)) == [("a.py", "assertion 0 is gone")]


def test_a_survey_may_see_something_in_a_file_that_the_change_leaves_alone(
    topic: RepositoryBuilder,
) -> None:
    analysis = look(topic)
    assert [file.change.path for file in analysis.elsewhere] == ["old.py"]
    assert ("old.py", "old.py has no licence") not in introduced(analysis)


def test_what_only_the_head_shows_a_survey_is_introduced(topic: RepositoryBuilder) -> None:
    topic.write("kept.py", "# no words\n").write("new.py", "X = 1\n")
    assert introduced(look(topic)) == [
        ("a.py", "assertion 0 is gone"),
        ("kept.py", "kept.py has no licence"),
        ("new.py", "new.py has no licence"),
    ]
