"""Work that mostly waits for another process, done beside the rest."""

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """A call that runs in a thread of its own; its result, or what it raised, is there when it is asked for."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._errors.append(error)

    def wait(self) -> None:
        """Let the call come to its end, whatever that is."""
        self._thread.join()

    def result(self) -> T:
        """What the call returned. Raises what it raised."""
        self.wait()
        for error in self._errors:
            raise error
        return self._results[0]
