"""How the tests of this room read a source and run a check."""

from collections.abc import Callable, Iterator
from textwrap import dedent

from judgegate.model.observation import Observation
from judgegate.sources.python import PythonSource, read_python
from judgegate.sources.text import Unreadable

SALT = b"salt of this run"


def read(text: str, salt: bytes = SALT) -> PythonSource:
    return read_python(dedent(text).encode(), salt)


def see(
    scan: Callable[[PythonSource], Iterator[Observation]], text: str
) -> list[Observation]:
    return list(scan(read(text)))


def reason_of(data: bytes) -> str | None:
    """Why the bytes cannot be read, None if they can."""
    try:
        read_python(data)
    except Unreadable as unreadable:
        return str(unreadable)
    return None
