"""A place aside for what must not be written into the user's repository.

Objects, an index, copies of files.
"""

import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from judgegate.model.errors_and_exit_codes import IncompleteError


class Scratch:
    """A temporary directory, removed on `close` and when the process ends, also by Ctrl-C."""

    def __init__(self, object_format: str) -> None:
        self._object_format = object_format
        with temporary_files():
            # Python would pass over a TMPDIR that cannot be written, and end up in the current
            # directory: among the files that are judged.
            place = os.environ.get("TMPDIR") or tempfile.gettempdir()
            self._directory = tempfile.TemporaryDirectory(prefix="judgegate-", dir=place)
        self.path = Path(self._directory.name)

    @property
    def index(self) -> Path:
        """Where a temporary index stands."""
        return self.path / "index"

    @property
    def objects(self) -> Path:
        """The object directory."""
        return self.path / "objects"

    def lay_over(self, objects: Path) -> None:
        """Make the object directory, in which everything below `objects` can be read too."""
        with temporary_files():
            (self.objects / "info").mkdir(parents=True)
            (self.objects / "info" / "alternates").write_bytes(
                _quote(os.fsencode(objects)) + b"\n"
            )

    def store(self, kind: str, content: bytes) -> str:
        """Write an object into the layer and return its id. It is deflated lightly: it does not live long."""
        plain = f"{kind} {len(content)}\0".encode() + content
        oid = hashlib.new(self._object_format, plain, usedforsecurity=False).hexdigest()
        place = self.objects / oid[:2] / oid[2:]
        if not place.exists():
            with temporary_files():
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(zlib.compress(plain, level=1))
        return oid

    def close(self) -> None:
        self._directory.cleanup()


@contextmanager
def temporary_files() -> Iterator[None]:
    """Make what the system refuses within it an error about the temporary directory.

    It may refuse for want of space or permission.
    """
    try:
        yield
    except OSError as error:
        raise IncompleteError(
            f"Temporary files cannot be written: {error.strerror or error}.",
            "Set TMPDIR to a writable directory with free space.",
        ) from error


_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')
"""The bytes that stand for themselves within quotes."""


def _quote(path: bytes) -> bytes:
    """The path as git reads it in a list of alternates, whatever bytes it has."""
    escaped = (bytes([byte]) if byte in _PLAIN else b"\\%03o" % byte for byte in path)
    return b'"' + b"".join(escaped) + b'"'
