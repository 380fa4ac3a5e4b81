"""What surrounds git: the variables that are taken from it, and those that it is given."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

CLEAN: Mapping[str, str] = MappingProxyType(
    {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_GRAFT_FILE": os.devnull,
        # Neither is enough alone: git before 2.45 may not know the first, and with the second the attempt to fetch still costs time.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
)
"""The environment of every git that runs: the same answer on every machine, no question asked, nothing fetched."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a git hook hands down and judgegate keeps; every path absolute."""

    index: Path | None = None
    objects: Mapping[str, str] = field(default_factory=dict)
    """Where objects are, as variables: a push under way keeps its objects in quarantine."""


@cache
def take_inherited() -> Inherited:
    """Take every `GIT_*` variable out of this process, once, and keep the few that a hook needs.

    A variable such as `GIT_DIR` or `GIT_EXTERNAL_DIFF` bends every later call, and GitPython hands `os.environ` to git underneath what
    it is told. So they are removed from the process itself, when the first repository is opened, and its children see none of them either.
    """
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    objects = {}
    for name in ("GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"):
        if value := taken.get(name):
            objects[name] = str(Path(value).absolute())
    if value := taken.get("GIT_ALTERNATE_OBJECT_DIRECTORIES"):
        objects["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(_absolute(part) for part in value.split(os.pathsep))
    index = taken.get("GIT_INDEX_FILE")
    return Inherited(index=Path(index).absolute() if index else None, objects=MappingProxyType(objects))


def _absolute(part: str) -> str:
    # A quoted entry is git's own way to write a path with a colon in it, and git writes absolute ones.
    return part if not part or part.startswith('"') else str(Path(part).absolute())
