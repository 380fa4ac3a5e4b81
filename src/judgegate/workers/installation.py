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
"""What only a policy's own rules need: where one is missing, the files that it applies to cannot be checked, and say so.
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
    home = _home()
    found = [home]
    for engine, place in _places(untrusted, (*engines, *OWN_ENGINES)):
        if place is None and engine in OWN_ENGINES:
            continue
        if place is None:
            raise IncompleteError(
                f"{engine} is not installed next to judgegate, so no file can be checked.",
                "Install judgegate again.",
            )
        found.append(place)
    return list(dict.fromkeys(found))


def engine_versions(untrusted: Iterable[Path] = ()) -> dict[str, str] | None:
    """The version of each engine where a worker would import it from, by the name of its metadata's folder; empty: it is not installed.

    None where an engine is installed and says no version. `importlib.metadata` says the same, and
    takes longer than all else here.
    """
    versions = {}
    for engine, place in _places(untrusted, (*ENGINES, *OWN_ENGINES)):
        prefix = f"{DISTRIBUTIONS[engine]}-"
        names = [] if place is None else os.listdir(place)  # noqa: PTH208 - entries are text
        found = sorted(
            name for name in names if name.startswith(prefix) and name.endswith(_METADATA)
        )
        if place is not None and not found:
            return None
        versions[engine] = " ".join(found)
    return versions


def _home() -> str:
    return str(Path(judgegate.__file__).resolve().parent.parent)


def _places(
    untrusted: Iterable[Path], engines: Iterable[str]
) -> Iterator[tuple[str, str | None]]:
    """Each engine with the entry that it is found in, or None."""
    entries = [_home(), *_trusted_entries(untrusted)]
    for engine in engines:
        yield engine, next((entry for entry in entries if _holds(entry, engine)), None)


def _holds(entry: str, engine: str) -> bool:
    return Path(entry, engine, "__init__.py").is_file()


def _trusted_entries(untrusted: Iterable[Path]) -> Iterator[str]:
    outside = [folder.resolve() for folder in (Path.cwd(), *untrusted)]
    own = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)} - set(
        outside
    )
    for entry in sys.path:
        path = Path(entry)
        if not path.is_absolute():
            continue
        folder = path.resolve()
        if any(folder.is_relative_to(prefix) for prefix in own) or not any(
            folder.is_relative_to(place) for place in outside
        ):
            yield str(folder)


def environment() -> dict[str, str]:
    """The worker's environment: empty, except for where a Python built as a shared library finds itself."""
    own = [Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)]
    entries = [
        entry
        for entry in os.environ.get(_LOADER_PATH, "").split(os.pathsep)
        if os.path.isabs(entry)  # noqa: PTH117 - an entry is text
    ]
    kept = [
        entry
        for entry in entries
        if any(Path(entry).resolve().is_relative_to(prefix) for prefix in own)
    ]
    return {_LOADER_PATH: os.pathsep.join(kept)} if kept else {}
