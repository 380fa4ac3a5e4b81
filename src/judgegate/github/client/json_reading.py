"""GitHub's answers as values. What does not fit the type is an answer that cannot be relied on."""

from collections.abc import Iterable
from typing import TypeVar

from judgegate.model.codec import DecodeError, convert
from judgegate.model.errors_and_exit_codes import IncompleteError

T = TypeVar("T")


def read(kind: type[T], document: object, what: str) -> T:
    """The answer as a value; `what` names it in the error.

    Raises:
        IncompleteError: it is not what GitHub's description says.
    """
    try:
        return convert(kind, document)
    except DecodeError as error:
        raise IncompleteError(
            f"GitHub's answer about {what} cannot be read: {error}."
        ) from None


def read_all(kind: type[T], documents: Iterable[object], what: str) -> list[T]:
    """The same for every item of a list."""
    return [read(kind, document, what) for document in documents]
