"""The workers' answers for a content, kept from one run to the next: no content is scanned twice.

Only a person's own runs use it, or an Action with a key of its own: no published verdict rests on
what another program on a developer's machine could have written.

It is opened before most of a run is imported, so it imports little.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice
from judgegate.pipeline.answer_store import AnswerStore, Row, open_store, remove_store
from judgegate.pipeline.answer_tables import DamagedStoreError, StoreBusyError
from judgegate.pipeline.cache_folder import (
    CacheDirectory,
    UntrustedError,
    open_cache_directory,
    reason,
)
from judgegate.pipeline.request import AnswerCache

if TYPE_CHECKING:
    from judgegate.change.repository import Repository

_WHAT = {
    "cache-unused": "Answers that were kept could not be used",
    "cache-not-written": "The answers could not be kept",
}
"""What a notice says of trouble, by its code."""


class KeptAnswers:
    """The answers of earlier runs, as bytes. Trouble with the store is a notice, and then there are none."""

    def __init__(self, asked: AnswerCache) -> None:
        self._asked = asked
        self._folder: CacheDirectory | None = None
        self._store: AnswerStore | None = None
        self.notices: list[Notice] = []
        self.salt = os.urandom(32)
        """For the inner keys of secrets. A store has its own, so that old and new ones pair."""

    @property
    def travels(self) -> bool:
        """Whether the store may come from another machine."""
        return self._asked.key is not None

    def open(self, repository: "Repository") -> None:
        """Open the store, or say why not.

        Raises:
            UsageError: the folder was named by hand, and others can write into it, or the judged
                repository could have brought it.
        """
        asked = self._asked
        try:
            # A home that cannot be written to, as in many containers, is no trouble that anybody
            # has to know of: nothing that was asked for is missing. A folder that was named is.
            with self._noticed("cache-unused", tells_of_system=not asked.is_usual):
                self._folder = open_cache_directory(
                    asked.folder, repository.work_tree, repository.git_dir
                )
                self._store = self._open_in(self._folder)
                self.salt = self._store.salt
        except UsageError as error:
            if not asked.is_usual:
                raise
            self.notices.append(Notice("cache-unused", error.what))

    def give_up(self, why: str) -> None:
        """Use the store no more."""
        self.close()
        self.notices.append(Notice("cache-unused", why))

    def know(self, oids: Collection[str]) -> bool:
        """Whether there is something of each of these objects, whatever it is."""
        known = False
        if self._store is not None:
            with self._noticed("cache-unused"):
                known = self._store.has_all(oids)
        return known

    def remember(self, oid: str) -> None:
        """Have it known from now on that there was such an object."""
        if self._store is not None:
            with self._noticed("cache-not-written"):
                self._store.remember(oid)

    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are kept, by their keys."""
        values: dict[bytes, bytes] = {}
        if self._store is not None:
            with self._noticed("cache-unused"):
                values = self._store.read(keys)
        return values

    def write(self, rows: Iterable[Row]) -> None:
        """Keep values for later runs."""
        if self._store is not None:
            with self._noticed("cache-not-written"):
                self._store.write(rows)

    def close(self) -> None:
        """Let the store's file go."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open_in(self, folder: CacheDirectory) -> AnswerStore:
        key = self._asked.key
        if key is None:
            return open_store(folder)
        # Imported here, because only an Action has a key.
        from judgegate.pipeline.sealed_store import open_sealed_store

        return open_sealed_store(folder, key)

    @contextmanager
    def _noticed(self, code: str, *, tells_of_system: bool = True) -> Iterator[None]:
        """Let trouble with the store be a notice and the end of its use."""
        try:
            yield
        except StoreBusyError:
            # Another run writes. Nothing is wrong, and to wait could take longer than to scan.
            return
        except (DamagedStoreError, UntrustedError, OSError) as error:
            self.close()
            if isinstance(error, DamagedStoreError):
                self._remove()
            if tells_of_system or not isinstance(error, OSError):
                self.notices.append(Notice(code, f"{_WHAT[code]} ({reason(error)})."))

    def _remove(self) -> None:
        """Make place for a store that is whole. Where that fails, the next run tells of the same damage."""
        if self._folder is None:
            return
        from judgegate.pipeline.sealed_store import remove_sealed_store

        remove = remove_store if self._asked.key is None else remove_sealed_store
        with suppress(OSError):
            remove(self._folder)
