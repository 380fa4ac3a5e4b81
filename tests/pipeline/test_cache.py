"""Analyses that are kept: whole runs that look once, and look again whenever anything could be otherwise."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgegate.checks.registry import RULEBOOK
from judgegate.cli.check import exit_code
from judgegate.model.change import ChangeSource
from judgegate.model.codec import DecodeError
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.pipeline import cache as cache_module
from judgegate.pipeline import tool_versions
from judgegate.pipeline.cache_folder import LARGEST_FILE, CacheDirectory
from judgegate.pipeline.request import CacheKey, Request
from judgegate.pipeline.run import run as judge
from judgegate.report.formats import render_report
from judgegate.report.options import ReportOptions
from judgegate.workers.scheduler import Scheduler
from tests.lent_workers import lend_pool
from tests.pipeline.topics import BASE, CODE, INJECTION, SECRET
from tests.repositories import RepositoryBuilder
from tests.runs import Run, run


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def check(topic: RepositoryBuilder, cache: Path, **more: Any) -> Run:
    """Judge as the Action does, which alone keeps whole analyses."""
    request = Request(directory=topic.path, cache=cache, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("judgegate.workers.pool.Pool", lend_pool)
        verdict = judge(request)
    rules = {**RULEBOOK, **{row.id: row for row in verdict.own_rules}}
    options = ReportOptions(show_all=True, rules=rules)
    return Run(exit_code(verdict), render_report("json", verdict, options), "")


def entries(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def codes(done: Run) -> set[str]:
    return {
        notice["code"]
        for notice in done.report["notices"]
        if notice["code"].startswith("cache")
    }


@contextmanager
def counted() -> Iterator[list[int]]:
    """The sizes of the pools that were started."""
    started: list[int] = []
    grow = Scheduler.grow

    def count(scheduler: Scheduler, size: int) -> None:
        started.append(size)
        grow(scheduler, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scheduler, "grow", count)
        yield started


def test_the_second_run_says_the_same_and_starts_no_worker(
    topic: RepositoryBuilder, cache: Path
) -> None:
    first = check(topic, cache)
    with counted() as started:
        second = check(topic, cache)
    assert second == first
    assert started == []
    assert second.out == run("check", "-f", "json", "--all", at=topic).out
    assert {finding["code"] for finding in second.report["findings"]} >= {
        "B105",
        "B307",
        "B605",
    }
    assert codes(second) == set()


def test_without_a_cache_the_workers_start_at_once(topic: RepositoryBuilder) -> None:
    with counted() as started:
        run("check", at=topic)
    assert started


def test_a_secret_is_masked_in_what_is_kept(topic: RepositoryBuilder, cache: Path) -> None:
    check(topic, cache)
    [entry] = entries(cache)
    assert b"secret:" in entry.read_bytes()
    assert SECRET.encode() not in entry.read_bytes()


def test_a_secret_that_was_there_is_still_there_when_it_is_read_from_the_cache(
    repository: RepositoryBuilder, cache: Path
) -> None:
    repository.write("app.py", CODE).commit("Start")
    repository.branch("topic").write("app.py", CODE.replace("double", "twice")).commit(
        "Rename"
    )
    assert [check(repository, cache).report["findings"][0]["origin"] for _ in range(2)] == [
        "existing",
        "existing",
    ]
    repository.write("app.py", CODE.replace(SECRET, "another1another1")).commit("Change it")
    for _ in range(2):
        found = {
            finding["origin"]
            for finding in check(repository, cache).report["findings"]
            if finding["code"] == "B105"
        }
        assert "introduced" in found


def test_what_is_decided_is_decided_anew(
    topic: RepositoryBuilder, cache: Path, tmp_path: Path
) -> None:
    check(topic, cache)
    milder = tmp_path / "policy.yml"
    milder.write_text(
        "version: 1\nextends: [default]\nrules:\n  security/insecure-code: {action: warn, cases: [{when: {severity: low}, action: warn}]}\n"
    )
    with counted() as started:
        done = check(topic, cache, policy=milder, assume_ai=True)
    assert started == []
    assert done.report["provenance"]["verdict"] == "ai"
    assert {
        finding["action"]
        for finding in done.report["findings"]
        if finding["rule"] == "security/insecure-code"
    } == {"warn"}


def again(topic: RepositoryBuilder, cache: Path, **more: Any) -> int:
    """How many analyses there are after another run."""
    check(topic, cache, **more)
    return len(entries(cache))


def test_another_head_another_plan_and_another_limit_are_looked_at(
    topic: RepositoryBuilder, cache: Path, tmp_path: Path
) -> None:
    assert again(topic, cache) == 1
    policy = tmp_path / "policy.yml"
    policy.write_text("version: 1\nextends: [default]\nlimits: {cpu_seconds: 9}\n")
    assert again(topic, cache, policy=policy) == 2
    policy.write_text(
        "version: 1\nrules:\n  reliability/x: {regex: eval, message: No., action: warn}\n"
    )
    assert again(topic, cache, policy=policy) == 3
    topic.write("app.py", CODE + "\n").commit("Again")
    assert again(topic, cache) == 4
    assert again(topic, cache) == 4


@pytest.mark.parametrize(
    "name", ["judgegate", "python", "bandit", "radon", "ast_grep_py", "re2"]
)
def test_another_version_of_a_tool_looks_again(
    topic: RepositoryBuilder, cache: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert again(topic, cache) == 1
    tools = tool_versions.name_tools([], tool_versions.digest_code)
    assert tools is not None
    assert tools[name]
    monkeypatch.setattr(cache_module, "name_tools", lambda *_: {**tools, name: "another"})
    assert again(topic, cache) == 2


def test_the_code_that_looks_counts_by_its_bytes(
    topic: RepositoryBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert again(topic, cache) == 1
    more = cache.parent / "more.py"
    more.touch()
    files = list(tool_versions._files())
    for room in tool_versions.COLLECTING_ROOMS:
        assert any(f"/judgegate/{room}/" in file for file in files)
    monkeypatch.setattr(tool_versions, "_files", lambda: [*files, str(more)])
    assert again(topic, cache) == 2


def test_where_an_engine_does_not_say_its_version_nothing_is_kept(
    topic: RepositoryBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "name_tools", lambda *_: None)
    assert codes(check(topic, cache)) == {"cache-unused"}
    assert not cache.exists()


def test_a_base_that_moved_on_is_seen_although_the_analysis_is_kept(
    topic: RepositoryBuilder, cache: Path
) -> None:
    check(topic, cache)
    topic.switch("main").write("app.py", BASE + "# moved on\n").commit("Move on")
    topic.switch("topic")
    plain = run("check", "-f", "json", "--all", at=topic).out
    with counted() as started:
        assert check(topic, cache).out == plain
    assert started == []


SPOILT: dict[str, Any] = {
    "empty": lambda _: b"",
    "cut off": lambda data: data[:-1],
    "longer": lambda data: data + b" ",
    "a bit": lambda data: data.replace(b'"medium"', b'"mediun"', 1),
    "a word": lambda data: data.replace(b'"severity":"high"', b'"severity":"low"', 1),
    "noise": lambda _: bytes(range(256)) * 10,
    "too large": lambda data: data + b" " * LARGEST_FILE,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_one_is_not_used_and_replaced(
    topic: RepositoryBuilder, cache: Path, spoil: Any
) -> None:
    first = check(topic, cache)
    [entry] = entries(cache)
    good = entry.read_bytes()
    entry.write_bytes(spoil(good))
    second = check(topic, cache)
    assert codes(second) == {"cache-unusable"}
    assert [
        one for one in second.report["notices"] if not one["code"].startswith("cache")
    ] == first.report["notices"]
    assert second.report["findings"] == first.report["findings"]
    assert check(topic, cache).out == first.out


def test_one_of_another_change_is_not_used(topic: RepositoryBuilder, cache: Path) -> None:
    check(topic, cache)
    [entry] = entries(cache)
    data = entry.read_bytes()
    entry.unlink()
    topic.write("app.py", BASE + "\n").commit("Mend")
    check(topic, cache)
    [other] = entries(cache)
    other.write_bytes(data)
    assert codes(check(topic, cache)) == {"cache-unusable"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_byte_can_be_changed_unnoticed(
    topic: RepositoryBuilder, cache: Path, data: st.DataObject
) -> None:
    if not cache.exists():
        check(topic, cache)
    [entry] = entries(cache)
    good = entry.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    spoilt = (
        good[:place]
        + bytes([good[place] ^ data.draw(st.integers(1, 255))])
        + good[place + 1 :]
    )
    with pytest.raises(DecodeError):
        cache_module._unpack(spoilt)


def test_what_a_limit_had_a_part_in_is_not_kept(
    topic: RepositoryBuilder, cache: Path
) -> None:
    topic.write("deep.py", "x = " + "-" * 200_000 + "1\n").commit("Nest")
    reasons = {
        file["path"]: file["reason"]
        for file in check(topic, cache).report["change"]["files"]
    }
    assert reasons["deep.py"].startswith("it is nested too deeply")
    assert not cache.exists()


def test_a_file_that_is_too_large_for_the_policy_is_no_accident(
    topic: RepositoryBuilder, cache: Path
) -> None:
    policy = cache.parent / "policy.yml"
    policy.write_text("version: 1\nextends: [default]\nlimits: {source_bytes: 10000}\n")
    topic.write("large.py", "# large\n" * 2000).commit("Add")
    check(topic, cache, policy=policy)
    with counted() as started:
        check(topic, cache, policy=policy)
    assert started == []


def test_a_folder_that_cannot_be_written_is_a_notice_and_the_verdict_stands(
    topic: RepositoryBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("check", "-f", "json", "--all", at=topic)

    def fail(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(CacheDirectory, "write", fail)
    done = check(topic, cache)
    assert codes(done) == {"cache-not-written"}
    assert (done.code, done.report["findings"]) == (plain.code, plain.report["findings"])


def test_an_analysis_that_is_too_large_is_not_kept(
    topic: RepositoryBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "LARGEST_FILE", 100)
    assert codes(check(topic, cache)) == {"cache-not-written"}
    assert not cache.exists()


def test_a_folder_in_the_work_tree_is_refused_and_one_in_its_git_directory_is_not(
    topic: RepositoryBuilder,
) -> None:
    with pytest.raises(UsageError, match="where a change could add entries of its own"):
        check(topic, topic.path / "kept")
    check(topic, topic.path / ".git" / "judgegate")
    assert entries(topic.path / ".git" / "judgegate")


@pytest.mark.parametrize("source", [ChangeSource.STAGED, ChangeSource.WORKTREE])
def test_what_is_not_committed_can_be_kept_too(
    topic: RepositoryBuilder, cache: Path, source: ChangeSource
) -> None:
    topic.write("app.py", CODE + "# more\n").git("add", "app.py")
    first = check(topic, cache, source=source)
    with counted() as started:
        assert check(topic, cache, source=source) == first
    assert started == []
    topic.write("app.py", CODE + "# and more\n").git("add", "app.py")
    assert again(topic, cache, source=source) == 2


def test_a_path_with_odd_bytes_is_kept(topic: RepositoryBuilder, cache: Path) -> None:
    topic.write(b"odd\xff.py", INJECTION).commit("Odd")
    first = check(topic, cache)
    with counted() as started:
        assert check(topic, cache) == first
    assert started == []


def test_with_a_key_only_what_is_sealed_with_it_counts(
    topic: RepositoryBuilder, cache: Path
) -> None:
    plain = check(topic, cache)
    for secret in (CacheKey(b"k" * 32), CacheKey(b"o" * 32), None):
        told = check(topic, cache, cache_key=secret)
        assert codes(told) == {"cache-unusable"}
        assert told.report["findings"] == plain.report["findings"]
        with counted() as started:
            assert check(topic, cache, cache_key=secret) == plain
        assert started == []


def test_what_is_kept_names_no_person_and_no_salt(
    topic: RepositoryBuilder, cache: Path
) -> None:
    check(topic, cache)
    [entry] = entries(cache)
    kept = json.loads(entry.read_bytes().split(b"\n", 2)[2])
    assert set(kept) == {"key", "files", "elsewhere", "notices", "definition_maps"}
    assert "alice" not in entry.read_text().casefold()
