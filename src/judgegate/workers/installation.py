"""Where a worker finds judgegate and its engines. Nothing that the judged repository could have put there is among it."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import judgegate
from judgegate.model.errors import IncompleteError

ENGINES = ("bandit", "radon")
OWN_ENGINES = ("ast_grep_py", "re2")
"""What only a policy's own rules need: where one is missing, the files that it should look at cannot be checked, and say so."""
_LOADER_PATH = "LD_LIBRARY_PATH"


def import_paths(untrusted: Iterable[Path] = (), engines: Iterable[str] = ENGINES) -> list[str]:
    """The folders that hold judgegate and the engines, each once.

    Judgegate's own folder is where it was imported from. An engine is looked for in the absolute entries of `sys.path` that are neither
    the working directory nor inside it or inside one of the `untrusted` folders; Python's own environment is trusted wherever it lies.

    Raises:
        IncompleteError: an engine is nowhere to be found.
    """
    home = str(Path(judgegate.__file__).resolve().parent.parent)
    entries = [home, *_trusted_entries(untrusted)]
    found = [home]
    for engine in (*engines, *OWN_ENGINES):
        place = next((entry for entry in entries if os.path.isfile(os.path.join(entry, engine, "__init__.py"))), None)  # noqa: PTH113, PTH118 - entries are text
        if place is None and engine in OWN_ENGINES:
            continue
        if place is None:
            raise IncompleteError(f"{engine} is not installed beside judgegate, so no file can be checked.", "Install judgegate again.")
        found.append(place)
    return list(dict.fromkeys(found))


def _trusted_entries(untrusted: Iterable[Path]) -> Iterator[str]:
    outside = [folder.resolve() for folder in (Path.cwd(), *untrusted)]
    own = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)} - set(outside)
    for entry in sys.path:
        path = Path(entry)
        if not path.is_absolute():
            continue
        folder = path.resolve()
        if any(folder.is_relative_to(prefix) for prefix in own) or not any(folder.is_relative_to(place) for place in outside):
            yield str(folder)


def environment() -> dict[str, str]:
    """The worker's environment: empty, except for where a Python built as a shared library finds itself."""
    own = [Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)]
    entries = [entry for entry in os.environ.get(_LOADER_PATH, "").split(os.pathsep) if os.path.isabs(entry)]  # noqa: PTH117 - an entry is text
    kept = [entry for entry in entries if any(Path(entry).resolve().is_relative_to(prefix) for prefix in own)]
    return {_LOADER_PATH: os.pathsep.join(kept)} if kept else {}
