"""One SQLite file that keeps rows of bytes by their keys, for many runs at once.

A row counts only with the code that this store's own random bytes give for it: one that is damaged,
exchanged or written by somebody else is none. A store that is in use elsewhere makes no run wait.
"""

import hmac
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Any

from msgspec import Struct

from judgegate.pipeline.answer_tables import (
    DamagedStoreError,
    prepare_tables,
    translated_errors,
)
from judgegate.pipeline.cache_folder import CacheDirectory

DATABASE = "answers-1.sqlite"
"""The file. A version with other tables gives it another number, and leaves this one alone."""

KEY_FILE = "answers.key"
KEY_SIZE = 32

FILES = (DATABASE, f"{DATABASE}-shm", f"{DATABASE}-wal", KEY_FILE)
"""All that a store is made of; SQLite makes the two in the middle."""

LARGEST_STORE = 512 << 20
"""Bytes of the file. Before it grows beyond that, those rows go that were not used for longest."""

LARGEST_ROW = 16 << 20

PATIENCE = 0.2
"""Seconds that a run waits for another one that writes. Then it goes on without."""

_SECONDS_OF_DAY = 86_400
_AT_ONCE = 500
"""Keys in one question: older versions of SQLite take 999."""


class Row(Struct, frozen=True):
    """What is kept: a value by its key, and the id of the object that it tells of."""

    key: bytes
    blob: str
    value: bytes


class StoreFigures(Struct, frozen=True):
    """How much there is. `size` is in bytes; `oldest` is the day of the row that was not used for longest.

    Days are counted from the first of January 1970.
    """

    rows: int
    size: int
    oldest: int | None


class AnswerStore:
    """The rows. Open it with `open_store`, and close it.

    `bound` is how many bytes all of them may have; `save` is called when some were written.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        key: bytes,
        *,
        bound: int = LARGEST_STORE,
        save: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        self._connection = connection
        self._bound = bound
        self._save = save
        self._seal_key = _derive(key, b"seal")
        self.salt = _derive(key, b"salt")
        """For the inner keys of secrets. Workers know it, so it is not the key itself."""
        self._today = int(time.time()) // _SECONDS_OF_DAY
        self._used_again: set[int] = set()

    def close(self) -> None:
        """Let the file go."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def has_all(self, oids: Collection[str]) -> bool:
        """Whether there is a row of each of these objects, whatever it says.

        Raises:
            DamagedStoreError: the file cannot be read.
            StoreBusyError: not now.
        """
        wanted = set(map(_number_of, oids))
        found = self._ask("SELECT DISTINCT blob FROM marks WHERE blob IN ({})", wanted)
        return len({blob for (blob,) in found}) == len(wanted)

    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that there are, by their keys.

        Raises:
            DamagedStoreError: the file cannot be read.
            StoreBusyError: not now.
        """
        wanted = {_number(key): key for key in keys}
        found = {}
        question = "SELECT id, seal, value, day FROM answers JOIN marks USING (id) WHERE id IN ({})"
        for number, seal, value, day in self._ask(question, wanted):
            key = wanted[number]
            if not isinstance(value, bytes) or not isinstance(seal, bytes):
                continue
            if hmac.compare_digest(seal, self._seal(key, value)):
                found[key] = value
                if day != self._today:
                    self._used_again.add(number)
        return found

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows, and mark those as used that were read, all at once or not at all.

        Raises:
            DamagedStoreError: the file cannot be written.
            StoreBusyError: not now.
            OSError: there is no room for it, or it must not be written.
        """
        new = list(_bounded(rows, self._bound // 2))
        if not new and not self._used_again:
            return
        with translated_errors(), self._transaction() as connection:
            connection.executemany(
                "UPDATE marks SET day = ? WHERE id = ?",
                [(self._today, number) for number in self._used_again],
            )
            self._make_room(connection, sum(len(row.value) for row in new))
            connection.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                (
                    (_number(row.key), self._seal(row.key, row.value), row.value)
                    for row in new
                ),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)",
                (
                    (_number(row.key), _number_of(row.blob), len(row.value), self._today)
                    for row in new
                ),
            )
        self._used_again.clear()
        if self._save is not None:
            with translated_errors():
                self._save(self._connection)

    def remember(self, oid: str) -> None:
        """Have `has_all` know the object, of which there is no row.

        Raises:
            DamagedStoreError, StoreBusyError, OSError: as `write` does.
        """
        if self.has_all([oid]):
            return
        number = _number_of(oid)
        with translated_errors(), self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, 0, ?)",
                (number, number, self._today),
            )

    def figures(self) -> StoreFigures:
        """How much there is.

        Raises:
            DamagedStoreError: the file cannot be read.
            StoreBusyError: not now.
        """
        question = "SELECT count(*), min(day) FROM marks WHERE size > 0"
        with translated_errors():
            rows, oldest = self._connection.execute(question).fetchone()
            size = self._size()
        # Marks carry no seal, so they may say anything.
        if oldest is not None and oldest not in range(self._today + 2):
            raise DamagedStoreError("its marks are damaged")
        return StoreFigures(rows, size, oldest)

    def _make_room(self, connection: sqlite3.Connection, size: int) -> None:
        """Let rows go that were not used for longest, if so many bytes more are too many."""
        room = self._bound - size
        used = self._size()
        if used <= room:
            return
        # A quarter more than there must, so that not every run has to do it.
        excess = used - room * 3 // 4
        gone = []
        oldest_first = "SELECT id, CAST(size AS INTEGER) FROM marks ORDER BY day, id"
        for number, freed in connection.execute(oldest_first):
            gone.append((number,))
            excess -= freed
            if excess <= 0:
                break
        connection.executemany("DELETE FROM answers WHERE id = ?", gone)
        connection.executemany("DELETE FROM marks WHERE id = ?", gone)

    def _size(self) -> int:
        """Bytes that the rows take in the file; what rows left that went is used again."""
        pages, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _ask(self, question: str, numbers: Iterable[int]) -> Iterator[tuple[Any, ...]]:
        """The rows that a question finds, asked for some numbers at a time."""
        left = iter(numbers)
        with translated_errors():
            while some := list(islice(left, _AT_ONCE)):
                places = ",".join("?" * len(some))
                yield from self._connection.execute(question.format(places), some)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def _seal(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(self._seal_key, key + value, "sha256")


def open_store(folder: CacheDirectory) -> AnswerStore:
    """The store in a folder, which is made if there is none.

    Raises:
        UntrustedError: somebody else could have written it.
        DamagedStoreError: it is not one; `remove_store` makes place for a new one.
        StoreBusyError: another run is making it.
        OSError: it can neither be read nor made.
    """
    folder.prepare()
    key = _read_key(folder)
    # SQLite would make the file with the mode that the user's mask leaves.
    with suppress(FileExistsError):
        folder.create(DATABASE)
    for name in FILES:
        folder.holds(name)
    with translated_errors():
        connection = sqlite3.connect(
            folder.path / DATABASE,
            timeout=PATIENCE,
            isolation_level=None,
            # A thread opens it, and later another one reads; never two at once.
            check_same_thread=False,
        )
        try:
            prepare_tables(connection)
        except BaseException:
            connection.close()
            raise
    return AnswerStore(connection, key)


def measure_store(folder: CacheDirectory) -> StoreFigures | None:
    """How much a folder's store holds; None: there is none.

    Raises:
        UntrustedError, DamagedStoreError, StoreBusyError, OSError: as `open_store` does.
    """
    if not folder.holds(DATABASE):
        return None
    with closing(open_store(folder)) as store:
        return store.figures()


def remove_store(folder: CacheDirectory) -> None:
    """Remove the files of a store; what else is in the folder stays.

    Raises:
        OSError: they cannot be removed.
    """
    # What a run left that was killed while it made the key.
    left_over = (path.name for path in folder.path.glob(f"{KEY_FILE}.*.part"))
    # The database goes last: SQLite would take a log that is left over for the next one's.
    for name in (*left_over, *reversed(FILES)):
        with suppress(FileNotFoundError):
            (folder.path / name).unlink()


def _bounded(rows: Iterable[Row], room: int) -> Iterator[Row]:
    """The rows without those that are too large, as long as there is room."""
    for row in rows:
        room -= len(row.value)
        if room < 0:
            return
        if len(row.value) <= LARGEST_ROW:
            yield row


def _read_key(folder: CacheDirectory) -> bytes:
    """The store's random bytes, made by whichever run comes first."""
    key = folder.read(KEY_FILE, is_secret=True)
    if key is None:
        with suppress(FileExistsError):
            folder.create(KEY_FILE, os.urandom(KEY_SIZE))
        key = folder.read(KEY_FILE, is_secret=True) or b""
    if len(key) != KEY_SIZE:
        raise DamagedStoreError("its key is damaged")
    return key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, "sha256")


def _number(name: bytes) -> int:
    """The number of a row, out of a key or of an object's id: signed, as SQLite wants it."""
    return int.from_bytes(name[:8], "big", signed=True)


def _number_of(oid: str) -> int:
    return _number(bytes.fromhex(oid[:16]))
