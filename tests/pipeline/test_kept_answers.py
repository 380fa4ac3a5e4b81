"""Answers that are kept by content: the second run scans nothing, and says the same in every byte."""

import contextlib
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.checks.check_types import ScannedSide, Sighting
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange
from judgegate.pipeline import answer_tables, answers_of_plan
from judgegate.pipeline.answer_store import DATABASE, KEY_FILE, AnswerStore
from judgegate.pipeline.answers_of_plan import pack, unpack
from judgegate.report.formats import FORMATS
from judgegate.workers.scheduler import Scheduler
from judgegate.workers.wire import Compared, Failed, Scanned
from tests.model.contexts import CONTEXTS
from tests.pipeline.topics import BASE, CODE, SECRET
from tests.repositories import RepositoryBuilder
from tests.runs import Run, run, spawn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def check(topic: RepositoryBuilder, folder: Path, *more: str) -> Run:
    done = run("check", "-f", "json", "--all", "--cache", str(folder), *more, at=topic)
    assert done.code in {0, 1, 3}, done.err
    return done


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many contents each round of the workers got."""
    given: list[int] = []
    give = Scheduler.give

    def count(scheduler: Scheduler, job: object) -> None:
        given.append(1)
        give(scheduler, job)  # type: ignore[arg-type]  # it is handed on as it is

    grow = Scheduler.grow

    def count_workers(scheduler: Scheduler, size: int) -> None:
        given.append(0)
        grow(scheduler, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scheduler, "give", count)
        patch.setattr(Scheduler, "grow", count_workers)
        yield given


def scans(topic: RepositoryBuilder, folder: Path, *more: str) -> int:
    """How many contents another run scans."""
    with counted() as given:
        check(topic, folder, *more)
    return sum(given)


def test_what_a_quick_run_kept_serves_a_whole_report(
    topic: RepositoryBuilder, folder: Path
) -> None:
    run("check", "-q", "--cache", str(folder), at=topic)
    assert scans(topic, folder) == 0


def codes(done: Run) -> set[str]:
    return {
        notice["code"]
        for notice in done.report["notices"]
        if notice["code"].startswith("cache")
    }


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_the_same_cold_and_warm_and_without_a_store(
    topic: RepositoryBuilder, folder: Path, form: str
) -> None:
    command = ("check", "-f", form, "--all")
    plain = run(*command, at=topic)
    cold = run(*command, "--cache", str(folder), at=topic)
    with counted() as given:
        warm = run(*command, "--cache", str(folder), at=topic)
    assert plain == cold == warm
    assert given == []


def test_only_what_is_new_is_scanned(topic: RepositoryBuilder, folder: Path) -> None:
    assert scans(topic, folder) == 4  # new.py and old.py have one content
    assert scans(topic, folder) == 0
    topic.write("app.py", CODE + "# more\n").commit("Again")
    assert scans(topic, folder) == 1
    topic.git("mv", "new.py", "newer.py")
    topic.write("copy.py", CODE + "# more\n").commit("Copy and rename")
    assert scans(topic, folder) == 0


def test_a_head_that_no_run_has_seen_starts_a_worker_and_a_known_one_does_not(
    topic: RepositoryBuilder, folder: Path
) -> None:
    with counted() as given:
        check(topic, folder)
    assert given[0] == 0  # a worker started before anything was scanned
    with counted() as given:
        check(topic, folder)
    assert given == []
    topic.commit("Nothing new")
    with counted() as given:
        check(topic, folder)
    assert set(given) == {0}
    with counted() as given:
        check(topic, folder)
    assert given == []


def test_a_name_that_is_no_head_is_wrong_usage_as_without_a_store(
    topic: RepositoryBuilder, folder: Path
) -> None:
    for name in ("missing", "two\nlines", "-x"):
        command = ("check", f"--head={name}")
        plain = run(*command, at=topic)
        assert plain.code == 2
        assert run(*command, "--cache", str(folder), at=topic) == plain


def test_what_a_run_finds_counts_as_used_on_that_day(
    topic: RepositoryBuilder, folder: Path
) -> None:
    check(topic, folder)
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as store, store:
        store.execute("UPDATE marks SET day = 1 WHERE size > 0")
    assert scans(topic, folder) == 0
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as store:
        (oldest,) = store.execute("SELECT min(day) FROM marks").fetchone()
    assert oldest > 1


def test_another_repository_with_the_same_content_finds_it(
    topic: RepositoryBuilder, folder: Path, tmp_path: Path
) -> None:
    check(topic, folder)
    other = RepositoryBuilder(tmp_path / "other")
    other.write("app.py", BASE).commit("Start")
    other.branch("topic").write("lib/app.py", CODE).commit("Add")
    assert scans(other, folder) == 0


def test_what_the_plan_asks_of_a_content_counts_and_nothing_else(
    topic: RepositoryBuilder, folder: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yml"
    plan = ("--policy", str(policy))
    policy.write_text("version: 1\nextends: [default]\n")
    assert scans(topic, folder, *plan) == 4
    policy.write_text(
        "version: 1\nextends: [default]\nrules:\n  oversight/ai-assisted: {action: off}\n"
    )
    assert scans(topic, folder, *plan) == 0
    policy.write_text(
        "version: 1\nextends: [default]\nrules:\n  reliability/x:\n"
        "    {pattern: {language: python, code: input($$$)}, message: No., action: warn}\n"
    )
    assert scans(topic, folder, *plan) == 4
    policy.write_text("version: 1\nextends: [default]\nlimits: {cpu_seconds: 9}\n")
    assert scans(topic, folder, *plan) == 4
    policy.write_text(
        "version: 1\nextends: [default]\nrules:\n  reliability/x: {regex: eval, message: No., action: warn}\n"
    )
    assert scans(topic, folder, *plan) == 4  # the text alone, the code is known
    assert scans(topic, folder, *plan) == 0


def test_another_version_of_a_tool_scans_again(
    topic: RepositoryBuilder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(topic, folder)
    monkeypatch.setattr(answers_of_plan, "name_tools", lambda *_: {"bandit": "another"})
    assert scans(topic, folder) == 4


def test_an_accident_is_not_kept(topic: RepositoryBuilder, folder: Path) -> None:
    check(topic, folder)
    topic.write("deep.py", "x = " + "-" * 200_000 + "1\n").commit("Nest")
    assert scans(topic, folder) == 1
    assert scans(topic, folder) == 1


def test_a_secret_is_masked_in_what_is_kept_and_pairs_with_a_fresh_one(
    repository: RepositoryBuilder, folder: Path
) -> None:
    repository.write("app.py", CODE).commit("Start")
    repository.branch("topic").write("app.py", CODE + "# more\n").commit("Change")
    assert (check(repository, folder).report["findings"][0]["origin"]) == "existing"
    assert SECRET.encode() not in (folder / DATABASE).read_bytes()
    # Now one side is from the store, and the other one fresh.
    repository.write("app.py", CODE + "# and more\n").commit("Again")
    found = check(repository, folder).report["findings"]
    assert {one["origin"] for one in found if one["code"] == "B105"} == {"existing"}


def test_the_files_are_the_users_own(topic: RepositoryBuilder, folder: Path) -> None:
    check(topic, folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {DATABASE: 0o600, KEY_FILE: 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_damaged_store_is_told_and_made_anew(
    topic: RepositoryBuilder, folder: Path
) -> None:
    plain = check(topic, folder)
    (folder / DATABASE).write_bytes(b"noise" * 1000)
    told = check(topic, folder)
    assert codes(told) == {"cache-unused"}
    assert told.report["findings"] == plain.report["findings"]
    assert check(topic, folder) == plain
    assert scans(topic, folder) == 0


def test_an_answer_that_somebody_else_wrote_is_not_believed(
    topic: RepositoryBuilder, folder: Path
) -> None:
    plain = check(topic, folder)
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as store, store:
        for number, value in store.execute("SELECT id, value FROM answers").fetchall():
            forged = value.replace(b"B605", b"B999")
            store.execute("UPDATE answers SET value = ? WHERE id = ?", (forged, number))
    assert scans(topic, folder) == 1  # the one that was forged
    assert check(topic, folder) == plain


def test_a_store_that_others_may_write_is_told_and_stays_as_it_is(
    topic: RepositoryBuilder, folder: Path
) -> None:
    check(topic, folder)
    (folder / DATABASE).chmod(0o666)
    before = (folder / DATABASE).read_bytes()
    assert codes(check(topic, folder)) == {"cache-unused"}
    assert (folder / DATABASE).read_bytes() == before


def test_what_cannot_be_written_is_told(
    topic: RepositoryBuilder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("database or disk is full")

    monkeypatch.setattr(AnswerStore, "write", fail)
    told = check(topic, folder)
    assert codes(told) == {"cache-not-written"}
    assert "disk is full" in told.out


def test_where_an_engine_says_no_version_nothing_is_kept(
    topic: RepositoryBuilder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_of_plan, "name_tools", lambda *_: None)
    assert codes(check(topic, folder)) == {"cache-unused"}
    assert scans(topic, folder) == 4


@pytest.mark.parametrize("pages", [3, 4])
def test_a_disk_that_fills_up_stops_no_run(
    topic: RepositoryBuilder,
    folder: Path,
    pages: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = run("check", "-f", "json", "--all", at=topic)
    # SQLite says the same when the disk is full.
    full = f"{answer_tables._SETTINGS}PRAGMA max_page_count = {pages};"
    monkeypatch.setattr(answer_tables, "_SETTINGS", full)
    done = check(topic, folder)
    assert done.code == plain.code
    assert done.report["findings"] == plain.report["findings"]
    assert codes(done) <= {"cache-unused", "cache-not-written"}
    assert codes(done)


def test_two_runs_at_once_share_it(topic: RepositoryBuilder, folder: Path) -> None:
    with ThreadPoolExecutor(3) as at_once:
        command = ("check", "-f", "json", "--cache", str(folder))
        runs = list(at_once.map(lambda _: spawn(*command, at=topic), range(3)))
    assert len({(done.code, done.out) for done in runs}) == 1
    assert runs[0].code == 3, runs[0].err
    assert runs[0].out == run("check", "-f", "json", at=topic).out
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as store:
        assert store.execute("SELECT count(*) FROM answers").fetchone() == (4,)


@pytest.mark.parametrize("source", ["--staged", "--worktree"])
def test_what_is_not_committed_is_kept_too(
    topic: RepositoryBuilder, folder: Path, source: str
) -> None:
    topic.write("app.py", CODE + "# more\n").git("add", "app.py")
    check(topic, folder, source)
    assert scans(topic, folder, source) == 0
    topic.write("app.py", CODE + "# and more\n").git("add", "app.py")
    assert scans(topic, folder, source) == 1


def test_a_text_that_has_no_form_is_scanned_again(
    topic: RepositoryBuilder, folder: Path
) -> None:
    topic.write("odd.py", 'import os\n\n\ndef run():\n    os.system("\\udcff" + input())\n')
    topic.write(b"odd\xff.py", b"# coding: latin-1\nX = eval('\xff')\n").commit("Odd")
    assert check(topic, folder) == check(topic, folder)


class TestTheUsualFolder:
    """Where nobody names one."""

    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.delenv("JUDGEGATE_NO_CACHE")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        return tmp_path / "home"

    def test_it_is_below_the_users_caches(
        self, topic: RepositoryBuilder, home: Path
    ) -> None:
        run("check", at=topic)
        assert (home / ".cache/judgegate" / DATABASE).is_file()

    def test_the_standards_variable_moves_it(
        self,
        topic: RepositoryBuilder,
        home: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
        run("check", at=topic)
        assert (tmp_path / "caches/judgegate" / DATABASE).is_file()
        assert not home.exists()

    def test_no_cache_and_a_run_of_ci_leave_it_alone(
        self, topic: RepositoryBuilder, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("check", "--no-cache", at=topic)
        monkeypatch.setenv("CI", "true")
        run("check", at=topic)
        assert not home.exists()
        monkeypatch.setenv("CI", "false")
        run("check", at=topic)
        assert home.exists()

    @pytest.mark.parametrize("home", ["", "relative"])
    def test_without_a_home_there_is_none(
        self, topic: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch, home: str
    ) -> None:
        monkeypatch.delenv("JUDGEGATE_NO_CACHE")
        monkeypatch.setenv("HOME", home)
        monkeypatch.setattr(
            "judgegate.pipeline.kept_answers.KeptAnswers.open",
            lambda *_: pytest.fail("a store was opened"),
        )
        assert codes(run("check", "-f", "json", at=topic)) == set()

    @pytest.mark.parametrize(
        "command", [("demo",), ("policy", "test"), ("provenance",), ("waivers", "--scan")]
    )
    def test_no_other_command_fills_it(
        self, topic: RepositoryBuilder, home: Path, command: tuple[str, ...]
    ) -> None:
        run(*command, at=topic)
        assert not home.exists()

    def test_a_home_that_cannot_be_written_to_is_no_trouble(
        self, topic: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("JUDGEGATE_NO_CACHE")
        monkeypatch.setenv("HOME", "/proc")
        assert codes(run("check", "-f", "json", at=topic)) == set()
        named = run("check", "-f", "json", "--cache", "/proc/cache", at=topic)
        assert codes(named) == {"cache-unused"}

    def test_a_home_that_cannot_be_reached_is_no_trouble(
        self, topic: RepositoryBuilder, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("judgegate.pipeline.cache_folder._check_owner", refuse)
        (home / ".cache" / "judgegate").mkdir(parents=True)
        assert codes(run("check", "-f", "json", at=topic)) == set()
        named = run("check", "-f", "json", "--cache", str(home), at=topic)
        assert codes(named) == {"cache-unused"}

    def test_one_in_the_judged_work_tree_is_told_and_left_alone(
        self, topic: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("JUDGEGATE_NO_CACHE")
        monkeypatch.setenv("HOME", str(topic.path))
        assert codes(run("check", "-f", "json", at=topic)) == {"cache-unused"}
        assert not (topic.path / ".cache").exists()

    def test_so_is_one_in_the_work_tree_that_the_judged_one_is_linked_to(
        self, topic: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("JUDGEGATE_NO_CACHE")
        monkeypatch.setenv("HOME", str(topic.path))
        linked = topic.worktree(tmp_path / "linked")
        assert codes(run("check", "-f", "json", at=linked)) == {"cache-unused"}


def test_a_named_folder_is_refused_where_a_change_could_fill_it(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    done = run("check", "--cache", "kept", at=topic)
    assert done.code == 2
    assert "where a change could add entries of its own" in done.err
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    done = run("check", "--cache", str(tmp_path / "open"), at=topic)
    assert done.code == 2
    assert "Other users can write" in done.err
    (tmp_path / "loop").symlink_to("loop")
    done = run("check", "--cache", str(tmp_path / "loop"), at=topic)
    assert done.code == 2
    assert "leads back to itself" in done.err


def test_to_name_a_folder_and_want_none_is_a_contradiction(
    topic: RepositoryBuilder, folder: Path
) -> None:
    done = run("check", "--no-cache", "--cache", str(folder), at=topic)
    assert done.code == 2
    assert "cannot be used together" in done.err


def test_a_content_that_is_not_what_its_id_names_is_not_judged(
    topic: RepositoryBuilder, folder: Path
) -> None:
    """Somebody who hands over a whole repository could otherwise have a clean content kept under another's id."""
    oid = topic.git("rev-parse", "HEAD:app.py").strip()
    file = topic.path / ".git/objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    clean = b"X = 1\n" * (len(CODE) // 6) + b"#" * (len(CODE) % 6)
    file.write_bytes(zlib.compress(b"blob %d\0" % len(clean) + clean))
    done = run("check", "--cache", str(folder), at=topic)
    assert done.code == 4
    assert "is not the one that its id names" in done.err


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_OBSERVATIONS = st.builds(
    Observation,
    rule=_TEXTS,
    code=_TEXTS,
    lines=st.just(LineRange(1, 2)),
    subject=_TEXTS,
    message=_TEXTS,
    fingerprint=_TEXTS,
    key=_TEXTS,
    excerpt=_TEXTS,
    severity=st.none() | st.sampled_from(Severity),
    confidence=st.none() | st.sampled_from(Confidence),
    measure=st.none() | st.integers(-(2**63), 2**63 - 1),
    definition=st.none() | st.just(LineRange(1, 9)),
    context=st.none() | CONTEXTS,
)
_ANSWERS = st.one_of(
    st.builds(
        Scanned,
        _TEXTS,
        st.lists(_TEXTS).map(tuple),
        st.lists(_OBSERVATIONS, max_size=3).map(tuple),
    ),
    st.builds(
        Compared,
        _TEXTS,
        st.lists(_TEXTS).map(tuple),
        st.lists(
            st.builds(Sighting, _OBSERVATIONS, st.sampled_from(ScannedSide)), max_size=3
        ).map(tuple),
    ),
    st.builds(Failed, _TEXTS, _TEXTS, st.just(value=True)),
)


@given(_ANSWERS)
def test_an_answer_survives_being_kept(answer: Scanned | Compared | Failed) -> None:
    assert unpack(pack(answer)) == answer


@given(_ANSWERS, st.data())
def test_bytes_that_are_no_answer_are_none_and_no_error(
    answer: Scanned | Compared | Failed, data: st.DataObject
) -> None:
    content = bytearray(pack(answer))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
            st.integers(0, 255)
        )
    found = unpack(bytes(content))
    assert found is None or isinstance(found, Scanned | Compared | Failed)
    noise = data.draw(st.binary(max_size=60))
    assert unpack(b"s" + noise) is None or noise
