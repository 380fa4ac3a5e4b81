"""Data that people write in YAML and that the program reads as JSON.

To read YAML would take a tenth of a short run.

The compiled files lie in the package, and are made by `make data`. They are in the repository,
since the Action runs from a checkout, where nothing is built. Each says of which sources it was
made, and is not used with any others.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from judgegate.model.codec import convert

T = TypeVar("T")

FOLDER = Path(__file__).resolve().parents[1] / "compiled"


def load_compiled(kind: type[T], name: str, sources: Mapping[str, bytes]) -> T | None:
    """The value that was compiled from these sources.

    None if it was compiled from others: they were edited since.

    Raises:
        OSError: the package is not whole.
        DecodeError: the file was not made by `make data`.
    """
    document = json.loads((FOLDER / f"{name}.json").read_bytes())
    if document["sources"] != digest_of(sources):
        return None
    return convert(kind, document["value"])


def digest_of(sources: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, in hexadecimal."""
    digest = hashlib.sha256()
    for name, content in sorted(sources.items()):
        # With its length in front, no content can pass for the start of another source.
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
