"""What looks at a content: judgegate's own code, Python and the engines.

What is kept holds for these versions only.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import judgegate
from judgegate.workers.installation import engine_versions

COLLECTING_ROOMS = (
    "change",
    "checks",
    "evidence",
    "flow",
    "matching",
    "model",
    "pipeline",
    "policy",
    "sources",
    "workers",
)
"""The rooms that an analysis goes through.

Their code counts too: between two releases the version stays the same.
"""


def name_tools(
    untrusted: Iterable[Path], describe_code: Callable[[], str]
) -> Mapping[str, str] | None:
    """Every tool that scans, with its version; None where one does not say which it is.

    `untrusted`: as for the workers. `describe_code` is one of the two below.
    """
    engines = engine_versions(untrusted)
    if engines is None:
        return None
    return {
        "judgegate": f"{judgegate.__version__} {describe_code()}",
        "python": f"{sys.version} {sys.platform}",
        **engines,
    }


def digest_code() -> str:
    """The digest of our code by its bytes, which is the same on every machine."""
    digest = hashlib.sha256()
    for file in sorted(_files()):
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def stamp_code() -> str:
    """The digest of our code by the place, size and time of each file, for this machine only.

    It costs a tenth of reading them. An edit or an installation changes a time. Somebody who sets
    the times back could as well change the code. Where an installation gives all files one time, the
    release's version, which stands beside this, tells two of them apart.
    """
    stamps = []
    for file in sorted(_files()):
        status = os.stat(file)  # noqa: PTH116 - the walk gives text
        stamps.append(f"{file}\0{status.st_size}\0{status.st_mtime_ns}")
    text = "\n".join(stamps)
    return hashlib.sha256(os.fsencode(text)).hexdigest()


def _files() -> Iterator[str]:
    """The files of the rooms, tables included. The compiled ones follow from these."""
    home = os.path.dirname(judgegate.__file__)  # noqa: PTH120 - the walk gives text
    for room in COLLECTING_ROOMS:
        for folder, _, names in os.walk(os.path.join(home, room)):  # noqa: PTH118 - as above
            for name in names:
                if not name.endswith(".pyc"):
                    yield os.path.join(folder, name)  # noqa: PTH118 - as above
