"""Bandit without what the gate has no use for.

That is its progress bar, its configuration files, its reports, and other people's plugins.

`import bandit` spends five sixths of its time on rich, PyYAML, stevedore and importlib.metadata,
and runs whatever installed package registers a `bandit.plugins` entry point. In a worker's process
small stand-ins take the place of those libraries while bandit is imported, so that exactly bandit's
own tests are there, and the real libraries stay untouched for everybody else.
"""

import importlib
import logging
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

from msgspec import Struct

_PLUGINS = "bandit.plugins"
_READERS_OF_SETTINGS = ("yaml", "tomllib", "configparser")
_BLACKLISTS = ("bandit.blacklists.calls", "bandit.blacklists.imports")


class PluginCrashedError(Exception):
    """One of bandit's tests raised.

    Bandit itself would log that and go on as if the test had found nothing. `tests` are all that did,
    `found` is what there is of the file all the same: the issues, each with its node.
    """

    def __init__(self, test_id: str, line: int) -> None:
        super().__init__(f"bandit's test {test_id} crashed on line {line}")
        self.tests = {test_id}
        self.found: list[tuple[Any, Any]] = []


class _Extension(Struct, frozen=True):
    """What stevedore would call an extension: a name and the function behind it."""

    name: str
    plugin: Any


class _OwnExtensions:
    """Stands in for `stevedore.ExtensionManager`.

    It has what bandit itself brings, found in its package instead of in entry points.
    """

    def __init__(self, namespace: str, **_: object) -> None:
        self._extensions = list(_FINDERS[namespace]())

    def __iter__(self) -> Iterator[_Extension]:
        return iter(self._extensions)

    def names(self) -> list[str]:
        """As stevedore has it."""
        return [extension.name for extension in self._extensions]


def _own_plugins() -> Iterator[_Extension]:
    """Every test of bandit's own package, as its entry points would name it."""
    package = importlib.import_module(_PLUGINS)
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{_PLUGINS}.{name}")
        for attribute, value in vars(module).items():
            if hasattr(value, "_test_id") and value.__module__ == module.__name__:
                yield _Extension(attribute, value)


def _own_blacklists() -> Iterator[_Extension]:
    """The lists of calls and imports that bandit's own package has."""
    for name in _BLACKLISTS:
        yield _Extension(
            name.rpartition(".")[2], importlib.import_module(name).gen_blacklist
        )


_FINDERS: dict[str, Callable[[], Iterable[_Extension]]] = {
    _PLUGINS: _own_plugins,
    "bandit.blacklists": _own_blacklists,
    "bandit.formatters": tuple[_Extension, ...],
}


def _stand_in(name: str, **attributes: object) -> ModuleType:
    """A module with nothing in it but these attributes."""
    module = ModuleType(name)
    vars(module).update(attributes)
    return module


def _stand_ins() -> dict[str, ModuleType]:
    """A stand-in for each library that bandit imports and that a scan has no use for."""
    extension = _stand_in("stevedore.extension", ExtensionManager=_OwnExtensions)
    progress = _stand_in("rich.progress")
    metadata = _stand_in(
        "importlib.metadata", metadata=lambda _: {"Author": ""}, version=lambda _: ""
    )
    return {
        "stevedore": _stand_in("stevedore", extension=extension),
        "stevedore.extension": extension,
        "rich": _stand_in("rich", progress=progress),
        "rich.progress": progress,
        **{name: _stand_in(name) for name in _READERS_OF_SETTINGS},
        "importlib.metadata": metadata,
    }


@contextmanager
def _standing_in() -> Iterator[None]:
    """The stand-ins are there inside the block only; modules that were loaded before come back behind it."""
    stand_ins = _stand_ins()
    replaced = {name: sys.modules.get(name) for name in stand_ins}
    outer_metadata = getattr(importlib, "metadata", None)
    format_warning = warnings.formatwarning
    sys.modules.update(stand_ins)
    # `from importlib import metadata` asks here first.
    importlib.metadata = stand_ins["importlib.metadata"]
    try:
        yield
    finally:
        warnings.formatwarning = format_warning  # bandit.core.tester replaces it
        for name, module in replaced.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
        if outer_metadata is None:
            del importlib.metadata
        else:
            importlib.metadata = outer_metadata


@cache
def load_test_set() -> Any:
    """Bandit's tests, all of them, with their default settings.

    One set for each process: bandit keeps a test's settings on the test's function.

    Raises:
        ImportError: bandit was imported before, in its own way, and may have found tests that are
            not its own.
    """
    logging.getLogger("bandit").setLevel(logging.CRITICAL + 1)
    with _standing_in():
        configuration = importlib.import_module("bandit.core.config")
        test_set = importlib.import_module("bandit.core.test_set")
        extension_loader = importlib.import_module("bandit.core.extension_loader")
    if type(extension_loader.MANAGER.plugins_mgr) is not _OwnExtensions:
        raise ImportError("bandit was imported before its stand-ins were in place")
    return test_set.BanditTestSet(configuration.BanditConfig())
