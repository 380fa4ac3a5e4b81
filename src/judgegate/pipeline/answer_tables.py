"""The tables of a store of answers, and what SQLite says of a file that is no such store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

_TABLES = (
    (
        "table",
        "answers (id INTEGER PRIMARY KEY, seal BLOB NOT NULL, value BLOB NOT NULL)",
    ),
    # The marks are a table of their own, since to mark a row as used writes all of the row anew.
    (
        "table",
        """marks (
    id INTEGER PRIMARY KEY, blob INTEGER NOT NULL, size INTEGER NOT NULL, day INTEGER NOT NULL
)""",
    ),
    ("index", "marks_by_blob ON marks (blob)"),
)
"""What there is, each with its kind, as SQLite keeps it."""

_CREATED = "".join(f"CREATE {kind} IF NOT EXISTS {what};" for kind, what in _TABLES)
_EXPECTED = sorted((kind, f"CREATE {kind.upper()} {what}") for kind, what in _TABLES)

_SETTINGS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA journal_size_limit = 16777216;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
"""
# Nothing waits for the disk: after a power cut the file may be damaged, and then it is made anew.

MOST_STEPS = 300_000_000
"""Steps of SQLite's machine for one run: a few seconds. To make room in the largest store takes a tenth."""

_STEPS_AT_ONCE = 1_000_000


class DamagedStoreError(Exception):
    """The files are there and are no store; the message is a clause."""


class StoreBusyError(Exception):
    """Another run writes at this moment."""


def prepare_tables(connection: sqlite3.Connection) -> None:
    """Set a connection up, with tables if there are none.

    Raises:
        DamagedStoreError: there is anything else in it.
        sqlite3.Error: it is no database.
    """
    rounds = count(1)
    # Pages that point to each other make a table without end.
    connection.set_progress_handler(
        lambda: next(rounds) > MOST_STEPS // _STEPS_AT_ONCE, _STEPS_AT_ONCE
    )
    connection.executescript(_SETTINGS)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(
            f"BEGIN IMMEDIATE; {_CREATED} PRAGMA user_version = 1; COMMIT;"
        )
    elif version != 1:
        raise DamagedStoreError("its tables are not those of this version")
    # A view or a trigger could compute for ever, and give rows that nobody wrote.
    there = connection.execute("SELECT type, sql FROM sqlite_master LIMIT 4").fetchall()
    if sorted(there, key=str) != _EXPECTED:
        raise DamagedStoreError("its tables are not those of a store")


_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NOT_NOW = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """Let SQLite's errors be ours.

    Raises:
        DamagedStoreError, StoreBusyError, OSError: by the error's code.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _BUSY:
            raise StoreBusyError(str(error)) from error
        if code in _NOT_NOW:
            raise OSError(str(error)) from error
        raise DamagedStoreError("it is damaged") from error
