"""What an analysis depends on: two changes with the same key look the same to the same judgegate."""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import judgegate
from judgegate.gate.keeping.form import write
from judgegate.model.change import Change
from judgegate.workers.installation import engine_versions

LOOKING = ("change", "checks", "gate", "model", "workers")
"""The rooms that an analysis goes through. Their code counts by its bytes: between two releases the version stays the same."""


def key_of(change: Change, plan: str, tools: Mapping[str, str]) -> str:
    """The key, in hexadecimal. `plan` is the digest of what is looked for, limits included; `tools` are what looks.

    Merge bases count by their commits, and so by their trees. Neither the base's tip nor the commits between count: they are read anew.
    """
    sides = [change.source.value, change.assurance.value, change.base_tree, change.head_tree, list(change.merge_bases)]
    return hashlib.sha256(write([sides, list(change.files), plan, sorted(tools.items())])).hexdigest()


def name_tools(untrusted: Iterable[Path]) -> Mapping[str, str] | None:
    """Everything that looks, with its version; None where one does not say which it is. `untrusted`: as for the workers."""
    engines = engine_versions(untrusted)
    if engines is None:
        return None
    return {"judgegate": f"{judgegate.__version__} {_digest_of_code()}", "python": f"{sys.version} {sys.platform}", **engines}


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for file in sorted(_files()):
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[str]:
    """The files of the rooms, tables included. The compiled ones follow from these."""
    home = os.path.dirname(judgegate.__file__)  # noqa: PTH120 - the walk gives text
    for room in LOOKING:
        for folder, _, names in os.walk(os.path.join(home, room)):  # noqa: PTH118 - as above
            yield from (os.path.join(folder, name) for name in names if not name.endswith(".pyc"))  # noqa: PTH118 - as above
