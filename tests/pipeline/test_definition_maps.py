"""Whole runs over real repositories: what the analysis says of each definition."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from judgegate.model.analysis import Analysis
from judgegate.model.change import ChangeSource
from judgegate.model.definition_map import DefinitionMap, Equality, UnitPlace
from judgegate.model.facts import MOST
from judgegate.model.notices import ignore_progress
from judgegate.pipeline.evaluate import evaluate
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.pipeline.request import Request
from tests.lent_workers import lend_pool
from tests.repositories import RepositoryBuilder

CLEAN = """
def clean(word):
    word = word.strip()
    word = word.replace("a", "b", 1)
    word = word.lower() or default()
    count(word, len(word))
    return log(word, "cleaned", level=3)
"""
RUN = """
def run(word):
    start = now()
    print(start, word)
    call(word, check=True)
    return now() - start
"""
SIZE = """
SIZE = 3
"""


def analysed(builder: RepositoryBuilder, **more: Any) -> Analysis:
    request = Request(directory=builder.path, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("judgegate.workers.pool.Pool", lend_pool)
        with ScalingPool(builder.path) as pool:
            return evaluate(request, pool, date(2026, 11, 30), ignore_progress).analysis


def only_map(builder: RepositoryBuilder, **more: Any) -> DefinitionMap:
    [found] = analysed(builder, **more).definition_maps
    return found


def shown(found: DefinitionMap) -> list[str]:
    """A line for each pair, and one for what is added, removed or tied."""
    lines = [
        f"{named(pair.base)} {pair.equal.value} {named(pair.head)}" for pair in found.pairs
    ]
    lines += [f"+ {named(place)}" for place in found.added]
    lines += [f"- {named(place)}" for place in found.removed]
    lines += [f"= {named(place)}" for tie in found.ties for place in tie.heads]
    return lines


def named(place: UnitPlace) -> str:
    return f"{place.path}:{place.name}"


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A branch off one commit with two files."""
    repository.write("a.py", CLEAN + RUN).write("b.py", SIZE).commit("Start")
    return repository.branch("topic")


def test_an_edit_leaves_the_other_definitions_untouched(topic: RepositoryBuilder) -> None:
    topic.write("a.py", CLEAN + RUN.replace("True", "False")).commit("Edit")
    found = only_map(topic)
    assert shown(found) == ["a.py:clean bytes a.py:clean", "a.py:run none a.py:run"]
    assert [pair.likeness < 1000 for pair in found.pairs] == [False, True]
    assert not found.cut


def test_a_renamed_file_is_one_file(topic: RepositoryBuilder) -> None:
    topic.rename("a.py", "lib/c.py").write("lib/c.py", CLEAN + RUN + SIZE).commit("Rename")
    found = only_map(topic)
    assert shown(found) == [
        "a.py:clean form lib/c.py:clean",
        "a.py:run form lib/c.py:run",
        "+ lib/c.py:SIZE",
    ]
    assert all(pair.same_path for pair in found.pairs)


def test_a_definition_that_moves_is_known_in_the_other_file(
    topic: RepositoryBuilder,
) -> None:
    topic.write("a.py", RUN).write("b.py", SIZE + CLEAN).commit("Move")
    found = only_map(topic)
    assert shown(found) == [
        "a.py:run bytes a.py:run",
        "b.py:SIZE bytes b.py:SIZE",
        "a.py:clean form b.py:clean",
    ]
    assert [pair.is_moved for pair in found.pairs] == [False, False, True]


def test_a_copied_file_is_no_renamed_one(topic: RepositoryBuilder) -> None:
    topic.write("c.py", CLEAN + RUN).write("a.py", RUN).commit("Copy")
    found = only_map(topic)
    assert [named(pair.base) for pair in found.pairs if pair.same_path] == ["a.py:run"]


def test_what_a_deleted_file_had_is_removed(topic: RepositoryBuilder) -> None:
    topic.remove("b.py").remove("a.py").write("a.py", CLEAN).commit("Delete")
    assert shown(only_map(topic)) == [
        "a.py:clean bytes a.py:clean",
        "- a.py:run",
        "- b.py:SIZE",
    ]


def test_what_an_added_file_has_is_added(topic: RepositoryBuilder) -> None:
    topic.write("c.py", SIZE).write("words.json", "[1]\n").commit("Add")
    assert shown(only_map(topic)) == ["+ c.py:SIZE"]


def test_a_side_that_cannot_be_read_has_no_definitions(topic: RepositoryBuilder) -> None:
    topic.write("b.py", "SIZE = (\n").commit("Break")
    assert shown(only_map(topic)) == ["- b.py:SIZE"]
    topic.branch("fixed").write("b.py", SIZE).commit("Fix")
    assert shown(only_map(topic, base="topic")) == ["+ b.py:SIZE"]


def test_a_file_that_becomes_a_link_has_lost_its_definitions(
    topic: RepositoryBuilder,
) -> None:
    topic.remove("b.py").link("b.py", "a.py").commit("Link")
    assert shown(only_map(topic)) == ["- b.py:SIZE"]


def test_each_merge_base_has_its_map(topic: RepositoryBuilder) -> None:
    topic.write("b.py", SIZE + CLEAN).commit("Ours")
    theirs = topic.switch("main").write("a.py", RUN).commit("Theirs")
    # Each side merges what the other one was before, so both are merge bases.
    topic.merge("topic")
    topic.switch("topic").merge(theirs)
    topic.write("b.py", CLEAN).commit("Edit")
    maps = analysed(topic, base="main").definition_maps
    assert sorted(map(shown, maps)) == [
        ["a.py:run bytes a.py:run", "+ b.py:clean", "- b.py:SIZE"],
        [
            "a.py:run form a.py:run",
            "b.py:clean form b.py:clean",
            "- a.py:clean",
            "- b.py:SIZE",
        ],
    ]


def test_what_is_staged_has_its_map(topic: RepositoryBuilder) -> None:
    topic.write("b.py", SIZE + RUN).stage()
    assert shown(only_map(topic, source=ChangeSource.STAGED)) == [
        "b.py:SIZE bytes b.py:SIZE",
        "+ b.py:run",
    ]


def test_what_is_in_the_work_tree_has_its_map(topic: RepositoryBuilder) -> None:
    topic.write("b.py", SIZE + RUN)
    assert shown(only_map(topic, source=ChangeSource.WORKTREE)) == [
        "b.py:SIZE bytes b.py:SIZE",
        "+ b.py:run",
    ]


def test_a_patch_has_its_map(topic: RepositoryBuilder, tmp_path: Path) -> None:
    topic.write("a.py", CLEAN + RUN.replace("True", "False")).commit("Edit")
    patch = tmp_path / "change.patch"
    patch.write_bytes(topic.git("diff", "main", "topic").encode())
    topic.switch("main")
    assert shown(only_map(topic, source=ChangeSource.PATCH, patch=patch)) == [
        "a.py:clean bytes a.py:clean",
        "a.py:run none a.py:run",
    ]


def test_a_patch_alone_has_a_map_of_what_it_adds(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    topic.write("c.py", SIZE).write("b.py", SIZE.replace("3", "4")).commit("Add")
    patch = tmp_path / "change.patch"
    patch.write_bytes(topic.git("diff", "main", "topic").encode())
    request = Request(directory=tmp_path, source=ChangeSource.PATCH, patch=patch)
    with ScalingPool(tmp_path) as pool:
        analysis = evaluate(request, pool, date(2026, 11, 30), ignore_progress).analysis
    assert [shown(one) for one in analysis.definition_maps] == [["+ c.py:SIZE"]]


def test_without_any_file_there_is_no_map(topic: RepositoryBuilder) -> None:
    topic.commit("Nothing")
    assert analysed(topic).definition_maps == ()


def test_a_map_that_is_cut_is_said(topic: RepositoryBuilder) -> None:
    topic.write("b.py", SIZE * (MOST + 1)).commit("Much")
    analysis = analysed(topic)
    assert analysis.definition_maps[0].cut
    assert [notice.code for notice in analysis.notices] == ["definitions-not-matched"]


def test_a_kept_analysis_has_its_maps(topic: RepositoryBuilder, tmp_path: Path) -> None:
    topic.rename("a.py", "c.py").write("b.py", SIZE + RUN).commit("Change")
    cache = tmp_path / "cache"
    first = analysed(topic, cache=cache)
    assert len(list(cache.iterdir())) == 1
    again = analysed(topic, cache=cache)
    assert again.definition_maps == first.definition_maps
    assert {pair.equal for pair in again.definition_maps[0].pairs} == {
        Equality.BYTES,
        Equality.FORM,
    }
