"""The file of rows: nothing that somebody else wrote counts, and nothing that is wrong with it stops a run."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgegate.pipeline import answer_store, answer_tables
from judgegate.pipeline.answer_store import (
    DATABASE,
    FILES,
    KEY_FILE,
    AnswerStore,
    Row,
    measure_store,
    open_store,
    remove_store,
)
from judgegate.pipeline.answer_tables import (
    DamagedStoreError,
    StoreBusyError,
    prepare_tables,
    translated_errors,
)
from judgegate.pipeline.cache_folder import (
    CacheDirectory,
    UntrustedError,
    open_cache_directory,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
BLOB, OTHER_BLOB = "0a" * 20, "ff" * 32
ROW = Row(KEY, BLOB, b"value")


@pytest.fixture
def folder(tmp_path: Path) -> CacheDirectory:
    return open_cache_directory(tmp_path / "not" / "there", None, None)


@pytest.fixture
def store(folder: CacheDirectory) -> Iterator[AnswerStore]:
    with closing(open_store(folder)) as opened:
        yield opened


def written(folder: CacheDirectory, *rows: Row) -> None:
    with closing(open_store(folder)) as opened:
        opened.write(rows)


def read(folder: CacheDirectory, *keys: bytes) -> dict[bytes, bytes]:
    with closing(open_store(folder)) as opened:
        return opened.read(keys)


def change(folder: CacheDirectory, statement: str, *values: object) -> None:
    """Do to the file what its owner's other programs could."""
    with closing(sqlite3.connect(folder.path / DATABASE)) as connection, connection:
        connection.execute(statement, values)


def test_what_is_written_is_read(folder: CacheDirectory) -> None:
    assert read(folder, KEY) == {}
    written(folder, ROW, Row(OTHER_KEY, OTHER_BLOB, b""))
    assert read(folder, KEY, OTHER_KEY, b"x" * 32) == {KEY: b"value", OTHER_KEY: b""}
    written(folder, Row(KEY, BLOB, b"another"))
    assert read(folder, KEY) == {KEY: b"another"}


def test_many_are_read_at_once(store: AnswerStore) -> None:
    rows = [
        Row(number.to_bytes(32, "little"), BLOB, b"%d" % number) for number in range(1200)
    ]
    store.write(rows)
    assert store.read(row.key for row in rows) == {row.key: row.value for row in rows}


def test_it_knows_of_which_contents_it_has_something(store: AnswerStore) -> None:
    assert store.has_all([])
    assert not store.has_all([BLOB])
    store.write([ROW])
    assert store.has_all([BLOB])
    assert not store.has_all([BLOB, OTHER_BLOB])


def test_a_row_that_was_written_without_the_key_is_none(folder: CacheDirectory) -> None:
    written(folder, ROW)
    change(folder, "UPDATE answers SET value = ?", b"clean")
    assert read(folder, KEY) == {}
    for seal in (b"", b"\0" * 32, "text", 7):
        change(folder, "UPDATE answers SET seal = ?", seal)
        assert read(folder, KEY) == {}


def test_a_row_in_the_place_of_another_is_none(folder: CacheDirectory) -> None:
    written(folder, ROW, Row(OTHER_KEY, BLOB, b"clean"))
    with closing(sqlite3.connect(folder.path / DATABASE)) as connection, connection:
        ids = {
            value: number
            for number, value in connection.execute("SELECT id, value FROM answers")
        }
        connection.execute("DELETE FROM answers WHERE id = ?", (ids[b"value"],))
        connection.execute(
            "UPDATE answers SET id = ? WHERE id = ?", (ids[b"value"], ids[b"clean"])
        )
    assert read(folder, KEY, OTHER_KEY) == {}


def test_a_value_of_another_type_is_none(folder: CacheDirectory) -> None:
    written(folder, ROW)
    change(folder, "UPDATE answers SET value = 'value'")
    assert read(folder, KEY) == {}


def test_with_another_key_nothing_counts_and_the_salt_is_another(
    folder: CacheDirectory,
) -> None:
    written(folder, ROW)
    with closing(open_store(folder)) as opened:
        salt = opened.salt
    with closing(open_store(folder)) as opened:
        assert opened.salt == salt
    key = (folder.path / KEY_FILE).read_bytes()
    assert len(key) == 32
    assert salt != key  # a worker knows the salt, and must not be able to seal anything
    (folder.path / KEY_FILE).unlink()
    with closing(open_store(folder)) as opened:
        assert opened.salt != salt
        assert opened.read([KEY]) == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_changed_byte_gives_another_value(
    folder: CacheDirectory, data: st.DataObject
) -> None:
    rows = [Row(bytes([number]) * 32, BLOB, b"%d" % number * 700) for number in range(12)]
    remove_store(folder)
    written(folder, *rows)
    file = folder.path / DATABASE
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    file.write_bytes(
        content[: data.draw(st.sampled_from([len(content)] * 3 + [5000, 100]))]
    )
    found: dict[bytes, bytes] = {}
    with suppress(DamagedStoreError, OSError), closing(open_store(folder)) as store:
        for use in (
            lambda: found.update(store.read(row.key for row in rows)),
            lambda: store.has_all([BLOB, OTHER_BLOB]),
            lambda: store.remember(OTHER_BLOB),
            lambda: store.write([ROW]),
            store.figures,
        ):
            # Nothing else may be raised: it would end the run.
            with suppress(DamagedStoreError, OSError):
                use()
    assert found.items() <= {row.key: row.value for row in rows}.items()


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"x" * 5000, b"notes\n" * 1000])
def test_what_is_no_database_is_damaged(folder: CacheDirectory, content: bytes) -> None:
    written(folder, ROW)
    (folder.path / DATABASE).write_bytes(content)
    with pytest.raises(DamagedStoreError):
        read(folder, KEY)


ENDLESS = (
    "WITH RECURSIVE r(id, blob, size, day) AS "
    "(SELECT 1, 1, 1, 1 UNION ALL SELECT id + 1, 1, 1, 1 FROM r) SELECT * FROM r"
)


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(["PRAGMA user_version = 2"], id="another version"),
        pytest.param(["DROP TABLE marks"], id="a table less"),
        pytest.param(["CREATE TABLE more (id INTEGER)"], id="a table more"),
        pytest.param(
            ["DROP TABLE marks", f"CREATE VIEW marks AS {ENDLESS}"], id="an endless view"
        ),
        pytest.param(
            ["DROP TABLE marks", f"CREATE VIEW marks AS {ENDLESS}", "PRAGMA user_version = 0"],
            id="an endless view in a store without a version",
        ),
        pytest.param(
            [f"CREATE TRIGGER t AFTER UPDATE ON marks BEGIN INSERT INTO marks {ENDLESS}; END"],
            id="an endless trigger",
        ),
        pytest.param(
            ["DROP TABLE marks", "CREATE TABLE marks (id INTEGER PRIMARY KEY, blob, size, day)"],
            id="other columns",
        ),
    ],
)  # fmt: skip
def test_a_file_with_other_tables_is_damaged(
    folder: CacheDirectory, statements: list[str]
) -> None:
    written(folder, ROW)
    for statement in statements:
        change(folder, statement)
    with pytest.raises(DamagedStoreError):
        open_store(folder)


def test_a_question_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_tables, "MOST_STEPS", 0)
    with closing(sqlite3.connect(":memory:")) as connection:
        prepare_tables(connection)
        with pytest.raises(DamagedStoreError), translated_errors():
            list(connection.execute(ENDLESS))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_size_is_damaged(folder: CacheDirectory, size: int) -> None:
    written(folder, ROW)
    (folder.path / KEY_FILE).write_bytes(b"x" * size)
    with pytest.raises(DamagedStoreError):
        read(folder, KEY)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_others_may_write_or_a_link_is_not_used(
    folder: CacheDirectory, name: str, tmp_path: Path
) -> None:
    written(folder, ROW)
    file = folder.path / name
    file.touch()
    file.chmod(0o660)
    with pytest.raises(UntrustedError, match="other users"):
        open_store(folder)
    file.replace(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises((UntrustedError, OSError)):
        open_store(folder)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read_is_not_used(folder: CacheDirectory, mode: int) -> None:
    written(folder, ROW)
    (folder.path / KEY_FILE).chmod(mode)
    with pytest.raises(UntrustedError, match="other users can read it"):
        open_store(folder)


def test_a_folder_that_others_may_write_to_is_not_used(folder: CacheDirectory) -> None:
    folder.path.mkdir(parents=True)
    folder.path.chmod(0o770)
    with pytest.raises(UntrustedError, match="other users"):
        open_store(folder)


def test_while_one_writes_the_others_read_and_do_not_wait(folder: CacheDirectory) -> None:
    written(folder, ROW)
    with (
        closing(open_store(folder)) as store,
        closing(sqlite3.connect(folder.path / DATABASE)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        assert store.read([KEY]) == {KEY: b"value"}
        started = time.monotonic()
        with pytest.raises(StoreBusyError):
            store.write([Row(OTHER_KEY, BLOB, b"more")])
        assert time.monotonic() - started < 5
        other.execute("ROLLBACK")
        store.write([Row(OTHER_KEY, BLOB, b"more")])
    assert read(folder, OTHER_KEY) == {OTHER_KEY: b"more"}


def test_what_cannot_be_written_is_an_error_of_the_system(store: AnswerStore) -> None:
    store._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(OSError, match="readonly"):
        store.write([ROW])


def test_a_disk_that_is_full_keeps_what_there_was(store: AnswerStore) -> None:
    store.write([ROW])
    store._connection.execute("PRAGMA max_page_count = 8")
    with pytest.raises(OSError, match="full"):
        store.write([Row(OTHER_KEY, BLOB, b"x" * 100_000)])
    assert store.read([KEY, OTHER_KEY]) == {KEY: b"value"}


def on_day(store: AnswerStore, day: int) -> AnswerStore:
    store._today = day
    return store


def test_beyond_the_bound_what_was_not_used_for_longest_goes(
    folder: CacheDirectory, store: AnswerStore
) -> None:
    store._bound = 1_200_000
    keys = [bytes([number]) * 32 for number in range(30)]
    for day, key in enumerate(keys):
        on_day(store, day + 1)
        assert store.read(keys[:1]) or not day
        store.write([Row(key, BLOB, bytes(100_000))])
        assert (folder.path / DATABASE).stat().st_size <= 1_200_000
    left = [keys.index(key) for key in store.read(keys)]
    # The first one was used every day.
    assert left == [0, *range(31 - len(left), 30)]
    assert len(left) >= 5


def test_a_row_that_is_too_large_is_left_out_and_so_is_what_fills_half_a_store(
    store: AnswerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_store, "LARGEST_ROW", 100_000)
    store._bound = 1_000_000
    store.write([Row(KEY, BLOB, bytes(100_001)), Row(OTHER_KEY, BLOB, bytes(100_000))])
    assert list(store.read([KEY, OTHER_KEY])) == [OTHER_KEY]
    store.write(Row(bytes([number]) * 32, BLOB, bytes(100_000)) for number in range(9))
    assert store.figures().rows == 6


def test_a_row_is_marked_as_used_once_a_day_and_not_at_each_reading(
    folder: CacheDirectory,
) -> None:
    with closing(open_store(folder)) as store:
        on_day(store, 1).write([ROW])
    with closing(open_store(folder)) as store:
        on_day(store, 2).read([KEY])
        store.write([])
        assert store.figures().oldest == 2
        store.read([KEY])
        before = store._connection.total_changes
        store.write([])
        assert store._connection.total_changes == before


def test_what_is_measured_and_removed_is_ours_alone(folder: CacheDirectory) -> None:
    assert measure_store(folder) is None
    remove_store(folder)
    written(folder, ROW)
    (folder.path / "notes").touch()
    (folder.path / f"{KEY_FILE}.0123456789abcdef.part").touch()
    figures = measure_store(folder)
    assert figures is not None
    assert figures.rows == 1
    assert 5 < figures.size < 100_000
    remove_store(folder)
    assert [path.name for path in folder.path.iterdir()] == ["notes"]
