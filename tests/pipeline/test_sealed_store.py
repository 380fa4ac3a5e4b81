"""The rows as a sealed file: what somebody without the key wrote is not even opened."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgegate.pipeline import sealed_store
from judgegate.pipeline.answer_store import Row
from judgegate.pipeline.answer_tables import DamagedStoreError
from judgegate.pipeline.cache_folder import (
    CacheDirectory,
    UntrustedError,
    open_cache_directory,
)
from judgegate.pipeline.request import AnswerCache, CacheKey, Request
from judgegate.pipeline.run import run as judge
from judgegate.pipeline.sealed_store import (
    SEALED_FILE,
    open_sealed_store,
    remove_sealed_store,
)
from tests.repositories import RepositoryBuilder

SECRET, OTHER = CacheKey(b"k" * 32), CacheKey(b"o" * 32)
ROW = Row(b"r" * 32, "0a" * 20, b"value")


@pytest.fixture
def folder(tmp_path: Path) -> CacheDirectory:
    return open_cache_directory(tmp_path / "there", None, None)


def written(folder: CacheDirectory, *rows: Row, key: CacheKey = SECRET) -> None:
    with closing(open_sealed_store(folder, key)) as store:
        store.write(rows)


def read(folder: CacheDirectory, key: CacheKey = SECRET) -> dict[bytes, bytes]:
    with closing(open_sealed_store(folder, key)) as store:
        return store.read([ROW.key])


def test_what_is_written_is_read_with_the_same_key_alone(folder: CacheDirectory) -> None:
    assert read(folder) == {}
    written(folder, ROW)
    assert read(folder) == {ROW.key: b"value"}
    with pytest.raises(DamagedStoreError, match="not sealed with this cache-key"):
        read(folder, OTHER)
    remove_sealed_store(folder)
    remove_sealed_store(folder)
    assert read(folder, OTHER) == {}


def test_the_salt_follows_from_the_key(folder: CacheDirectory) -> None:
    salts = []
    for key in (SECRET, SECRET, OTHER):
        with closing(open_sealed_store(folder, key)) as store:
            salts.append(store.salt)
    assert salts[0] == salts[1] != salts[2]
    assert SECRET.secret not in salts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_file_is_not_opened(folder: CacheDirectory, data: st.DataObject) -> None:
    remove_sealed_store(folder)
    written(folder, ROW)
    file = folder.path / SEALED_FILE
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content[: data.draw(st.sampled_from([len(content), 4000, 31, 0]))])
    with pytest.MonkeyPatch.context() as patch:
        # SQLite itself must not see it.
        patch.setattr(sealed_store, "prepare_tables", lambda _: pytest.fail("was opened"))
        with pytest.raises(DamagedStoreError, match="not sealed"):
            read(folder)


def test_a_plain_database_is_not_opened(folder: CacheDirectory, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "plain")) as plain, plain:
        plain.execute("CREATE TABLE answers (id)")
    folder.prepare()
    folder.write(SEALED_FILE, (tmp_path / "plain").read_bytes())
    with pytest.raises(DamagedStoreError, match="not sealed"):
        read(folder)


def test_rows_that_went_are_gone_from_the_file(
    folder: CacheDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_store, "LARGEST_SEALED_STORE", 500_000)
    for number in range(9):
        written(folder, Row(bytes([number]) * 32, "0a" * 20, bytes(100_000)))
    assert (folder.path / SEALED_FILE).stat().st_size < 500_000


def test_a_file_that_others_may_write_is_not_read(folder: CacheDirectory) -> None:
    written(folder, ROW)
    (folder.path / SEALED_FILE).chmod(0o666)
    with pytest.raises(UntrustedError):
        read(folder)


def test_a_key_is_never_shown() -> None:
    request = Request(cache_key=SECRET, answers=AnswerCache(Path("there"), key=SECRET))
    assert "kkk" not in f"{SECRET} {SECRET!r} {request!r}"


def test_a_run_uses_what_another_machine_kept_and_tells_what_is_not_sealed(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.write("README", "Start.\n").commit("Start")
    repository.branch("topic").write("app.py", "X = eval(input())\n").commit("Change")
    asked = Request(
        directory=repository.path, answers=AnswerCache(tmp_path / "kept", key=SECRET)
    )
    first = judge(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("judgegate.workers.pool.Pool.scan", lambda *_: pytest.fail("scanned"))
        assert judge(asked) == first
    (tmp_path / "kept" / SEALED_FILE).write_bytes(b"noise")
    told = judge(asked)
    assert [one.code for one in told.notices if one not in first.notices] == [
        "cache-unused"
    ]
    assert told.findings == first.findings
    assert judge(asked) == first
