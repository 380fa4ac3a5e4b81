"""Where a worker finds judgegate and its engines.

Nothing that the judged repository could have put there is among it.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import judgegate
from judgegate.model.errors_and_exit_codes import IncompleteError

ENGINES = ("bandit", "radon")
OWN_ENGINES = ("ast_grep_py", "re2")
"""What only a policy's own rules need.

Where one is missing, the files that it applies to cannot be checked, and the report says so.
"""
_LOADER_PATH = "LD_LIBRARY_PATH"


DISTRIBUTIONS = {
    "bandit": "bandit",
    "radon": "radon",
    "ast_grep_py": "ast_grep_py",
    "re2": "google_re2",
}
"""The distributions that the engines come in, as their metadata's folders are called."""
_METADATA = (".dist-info", ".egg-info")


def import_paths(
    untrusted: Iterable[Path] = (), engines: Iterable[str] = ENGINES
) -> list[str]:
    """The folders that hold judgegate and the engines, each once.

    Judgegate's own folder is where it was imported from. An engine is searched in the absolute
    entries of `sys.path` that are neither the working directory nor inside it or inside one of the
    `untrusted` folders; Python's own environment is trusted wherever it lies.

    Raises:
        IncompleteError: an engine is nowhere to be found.
    """
    found = [_home()]
    for engine, place in _places(untrusted, (*engines, *OWN_ENGINES)):
        if place is not None:
            found.append(place)
        elif engine not in OWN_ENGINES:
            raise IncompleteError(
                f"{engine} is not installed next to judgegate, so no file can be checked.",
                "Install judgegate again.",
            )
    return list(dict.fromkeys(found))


def engine_versions(untrusted: Iterable[Path] = ()) -> dict[str, str] | None:
    """The version of each engine where a worker would import it from; empty: it is not installed.

    It is the name of the folder of its metadata. None where an engine is installed and says no
    version. `importlib.metadata` says the same, and takes longer than all else here.
    """
    versions = {}
    for engine, place in _places(untrusted, (*ENGINES, *OWN_ENGINES)):
        found = [] if place is None else _metadata_in(place, DISTRIBUTIONS[engine])
        if place is not None and not found:
            return None
        versions[engine] = " ".join(found)
    return versions


def _metadata_in(place: str, distribution: str) -> list[str]:
    """The names of the folders that a distribution's metadata is in, sorted."""
    named = [name for name in os.listdir(place) if name.endswith(_METADATA)]  # noqa: PTH208 - entries are text
    return sorted(name for name in named if name.startswith(f"{distribution}-"))


def _home() -> str:
    """The folder that judgegate was imported from."""
    return str(Path(judgegate.__file__).resolve().parent.parent)


def _places(
    untrusted: Iterable[Path], engines: Iterable[str]
) -> Iterator[tuple[str, str | None]]:
    """Each engine with the entry that it is found in, or None."""
    entries = [_home(), *_trusted_entries(untrusted)]
    for engine in engines:
        yield engine, next((entry for entry in entries if _holds(entry, engine)), None)


def _holds(entry: str, engine: str) -> bool:
    """Whether an import would find the engine's package in this folder."""
    return Path(entry, engine, "__init__.py").is_file()


def _trusted_entries(untrusted: Iterable[Path]) -> Iterator[str]:
    """The folders in `sys.path` that the judged repository cannot have put there."""
    outside = {folder.resolve() for folder in (Path.cwd(), *untrusted)}
    # An environment may lie inside of the repository, but not be the repository.
    own = _own_folders() - outside
    for path in map(Path, sys.path):
        # A relative entry means another folder in the worker.
        if not path.is_absolute():
            continue
        folder = path.resolve()
        if _is_inside(folder, own) or not _is_inside(folder, outside):
            yield str(folder)


def _own_folders() -> set[Path]:
    """The folders of the environment that this Python runs in, and of the Python that it was made of."""
    return {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)}


def _is_inside(folder: Path, places: Iterable[Path]) -> bool:
    """Whether the folder is one of these places, or in one."""
    return any(folder.is_relative_to(place) for place in places)


def environment() -> dict[str, str]:
    """The worker's environment, in which there is nearly nothing.

    Only where a Python that was built as a shared library finds that library.
    """
    own = _own_folders()
    entries = os.environ.get(_LOADER_PATH, "").split(os.pathsep)
    absolute = [entry for entry in entries if os.path.isabs(entry)]  # noqa: PTH117 - an entry is text
    kept = [entry for entry in absolute if _is_inside(Path(entry).resolve(), own)]
    return {_LOADER_PATH: os.pathsep.join(kept)} if kept else {}
