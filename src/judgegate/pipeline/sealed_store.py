"""The rows as one sealed file, for a folder that others may have filled: the cache of a CI system.

The file's seal is proved before SQLite reads a byte of it, since SQLite is not made for files of an
attacker. The rows are in memory; what is written goes into the file at once, and of two runs the
last one wins.
"""

import hmac
import sqlite3
import zlib

from judgegate.pipeline.answer_store import AnswerStore
from judgegate.pipeline.answer_tables import (
    DamagedStoreError,
    prepare_tables,
    translated_errors,
)
from judgegate.pipeline.cache_folder import LARGEST_FILE, CacheDirectory
from judgegate.pipeline.request import CacheKey

SEALED_FILE = "answers-1.sealed"

LARGEST_SEALED_STORE = 2 * LARGEST_FILE
"""Bytes that the rows take. The file is deflated, to less than a third of them."""

_SEAL_SIZE = 32


def open_sealed_store(folder: CacheDirectory, key: CacheKey) -> AnswerStore:
    """The store in a folder that is sealed with this key, or an empty one.

    Raises:
        UntrustedError: somebody else could have written the folder or the file.
        DamagedStoreError: the file is not sealed with this key.
        OSError: it cannot be read.
    """
    folder.prepare()
    content = folder.read(SEALED_FILE)

    def seal(body: bytes) -> bytes:
        return hmac.digest(key.derive("file"), body, "sha256")

    def save(connection: sqlite3.Connection) -> None:
        # The file must hold what there is, and not what there was.
        connection.execute("VACUUM")
        body = zlib.compress(connection.serialize(), level=1)
        if len(body) > LARGEST_FILE - _SEAL_SIZE:
            raise OSError(f"they take more than {LARGEST_FILE >> 20} MiB")
        folder.write(SEALED_FILE, seal(body) + body)

    with translated_errors():
        connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False
        )
        # A Python can be built with an SQLite that lacks this.
        if not hasattr(connection, "deserialize"):
            raise OSError("this Python's SQLite cannot read a store from memory")
        if content is not None:
            body = content[_SEAL_SIZE:]
            if not hmac.compare_digest(seal(body), content[:_SEAL_SIZE]):
                raise DamagedStoreError("it is not sealed with this cache-key")
            connection.deserialize(zlib.decompress(body))
        prepare_tables(connection)
    return AnswerStore(
        connection, key.derive("rows"), bound=LARGEST_SEALED_STORE, save=save
    )


def remove_sealed_store(folder: CacheDirectory) -> None:
    """Remove the file.

    Raises:
        OSError: it cannot be removed.
    """
    (folder.path / SEALED_FILE).unlink(missing_ok=True)
